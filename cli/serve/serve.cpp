// `understudy serve`: serves the mock with staged scenarios until SIGINT or SIGTERM, and reloads files that change.
#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iostream>
#include <mutex>
#include <optional>
#include <set>

#include "cli/apis.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/serve/live_mock.h"
#include "cli/serve/log.h"
#include "cli/serve/log_line.h"
#include "cli/serve/memory.h"
#include "cli/serve/serve_options.h"
#include "cli/serve/watch.h"
#include "cli/signals.h"
#include "contracts/src/base/terminal.h"

namespace understudy {
namespace {

// One change causes many events (an editor writes and renames, a checkout touches hundreds of files): files are read when no event
// has come for kQuiet, or after kLongestChange at the latest.
constexpr std::chrono::milliseconds kQuiet{100};
constexpr std::chrono::seconds kLongestChange{3};

// For the first connections: with fewer files, the server would start and never answer.
constexpr std::size_t kFilesOfServer = 4;

std::string printable(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return escape_for_terminal(text);
}

// A table of the first scenarios with their users; the others are on the landing page.
std::string render_users(const std::vector<LiveMock::User>& users) {
  constexpr std::size_t kMostRows = 20;
  if (users.empty()) return "  staged: no scenarios\n";
  std::vector<std::array<std::string, 4>> rows = {{"user", "password", "key", "scenario"}};
  for (std::size_t i = 0; i < std::min(users.size(), kMostRows); ++i)
    rows.push_back({printable(users[i].name), printable(users[i].password), printable(users[i].key), printable(users[i].title)});
  std::array<std::size_t, 3> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], text_width(row[i]));
  }
  std::string out = fmt::format("  staged: {} scenario{}\n", users.size(), users.size() == 1 ? "" : "s");
  for (const auto& row : rows) {
    out += "    ";
    for (std::size_t i = 0; i < widths.size(); ++i) out += row[i] + std::string(widths[i] + 2 - text_width(row[i]), ' ');
    out += row[3] + "\n";
  }
  if (users.size() > kMostRows) out += fmt::format("    and {} more, which GET / shows in a browser\n", users.size() - kMostRows);
  return out;
}

class Server {
 public:
  explicit Server(const ServeOptions& options) : options_(options), live_(live_options(options)) {}

  int run() {
    // Before anything else, because without a descriptor for signals nothing would end the server.
    if (const auto enough = check_free_files(kFilesOfServer); !enough) return report_problem(enough.error());
    if (const auto fits = check_state_options(options_.state); !fits) return report_problem(fits.error());
    const auto token = find_admin_token(options_.admin);
    if (!token) return report_problem(token.error());
    live_.set_admin_token(*token);
    if (options_.is_logged()) {
      auto log = Log::open(options_.format(), options_.log_file);
      if (!log) return report_problem(log.error());
      log_ = std::move(*log);
    }
    if (options_.watch) {
      auto watch = Watch::open();
      if (!watch) return report_problem(watch.error());
      watch_.emplace(std::move(*watch));
      if (const auto followed = follow(); !followed) return report_problem(followed.error());
    }
    if (!options_.quiet && !log_uses_standard_error())
      live_.on_unmatched([this](const Request& request, const auto& nearest) { note_unmatched(request, nearest); });
    if (const auto loaded = load(); !loaded) return report_problems(loaded.error());
    for (const std::string& warning : live_.warnings()) std::cerr << "warning: " << warning << "\n";
    auto wire_options = understudy::wire_options(options_);
    if (!wire_options) return report_problem(wire_options.error());
    if (options_.shows_requests()) {
      auto lines = Log::open(LogFormat::terminal, {});
      if (!lines) return report_problem(lines.error());
      request_lines_ = std::move(*lines);
    }
    if (log_ || request_lines_ || options_.gives_hints())
      wire_options->observer = [this](const WireExchange& exchange) { observe(exchange); };
    const bool admin_on_main_port = !options_.admin.port;
    wire_options->takes_large_body = [this](const Request& head, const Peer& peer) {
      return Mock::is_slow(head) && live_.takes_large_body(head, {.loopback = peer.loopback});
    };
    auto wire = Wire::open(*wire_options, [this, admin_on_main_port, secure = options_.is_https()](Request&& request, const Peer& peer) {
      return live_.handle(std::move(request), {.loopback = peer.loopback,
                                               .admin = admin_on_main_port,
                                               .address = peer.address,
                                               .secure = secure,
                                               .local_port = peer.local_port});
    });
    if (!wire) return report_problem(wire.error());
    const auto admin_wire = open_admin_wire(options_.admin, *wire_options,
                                            [this](const Request& request, const Caller& caller) { return live_.handle(request, caller); });
    if (!admin_wire) return report_problem(admin_wire.error());
    const std::string url = (options_.is_https() ? "https://" : "http://") +
                            (options_.host.find(':') == std::string::npos ? options_.host : "[" + options_.host + "]") + ":" +
                            std::to_string((*wire)->port());
    if (const auto enough = check_free_files(kFilesOfServer); !enough) return report_problem(enough.error());
    greet(url);
    print_admin_url(options_.admin, admin_wire->get(), url, options_.quiet || log_uses_standard_error());
    if (const auto printed = flush_output(); !printed) return report_problem(printed.error());
    wait_for_end();
    announce("stopping", "open requests have " + options_.drain + " to finish");
    signals_.restore_default();
    (*wire)->stop();
    if (*admin_wire) (*admin_wire)->stop();
    announce("stopped", "served " + std::to_string((*wire)->counters().requests) + " requests");
    return log_ && !log_->close() ? kUsage : kPassed;
  }

