// Owns the URLs that a person types for a target: split once, then only their parts are used. Percent-encoding is left as
// typed; what a request adds behind the path is the runner's business.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/base/problem.h"

namespace understudy {

struct Url {
  std::string scheme = "http";  // http or https
  std::string host;             // as typed; an IPv6 address without brackets
  int port = 80;
  std::string path;  // without trailing slash: "" or /shop/api
  bool operator==(const Url&) const = default;
};

// Fails with failure usage: no scheme, another scheme than http(s), no host, a port outside 1..65535, user, query or fragment.
Result<Url> parse_url(std::string_view text);
std::string render_url(const Url& url);
std::string render_origin(const Url& url);     // http://127.0.0.1:8080, the port always written
std::string render_authority(const Url& url);  // for Host: the port left out where it is the scheme's own
// localhost, 127.0.0.0/8, ::1. No name is resolved.
bool is_loopback(std::string_view host);

}  // namespace understudy
