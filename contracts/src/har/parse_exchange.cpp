// What programs write differs: members may be absent, null, or of another type than HAR says. All that is read is optional but the URL.
#include <charconv>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/har/read_recording.h"

namespace understudy {
namespace {

const Json& member(const Json& object, const char* name) {
  static const Json kNone;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}
std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }
std::int64_t integer_of(const Json& value) { return is_number(value) ? to_int64(value).value_or(0) : 0; }

// [{"name", "value"}], or an object whose values are texts or lists of texts. Without the pseudo headers of HTTP/2.
Headers read_headers(const Json& given) {
  Headers headers;
  const auto add = [&headers](const std::string& name, const Json& value) {
    if (is_token(name)) headers.push_back({name, value.is_null() ? "" : as_text(value)});
  };
  for (const auto& [name, value] : given.items()) {
    if (given.is_array())
      add(text_of(member(value, "name")), member(value, "value"));
    else if (value.is_array())
      for (const auto& one : value) add(name, one);
    else
      add(name, value);
  }
  return headers;
}

void add_type(Headers& headers, const Json& media_type) {
  const auto type = text_of(media_type);
  if (!type.empty() && type != "x-unknown" && !find_header(headers, "Content-Type")) headers.push_back({"Content-Type", type});
}

// The body and the number of bytes that are missing. `text` may be base64.
void set_body(std::string text, bool is_base64, std::int64_t size, std::string& body, std::size_t& cut) {
  if (is_base64) {
    const auto decoded = decode_base64(text);
    body = decoded.value_or("");
    if (!decoded) cut = text.size();
  } else {
    body = std::move(text);
  }
  if (body.empty() && size > 0) cut = static_cast<std::size_t>(size);
}

// The bytes that a comment of ours says are missing: "the journal left out the last 12 bytes".
std::size_t cut_of(const Json& part) {
  constexpr std::string_view kBefore = "left out the last ";
  const auto comment = text_of(member(part, "comment"));
  const auto at = comment.find(kBefore);
  std::size_t cut = 0;
  if (at != std::string::npos) std::from_chars(comment.data() + at + kBefore.size(), comment.data() + comment.size(), cut);
  return cut;
}

void read_post_data(const Json& data, std::int64_t size, Exchange& exchange) {
  Request& request = exchange.request;
  add_type(request.headers, member(data, "mimeType"));
  const bool is_base64 = text_of(member(data, "encoding")) == "base64" || text_of(member(data, "comment")).starts_with("base64");
  set_body(text_of(member(data, "text")), is_base64, size, request.body, exchange.request_cut);
  const Json& params = member(data, "params");
  if (!request.body.empty() || !params.is_array() || params.empty()) return;
  if (media_type_of(find_header(request.headers, "Content-Type").value_or("")) != "application/x-www-form-urlencoded") {
    exchange.request_cut = std::max<std::size_t>(exchange.request_cut, 1);  // of several parts, whose bytes are not known
    return;
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Json& param : params) pairs.emplace_back(text_of(member(param, "name")), text_of(member(param, "value")));
  request.body = render_form(pairs);
  exchange.request_cut = 0;
}

bool set_url(const std::string& url, Exchange& exchange) {
  const auto authority = url.find("://");
  const auto scheme = to_lower(std::string_view(url).substr(0, authority));
  if (authority == std::string::npos || (scheme != "http" && scheme != "https")) return false;
  const auto path = std::min(url.find_first_of("/?#", authority + 3), url.size());
  auto host = to_lower(std::string_view(url).substr(authority + 3, path - authority - 3));
  host.erase(0, host.rfind('@') + 1);  // npos + 1 is 0
  const std::string_view default_port = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(default_port)) host.resize(host.size() - default_port.size());
  exchange.origin = scheme + "://" + host;
  exchange.request.target = url.substr(path, url.find('#', path) - path);
  if (!exchange.request.target.starts_with('/')) exchange.request.target.insert(0, "/");
  return true;
}

