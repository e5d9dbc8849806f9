#include "contracts/src/base/http.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "contracts/src/base/formats.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

// RFC 3986 reg-name; also an IPv4 address. Without the comma, which would make a list of hosts.
bool is_host_name(std::string_view text) {
  constexpr std::string_view kMarks = "!$&'()*+;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_unreserved(text[i]) || kMarks.find(text[i]) != std::string_view::npos) continue;
    if (text[i] != '%' || i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

std::string encode(std::string_view text, bool plus_is_space) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else if (c == ' ' && plus_is_space) {
      encoded += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

struct Reason {
  int status;
  std::string_view phrase;
};

// clang-format off
constexpr std::array kReasons = std::to_array<Reason>({
    {100, "Continue"}, {101, "Switching Protocols"}, {102, "Processing"}, {103, "Early Hints"}, {200, "OK"}, {201, "Created"},
    {202, "Accepted"}, {203, "Non-Authoritative Information"}, {204, "No Content"}, {205, "Reset Content"}, {206, "Partial Content"},
    {207, "Multi-Status"}, {208, "Already Reported"}, {226, "IM Used"}, {300, "Multiple Choices"}, {301, "Moved Permanently"},
    {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {305, "Use Proxy"}, {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {402, "Payment Required"}, {403, "Forbidden"},
    {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {407, "Proxy Authentication Required"},
    {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"},
    {413, "Content Too Large"}, {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"}, {421, "Misdirected Request"}, {422, "Unprocessable Content"}, {423, "Locked"},
    {424, "Failed Dependency"}, {425, "Too Early"}, {426, "Upgrade Required"}, {428, "Precondition Required"}, {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"}, {451, "Unavailable For Legal Reasons"}, {500, "Internal Server Error"},
    {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"}, {506, "Variant Also Negotiates"}, {507, "Insufficient Storage"}, {508, "Loop Detected"},
    {511, "Network Authentication Required"}});
// clang-format on
static_assert(std::ranges::is_sorted(kReasons, {}, &Reason::status));

}  // namespace

SpareText& spare_bodies() {
  thread_local SpareText spare;
  return spare;
}

bool equals_ignore_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, ascii_lower, ascii_lower);
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), ascii_lower);
  return result;
}

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [&](const Header& header) { return equals_ignore_case(header.name, name); });
  if (found == headers.end()) return std::nullopt;
  return found->value;
}

void set_header(Headers& headers, std::string_view name, std::string_view value) {
  // Copied first: the arguments may point into headers that are erased below.
  Header header{.name = std::string(name), .value = std::string(value)};
  const auto same_name = [&](const Header& other) { return equals_ignore_case(other.name, header.name); };
  const auto first = std::ranges::find_if(headers, same_name);
  if (first == headers.end()) {
    headers.push_back(std::move(header));
    return;
  }
  headers.erase(std::remove_if(first + 1, headers.end(), same_name), headers.end());
  *first = std::move(header);
}

std::optional<FramingBreak> find_framing_break(std::string_view method, std::string_view target, const Headers& headers) {
  using namespace std::literals;
  const auto find = [](std::string_view text, const auto& is_breaking) {
    const auto found = std::ranges::find_if(text, is_breaking);
    return found == text.end() ? std::optional<unsigned char>() : static_cast<unsigned char>(*found);
  };
  const auto describe_character = [](unsigned char c) {
    return c == '\r'   ? "a carriage return"s
           : c == '\n' ? "a line feed"s
           : c == ' '  ? "a blank"s
           : c == ':'  ? "a colon"s
                       : fmt::format("the character 0x{:02X}", c);
  };
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  if (const auto found = find(method, is_control)) return FramingBreak{"/method", describe_character(*found) + " in the method"};
  if (const auto found = find(target, is_control)) return FramingBreak{"/path", describe_character(*found) + " in the path"};
  for (const auto& header : headers) {
    auto found = find(header.name, [&](char c) { return is_control(c) || c == ':'; });
    if (!found) found = find(header.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    if (found)
      return FramingBreak{join_pointer("/headers", header.name), fmt::format("{} in header '{}'", describe_character(*found), header.name)};
  }
  return std::nullopt;
}

std::string_view registered_reason(int status) {
  const auto found = std::ranges::lower_bound(kReasons, status, {}, &Reason::status);
  return found != kReasons.end() && found->status == status ? found->phrase : std::string_view{};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2])) {
      decoded += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
      continue;
    }
    decoded += text[i] == '+' && plus_is_space ? ' ' : text[i];
  }
  return decoded;
}

std::string percent_encode(std::string_view text) { return encode(text, false); }

std::optional<Authority> parse_authority(std::string_view text) {
  if (text.empty()) return Authority{};
  const bool is_bracketed = text.front() == '[';
  const auto end = is_bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const Authority authority{.host = text.substr(0, end), .port = text.substr(std::min(end + 1, text.size()))};
  if (authority.host.empty() || (end < text.size() && text[end] != ':') || !std::ranges::all_of(authority.port, is_digit))
    return std::nullopt;
  const bool valid = is_bracketed ? find_format("ipv6")(text.substr(1, end - 2)) : is_host_name(authority.host);
  return valid ? std::optional(authority) : std::nullopt;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos; });
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    pairs.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(pair.substr(std::min(equals + 1, pair.size())), true));
  }
  return pairs;
}

std::string render_form(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += encode(name, true) + '=' + encode(value, true);
  }
  return text;
}

std::string media_type_of(std::string_view content_type) { return to_lower(trim(content_type.substr(0, content_type.find(';')))); }

}  // namespace understudy
