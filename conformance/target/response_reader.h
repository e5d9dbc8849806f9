// Reads one HTTP/1.1 response from bytes as they arrive. Strict: a response that is not valid HTTP is malformed and not repaired. No
// sockets.
#pragma once

#include <string>
#include <string_view>

#include "conformance/target/transport.h"

namespace understudy {

class ResponseReader {
 public:
  explicit ResponseReader(std::string_view method) : head_only_(method == "HEAD") {}

  enum class State { more, done };  // more: needs further bytes
  State feed(std::string_view bytes);
  State finish();  // the peer closed the connection
  // Valid once done; the outcome is answered, close, truncated or malformed.
  const TransportResult& result() const { return result_; }
  TransportResult give_up(Outcome outcome, std::string detail);  // ends early and keeps what has arrived

 private:
  bool parse_head();  // false: incomplete, or already over
  State parse_body();
  State parse_chunks();
  State end(Outcome outcome, std::string detail = {});
  State malformed(std::string detail) { return end(Outcome::malformed, std::move(detail)); }

  bool head_only_;
  bool have_head_ = false;
  bool over_ = false;
  std::string buffer_;  // not consumed yet
  enum class Framing { none, length, chunked, until_close } framing_ = Framing::none;
  std::size_t length_ = 0;
  TransportResult result_;
};

}  // namespace understudy
