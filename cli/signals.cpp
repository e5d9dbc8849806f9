#include "cli/signals.h"

#include <csignal>
#include <cstdlib>

namespace understudy {
namespace {

constexpr int kEnd = SIGUSR1;  // our own, to end the watcher

sigset_t watched() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int one : {SIGINT, SIGTERM, kEnd}) sigaddset(&signals, one);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const auto signals = watched();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::thread([this, signals] {
    for (int signal = 0; sigwait(&signals, &signal) == 0 && signal != kEnd;) {
      if (stop_.exchange(true)) std::_Exit(128 + signal);
      signal_ = signal;
    }
  });
}

StopSignals::~StopSignals() {
  pthread_kill(watcher_.native_handle(), kEnd);
  watcher_.join();
}

}  // namespace understudy
