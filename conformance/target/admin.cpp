#include "conformance/target/admin.h"

#include <fmt/format.h>

#include <array>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kAdminLimit = 256u << 20;  // a journal holds many exchanges

std::string tenant_path(const std::string& name) { return "/__admin/tenants/" + percent_encode(name); }

// Refusals that do not concern what was asked: another path of the mock, or no access.
constexpr std::array<std::string_view, 7> kWrongAddress = {"no-such-api",   "unknown-admin-call", "admin-only",  "token-needed",
                                                           "loopback-only", "cross-origin",       "foreign-host"};

// The mock answers {"code", "message"}; an answer without a code comes from another server.
Problem refused(const Url& url, const char* method, const std::string& path, const Response& response) {
  const auto body = parse_json(response.body);
  const Json* code = body ? find_pointer(*body, "/code") : nullptr;
  if (code == nullptr || !code->is_string() || contains(kWrongAddress, code->get<std::string>())) {
    return make_problem(Failure::usage, "no-admin-api",
                        fmt::format("{}{} (--admin) gives no access to an admin API: it answered {} to {} {}: {}", render_origin(url),
                                    url.path, response.status, method, path, response.body.substr(0, 200)));
  }
  const Json* message = body ? find_pointer(*body, "/message") : nullptr;
  const auto said = message != nullptr && message->is_string() ? message->get<std::string>() : response.body.substr(0, 200);
  auto problem = make_problem(Failure::internal, "admin-refused",
                              fmt::format("the admin API answered {} to {} {}: {}", response.status, method, path, said));
  if (const Json* pointer = find_pointer(*body, "/pointer"); pointer != nullptr && pointer->is_string())
    problem.pointer = pointer->get<std::string>();
  return problem;
}

}  // namespace

Problem unreachable(const Url& url, const TransportResult& result) {
  if (result.bad_certificate) return make_problem(Failure::usage, "bad-certificate", result.detail);
  return make_problem(
      Failure::unreachable, "target-unreachable",
      fmt::format("cannot reach {}: {}", render_origin(url), result.detail.empty() ? to_string(result.outcome) : result.detail));
}

Result<Response> Admin::exchange(const char* method, const std::string& path, const Json* body) {
  Request request{.method = method, .target = url_.path + path};
  if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_});
  if (body != nullptr) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = render_json(*body);
  }
  auto result = transport_->send(url_, request, {.deadline = deadline_, .as_is = false, .answer_limit = kAdminLimit});
  if (result.outcome != Outcome::answered) return tl::unexpected(unreachable(url_, result));
  if (result.response.status / 100 != 2) return tl::unexpected(refused(url_, method, path, result.response));
  return std::move(result.response);
}

Result<void> Admin::call(const char* method, const std::string& path, const Json* body) {
  auto response = exchange(method, path, body);
  return response ? Result<void>() : tl::unexpected(std::move(response.error()));
}

Result<Json> Admin::read_journal(const std::string& name) {
  const auto response = exchange("GET", tenant_path(name) + "/requests", nullptr);
  if (!response) return tl::unexpected(response.error());
  const auto body = parse_json(response->body);
  return body && body->is_object() ? body->value("requests", Json::array()) : Json::array();
}

Result<void> Admin::put_tenant(const std::string& name, const Json& given) { return call("PUT", tenant_path(name), &given); }
Result<void> Admin::delete_tenant(const std::string& name) { return call("DELETE", tenant_path(name), nullptr); }

Result<void> Admin::advance(const std::string& name, Milliseconds by) {
  const Json body = {{"by", render_duration(by)}};
  return call("POST", tenant_path(name) + "/clock/advance", &body);
}

Result<void> Admin::expire_tokens(const std::string& name) {
  const Json body = Json::object();
  return call("POST", tenant_path(name) + "/tokens/expire", &body);
}

}  // namespace understudy
