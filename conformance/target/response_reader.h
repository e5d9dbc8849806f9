// Reads one HTTP/1.1 response from bytes as they arrive. Strict: a response that is not valid HTTP is malformed and not repaired. No
// sockets.
#pragma once

#include <string>
#include <string_view>

#include "conformance/target/transport.h"

namespace understudy {

// Heads larger than this are refused, interim responses (1xx) included.
inline constexpr std::size_t kResponseHeadLimit = 256u << 10;
std::string describe_head_limit();

// Why the end of the body cannot be determined (RFC 9112 section 6.3): lengths that differ, a length beside a transfer coding.
// Empty: it can.
std::string find_framing_fault(const Headers& headers);

class ResponseReader {
 public:
  explicit ResponseReader(std::string_view method, std::size_t body_limit = kAnswerLimit)
      : head_only_(method == "HEAD"), body_limit_(body_limit) {}

  enum class State { more, done };  // more: needs further bytes
  State feed(std::string_view bytes);
  State finish();  // the peer closed the connection
  // Valid once done; the outcome is answered, close, truncated, malformed or too_large.
  const TransportResult& result() const { return result_; }
  TransportResult give_up(Outcome outcome, std::string detail);  // ends early and keeps what has arrived

 private:
  bool parse_head();  // false: incomplete, or already over
  bool choose_framing();
  State parse_body();
  State parse_chunks();
  State end(Outcome outcome, std::string detail = {});
  State malformed(std::string detail) { return end(Outcome::malformed, std::move(detail)); }
  bool add_to_body(std::string_view bytes);  // false: over, the body is too large

  bool head_only_;
  std::size_t body_limit_;
  std::size_t head_size_ = 0;  // interim responses included
  bool have_head_ = false;
  bool over_ = false;
  std::string buffer_;  // not consumed yet
  enum class Framing { none, length, chunked, until_close } framing_ = Framing::none;
  std::size_t length_ = 0;
  TransportResult result_;
};

}  // namespace understudy
