#include "cli/mcp/tools.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iostream>
#include <sstream>

#include "cli/arguments.h"
#include "cli/contracts/lint.h"
#include "cli/mcp/tool_list.h"
#include "conformance/target/url.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/schema/schema.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {
namespace {

constexpr std::size_t kMostText = 40'000;  // bytes of a result: a client reads it whole

using Words = std::vector<std::string>;

ToolResult refused(const Problem& problem) { return {.text = render_problem(problem), .is_error = true}; }
ToolResult result_of(const Json& value) { return {.text = render_json_pretty(value)}; }

std::string text_of(const Json& arguments, const char* name, const std::string& fallback = {}) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? fallback : as_text(*found);
}

// --label=a --label=b
void add_options(Words& words, const std::string& option, const Json& arguments, const char* name) {
  for (const auto& value : arguments.value(name, Json::array())) words.push_back("--" + option + "=" + as_text(value));
}

// Runs a command of the program in this process, and returns what it prints.
ToolResult run_command(const Workbench& bench, Words words, const Words& positional) {
  const Command program{.name = "understudy", .subcommands = {make_verify_command(), make_explain_command(), make_scenarios_command()}};
  words.insert(words.begin(), {"understudy"});
  words.emplace_back("--no-config");  // a file must not choose another target
  if (!bench.folder.empty()) words.push_back("--contracts=" + bench.folder);
  words.emplace_back("--");
  words.insert(words.end(), positional.begin(), positional.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());

  std::ostringstream text;
  auto* out = std::cout.rdbuf(text.rdbuf());
  auto* err = std::cerr.rdbuf(text.rdbuf());
  const int code = run_program(program, "", static_cast<int>(pointers.size()), pointers.data());
  std::cout.rdbuf(out);
  std::cerr.rdbuf(err);
  const bool has_result = code == kPassed || code == kFindings || code == kNothingRan;
  return {.text = text.str(), .is_error = !has_result};
}

ToolResult call_admin(const Workbench& bench, const std::string& method, const std::string& path, const Json& body = nullptr) {
  const Request request{.method = method,
                        .target = "/__admin" + path,
                        .headers = {{"Content-Type", "application/json"}},
                        .body = body.is_null() ? "" : render_json(body)};
  const auto response = bench.mock->handle(request);
  const auto parsed = parse_json(response.body);
  return {.text = parsed ? render_json_pretty(*parsed) : response.body, .is_error = response.status >= 400};
}

std::string tenant_path(const Json& arguments) { return "/tenants/" + percent_encode(text_of(arguments, "tenant", "demo")); }

ToolResult get_mock(const Workbench& bench, const Json&) {
  Json apis = Json::object();
  for (const auto& [api, url] : bench.mock->target().bases) apis[api] = render_url(url);
  return result_of({{"apis", apis},
                    {"admin", render_url(*bench.mock->target().admin) + "/__admin"},
                    {"demo", {{"username", "demo"}, {"password", "demo"}, {"key", "demo"}}}});
}

ToolResult list_operations(const Workbench& bench, const Json& arguments) {
  const std::string api = text_of(arguments, "api"), part = to_lower(text_of(arguments, "contains"));
  if (!api.empty() && bench.contracts.find_api(api) == nullptr)
    return {.text = "found unknown API '" + api + "'" + did_you_mean(api, bench.contracts.api_names()), .is_error = true};
  Json list = Json::array();
  for (const auto& contract : bench.contracts.apis) {
    if (!api.empty() && contract->api != api) continue;
    for (const auto& operation : contract->operations) {
      if (to_lower(operation.name + " " + operation.path).find(part) == std::string::npos) continue;
      list.push_back(fmt::format("{}: {} {}{}{}", operation.name, operation.method, contract->base, operation.path,
                                 operation.call.empty() ? "" : ", call " + operation.call));
    }
  }
  return result_of({{"operations", list}});
}

ToolResult explain(const Workbench& bench, const Json& arguments) { return run_command(bench, {"explain"}, {text_of(arguments, "name")}); }

ToolResult list_scenarios(const Workbench& bench, const Json& arguments) {
  Words words = {"scenarios", "list"};
  add_options(words, "run", arguments, "run");
  add_options(words, "label", arguments, "labels");
  add_options(words, "operation", arguments, "operations");
  return run_command(bench, words, arguments.value("paths", Words()));
}

// Of the argument `scenario`, a text, or of `paths`; with all mistakes.
Collected read_scenarios(const Workbench& bench, const Json& arguments) {
  Collected collected =
      arguments.contains("scenario")
          ? parse_scenarios({{"scenarios/" + text_of(arguments, "name", "scenario") + ".yaml", text_of(arguments, "scenario")}})
          : load_scenarios(arguments.value("paths", Words()));
  for (const auto& file : collected.files) {
    const auto problems = lint_scenario(file, bench.contracts);
    collected.problems.insert(collected.problems.end(), problems.begin(), problems.end());
  }
  add_staging_problems(collected, bench.contracts);
  return collected;
}

