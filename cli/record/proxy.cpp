#include "cli/record/proxy.h"

#include <algorithm>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Headers of one connection (RFC 9110 section 7.6.1), and those that the client and the server of the proxy write themselves.
constexpr std::string_view kOwnHeaders[] = {"connection",
                                            "keep-alive",
                                            "proxy-connection",
                                            "proxy-authenticate",
                                            "proxy-authorization",
                                            "te",
                                            "trailer",
                                            "transfer-encoding",
                                            "upgrade",
                                            "content-length",
                                            "expect"};

Headers without_connection(const Headers& headers, std::string_view also = {}) {
  std::vector<std::string> named;  // by Connection
  for (const auto& header : headers) {
    if (!equals_ignore_case(header.name, "Connection")) continue;
    for (const auto name : split(header.value, ',')) named.push_back(to_lower(trim(name)));
  }
  Headers kept;
  std::ranges::copy_if(headers, std::back_inserter(kept), [&](const Header& header) {
    const auto name = to_lower(header.name);
    return !contains(kOwnHeaders, std::string_view(name)) && !contains(named, name) && name != also;
  });
  return kept;
}

std::string origin_of(const Url& url) { return url.scheme + "://" + render_authority(url); }

// `to` instead of the origin `from` at the beginning of a URL, in any case; other text stays.
std::string move_origin(const std::string& text, const std::string& from, const std::string& to) {
  const bool fits = equals_ignore_case(std::string_view(text).substr(0, from.size()), from);
  const char next = text.size() > from.size() ? text[from.size()] : '/';
  return fits && (next == '/' || next == '?' || next == '#') ? to + text.substr(from.size()) : text;
}

std::string move_location(const std::string& location, const Url& base, const std::string& proxy_origin) {
  std::string path = move_origin(move_origin(location, render_origin(base), ""), origin_of(base), "");
  const bool is_moved = path.size() < location.size();
  if (path.empty()) path = "/";
  if (path.front() != '/' || path.starts_with("//")) return location;  // of another host, or relative to the request
  return (is_moved ? proxy_origin : "") + below_base(base.path, path).value_or(path);
}

bool is_host_within(std::string_view host, std::string_view domain) {
  if (domain.starts_with('.')) domain.remove_prefix(1);
  return equals_ignore_case(host, domain) ||
         (host.size() > domain.size() && equals_ignore_case(host.substr(host.size() - domain.size()), domain) &&
          host[host.size() - domain.size() - 1] == '.');
}

// Without the Domain of the target, so that the cookie belongs to the host of the proxy; without Secure, because the proxy speaks HTTP;
// with the path that the client sees.
std::string move_cookie(const std::string& cookie, const Url& base) {
  std::string out;
  for (const auto part : split(cookie, ';')) {
    const auto attribute = trim(part);
    const auto equals = std::min(attribute.find('='), attribute.size());
    const auto name = attribute.substr(0, equals), value = attribute.substr(std::min(equals + 1, attribute.size()));
    const bool is_first = out.empty();
    if (!is_first && (equals_ignore_case(name, "Secure") || (equals_ignore_case(name, "Domain") && is_host_within(base.host, value))))
      continue;
    if (!is_first) out += "; ";
    if (!is_first && equals_ignore_case(name, "Path"))
      out += "Path=" + below_base(base.path, value).value_or(std::string(value));
    else
      out += attribute;
  }
  return out;
}

Delivery refuse(int status, const std::string& code, const std::string& message) {
  return {.response = {.status = status,
                       .headers = {{"Content-Type", "application/json"}},
                       .body = render_json({{"error", {{"code", code}, {"message", message}, {"from", "understudy record"}}}})}};
}

Delivery refuse(const TransportResult& result, const Url& base) {
  const std::string outcome(to_string(result.outcome));
  return refuse(result.outcome == Outcome::timeout ? 504 : 502, "upstream-" + outcome,
                origin_of(base) + " did not answer: " + (result.detail.empty() ? outcome : result.detail));
}

}  // namespace

