#include "mock/wire/send.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "contracts/src/base/text.h"

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

thread_local SpareText spare;  // of recycle()

bool has_no_body(int status) { return status == 204 || status == 304; }

enum class Framing { length, chunks, until_close };

// The answer to HEAD may name the length of a body that is not here.
void append_length(std::string& head, const Response& response, const SendContext& context) {
  const auto named = context.head_request ? find_header(response.headers, "Content-Length") : std::nullopt;
  head += "Content-Length: ";
  head += named ? std::string(*named) : std::to_string(response.body.size());
  head += "\r\n";
}

std::string render_head(const Response& response, const SendContext& context, Framing framing) {
  std::string head = spare.take();
  std::size_t size = 128 + response.reason.size();
  for (const auto& header : response.headers) size += header.name.size() + header.value.size() + 4;
  head.reserve(size + response.body.size());  // the body follows in the same buffer
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} ", response.status);
  append_line_text(head, response.reason.empty() ? registered_reason(response.status) : std::string_view(response.reason));
  head += "\r\n";
  for (const auto& header : response.headers) {
    if (is_framing(header.name) || !is_token(header.name)) continue;
    head += header.name;
    head += ": ";
    append_line_text(head, header.value);
    head += "\r\n";
  }
  if (framing == Framing::chunks)
    head += "Transfer-Encoding: chunked\r\n";
  else if (framing == Framing::length && !has_no_body(response.status))
    append_length(head, response, context);
  if (!context.keep_alive)
    head += "Connection: close\r\n";
  else if (context.http_1_0)
    head += "Connection: keep-alive\r\n";  // without it, HTTP/1.0 clients expect the connection to close
  head += "\r\n";
  return head;
}

std::string render_malformed_chunks(std::string_view body) {
  const auto half = (body.size() + 1) / 2;
  const std::string_view first = half > 0 ? body.substr(0, half) : " ";
  return fmt::format("{:x}\r\n{}\r\nxyz\r\n{}\r\n", first.size(), first, body.substr(half));
}

}  // namespace

void recycle(std::string bytes) { spare.keep(std::move(bytes)); }

SendPlan plan_send(const Delivery& delivery, const SendContext& context) {
  using Ending = Delivery::Ending;
  using Then = SendPlan::Then;
  if (delivery.raw) return {.bytes = *delivery.raw, .then = Then::close};
  const auto& response = delivery.response;
  const bool bodiless = context.head_request || has_no_body(response.status);
  const std::string_view body = bodiless ? std::string_view{} : std::string_view(response.body);
  if (delivery.malformed_chunk) {
    const auto head = render_head(response, context, Framing::chunks);
    return {.bytes = bodiless ? head : head + render_malformed_chunks(body), .then = Then::close};
  }
  if (delivery.stream) {
    SendContext until_close = context;
    until_close.keep_alive = false;
    return {.bytes = render_head(response, until_close, Framing::until_close).append(body), .then = Then::close};
  }
  const bool complete = delivery.ending == Ending::complete;
  SendPlan plan{.then = delivery.ending == Ending::reset   ? Then::reset
                        : delivery.ending == Ending::stall ? Then::stall
                        : complete && context.keep_alive   ? Then::next_request
                                                           : Then::close};
  if (!complete && !delivery.after_bytes) return plan;
  plan.bytes = render_head(response, context, Framing::length);
  plan.bytes += complete ? body : body.substr(0, *delivery.after_bytes);
  return plan;
}

}  // namespace understudy
