#include "conformance/target/connection_options.h"

#include <algorithm>

#include "contracts/src/base/http.h"

namespace understudy {
namespace {

bool is_excepted(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  const auto name = pattern.starts_with('.') ? pattern.substr(1) : pattern;
  if (equals_ignore_case(name, host)) return true;
  return pattern.starts_with('.') && host.size() > pattern.size() && equals_ignore_case(host.substr(host.size() - pattern.size()), pattern);
}

}  // namespace

std::string find_proxy(const Proxies& proxies, const Url& url) {
  if (!proxies.for_loopback && is_loopback(url.host)) return {};
  const auto& except = proxies.except;
  if (std::any_of(except.begin(), except.end(), [&](const std::string& one) { return is_excepted(one, url.host); })) return {};
  return url.scheme == "https" ? proxies.https : proxies.http;
}

}  // namespace understudy
