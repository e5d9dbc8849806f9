#include "contracts/src/base/base64.h"
#include "contracts/src/base/text.h"
#include "contracts/src/har/har.h"

namespace understudy {
namespace {

constexpr const char* kHttpVersion = "HTTP/1.1";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

// HAR requires a URI; a target as received may have characters that a URI must escape.
std::string escape_target(std::string_view target) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kNotInUris = "\"<>\\^`{|}[]#";
  std::string out;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto byte = static_cast<unsigned char>(target[i]);
    const bool stray_percent = target[i] == '%' && !(i + 2 < target.size() && is_hex_digit(target[i + 1]) && is_hex_digit(target[i + 2]));
    if (byte <= 0x20 || byte >= 0x7F || stray_percent || kNotInUris.find(target[i]) != std::string_view::npos)
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    else
      out += target[i];
  }
  return out;
}

Json render_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json out = Json::array();
  for (const auto& [name, value] : pairs) out.push_back({{"name", name}, {"value", value}});
  return out;
}

Json response_cookies(const Headers& headers) {
  Json out = Json::array();
  for (const Header& header : headers) {
    if (!equals_ignore_case(header.name, "Set-Cookie")) continue;
    const std::string_view pair = std::string_view(header.value).substr(0, header.value.find(';'));
    const auto equals = std::min(pair.find('='), pair.size());
    out.push_back({{"name", pair.substr(0, equals)}, {"value", pair.substr(std::min(equals + 1, pair.size()))}});
  }
  return out;
}

std::string cut_comment(std::size_t cut) { return "the journal left out the last " + std::to_string(cut) + " bytes"; }

Json render_message(const Headers& headers, Json cookies, std::int64_t body_size) {
  return {{"httpVersion", kHttpVersion},
          {"cookies", std::move(cookies)},
          {"headers", render_header_list(headers)},
          {"headersSize", -1},
          {"bodySize", body_size}};
}

Json render_request(const Exchange& exchange) {
  const Request& request = exchange.request;
  Json out = render_message(request.headers, render_pairs(cookies_of(request.headers)),
                            static_cast<std::int64_t>(request.body.size() + exchange.request_cut));
  out["method"] = request.method;
  out["url"] = exchange.origin + escape_target(request.target);
  out["queryString"] = render_pairs(parse_form(query_of(request.target)));
  if (request.body.empty()) return out;
  const auto type = find_header(request.headers, "Content-Type");
  Json data = {{"mimeType", type ? std::string(*type) : ""}};
  if (type && media_type_of(*type) == kForm)
    data["params"] = render_pairs(parse_form(request.body));
  else if (is_valid_utf8(request.body))
    data["text"] = request.body;
  else {
    data["text"] = encode_base64(request.body);
    data["comment"] = "base64: the body is not UTF-8";
  }
  if (exchange.request_cut > 0) data["comment"] = cut_comment(exchange.request_cut);
  out["postData"] = std::move(data);
  return out;
}

Json render_response(const Exchange& exchange) {
  const Response& response = exchange.response;
  if (response.status == 0) {
    Json out = render_message({}, Json::array(), -1);
    out.update({{"status", 0},
                {"statusText", ""},
                {"content", {{"size", 0}, {"mimeType", "x-unknown"}}},
                {"redirectURL", ""},
                {"comment", "no response was sent: " + exchange.failure}});
    return out;
  }
  const auto size = response.body.size() + exchange.response_cut;
  const auto type = find_header(response.headers, "Content-Type");
  Json content = {{"size", size}, {"mimeType", type ? std::string(*type) : "x-unknown"}};
  if (is_valid_utf8(response.body)) {
    content["text"] = response.body;
  } else {
    content["text"] = encode_base64(response.body);
    content["encoding"] = "base64";
  }
  if (exchange.response_cut > 0) content["comment"] = cut_comment(exchange.response_cut);
  const auto location = find_header(response.headers, "Location");
  Json out = render_message(response.headers, response_cookies(response.headers), static_cast<std::int64_t>(size));
  out.update({{"status", response.status},
              {"statusText", response.reason.empty() ? std::string(registered_reason(response.status)) : response.reason},
              {"content", std::move(content)},
              {"redirectURL", location ? std::string(*location) : ""}});
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> cookies_of(const Headers& headers) {
  std::vector<std::pair<std::string, std::string>> cookies;
  for (const Header& header : headers) {
    if (!equals_ignore_case(header.name, "Cookie")) continue;
    for (const std::string_view pair : split(header.value, ';')) {
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos) cookies.emplace_back(trim(pair.substr(0, equals)), trim(pair.substr(equals + 1)));
    }
  }
  return cookies;
}

Json render_header_list(const Headers& headers) {
  Json out = Json::array();
  for (const Header& header : headers) out.push_back({{"name", header.name}, {"value", header.value}});
  return out;
}

Json render_har_entry(const Exchange& exchange) {
  return {{"startedDateTime", render_rfc3339_millis(exchange.at)},
          {"time", exchange.milliseconds},
          {"request", render_request(exchange)},
          {"response", render_response(exchange)},
          {"cache", Json::object()},
          {"timings", {{"send", 0}, {"wait", exchange.milliseconds}, {"receive", 0}}}};
}

Json render_har_log(std::string_view version) {
  return {{"log", {{"version", "1.2"}, {"creator", {{"name", "Understudy"}, {"version", version}}}, {"entries", Json::array()}}}};
}

}  // namespace understudy
