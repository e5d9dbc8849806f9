#include "mock/wire/send.h"

#include <algorithm>
#include <string_view>

namespace understudy {
namespace {

// Replaces control characters except tabs (RFC 9110 5.5): text from a handler must not begin another header line.
void append_line_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += (byte < 0x20 && c != '\t') || byte == 0x7f ? ' ' : c;
  }
}

bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 10: return equals_ignore_case(name, "Connection");
    case 14: return equals_ignore_case(name, "Content-Length");
    case 17: return equals_ignore_case(name, "Transfer-Encoding");
    default: return false;
  }
}

bool has_no_body(int status) { return status == 204 || status == 304; }

enum class Framing { length, chunked };

std::string render_head(const Response& response, const SendContext& context, Framing framing) {
  std::string head;
  std::size_t size = 128 + response.reason.size();
  for (const auto& header : response.headers) size += header.name.size() + header.value.size() + 4;
  head.reserve(size + response.body.size());  // the body follows in the same buffer

  head += "HTTP/1.1 ";
  head += std::to_string(response.status);
  head += ' ';
  append_line_text(head, response.reason.empty() ? registered_reason(response.status) : std::string_view(response.reason));
  head += "\r\n";
  for (const auto& header : response.headers) {
    if (is_framing(header.name) || !is_token(header.name)) continue;
    head += header.name;
    head += ": ";
    append_line_text(head, header.value);
    head += "\r\n";
  }
  if (framing == Framing::chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!has_no_body(response.status)) {
    head += "Content-Length: ";
    head += std::to_string(response.body.size());
    head += "\r\n";
  }
  if (!context.keep_alive) {
    head += "Connection: close\r\n";
  } else if (context.http_1_0) {
    head += "Connection: keep-alive\r\n";  // without it, HTTP/1.0 clients expect the connection to close
  }
  head += "\r\n";
  return head;
}

std::string render_chunk(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string size;
  for (auto rest = bytes.size(); rest > 0; rest /= 16) size.insert(size.begin(), kHex[rest % 16]);
  return size + "\r\n" + std::string(bytes) + "\r\n";
}

std::string render_malformed_chunks(std::string_view body) {
  const auto half = (body.size() + 1) / 2;
  auto bytes = half > 0 ? render_chunk(body.substr(0, half)) : render_chunk(" ");
  bytes += "xyz\r\n";
  bytes += body.substr(half);
  return bytes + "\r\n";
}

}  // namespace

SendPlan plan_send(const Delivery& delivery, const SendContext& context) {
  using Then = SendPlan::Then;
  if (delivery.raw) return {.bytes = *delivery.raw, .then = Then::close};

  const auto& response = delivery.response;
  const bool bodiless = context.head_request || has_no_body(response.status);
  const std::string_view body = bodiless ? std::string_view{} : std::string_view(response.body);
  if (delivery.malformed_chunk) {
    auto bytes = render_head(response, context, Framing::chunked);
    if (!bodiless) bytes += render_malformed_chunks(body);
    return {.bytes = std::move(bytes), .then = Then::close};
  }
  if (delivery.ending == Delivery::Ending::complete) {
    auto bytes = render_head(response, context, Framing::length);
    bytes += body;
    return {.bytes = std::move(bytes), .then = context.keep_alive ? Then::next_request : Then::close};
  }

  std::string bytes;
  if (delivery.after_bytes) {
    bytes = render_head(response, context, Framing::length);
    bytes += body.substr(0, *delivery.after_bytes);
  }
  switch (delivery.ending) {
    case Delivery::Ending::reset: return {.bytes = std::move(bytes), .then = Then::reset};
    case Delivery::Ending::stall: return {.bytes = std::move(bytes), .then = Then::stall};
    default: return {.bytes = std::move(bytes), .then = Then::close};
  }
}

}  // namespace understudy