void read_har_entry(const Json& entry, Exchange& exchange) {
  const Json& request = member(entry, "request");
  const Json& response = member(entry, "response");
  exchange.at = parse_rfc3339(text_of(member(entry, "startedDateTime"))).value_or(Time());
  exchange.milliseconds = to_double(member(entry, "time"));
  exchange.request.headers = read_headers(member(request, "headers"));
  const Json& data = member(request, "postData");
  read_post_data(data, integer_of(member(request, "bodySize")), exchange);
  if (const auto cut = cut_of(data)) exchange.request_cut = cut;
  exchange.response.reason = text_of(member(response, "statusText"));
  exchange.response.headers = read_headers(member(response, "headers"));
  const Json& content = member(response, "content");
  add_type(exchange.response.headers, member(content, "mimeType"));
  set_body(text_of(member(content, "text")), text_of(member(content, "encoding")) == "base64", integer_of(member(content, "size")),
           exchange.response.body, exchange.response_cut);
  if (const auto cut = cut_of(content)) exchange.response_cut = cut;
  for (const Json* reason : {&member(response, "comment"), &member(response, "_error"), &member(entry, "_error")})
    if (exchange.failure.empty()) exchange.failure = text_of(*reason);
}

std::string journal_body(const Json& message) {
  const auto bytes = decode_base64(text_of(member(message, "bodyAsBase64")));
  return bytes && message.contains("bodyAsBase64") ? *bytes : text_of(member(message, "body"));
}

// A journal's entry, in WireMock's shape or in our own.
void read_journal_entry(const Json& entry, Exchange& exchange) {
  const Json& request = member(entry, "request");
  const Json& response = member(entry, "response");
  const Json& own = entry.contains("understudy") ? member(entry, "understudy") : entry;
  exchange.at = parse_rfc3339(text_of(member(own, "at"))).value_or(Time());
  exchange.milliseconds = to_double(member(own, "microseconds")) / 1000;
  exchange.request.headers = read_headers(own.contains("headers") ? member(own, "headers") : member(request, "headers"));
  exchange.response.headers = read_headers(member(response, "headers"));
  const Json& cut = member(own, "cut");
  exchange.request_cut = static_cast<std::size_t>(integer_of(member(cut, "request_body_bytes")));
  exchange.response_cut = static_cast<std::size_t>(integer_of(member(cut, "response_body_bytes")));
  exchange.request.body = journal_body(request);
  exchange.response.body = journal_body(response);
  exchange.response.reason = text_of(member(response, "reason"));
  exchange.failure = text_of(member(member(own, "fault"), "kind"));
  const Json& delivery = member(own, "delivery");
  const auto ending = text_of(member(delivery, "ending"));
  if (!ending.empty() && ending != "complete" && !delivery.contains("after_bytes")) exchange.response.status = 0;  // nothing was sent
}

}  // namespace

tl::expected<Exchange, std::string> parse_exchange(const Json& entry) {
  Exchange exchange;
  const Json& request = member(entry, "request");
  exchange.request.method = text_of(member(request, "method"));
  if (!is_token(exchange.request.method)) return tl::unexpected(std::string("found no method"));
  const Json& target = member(request, "target");  // in our own shape; then the URL of WireMock, then that of HAR
  const auto url = text_of(member(request, target.is_string() ? "target" : request.contains("absoluteUrl") ? "absoluteUrl" : "url"));
  if (!set_url(target.is_string() ? "http://localhost" + url : url, exchange))
    return tl::unexpected("found the URL '" + url.substr(0, 80) + "', expected http or https");
  exchange.response.status = static_cast<int>(integer_of(member(member(entry, "response"), "status")));
  if (request.contains("absoluteUrl") || target.is_string())
    read_journal_entry(entry, exchange);
  else
    read_har_entry(entry, exchange);
  if (exchange.response.status < 100 || exchange.response.status > 999) exchange.response.status = 0;
  return exchange;
}

}  // namespace understudy
