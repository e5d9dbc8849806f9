#include "cli/verify/login_hint.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {
namespace {

// A login that failed, or a 401 for a request with a credential where another status was expected.
bool is_refused(const StepReport& step, const Credentials& credentials) {
  const auto& headers = step.request.headers;
  const bool has_credential =
      find_header(headers, "authorization") || (!credentials.header.empty() && find_header(headers, credentials.header));
  return std::ranges::any_of(step.differences, [&](const Difference& difference) {
    const auto& code = difference.finding.code;
    const bool is_unexpected = (code == "status" || code == "answer") && step.result.response.status == 401;
    return code == "login" || code == "credential" || (is_unexpected && has_credential);
  });
}

std::string how_to_log_in(Credentials::Kind kind) {
  if (kind == Credentials::Kind::api_key) return "--api-key or the variable UNDERSTUDY_API_KEY, or `account: {api_key: {env: NAME}}`";
  return "--username and --password or the variables UNDERSTUDY_USERNAME and UNDERSTUDY_PASSWORD, or `account: {username: NAME, password: "
         "{env: NAME}}`";
}

}  // namespace

void LoginHint::add(const Verdict& verdict) {
  const Contract* contract = contracts_.find_api(verdict.api);
  if (contract == nullptr) return;
  const auto refused = [&](const StepReport& step) { return is_refused(step, contract->credentials); };
  if (std::ranges::any_of(verdict.steps, refused)) ++refused_[verdict.api];
}

std::string LoginHint::render() const {
  std::string text;
  for (const auto& [api, count] : refused_) {
    const Contract* contract = contracts_.find_api(api);
    if (contract == nullptr || contract->credentials.kind == Credentials::Kind::none) continue;
    text += fmt::format(
        "hint: {} refused the account of the runner in {} scenario{}. If the account is wrong or its credential has ended, name it with {} "
        "in the target file.\n",
        api, count, count == 1 ? "" : "s", how_to_log_in(contract->credentials.kind));
  }
  return text;
}

}  // namespace understudy
