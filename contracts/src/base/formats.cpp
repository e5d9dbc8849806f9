#include "contracts/src/base/formats.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "contracts/src/base/env.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

bool is_date_time(std::string_view text) { return parse_rfc3339(text).has_value(); }
bool is_date(std::string_view text) { return text.size() == 10 && is_date_time(std::string(text) + "T00:00:00Z"); }
bool is_time(std::string_view text) { return is_date_time("2000-01-01T" + std::string(text)); }

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  // "??--" is reserved; only the ASCII form of international names uses it.
  if (label.size() > 3 && label.substr(2, 2) == "--" && label.substr(0, 2) != "xn") return false;
  return std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_address(int family, std::string_view text) {
  if (text.size() > 45 || text.find_first_of(std::string_view("%\0", 2)) != std::string_view::npos) return false;
  std::array<unsigned char, 16> bytes{};
  return inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
}
bool is_ipv4(std::string_view text) { return is_address(AF_INET, text); }
bool is_ipv6(std::string_view text) { return is_address(AF_INET6, text); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

bool is_quoted_local_part(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return false;
    if (text[i] == '\\' && ++i == text.size()) return false;
    if (text[i] < 0x20 || text[i] > 0x7e) return false;
  }
  return true;
}

bool is_dotted_local_part(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+/=?^_`{|}~-";
  bool after_dot = true;
  for (const char c : text) {
    if (c == '.' ? after_dot : !is_letter(c) && !is_digit(c) && kMarks.find(c) == std::string_view::npos) return false;
    after_dot = c == '.';
  }
  return !after_dot;
}

bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const auto local = text.substr(0, at);
  auto domain = text.substr(at + 1);
  if (!is_dotted_local_part(local) && !is_quoted_local_part(local)) return false;
  if (!domain.starts_with('[')) return is_hostname(domain);
  if (!domain.ends_with(']')) return false;
  domain = domain.substr(1, domain.size() - 2);
  return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
}

// Only unreserved characters, sub-delims, escapes and those of `more` (RFC 3986).
bool is_uri_text(std::string_view text, std::string_view more) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
      i += 2;
    } else if (!is_letter(c) && !is_digit(c) && kMarks.find(c) == std::string_view::npos && more.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_authority(std::string_view text) {
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    if (!is_uri_text(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && (!text.starts_with('[') || text[colon - 1] == ']');
  const auto host = has_port ? text.substr(0, colon) : text;
  if (has_port && !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(), is_digit)) return false;
  if (!host.starts_with('[')) return is_uri_text(host, "");
  if (!host.ends_with(']')) return false;
  const auto address = host.substr(1, host.size() - 2);
  if (!address.starts_with('v') && !address.starts_with('V')) return is_ipv6(address);
  const auto dot = address.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == address.size()) return false;
  return std::all_of(address.begin() + 1, address.begin() + static_cast<std::ptrdiff_t>(dot), is_hex_digit) &&
         address.find('%') == std::string_view::npos && is_uri_text(address.substr(dot + 1), ":");
}

// What follows the scheme: "//" authority path, or a path; then query and fragment.
bool is_uri_rest(std::string_view text) {
  if (const auto hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_uri_text(text.substr(hash + 1), ":@/?")) return false;
    text = text.substr(0, hash);
  }
  if (const auto mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_uri_text(text.substr(mark + 1), ":@/?")) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, slash))) return false;
    text.remove_prefix(slash);
  }
  return is_uri_text(text, ":@/");
}

// Length of "scheme:", or 0.
std::size_t scheme_length(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return 0;
  const auto scheme = text.substr(0, colon);
  const bool good = std::ranges::all_of(scheme, [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  return good ? colon + 1 : 0;
}

bool is_uri(std::string_view text) {
  const auto scheme = scheme_length(text);
  return scheme > 0 && is_uri_rest(text.substr(scheme));
}

bool is_uri_reference(std::string_view text) {
  if (is_uri(text)) return true;
  const auto first_segment = text.substr(0, text.find_first_of("/?#"));
  return first_segment.find(':') == std::string_view::npos && is_uri_rest(text);
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == 0 || (at > 1 && text[0] == '0')) return false;
  return text.substr(at) == "#" || is_json_pointer(text.substr(at));
}

bool is_regex(std::string_view text) { return Regex::compile(text).has_value(); }

struct Format {
  std::string_view name;
  FormatCheck check;
};
constexpr std::array<Format, 13> kFormats = {{
    {"date", is_date},
    {"date-time", is_date_time},
    {"email", is_email},
    {"hostname", is_hostname},
    {"ipv4", is_ipv4},
    {"ipv6", is_ipv6},
    {"json-pointer", is_json_pointer},
    {"regex", is_regex},
    {"relative-json-pointer", is_relative_json_pointer},
    {"time", is_time},
    {"uri", is_uri},
    {"uri-reference", is_uri_reference},
    {"uuid", is_uuid},
}};
constexpr std::array<std::string_view, 12> kAnnotatingFormats = {
    "int32", "int64", "float", "double", "password", "byte", "binary", "iri", "iri-reference", "idn-email", "idn-hostname", "uri-template"};

}  // namespace

FormatCheck find_format(std::string_view name) {
  const auto found = std::ranges::find_if(kFormats, [&](const Format& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : found->check;
}

bool is_annotating_format(std::string_view name) { return contains(kAnnotatingFormats, name); }

}  // namespace understudy
