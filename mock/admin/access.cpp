// Who may use the admin API. Without a token the caller must be on this machine and must not be a web page: a page can make the
// browser call any local port, by a cross-site request (it carries Origin) or by DNS rebinding (it carries the page's own Host).
#include <arpa/inet.h>

#include <algorithm>

#include "mock/admin/admin.h"

namespace understudy {
namespace {

// The time depends on the length of the texts only, not on their content.
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  unsigned difference = left.size() == right.size() ? 0 : 1;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const char other = right.empty() ? '\0' : right[i % right.size()];
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(other);
  }
  return difference == 0;
}

bool has_token(const Request& request, std::string_view token) {
  const auto authorization = find_header(request.headers, "Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (!authorization || authorization->size() < kScheme.size()) return false;
  return equals_ignore_case(authorization->substr(0, kScheme.size()), kScheme) &&
         equal_in_constant_time(authorization->substr(kScheme.size()), token);
}

// "localhost:8080", "127.0.0.1", "[::1]:8080": names and addresses that always mean this machine.
bool is_local_host(std::string_view host) {
  const auto authority = parse_authority(host);
  if (!authority) return false;
  const std::string name = to_lower(authority->host);
  in_addr address{};
  return name == "localhost" || name.ends_with(".localhost") || name == "[::1]" ||
         (name.starts_with("127.") && ::inet_pton(AF_INET, name.c_str(), &address) == 1);
}

// A page of this mock, such as the console: its origin is the request's own. The host is checked besides, so that a name that was bound to
// this machine does not count.
bool is_own_origin(std::string_view origin, const Request& request, const Caller& caller) {
  const auto host = find_header(request.headers, "Host");
  return host && origin == (caller.secure ? "https://" : "http://") + std::string(*host);
}

}  // namespace

std::optional<Response> check_access(const MockOptions& options, const Request& request, const Caller& caller) {
  if (!options.admin_token.empty()) {
    if (has_token(request, options.admin_token)) return std::nullopt;
    Response response = error_response(401, "token-needed", "The admin API needs the header 'Authorization: Bearer TOKEN'.");
    response.headers.push_back({"WWW-Authenticate", "Bearer realm=\"understudy admin\""});
    return response;
  }
  if (!caller.loopback) return error_response(403, "loopback-only", "Without a token the admin API accepts calls from this machine only.");
  if (const auto origin = find_header(request.headers, "Origin"); origin && !is_own_origin(*origin, request, caller))
    return error_response(403, "cross-origin", "Without a token the admin API rejects other web pages (the request has their Origin).");
  // Browsers send it with every request, also with those that carry no Origin, such as a picture or a form of GET.
  const auto site = find_header(request.headers, "Sec-Fetch-Site");
  if (site && *site != "same-origin" && *site != "none")
    return error_response(403, "cross-origin", "Without a token the admin API rejects pages of other sites (Sec-Fetch-Site).");
  const auto host = find_header(request.headers, "Host");
  if (host && !is_local_host(*host)) {
    return error_response(
        403, "foreign-host",
        "Without a token the admin API accepts the hosts localhost, 127.0.0.1 and [::1] only, found '" + std::string(*host) + "'.");
  }
  return std::nullopt;
}

}  // namespace understudy
