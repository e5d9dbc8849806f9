// Owns the signals that a command answers itself: SIGINT and SIGTERM for those that must clean up first (the first signal asks
// to stop, the second ends at once), and for `serve` the same as events that can be waited for beside others, with SIGHUP.
#pragma once

#include <atomic>
#include <csignal>
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

// Signals as bytes to read. Made before any other thread.
class SignalEvents {
 public:
  SignalEvents();
  ~SignalEvents();
  SignalEvents(const SignalEvents&) = delete;
  SignalEvents& operator=(const SignalEvents&) = delete;

  int descriptor() const { return descriptor_; }  // readable when a signal has come
  enum class Event { none, stop, reload };
  Event take();  // the next that has come; SIGHUP is reload, unless it comes from a terminal that has gone

  // From now on SIGINT and SIGTERM end the process at once.
  void give_back();

 private:
  sigset_t signals_{};
  int descriptor_ = -1;
};

}  // namespace understudy
