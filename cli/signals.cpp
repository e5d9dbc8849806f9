#include "cli/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

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

SignalEvents::SignalEvents() {
  sigemptyset(&signals_);
  for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, one);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  descriptor_ = ::signalfd(-1, &signals_, SFD_NONBLOCK | SFD_CLOEXEC);
}

SignalEvents::~SignalEvents() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

SignalEvents::Event SignalEvents::take() {
  signalfd_siginfo info{};
  if (::read(descriptor_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return Event::none;
  const bool asks_to_reload = info.ssi_signo == SIGHUP && info.ssi_code != SI_KERNEL;
  return asks_to_reload ? Event::reload : Event::stop;
}

void SignalEvents::give_back() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int one : {SIGINT, SIGTERM}) sigaddset(&ending, one);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

}  // namespace understudy
