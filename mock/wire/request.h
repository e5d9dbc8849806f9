// Parses one HTTP/1 request from bytes, without sockets and timers. Strict wherever two parsers could disagree about the end of a
// message, because that is what request smuggling uses.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "contracts/src/base/http.h"

namespace understudy {

struct RequestLimits {
  std::size_t head = 64u << 10;
  std::size_t body = 8u << 20;  // decoded
  // Instead of `body`, once the head is known. Null: never.
  std::function<std::size_t(const Request& head)> body_of = {};
};

struct Refusal {
  int status = 400;
  std::string message;  // one sentence
};

class RequestParser {
 public:
  enum class State { head, body, complete, refused };

  explicit RequestParser(RequestLimits limits);
  ~RequestParser();

  // Parses from the front of `bytes` and returns how many bytes it used. Pass the unused ones again, followed by new ones. Bytes behind
  // a complete request stay unused: they belong to the next one.
  std::size_t parse(std::string_view bytes);
  void reset();  // prepares for the next request

  State state() const;
  Request& request();              // after State::complete; the target in origin-form, the headers as sent
  const Refusal& refusal() const;  // after State::refused
  bool keep_alive() const;         // whether the client wants to send another request
  bool http_1_0() const;
  // Method and target, as far as they were parsed; also of a refused request.
  std::pair<std::string_view, std::string_view> request_line() const;
  bool is_head() const;         // also of a refused request
  bool wants_continue() const;  // the client waits for 100 before it sends its body

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
