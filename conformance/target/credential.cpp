#include "conformance/target/credential.h"

#include <fmt/format.h>

#include "conformance/target/admin.h"
#include "contracts/src/base/base64.h"
#include "contracts/src/base/number.h"

namespace understudy {
namespace {

constexpr Milliseconds kMargin{1000};  // a token that expires sooner might expire before it arrives

Request login_request(const Contract& contract, const Operation& operation, const Account& account) {
  Json body = Json::object();
  set_pointer(body, contract.credentials.username, account.username);
  set_pointer(body, contract.credentials.password, account.password);
  return {.method = operation.method,
          .target = operation.path,
          .headers = {{"Accept", "application/json"}, {"User-Agent", "understudy"}, {"Content-Type", "application/json"}},
          .body = render_json(body)};
}

WrongLogin make_wrong_login(const Contract& contract, const Operation& operation, const Switches& switches, const Request& request,
                            const TransportResult& result) {
  Finding finding{.code = "login",
                  .expected = fmt::format("a token from {}", operation.name),
                  .actual = result.outcome == Outcome::answered ? fmt::format("status {}", result.response.status)
                                                                : std::string(to_string(result.outcome)),
                  .message = "The runner could not log in, so the step was not sent.",
                  .rule = operation.name,
                  .source = operation.fact.source,
                  .evidence = operation.fact.evidence,
                  .severity = Severity::error};
  if (is_success(result)) {
    const auto judgement = check_response(contract, operation, switches, result.response, contract.find_response(operation.success));
    finding.actual = fmt::format("status {} without a token at {}", result.response.status, contract.credentials.token);
    if (!judgement.findings.empty()) finding.message += " " + judgement.findings.front().message;
  }
  return {.finding = std::move(finding), .request = request, .result = result};
}

// expires_in as a number, or as text, which some servers send.
std::optional<Milliseconds> read_lifetime(const Json* value) {
  if (value == nullptr) return std::nullopt;
  if (is_number(*value)) return Milliseconds(static_cast<std::int64_t>(std::clamp(to_double(*value), -1e12, 1e12) * 1000));
  if (value->is_string()) return parse_duration(value->get<std::string>() + "s");
  return std::nullopt;
}

}  // namespace

tl::expected<Token, LoginFailure> Logins::token(const Contract& contract, const Switches& switches, Time now) {
  const auto found = tokens_.find(contract.api);
  if (found != tokens_.end() && (!found->second.ends || now + kMargin < *found->second.ends)) return found->second;
  auto fresh = log_in(contract, switches, now);
  if (fresh) tokens_.insert_or_assign(contract.api, *fresh);
  return fresh;
}

tl::expected<Token, LoginFailure> Logins::log_in(const Contract& contract, const Switches& switches, Time now) {
  const auto* operation = contract.find_operation(contract.credentials.operation);
  if (operation == nullptr) {
    return tl::unexpected(
        LoginFailure(make_problem(Failure::internal, "no-login", fmt::format("{} names no operation that issues tokens", contract.api))));
  }
  const auto request = login_request(contract, *operation, account_(contract.api));
  const auto sent = send_(contract, request);
  if (!sent) return tl::unexpected(LoginFailure(sent.error()));
  const auto& result = *sent;
  if (is_success(result)) {
    if (const auto body = parse_body(result.response.body)) {
      const Json* value = find_pointer(*body, contract.credentials.token);
      if (value != nullptr && value->is_string()) {
        Token token{.value = value->get<std::string>(), .ends = std::nullopt};
        if (const auto lifetime = read_lifetime(find_pointer(*body, contract.credentials.expires_in))) token.ends = now + *lifetime;
        return token;
      }
    }
  }
  return tl::unexpected(LoginFailure(make_wrong_login(contract, *operation, switches, request, result)));
}

Header credential_header(const Contract& contract, std::string_view scheme, const std::string& value) {
  const auto& credentials = contract.credentials;
  const bool own_is_bearer = credentials.kind == Credentials::Kind::bearer_token || credentials.header.empty();
  const bool own_is_basic = scheme.empty() && credentials.basic && !credentials.bearer && credentials.header.empty();
  if (own_is_basic) return {"Authorization", "Basic " + encode_base64(value + ":" + value)};
  if (scheme.empty() && own_is_bearer && !credentials.bearer && !credentials.cookies.empty())
    return {"Cookie", credentials.cookies.front() + "=" + value};
  if (equals_ignore_case(scheme, "bearer") || (scheme.empty() && own_is_bearer)) return {"Authorization", "Bearer " + value};
  return {scheme.empty() ? credentials.header : std::string(scheme), value};
}

Json credential_call(const Batch& batch, const std::string& username, const std::string& password) {
  Json call = batch.envelope;
  set_pointer(call, batch.member_operation, batch.credential_operation);
  set_pointer(call, batch.member_arguments + batch.credential_username, username);
  set_pointer(call, batch.member_arguments + batch.credential_password, password);
  set_pointer(call, batch.member_correlation, 1);
  return call;
}

}  // namespace understudy
