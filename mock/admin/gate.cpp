// Who may use the admin API. Without a token a caller must be on this machine, and must not be a web page: a page can make its
// reader's browser call any port here, by a cross-site request (it says Origin) or by rebinding its own name (it says that Host).
#include <algorithm>

#include "mock/admin/call.h"

namespace understudy {
namespace {

// Takes as long whatever the texts are, but for their length.
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  unsigned difference = left.size() == right.size() ? 0 : 1;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const char other = right.empty() ? '\0' : right[i % right.size()];
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(other);
  }
  return difference == 0;
}

bool carries_token(const Request& request, std::string_view token) {
  const auto authorization = find_header(request.headers, "Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (!authorization || authorization->size() < kScheme.size()) return false;
  return equals_ignore_case(authorization->substr(0, kScheme.size()), kScheme) &&
         equal_in_constant_time(authorization->substr(kScheme.size()), token);
}

// "localhost:8080", "127.0.0.1", "[::1]:8080": a name or address that can only mean this machine.
bool names_this_machine(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1) == "[::1]";
  host = host.substr(0, host.find(':'));
  const std::string name = to_lower(host);
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  return name.starts_with("127.") && std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::optional<Response> refuse_caller(const MockOptions& options, const Request& request, const Caller& caller) {
  if (!options.admin_token.empty()) {
    if (carries_token(request, options.admin_token)) return std::nullopt;
    Response response = admin_failure(401, "token-needed", "The admin API needs the header 'Authorization: Bearer TOKEN'.");
    response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"understudy admin\""});
    return response;
  }
  if (!caller.loopback) return admin_failure(403, "loopback-only", "Without a token the admin API answers callers on this machine only.");
  if (find_header(request.headers, "Origin"))
    return admin_failure(403, "cross-origin", "Without a token the admin API answers no web pages (the request says Origin).");
  const auto host = find_header(request.headers, "Host");
  if (host && !names_this_machine(*host)) {
    return admin_failure(
        403, "foreign-host",
        "Without a token the admin API answers to localhost, 127.0.0.1 and [::1] only, not to '" + std::string(*host) + "'.");
  }
  return std::nullopt;
}

}  // namespace understudy
