// `understudy mcp`: the Model Context Protocol (modelcontextprotocol.io) over standard input and output, one JSON-RPC 2.0 message in each
// line, for programs that work with language models.
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/mcp/tools.h"
#include "contracts/src/base/number.h"

namespace understudy {
namespace {

// The newest last.
constexpr std::array<std::string_view, 3> kVersions = {"2024-11-05", "2025-03-26", "2025-06-18"};

enum ErrorCode { kParseError = -32700, kInvalidRequest = -32600, kMethodNotFound = -32601, kInvalidParams = -32602 };

Json error_message(const Json& id, ErrorCode code, const std::string& message) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", static_cast<int>(code)}, {"message", message}}}};
}

Json initialize(const Json& params) {
  const Json asked = params.value("protocolVersion", Json());
  const auto version = std::ranges::find_if(kVersions, [&](std::string_view known) { return asked == known; });
  return {{"protocolVersion", version == kVersions.end() ? kVersions.back() : *version},
          {"capabilities", {{"tools", Json::object()}}},
          {"serverInfo", {{"name", "understudy"}, {"version", UNDERSTUDY_VERSION}}},
          {"instructions",
           "A stateful mock of commerce APIs runs in this process: get_mock has its URLs. Stage a scenario, let the code under test call "
           "the mock, read the journal. verify checks a server on this machine."}};
}

class McpServer {
 public:
  explicit McpServer(Workbench bench) : bench_(std::move(bench)) {}

  // The answer to one line; null: there is none.
  Json answer_line(const std::string& line) const {
    const auto message = parse_json(line);
    if (!message) return error_message(nullptr, kParseError, message.error().message);
    if (!message->is_array()) return answer(*message);
    if (message->empty()) return error_message(nullptr, kInvalidRequest, "found an empty batch");
    Json answers;
    for (const auto& one : *message) {
      if (Json answered = answer(one); !answered.is_null()) answers.push_back(std::move(answered));
    }
    return answers;
  }

 private:
  Json answer(const Json& message) const {
    const bool is_valid = message.is_object() && message.value("jsonrpc", Json()) == "2.0";
    const Json id = message.is_object() ? message.value("id", Json()) : Json();
    if (!is_valid || (!id.is_null() && !id.is_string() && !is_number(id)))
      return error_message(nullptr, kInvalidRequest, "expected an object with jsonrpc 2.0, and an id that is text or a number");
    if (!message.contains("method") && (message.contains("result") || message.contains("error"))) return nullptr;  // of a request by us
    const Json method = message.value("method", Json()), params = message.value("params", Json::object());
    if (!method.is_string()) return error_message(id, kInvalidRequest, "expected a method, which is text");
    if (id.is_null()) return nullptr;  // a notification
    if (!params.is_object()) return error_message(id, kInvalidParams, "expected params that are an object");
    return answer_request(id, method.get<std::string>(), params);
  }

  Json answer_request(const Json& id, const std::string& method, const Json& params) const {
    const auto success = [&](Json result) { return Json{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}; };
    if (method == "initialize") return success(initialize(params));
    if (method == "ping") return success(Json::object());
    if (method == "tools/list") return success({{"tools", list_tools()}});
    if (method != "tools/call") return error_message(id, kMethodNotFound, "there is no method '" + method + "'");
    const Json name = params.value("name", Json()), arguments = params.value("arguments", Json::object());
    if (!name.is_string() || !has_tool(name.get<std::string>()))
      return error_message(id, kInvalidParams, "there is no tool " + describe(name));
    const auto result = call_tool(bench_, name.get<std::string>(), arguments);
    return success({{"content", {{{"type", "text"}, {"text", result.text}}}}, {"isError", result.is_error}});
  }

  const Workbench bench_;
};

int serve_mcp(const std::string& folder, const std::string& profile) {
  auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  const auto profiles = read_profiles(profile, *contracts);
  if (!profiles) return report_problem(profiles.error());
  auto mock = LocalMock::open(*contracts, profiles->front(), 2);
  if (!mock) return report_problem(mock.error());
  const McpServer server({.folder = folder, .contracts = std::move(*contracts), .mock = std::move(*mock)});
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (const Json answer = server.answer_line(line); !answer.is_null()) std::cout << render_json(answer) << std::endl;
  }
  return kPassed;
}

}  // namespace

Command make_mcp_command() {
  struct McpOptions {
    std::string contracts, profile = "documented";
  };
  auto options = std::make_shared<McpOptions>();
  return {
      .name = "mcp",
      .about = "Serve tools for language models on standard input and output (Model Context Protocol): mock, scenarios, faults, verify.",
      .options = {contracts_option(options->contracts),
                  {"--profile", &options->profile, "Behave as this profile says: documented, observed, or {base: NAME, switch: value}."}},
      .examples = "Examples:\n  understudy mcp\n  {\"mcpServers\": {\"understudy\": {\"command\": \"understudy\", \"args\": [\"mcp\"]}}}\n",
      .exits = {kBadFile},
      .run = [options] { return serve_mcp(options->contracts, options->profile); }};
}

}  // namespace understudy
