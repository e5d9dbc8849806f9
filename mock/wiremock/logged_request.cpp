#include "mock/wiremock/logged_request.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/credential_names.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

constexpr std::uint64_t kMostNumbers = (std::uint64_t{1} << 48) - 1;

// By name, in the case of its first occurrence: a string, or a list of strings if the name was sent more than once.
Json render_headers(const Headers& headers) {
  std::map<std::string, std::pair<std::string, Json>> by_name;  // in lower case
  for (const Header& header : headers) {
    const auto [found, is_first] = by_name.try_emplace(to_lower(header.name), header.name, Json());
    add_grouped(found->second.second, header.value);
  }
  std::vector<std::pair<std::string, Json>> out;
  for (auto& [name, header] : by_name) out.push_back(std::move(header));
  return object_of(out);
}

Json render_parameters(std::string_view form) {
  std::map<std::string, Json> by_name;
  for (const auto& [name, value] : parse_form(form)) {
    Json& parameter = by_name[name];
    parameter["key"] = name;
    parameter["values"].push_back(value);
  }
  std::vector<std::pair<std::string, Json>> out;
  for (auto& [name, parameter] : by_name) out.emplace_back(name, std::move(parameter));
  return object_of(out);
}

bool is_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

tl::unexpected<std::string> error(std::string sentence) { return tl::unexpected(std::move(sentence)); }

const char* wiremock_fault(const JournalEntry& entry) {
  if (entry.fault == "garbage") return "RANDOM_DATA_THEN_CLOSE";
  if (entry.fault == "malformed_chunk") return "MALFORMED_RESPONSE_CHUNK";
  if (entry.after_bytes) return nullptr;
  if (entry.ending == Delivery::Ending::reset) return "CONNECTION_RESET_BY_PEER";
  if (entry.ending == Delivery::Ending::close) return "EMPTY_RESPONSE";
  return nullptr;
}

}  // namespace

std::string exchange_id(std::string_view tenant, std::uint64_t entry) {
  const std::uint64_t hash = fnv1a(tenant);
  return render_uuid((hash & ~std::uint64_t{0xffff}) | (hash >> 4 & 0xfff), (hash & 0x3fff) << 48 | (entry & kMostNumbers));
}

std::optional<std::uint64_t> entry_of_id(std::string_view id, std::string_view tenant) {
  const std::string prefix = exchange_id(tenant, 0).substr(0, 24);
  if (id.size() != 36 || !equals_ignore_case(id.substr(0, prefix.size()), prefix)) return std::nullopt;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(id.data() + prefix.size(), id.data() + id.size(), number, 16);
  return parsed.ec == std::errc() && parsed.ptr == id.data() + id.size() ? std::optional(number) : std::nullopt;
}

Origin origin_of(const JournalEntry& entry) {
  Origin origin{.scheme = entry.secure ? "https" : "http", .host = "localhost", .port = entry.secure ? 443 : 80};
  const auto header = find_header(entry.request.headers, "Host");
  if (!header || !is_host(*header)) return origin;
  const auto colon = header->rfind(':');
  const bool has_port = colon != std::string_view::npos && header->find(']', colon) == std::string_view::npos && colon > 0;
  origin.host = header->substr(0, has_port ? colon : header->size());
  if (!has_port) return origin;
  std::uint16_t port = 0;
  const auto* end = header->data() + header->size();
  const auto parsed = std::from_chars(header->data() + colon + 1, end, port);
  if (parsed.ec == std::errc() && parsed.ptr == end && port > 0) origin.port = port;
  return origin;
}

std::string absolute_url(const JournalEntry& entry) {
  const auto header = find_header(entry.request.headers, "Host");
  const std::string authority = header && is_host(*header) ? std::string(*header) : "localhost";
  return (entry.secure ? "https://" : "http://") + authority + entry.request.target;
}

Json render_logged_request(const JournalEntry& entry) {
  const Request& request = entry.request;
  const Origin origin = origin_of(entry);
  Json cookies = Json::object();
  for (const auto& [name, value] : cookies_of(request.headers)) cookies[name] = value;
  Json out = {{"url", request.target},
              {"absoluteUrl", absolute_url(entry)},
              {"method", request.method},
              {"headers", render_headers(request.headers)},
              {"cookies", std::move(cookies)},
              {"browserProxyRequest", false},
              {"loggedDate", entry.at.time_since_epoch().count()},
              {"loggedDateString", render_rfc3339_millis(entry.at)},
              {"body", marked_body(request.body, entry.request_cut)},
              {"bodyAsBase64", encode_base64(request.body)},
              {"protocol", "HTTP/1.1"},
              {"scheme", origin.scheme},
              {"host", origin.host},
              {"port", origin.port},
              {"queryParams", render_parameters(query_of(request.target))}};
  if (!entry.client.empty()) out["clientIp"] = entry.client;
  const auto type = find_header(request.headers, "Content-Type");
  if (type && media_type_of(*type) == "application/x-www-form-urlencoded") out["formParams"] = render_parameters(request.body);
  return out;
}

