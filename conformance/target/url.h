// The base URL of a target, split into its parts. Percent-encoding stays as typed.
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

// Fails with failure usage: a scheme other than http or https, no host, a port outside 1..65535, a user, query or fragment.
Result<Url> parse_url(std::string_view text);
std::string render_url(const Url& url);
std::string render_origin(const Url& url);     // http://127.0.0.1:8080, always with the port
std::string render_authority(const Url& url);  // for Host: without the default port
// localhost, 127.0.0.0/8, ::1. Does not resolve names.
bool is_loopback(std::string_view host);

}  // namespace understudy
