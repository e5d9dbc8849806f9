// Owns the reading of one HTTP/1.1 response from bytes as they arrive, by the letter: what is no HTTP is said to be malformed
// and not repaired. No sockets here.
#pragma once

#include <string>
#include <string_view>

#include "conformance/target/transport.h"

namespace understudy {

class ResponseReader {
 public:
  explicit ResponseReader(std::string_view method) : head_only_(method == "HEAD") {}

  enum class State { more, done };  // more: bytes are missing
  State feed(std::string_view bytes);
  State finish();  // the peer closed
  // Meaningful once done; outcome is answered, close, truncated or malformed.
  const TransportResult& result() const { return result_; }
  TransportResult give_up(Outcome outcome, std::string detail);  // what had come so far, ended by something else

 private:
  bool parse_head();  // false: not whole yet, or over
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
