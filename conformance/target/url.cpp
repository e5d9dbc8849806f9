#include "conformance/target/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

Problem wrong_url(std::string_view text, std::string_view why) {
  return make_problem(Failure::usage, "bad-url", fmt::format("found URL '{}': {}", mask_text(std::string(text)), why));
}

bool is_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

int default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return tl::unexpected(wrong_url(text, "expected http:// or https:// in front"));
  Url url;
  url.scheme = to_lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return tl::unexpected(wrong_url(text, "expected the scheme http or https"));
  auto rest = text.substr(colon + 3);
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; })) {
    return tl::unexpected(wrong_url(text, "expected no blank in it"));
  }
  if (rest.find_first_of("?#") != std::string_view::npos) return tl::unexpected(wrong_url(text, "expected no query and no fragment"));
  const auto slash = rest.find('/');
  auto authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (authority.find('@') != std::string_view::npos) {
    return tl::unexpected(wrong_url(text, "expected no user in it (use --username and --password)"));
  }

  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return tl::unexpected(wrong_url(text, "expected ']' behind the IPv6 address"));
    url.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority.front() != ':') return tl::unexpected(wrong_url(text, "expected ':' or '/' behind ']'"));
    if (!authority.empty()) port = authority.substr(1);
  } else {
    const auto at = authority.find(':');
    url.host = authority.substr(0, at);
    if (at != std::string_view::npos) port = authority.substr(at + 1);
  }
  if (url.host.empty()) return tl::unexpected(wrong_url(text, "expected a host"));
  url.port = default_port(url.scheme);
  if (!port.empty()) {
    int number = 0;
    if (is_digits(port)) std::from_chars(port.data(), port.data() + port.size(), number);
    if (number < 1 || number > 65535) return tl::unexpected(wrong_url(text, "expected a port from 1 to 65535"));
    url.port = number;
  }
  return url;
}

std::string render_authority(const Url& url) {
  const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  return url.port == default_port(url.scheme) ? host : fmt::format("{}:{}", host, url.port);
}

std::string render_origin(const Url& url) {
  const auto host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  return fmt::format("{}://{}:{}", url.scheme, host, url.port);
}

std::string render_url(const Url& url) { return fmt::format("{}://{}{}", url.scheme, render_authority(url), url.path); }

bool is_loopback(std::string_view host) {
  if (equals_ignore_case(host, "localhost") || host == "::1") return true;
  if (!host.starts_with("127.")) return false;
  int dots = 0;
  for (const char c : host) {
    if (c == '.')
      ++dots;
    else if (c < '0' || c > '9')
      return false;  // 127.0.0.1.example.com is a name
  }
  return dots == 3;
}

}  // namespace understudy