Json render_serve_event(const Logged& logged, const Contracts& contracts) {
  const JournalEntry& entry = *logged.entry;
  const Response response = entry.response.read();
  const std::string body = marked_body(response.body, entry.response_cut);
  Json definition = {
      {"status", response.status}, {"headers", render_headers(response.headers)}, {"body", body}, {"fromConfiguredStub", entry.matched}};
  if (!response.reason.empty()) definition["statusMessage"] = response.reason;
  if (const char* fault = wiremock_fault(entry)) definition["fault"] = fault;
  const std::int64_t engine_ms = static_cast<std::int64_t>(entry.microseconds / 1000);
  Json own = render_reasons(entry, logged.tenant, &contracts);
  own["headers"] = render_header_list(entry.request.headers);
  return {{"id", exchange_id(logged.tenant, entry.id)},
          {"request", render_logged_request(entry)},
          {"responseDefinition", std::move(definition)},
          {"response",
           {{"status", response.status},
            {"headers", render_headers(response.headers)},
            {"body", body},
            {"bodyAsBase64", encode_base64(response.body)}}},
          {"wasMatched", entry.matched},
          {"timing",
           {{"addedDelay", entry.delay.count()},
            {"processTime", engine_ms},
            {"responseSendTime", 0},
            {"serveTime", engine_ms},
            {"totalTime", engine_ms + entry.delay.count()}}},
          {"understudy", std::move(own)}};
}

tl::expected<JournalEntry, std::string> parse_logged_request(const Json& given) {
  if (!given.is_object()) return error("found " + describe(given) + ", expected a logged request");
  JournalEntry entry;
  entry.request.method = "GET";
  std::string absolute, encoded;
  const std::pair<const char*, std::string*> members[] = {{"method", &entry.request.method},
                                                          {"url", &entry.request.target},
                                                          {"absoluteUrl", &absolute},
                                                          {"body", &entry.request.body},
                                                          {"bodyAsBase64", &encoded}};
  for (const auto& [name, text] : members) {
    const auto found = given.find(name);
    if (found == given.end() || found->is_null()) continue;
    if (!found->is_string()) return error("'" + std::string(name) + "' is not a string");
    *text = found->get<std::string>();
  }
  if (entry.request.target.empty()) {
    const auto authority = absolute.find("://");
    const auto path = authority == std::string::npos ? authority : absolute.find('/', authority + 3);
    if (path != std::string::npos) entry.request.target = absolute.substr(path);
  }
  if (!entry.request.target.starts_with('/')) return error("'url' is missing or does not start with '/'");
  if (!encoded.empty()) {
    auto bytes = decode_base64(encoded);
    if (!bytes) return error("'bodyAsBase64' is not base64");
    entry.request.body = std::move(*bytes);
  }
  const auto headers = given.find("headers");
  if (headers == given.end() || headers->is_null()) return entry;
  if (!headers->is_object()) return error("'headers' is not an object");
  for (const auto& [name, value] : headers->items()) {
    for (const Json& text : value.is_array() ? value : Json::array({value})) {
      if (!text.is_string()) return error("the header '" + name + "' is not a string");
      entry.request.headers.push_back({name, text.get<std::string>()});
    }
  }
  return entry;
}

Logged mask_secrets(const Logged& logged, const Contracts& contracts) {
  SecretNames names;
  for (const auto& contract : contracts.apis) names.add_header(contract->credentials.header);
  JournalEntry entry = *logged.entry;
  if (const Contract* contract = contracts.find_api(entry.api)) add_credential_names(*contract, names);
  entry.request.target = mask_target(entry.request.target, names);
  mask_headers(entry.request.headers, names);
  entry.request.body = mask_body(entry.request.body, names);
  Response response = entry.response.read();
  mask_headers(response.headers, names);
  response.body = mask_body(response.body, names);
  entry.response = KeptResponse(response, response.body.size());
  for (Decision& decision : entry.decisions) {
    for (Finding& finding : decision.findings) {
      if (!names.has_member_on(finding.pointer)) continue;
      finding.actual = kMask;
      finding.message = finding.code + " " + finding.pointer;
    }
  }
  return {.entry = std::make_shared<const JournalEntry>(std::move(entry)), .tenant = logged.tenant};
}

}  // namespace understudy