Request make_forwarded(const Request& received, const Target& target) {
  const Url& base = *target.base;
  const auto host = find_header(received.headers, "Host");
  const std::string own = "http://" + std::string(host.value_or("localhost"));
  Request request{.method = received.method,
                  .target = received.target == "*" ? received.target : join_target(base, received.target),
                  .headers = without_connection(received.headers, "host"),
                  .body = received.body};
  for (auto& header : request.headers) {
    if (equals_ignore_case(header.name, "Origin") || equals_ignore_case(header.name, "Referer"))
      header.value = move_origin(header.value, own, origin_of(base));
    if (equals_ignore_case(header.name, "Accept-Encoding")) header.value = "gzip, deflate, br";  // the codings that can be recorded
  }
  request.headers.insert(request.headers.begin(), {"Host", render_authority(base)});
  add_target_headers(target, request.headers);
  return request;
}

Response make_returned(const Response& response, const Target& target, const std::string& proxy_origin) {
  Response returned{
      .status = response.status, .reason = response.reason, .headers = without_connection(response.headers), .body = response.body};
  for (auto& header : returned.headers) {
    if (equals_ignore_case(header.name, "Location") || equals_ignore_case(header.name, "Content-Location"))
      header.value = move_location(header.value, *target.base, proxy_origin);
    if (equals_ignore_case(header.name, "Set-Cookie")) header.value = move_cookie(header.value, *target.base);
  }
  return returned;
}

Proxy::Proxy(const Target& target, const SafetyOptions& safety, Record record)
    : target_(target), safety_(safety), record_(std::move(record)), guard_(safety.max_writes, nullptr) {}

Delivery Proxy::handle(const Request& received) {
  const Request request = make_forwarded(received, target_);
  if (const auto permitted = check_write(request); !permitted) return refuse(403, permitted.error().code, permitted.error().message);
  Exchange exchange{.at = Clock().now(), .origin = origin_of(*target_.base), .request = request};
  const TransportResult result = send(request);
  exchange.milliseconds = static_cast<double>(result.elapsed.count());
  if (result.outcome == Outcome::answered) {
    exchange.response = result.response;
    record_(exchange);
    const auto host = find_header(received.headers, "Host");
    Delivery delivery{.response = make_returned(result.response, target_, "http://" + std::string(host.value_or("localhost")))};
    auto& headers = delivery.response.headers;
    const auto is_named = [](std::string_view name) {
      return [name](const Header& header) { return equals_ignore_case(header.name, name); };
    };
    // The body is no longer in its coding. The answer to HEAD has no body, and keeps the length that it names.
    if (request.method == "HEAD") {
      if (const auto length = find_header(result.response.headers, "Content-Length"))
        headers.push_back({"Content-Length", std::string(*length)});
    } else if (result.undecoded.empty()) {
      std::erase_if(headers, is_named("Content-Encoding"));
    }
    return delivery;
  }
  exchange.response.status = 0;
  exchange.failure = std::string(to_string(result.outcome)) + (result.detail.empty() ? "" : ": " + result.detail);
  record_(exchange);
  return refuse(result, *target_.base);
}

Result<void> Proxy::check_write(const Request& request) {
  const Message message{.method = request.method};
  if (!is_write(message)) return {};
  if (auto permitted = check_hosts(safety_, target_, request.method + " " + request.target); !permitted) return permitted;
  const auto begun = guard_.begin(
      {.message = message, .operation = nullptr, .request = request, .base = *target_.base, .scenario = {}, .masked_body = {}});
  return begun ? Result<void>() : tl::unexpected(begun.error());
}

TransportResult Proxy::send(const Request& request) {
  std::unique_ptr<HttpTransport> transport;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      transport = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (transport == nullptr) transport = std::make_unique<HttpTransport>(target_.connection);
  auto result = transport->send(*target_.base, request, {.deadline = target_.deadline, .answer_limit = kRecordedBody});
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(transport));
  return result;
}

}  // namespace understudy