std::string render_problems(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += render_problem(problem) + "\n";
  return text;
}

ToolResult lint(const Workbench& bench, const Json& arguments) {
  const auto collected = read_scenarios(bench, arguments);
  return {.text = fmt::format("{}{} scenarios, {} problems", render_problems(collected.problems), collected.files.size(),
                              collected.problems.size())};
}

ToolResult stage_scenario(const Workbench& bench, const Json& arguments) {
  const auto collected = read_scenarios(bench, arguments);
  if (!collected.problems.empty()) return {.text = render_problems(collected.problems), .is_error = true};
  Json staged = Json::array();
  for (const auto& file : collected.files) {
    const auto document = render_given(file, staged_variables(file.scenario));
    if (!document) return refused(document.error());
    const auto& name = file.scenario.stem;
    auto done = call_admin(bench, "PUT", "/tenants/" + percent_encode(name), *document);
    if (done.is_error) return done;
    staged.push_back({{"tenant", name}, {"username", name}, {"password", "demo"}, {"key", name}, {"api", file.scenario.api}});
  }
  return result_of({{"staged", staged}, {"apis", *parse_json(get_mock(bench, {}).text)->find("apis")}});
}

ToolResult read_journal(const Workbench& bench, const Json& arguments) {
  std::string query = "?limit=" + text_of(arguments, "limit", "20");
  for (const char* name : {"tenant", "unmatched", "refused"}) {
    if (arguments.contains(name)) query += fmt::format("&{}={}", name, percent_encode(text_of(arguments, name)));
  }
  return call_admin(bench, "GET", "/requests" + query);
}

ToolResult arm_fault(const Workbench& bench, const Json& arguments) {
  return call_admin(bench, "POST", tenant_path(arguments) + "/faults", arguments.at("fault"));
}

ToolResult move_clock(const Workbench& bench, const Json& arguments) {
  const std::string path = tenant_path(arguments) + "/clock";
  if (arguments.contains("to")) return call_admin(bench, "PUT", path, {{"now", arguments["to"]}});
  return call_admin(bench, "POST", path + "/advance", {{"by", arguments["by"]}});
}

ToolResult verify(const Workbench& bench, const Json& arguments) {
  Words words = {"verify", "--quiet"};
  if (const std::string target = text_of(arguments, "target"); !target.empty()) {
    const auto url = parse_url(target);
    if (!url) return refused(url.error());
    if (!is_loopback(url->host))
      return {.text = "found target " + target + ", expected a server on this machine: http://127.0.0.1:PORT", .is_error = true};
    words.push_back("--target=" + target);
  }
  if (const std::string profile = text_of(arguments, "profile"); !profile.empty()) words.push_back("--profile=" + profile);
  add_options(words, "run", arguments, "run");
  add_options(words, "label", arguments, "labels");
  return run_command(bench, words, arguments.value("paths", Words()));
}

struct Tool {
  std::string_view name;
  ToolResult (*call)(const Workbench& bench, const Json& arguments);
};
constexpr std::array kTools = std::to_array<Tool>({{"get_mock", get_mock},
                                                   {"list_operations", list_operations},
                                                   {"list_scenarios", list_scenarios},
                                                   {"explain", explain},
                                                   {"lint", lint},
                                                   {"stage_scenario", stage_scenario},
                                                   {"read_journal", read_journal},
                                                   {"arm_fault", arm_fault},
                                                   {"move_clock", move_clock},
                                                   {"verify", verify}});

const SchemaSet& input_schemas() {
  static const SchemaSet schemas = [] {
    std::vector<std::string> pointers;
    for (std::size_t i = 0; i < list_tools().size(); ++i) pointers.push_back(fmt::format("/{}/inputSchema", i));
    return *SchemaSet::compile(list_tools(), pointers);
  }();
  return schemas;
}

void cut(std::string& text) {
  if (text.size() <= kMostText) return;
  auto end = kMostText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  text = fmt::format("{}\n... {} more bytes are left out; ask for less", text.substr(0, end), text.size() - end);
}

}  // namespace

const Json& list_tools() {
  static const Json list = *parse_json(kToolList);
  return list;
}

bool has_tool(const std::string& name) { return std::ranges::find(kTools, name, &Tool::name) != kTools.end(); }

ToolResult call_tool(const Workbench& bench, const std::string& name, const Json& arguments) {
  const auto at = std::ranges::find(list_tools(), name, [](const Json& tool) { return tool["name"].get<std::string>(); });
  const auto findings = input_schemas().check(fmt::format("/{}/inputSchema", at - list_tools().begin()), arguments, 5);
  if (!findings.empty()) {
    std::string text = "the arguments break the schema of this tool:";
    for (const auto& finding : findings)
      text += fmt::format("\n{}: expected {}, found {}", finding.pointer.empty() ? "arguments" : finding.pointer, finding.expected,
                          finding.actual);
    return {.text = text, .is_error = true};
  }
  auto result = std::ranges::find(kTools, name, &Tool::name)->call(bench, arguments);
  cut(result.text);
  return result;
}

}  // namespace understudy
