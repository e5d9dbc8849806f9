// `understudy serve`: stages scenarios on the mock and serves until SIGINT or SIGTERM, reloading what changes meanwhile.
#include <poll.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <optional>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/serve/live_mock.h"
#include "cli/serve/log.h"
#include "cli/serve/serve_options.h"
#include "cli/serve/watch.h"
#include "cli/signals.h"

namespace understudy {
namespace {

// A change comes in pieces (an editor's file and its rename, a checkout of hundreds): it is read once nothing more has come
// for a moment, or after some seconds in which it never was quiet.
constexpr std::chrono::milliseconds kQuiet{100};
constexpr std::chrono::seconds kRestless{3};

// Each connection is a descriptor; how many there may be is a default that the system leaves to us to raise.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

class Server {
 public:
  explicit Server(const ServeOptions& options) : options_(options), live_(live_options(options)) {}

  int run() {
    const auto token = find_admin_token(options_.admin);
    if (!token) return complain(token.error());
    live_.set_admin_token(*token);
    if (options_.is_logged()) {
      auto log = Log::open(options_.format(), options_.log_file);
      if (!log) return complain(log.error());
      log_ = std::move(*log);
    }
    if (options_.watch) {
      auto watch = Watch::open();
      if (!watch) return complain(watch.error());
      watch_.emplace(std::move(*watch));
      if (const auto followed = follow(); !followed) return complain(followed.error());
    }
    if (const auto loaded = live_.load(); !loaded) return complain(loaded.error());
    auto wire_options = understudy::wire_options(options_);
    if (!wire_options) return complain(wire_options.error());
    if (log_) wire_options->observer = [this](const WireExchange& exchange) { log_->tell(exchange); };
    const bool is_admin_here = !options_.admin.port;
    auto wire = Wire::open(*wire_options, [this, is_admin_here, secure = options_.is_https()](Request&& request, const Peer& peer) {
      return live_.handle(request, {.loopback = peer.loopback, .admin = is_admin_here, .address = peer.address, .secure = secure});
    });
    if (!wire) return complain(wire.error());
    const auto admin_wire = open_admin_wire(options_.admin, *wire_options,
                                            [this](const Request& request, const Caller& caller) { return live_.handle(request, caller); });
    if (!admin_wire) return complain(admin_wire.error());
    const std::string url = (options_.is_https() ? "https://" : "http://") +
                            (options_.host.find(':') == std::string::npos ? options_.host : "[" + options_.host + "]") + ":" +
                            std::to_string((*wire)->port());
    greet(url);
    tell_admin_url(options_.admin, admin_wire->get(), url, options_.quiet || owns_standard_error());
    wait_for_end();
    tell("stopping", "answers in flight may go on for " + options_.drain);
    signals_.give_back();
    (*wire)->stop();
    if (*admin_wire) (*admin_wire)->stop();
    tell("stopped", "served " + std::to_string((*wire)->counters().requests) + " requests");
    return kPassed;
  }

 private:
  Result<void> follow() {
    auto paths = options_.paths;
    if (!options_.contracts.empty()) paths.push_back(options_.contracts);
    return watch_->follow(paths);
  }

  void greet(const std::string& url) const {
    if (log_) log_->tell_event("serving", url);
    if (options_.print_url) {
      std::cout << url << std::endl;
      return;
    }
    if (options_.quiet || owns_standard_error()) return;
    std::cerr << "understudy serves at " << url << "\n";
    for (const auto& contract : live_.contracts()->apis)
      std::cerr << "  " << contract->title << ": " << url << (options_.api.empty() ? contract->base : "") << "\n";
    std::cerr << "  staged: " << live_.scenarios() << " scenario" << (live_.scenarios() == 1 ? "" : "s")
              << (options_.no_demo ? "" : "; user demo, password demo, key demo") << "\n";
  }

  void wait_for_end() {
    for (;;) {
      if (!unfinished_ && !wait({})) continue;
      bool asked = false;
      for (auto event = signals_.take(); event != SignalEvents::Event::none; event = signals_.take()) {
        if (event == SignalEvents::Event::stop) return;
        asked = true;
      }
      if (asked && log_) log_->reopen();
      const bool changed = (watch_ && watch_->take_changes()) || unfinished_;
      if (!asked && !changed) continue;
      if (!asked && !settle()) return;
      unfinished_ = false;
      reload(asked);
    }
  }

  // Whether a signal or a change is there; without a limit it waits for one.
  bool wait(std::optional<std::chrono::milliseconds> limit) const {
    pollfd polled[] = {{.fd = signals_.descriptor(), .events = POLLIN, .revents = 0},
                       {.fd = watch_ ? watch_->descriptor() : -1, .events = POLLIN, .revents = 0}};
    return ::poll(polled, 2, limit ? static_cast<int>(limit->count()) : -1) > 0;
  }

  // Waits until a change is over; false: we are to stop.
  bool settle() {
    const auto until = std::chrono::steady_clock::now() + kRestless;
    while (std::chrono::steady_clock::now() < until && wait(kQuiet)) {
      watch_->take_changes();
      const auto event = signals_.take();
      if (event == SignalEvents::Event::stop) return false;
      if (event == SignalEvents::Event::reload) return true;
    }
    return true;
  }

  void reload(bool asked) {
    if (watch_) {  // before the files are read: what changes later is seen
      if (const auto followed = follow(); !followed) warn("watch-failed", followed.error());
    }
    const auto change = live_.load();
    if (!change) {
      // A file that was caught between two writes is no mistake: what comes next will tell.
      if (watch_ && wait(kQuiet) && watch_->take_changes()) {
        unfinished_ = true;
        return;
      }
      for (const auto& problem : change.error()) warn("reload-failed", problem);
      tell("unchanged", "what was served before is served on");
    } else if (change->any() || asked) {
      tell("reloaded", change->any() ? render_change(*change) : "nothing has changed");
    }
  }

  bool owns_standard_error() const { return log_ && options_.log_file.empty(); }

  void tell(std::string_view what, const std::string& message) const {
    if (log_) log_->tell_event(what, message);
    if (!options_.quiet && !owns_standard_error()) std::cerr << what << ": " << message << std::endl;
  }
  void warn(std::string_view what, const Problem& problem) const {
    const auto text = render_problem(problem);
    if (log_) log_->tell_event(what, text);
    if (!owns_standard_error()) std::cerr << text << std::endl;
  }

  const ServeOptions& options_;
  SignalEvents signals_;  // before any thread
  std::unique_ptr<Log> log_;
  LiveMock live_;
  std::optional<Watch> watch_;
  bool unfinished_ = false;  // the files were caught between two writes
};

int serve(const ServeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // who reads the log may leave
  raise_descriptor_limit();
  return Server(options).run();
}

}  // namespace

Command add_serve(CLI::App& parent) {
  CLI::App* app = parent.add_subcommand("serve", "Serve the stateful mock, with scenarios staged on it");
  auto options = std::make_shared<ServeOptions>();
  add_serve_options(*app, *options);
  return {app, [options] { return serve(*options); }};
}

}  // namespace understudy
