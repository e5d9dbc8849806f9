// Writes the access log: threads of the wire put lines into a bounded queue, and one thread writes them. If the reader of the log is
// too slow, lines are dropped and counted; responses never wait. If it cannot be written, the server goes on without a log.
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
  static constexpr std::size_t kMostBytes = 4u << 20;  // waiting to be written

  // Appends to the file, or writes to standard error if `file` is empty. Failure: log-unwritable.
  static Result<std::unique_ptr<Log>> open(LogFormat format, const std::string& file);
  ~Log();  // closes it
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Any thread; neither waits for the reader.
  void add(const WireExchange& exchange);
  void add_event(std::string_view what, std::string_view message);
  // Opens the file again, after log rotation has moved the old one away. Any thread.
  void reopen();
  // Writes the waiting lines, for at most a second, and ends. False: at some time a line could not be written (a full disk, a closed pipe);
  // standard error got a message then. Call it once.
  bool close();

 private:
  Log(LogFormat format, std::string file, int descriptor);
  void put(std::string line);
  void write_lines();
  void write_all(std::string_view text);
  void report_failure(int error);

  const LogFormat format_;
  const std::string file_;
  int descriptor_;  // used by the writing thread only
  bool is_broken_ = false;
  bool has_failed_ = false;
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
