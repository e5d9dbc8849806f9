// HTTP requests and responses as values (header order, case and duplicates are kept), and functions over URLs, headers and forms.
// No sockets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/src/base/text.h"

namespace understudy {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};
using Headers = std::vector<Header>;

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);  // first one; names ignore case
void set_header(Headers& headers, std::string_view name, std::string_view value);            // replaces all of that name

struct Request {
  std::string method;  // as sent: GET, POST, ...
  std::string target;  // origin-form, undecoded: /rest/api/Orders?model.pageSize=5
  Headers headers;
  std::string body;  // after removal of transfer codings
  bool operator==(const Request&) const = default;
};

struct Response {
  int status = 200;
  std::string reason;  // empty: the registered phrase (RFC 9110) is sent
  Headers headers;     // the wire adds Content-Length, Transfer-Encoding and Connection; it keeps a Content-Length for HEAD only
  std::string body;
  bool operator==(const Response&) const = default;
};

// The memory of response bodies that were sent, for the next ones of this thread.
SpareText& spare_bodies();

// A character that would end the request line or a header line early, so that the rest is read as another header or request
// (RFC 9110 section 5.5, RFC 9112 section 3). High bytes are allowed.
struct FramingBreak {
  std::string pointer;      // of the part: /method, /path, /headers/X-Trace
  std::string description;  // a line feed in header 'X-Trace'
};
std::optional<FramingBreak> find_framing_break(std::string_view method, std::string_view target, const Headers& headers);
// An authority without an account: "shop.example:8080", "[::1]".
struct Authority {
  std::string_view host;  // of an IPv6 address with its brackets; may be empty
  std::string_view port;  // digits; may be empty
};
// Absent if the text is not one by RFC 3986, or is a list of several.
std::optional<Authority> parse_authority(std::string_view text);

std::string_view registered_reason(int status);      // "" for unknown codes
std::string_view path_of(std::string_view target);   // before '?'
std::string_view query_of(std::string_view target);  // after '?', or ""
std::string percent_decode(std::string_view text, bool plus_is_space = false);
std::string percent_encode(std::string_view text);  // everything but unreserved characters (RFC 3986)
std::vector<std::pair<std::string, std::string>> parse_form(
    std::string_view text);  // application/x-www-form-urlencoded, order and repeats kept
std::string render_form(const std::vector<std::pair<std::string, std::string>>& pairs);
std::string media_type_of(std::string_view content_type);  // lower case, without parameters
bool is_token(std::string_view text);                      // RFC 9110 5.6.2: the form of methods and header names
bool equals_ignore_case(std::string_view left, std::string_view right);
std::string to_lower(std::string_view text);

}  // namespace understudy
