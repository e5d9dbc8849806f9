#include "cli/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace understudy {
namespace {

constexpr int kEndWatcher = SIGUSR1;  // sent by ~StopSignals to its own thread

sigset_t make_set(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const auto signals = make_set({SIGINT, SIGTERM, kEndWatcher});
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::thread([this, signals] {
    for (int signal = 0; sigwait(&signals, &signal) == 0 && signal != kEndWatcher;) {
      if (stop_.exchange(true)) {
        const std::string_view text = last_words_.load();
        if (!text.empty()) static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
        std::_Exit(128 + signal);
      }
      signal_ = signal;
    }
  });
}

StopSignals::~StopSignals() {
  pthread_kill(watcher_.native_handle(), kEndWatcher);
  watcher_.join();
}

SignalEvents::SignalEvents() : signals_(make_set({SIGINT, SIGTERM, SIGHUP})) {
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

void SignalEvents::restore_default() {
  const auto ending = make_set({SIGINT, SIGTERM});
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

}  // namespace understudy