 private:
  tl::expected<LiveMock::Change, std::vector<Problem>> load() {
    const ReturnFreedMemory returned;
    return live_.load();
  }

  Result<void> follow() {
    auto paths = options_.paths;
    if (!options_.contracts.empty()) paths.push_back(options_.contracts);
    return watch_->follow(paths);
  }

  void greet(const std::string& url) const {
    if (log_) log_->add_event("serving", url);
    if (options_.print_url) {
      std::cout << url << std::endl;
      return;
    }
    if (options_.quiet || log_uses_standard_error()) return;
    std::cerr << "understudy serves at " << url << "\n";
    for (const auto& contract : live_.contracts()->apis) {
      if (!options_.api.empty() && contract->api != options_.api) continue;
      std::cerr << "  " << contract->title << ": " << url << (options_.api.empty() ? contract->base : "") << "\n";
      for (const ApiContract& api : live_.apis()) {
        if (api.contract->api == contract->api) std::cerr << describe_api(api);
      }
      const auto names = live_.scenarios_by_header(*contract);
      if (!names.empty())
        std::cerr << "  " << contract->title
                  << " has no credentials: select a scenario by a header, such as Understudy-Tenant: " << names.front() << "\n";
    }
    const auto users = live_.staged_users();
    std::cerr << render_users(users);
    if (!options_.no_demo)
      std::cerr << (users.empty() ? "  user demo, password demo, key demo\n"
                                  : "  user demo, password demo, key demo: an account of its own, without a scenario\n");
    // At once: requests that come from now on write lines of their own.
    std::cerr << fmt::format("  in a browser: {}{}\n", url, options_.admin.port ? "/" : "/__admin/console");
  }

  // Wire threads call it.
  void observe(const WireExchange& exchange) {
    if (log_) log_->add(exchange);
    const auto& entry = exchange.log_entry;
    if (request_lines_ && (entry || !exchange.refusal.empty())) request_lines_->add(exchange);  // not the calls of the admin API
    if (!options_.gives_hints() || !entry || entry->tenant != "demo" || hinted_) return;
    const auto users = live_.staged_users();
    if (users.empty() || hinted_.exchange(true)) return;
    const auto hint = fmt::format(
        "this request is by the user demo, to whom no staged scenario applies; a scenario has a user of its own, such as {} (password {}, "
        "key {})",
        users.front().name, users.front().password, users.front().key);
    if (request_lines_)
      request_lines_->add_event("hint", hint);
    else
      std::cerr << "hint: " << hint << std::endl;
  }

