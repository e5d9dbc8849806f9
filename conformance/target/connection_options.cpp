#include "conformance/target/connection_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/http.h"

namespace understudy {
namespace {

bool is_excepted(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  const auto name = pattern.starts_with('.') ? pattern.substr(1) : pattern;
  if (equals_ignore_case(name, host)) return true;
  return pattern.starts_with('.') && host.size() > pattern.size() && equals_ignore_case(host.substr(host.size() - pattern.size()), pattern);
}

// DER: a sequence (0x30) with its length in front.
bool is_der_sequence(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() < 2 || byte(0) != 0x30) return false;
  if (byte(1) < 0x80) return bytes.size() == 2 + byte(1);
  const auto digits = byte(1) - 0x80;
  if (digits < 1 || digits > 4 || bytes.size() < 2 + digits) return false;
  std::size_t length = 0;
  for (std::size_t i = 0; i < digits; ++i) length = length << 8 | byte(2 + i);
  return bytes.size() == 2 + digits + length;
}

}  // namespace

Result<void> check_pem(std::string_view text, std::string_view kind, const std::string& file) {
  constexpr std::string_view kBegin = "-----BEGIN ", kDashes = "-----";
  for (auto at = text.find(kBegin); at != std::string_view::npos; at = text.find(kBegin, at + 1)) {
    const auto rest = text.substr(at + kBegin.size());
    const auto label = rest.substr(0, rest.find(kDashes));
    const auto end = rest.find(fmt::format("-----END {}-----", label));
    if (!label.ends_with(kind) || end == std::string_view::npos) continue;
    if (label.starts_with("ENCRYPTED") || rest.substr(0, end).find("ENCRYPTED") != std::string_view::npos)
      return tl::unexpected(make_problem(Failure::usage, "encrypted-key",
                                         fmt::format("found an encrypted private key in {}, expected one without a pass phrase", file)));
    std::string base64(rest.substr(label.size() + kDashes.size(), end - label.size() - kDashes.size()));
    std::erase_if(base64, [](char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t'; });
    const auto bytes = decode_base64(base64);
    if (bytes && is_der_sequence(*bytes)) return {};
  }
  return tl::unexpected(make_problem(Failure::usage, "not-pem",
                                     fmt::format("found no whole {} in {}, expected a PEM file with -----BEGIN {}-----",
                                                 kind == "CERTIFICATE" ? "certificate" : "private key", file, kind)));
}

std::string find_proxy(const Proxies& proxies, const Url& url) {
  if (!proxies.for_loopback && is_loopback(url.host)) return {};
  const auto& except = proxies.except;
  if (std::any_of(except.begin(), except.end(), [&](const std::string& one) { return is_excepted(one, url.host); })) return {};
  return url.scheme == "https" ? proxies.https : proxies.http;
}

}  // namespace understudy
