// Owns where the log's lines go and when: a bounded queue that the wire's threads only put into, and one thread that writes. A
// reader that is too slow costs lines, never an answer; how many is written once it reads again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cli/serve/log_line.h"
#include "contracts/src/base/problem.h"

namespace understudy {

class Log {
 public:
  static constexpr std::size_t kMostBytes = 4u << 20;  // that wait to be written

  // To the end of the file, or to standard error if it is empty. Failure: log-unwritable.
  static Result<std::unique_ptr<Log>> open(LogFormat format, const std::string& file);
  ~Log();  // writes what waits, for at most a second
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Any thread; neither waits for the reader.
  void tell(const WireExchange& exchange);
  void tell_event(std::string_view what, std::string_view message);
  // Opens the file again: something has moved it away to begin a new one. Any thread.
  void reopen();

 private:
  Log(LogFormat format, std::string file, int descriptor);
  void put(std::string line);
  void write_lines();
  bool write_all(std::string_view text);

  const LogFormat format_;
  const std::string file_;
  int descriptor_;  // of the writing thread
  bool is_broken_ = false;
  std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  bool reopen_ = false;
  bool ends_ = false;
  std::chrono::steady_clock::time_point give_up_ = std::chrono::steady_clock::time_point::max();
  std::thread writer_;
};

}  // namespace understudy
