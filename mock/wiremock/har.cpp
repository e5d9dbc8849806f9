// The journal as HAR 1.2.

#include "contracts/src/base/base64.h"
#include "contracts/src/base/text.h"
#include "mock/wiremock/logged_request.h"

namespace understudy {
namespace {

constexpr const char* kHttpVersion = "HTTP/1.1";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";

// HAR requires a URI; a target as received may have characters that a URI must escape.
std::string uri_of(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kNotInUris = "\"<>\\^`{|}[]#";
  const auto path = text.find('/', text.find("://") + 3);
  std::string out(text.substr(0, path));
  for (std::size_t i = path; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool stray_percent = text[i] == '%' && !(i + 2 < text.size() && is_hex_digit(text[i + 1]) && is_hex_digit(text[i + 2]));
    if (byte <= 0x20 || byte >= 0x7F || stray_percent || kNotInUris.find(text[i]) != std::string_view::npos)
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    else
      out += text[i];
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

Json render_request(const JournalEntry& entry) {
  const Request& request = entry.request;
  Json out = render_message(request.headers, render_pairs(cookies_of(request.headers)), static_cast<std::int64_t>(entry.request_size));
  out["method"] = request.method;
  out["url"] = uri_of(absolute_url(entry));
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
  if (entry.request_cut > 0) data["comment"] = cut_comment(entry.request_cut);
  out["postData"] = std::move(data);
  return out;
}

bool was_sent(const JournalEntry& entry) { return entry.ending == Delivery::Ending::complete || entry.after_bytes.has_value(); }

Json render_response(const JournalEntry& entry) {
  const Response& response = entry.response;
  if (!was_sent(entry)) {
    Json out = render_message({}, Json::array(), -1);
    out.update({{"status", 0},
                {"statusText", ""},
                {"content", {{"size", 0}, {"mimeType", "x-unknown"}}},
                {"redirectURL", ""},
                {"comment", "no response was sent: " + entry.fault}});
    return out;
  }
  const auto type = find_header(response.headers, "Content-Type");
  Json content = {{"size", entry.response_size}, {"mimeType", type ? std::string(*type) : "x-unknown"}};
  if (is_valid_utf8(response.body)) {
    content["text"] = response.body;
  } else {
    content["text"] = encode_base64(response.body);
    content["encoding"] = "base64";
  }
  if (entry.response_cut > 0) content["comment"] = cut_comment(entry.response_cut);
  const auto location = find_header(response.headers, "Location");
  Json out = render_message(response.headers, response_cookies(response.headers), static_cast<std::int64_t>(entry.response_size));
  out.update({{"status", response.status},
              {"statusText", response.reason.empty() ? std::string(registered_reason(response.status)) : response.reason},
              {"content", std::move(content)},
              {"redirectURL", location ? std::string(*location) : ""}});
  return out;
}

Json render_exchange(const Logged& logged, const Contracts& contracts) {
  const JournalEntry& entry = *logged.entry;
  const double wait = static_cast<double>(entry.microseconds) / 1000.0 + static_cast<double>(entry.delay.count());
  std::string comment = "tenant " + logged.tenant;
  for (std::size_t i = 0; i < entry.decisions.size() && i < 5; ++i) {
    const Decision& decision = entry.decisions[i];
    comment += (i == 0 ? ": " : ", ") + (decision.operation.empty() ? entry.api : decision.operation) + " -> " +
               (decision.answer.empty() ? decision.rule : decision.answer);
  }
  return {{"startedDateTime", render_rfc3339_millis(entry.at)},
          {"time", wait},
          {"request", render_request(entry)},
          {"response", render_response(entry)},
          {"cache", Json::object()},
          {"timings", {{"send", 0}, {"wait", wait}, {"receive", 0}}},
          {"comment", std::move(comment)},
          {"_understudy", render_reasons(entry, logged.tenant, &contracts)}};
}

}  // namespace

Json render_har(std::span<const Logged> logged, const Contracts& contracts) {
  Json entries = Json::array();
  for (const Logged& exchange : logged) entries.push_back(render_exchange(exchange, contracts));
  return {{"log",
           {{"version", "1.2"},
            {"creator", {{"name", "Understudy"}, {"version", UNDERSTUDY_VERSION}}},
            {"entries", std::move(entries)},
            {"comment", "times are those of each tenant's clock"}}}};
}

}  // namespace understudy
