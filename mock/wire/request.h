// Owns the reading of one HTTP/1 request from bytes: strict where leniency lets two readers disagree about where a message
// ends. No sockets and no timers here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "contracts/src/base/http.h"

namespace understudy {

struct RequestLimits {
  std::size_t head = 64u << 10;
  std::size_t body = 8u << 20;  // decoded
};

struct Refusal {
  int status = 400;
  std::string message;  // one sentence for people
};

class RequestParser {
 public:
  enum class State { head, body, complete, refused };

  explicit RequestParser(RequestLimits limits);
  ~RequestParser();

  // Reads from the front of `bytes` and returns how many were used; what was not used comes again, in front of what follows.
  // Bytes behind a complete request are left alone: they are the next one.
  std::size_t parse(std::string_view bytes);
  void reset();  // ready for the next request

  State state() const;
  Request& request();              // once complete; the target in origin-form, the headers as sent
  const Refusal& refusal() const;  // once refused
  bool keep_alive() const;         // what the client asked for
  bool http_1_0() const;
  // Method and target as far as they were read, also of a request that was refused.
  std::pair<std::string_view, std::string_view> request_line() const;
  bool is_head() const;         // a HEAD request, refused or not
  bool wants_continue() const;  // the client waits for 100 before it sends its body

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
