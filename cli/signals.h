// Owns SIGINT and SIGTERM for commands that must clean up first: the first signal asks to stop, the second ends at once.
#pragma once

#include <atomic>
#include <thread>

namespace understudy {

// Made before any other thread, so that only its own sees the signals.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::atomic<bool>& stop() { return stop_; }
  int signal() const { return signal_; }  // 0: none came

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> signal_{0};
  std::thread watcher_;
};

}  // namespace understudy