  void wait_for_end() {
    for (;;) {
      if (!unfinished_ && !wait({})) continue;
      bool asked = false;  // by SIGHUP
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

  // Waits for a signal or a file event, at most `limit`; true if one came.
  bool wait(std::optional<std::chrono::milliseconds> limit) const {
    pollfd polled[] = {{.fd = signals_.descriptor(), .events = POLLIN, .revents = 0},
                       {.fd = watch_ ? watch_->descriptor() : -1, .events = POLLIN, .revents = 0}};
    return ::poll(polled, 2, limit ? static_cast<int>(limit->count()) : -1) > 0;
  }

  // Waits until no more file events come; false: a signal asks to stop.
  bool settle() {
    const auto until = std::chrono::steady_clock::now() + kLongestChange;
    while (std::chrono::steady_clock::now() < until && wait(kQuiet)) {
      watch_->take_changes();
      const auto event = signals_.take();
      if (event == SignalEvents::Event::stop) return false;
      if (event == SignalEvents::Event::reload) return true;
    }
    return true;
  }

  void reload(bool asked) {
    if (watch_) {  // before the files are read, so that later changes are noticed
      if (const auto followed = follow(); !followed) warn("watch-failed", followed.error());
    }
    const auto change = live_.load();
    if (!change) {
      // More events: a file was read between two writes, so try again instead of reporting its problems.
      if (watch_ && wait(kQuiet) && watch_->take_changes()) {
        unfinished_ = true;
        return;
      }
      for (const auto& problem : change.error()) warn("reload-failed", problem);
      announce("unchanged", "the previous contracts and scenarios stay in use");
    } else if (change->any() || asked) {
      announce("reloaded", change->any() ? render_change(*change) : "nothing has changed");
    }
  }

  // Once for each method and path. Wire threads call it.
  void note_unmatched(const Request& request, const std::vector<std::string>& nearest) {
    constexpr std::size_t kMostPaths = 1000;
    const std::string what = request.method + " " + escape_field(path_of(request.target).substr(0, 200));
    const std::lock_guard lock(unmatched_mutex_);
    if (unmatched_.size() >= kMostPaths || !unmatched_.insert(what).second) return;
    std::cerr << "unmatched: " << what << " is no operation of this mock; nearest: " << fmt::format("{}", fmt::join(nearest, ", "))
              << (nearest.empty() ? "none" : "") << std::endl;
  }

  bool log_uses_standard_error() const { return options_.log_uses_standard_error(); }

  void announce(std::string_view what, const std::string& message) const {
    if (log_) log_->add_event(what, message);
    if (!options_.quiet && !log_uses_standard_error()) std::cerr << what << ": " << message << std::endl;
  }
  void warn(std::string_view what, const Problem& problem) const {
    const auto text = render_problem(problem);
    if (log_) log_->add_event(what, text);
    if (!log_uses_standard_error()) std::cerr << text << std::endl;
  }

  const ServeOptions& options_;
  SignalEvents signals_;  // before any thread
  std::unique_ptr<Log> log_;
  std::unique_ptr<Log> request_lines_;  // on the terminal
  std::atomic<bool> hinted_ = false;
  std::mutex unmatched_mutex_;
  std::set<std::string> unmatched_;  // guarded by unmatched_mutex_
  LiveMock live_;
  std::optional<Watch> watch_;
  bool unfinished_ = false;  // files were read between two writes; read them again
};

int serve(const ServeOptions& options) { return Server(options).run(); }

}  // namespace

Command make_serve_command() {
  auto options = std::make_shared<ServeOptions>();
  return {.name = "serve",
          .about = "Serve the stateful mock, with scenarios staged on it.",
          .options = serve_options(*options),
          .examples =
              "Examples:\n"
              "  understudy serve\n"
              "  understudy serve scenarios/ -p 0 --print-url\n"
              "  understudy serve scenarios/ --watch --log-format text\n"
              "  understudy serve --tls-self-signed --tls-cert-out cert.pem     then: curl --cacert cert.pem https://localhost:8080/\n"
              "  understudy serve --api veeqo --profile observed\n",
          .exits = {kBadFile},
          .run = [options] { return serve(*options); }};
}

}  // namespace understudy
