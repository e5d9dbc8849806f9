// The signals that end or reload a command. StopSignals sets a flag, for commands that clean up before they end; SignalEvents
// makes SIGINT, SIGTERM and SIGHUP readable, for `serve`, which waits for them beside file changes.
#pragma once

#include <atomic>
#include <csignal>
#include <thread>

namespace understudy {

// The first SIGINT or SIGTERM asks to stop, the second ends the process at once. Construct it before any other thread.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::atomic<bool>& stop() { return stop_; }
  int signal() const { return signal_; }  // 0: no signal came
  // What the second signal writes to standard error before it ends the process; a literal.
  void set_last_words(const char* text) { last_words_ = text; }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> signal_{0};
  std::atomic<const char*> last_words_{""};
  std::thread watcher_;
};

// Construct it before any other thread.
class SignalEvents {
 public:
  SignalEvents();
  ~SignalEvents();
  SignalEvents(const SignalEvents&) = delete;
  SignalEvents& operator=(const SignalEvents&) = delete;

  int descriptor() const { return descriptor_; }  // readable when a signal has come
  enum class Event { none, stop, reload };
  Event take();  // the next signal; SIGHUP is reload, but stop if its sender is a terminal that was closed

  // From now on SIGINT and SIGTERM end the process at once.
  void restore_default();

 private:
  sigset_t signals_{};
  int descriptor_ = -1;
};

}  // namespace understudy
