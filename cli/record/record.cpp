// `understudy record`: a reverse proxy that writes the traffic between a client and a server to a HAR file.
#include <poll.h>

#include <fmt/format.h>

#include <atomic>
#include <iostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/record/har_file.h"
#include "cli/record/proxy.h"
#include "cli/signals.h"
#include "cli/verify/target_options.h"
#include "conformance/judge/secrets.h"
#include "contracts/src/base/terminal.h"
#include "mock/wire/wire.h"

namespace understudy {
namespace {

constexpr std::size_t kExchangesAtOnce = 64;

struct RecordOptions {
  TargetOptions target;
  SafetyOptions safety;
  std::string file, host = "127.0.0.1", contracts;
  std::uint16_t port = 8081;
  bool keep_secrets = false, print_url = false, quiet = false;
};

// Masks what has the name of a secret, and from then on that value wherever it appears.
class Masking {
 public:
  Masking(const Target& target, const Contracts& contracts) { secrets_.add_target(target, contracts); }

  void mask(Exchange& exchange) {
    Verdict verdict;
    verdict.steps.push_back({.request = exchange.request, .result = {.response = exchange.response, .detail = exchange.failure}});
    {
      const std::lock_guard lock(mutex_);
      secrets_.learn(verdict);
      secrets_.hide(verdict);
    }
    auto& step = verdict.steps.front();
    exchange.request = std::move(step.request);
    exchange.response = std::move(step.result.response);
    exchange.failure = std::move(step.result.detail);
  }

 private:
  std::mutex mutex_;
  Secrets secrets_;
};

class Recorder {
 public:
  Recorder(const RecordOptions& options, const Target& target, const Contracts& contracts)
      : options_(options), target_(target), masking_(target, contracts), file_(options.file) {}

  int run() {
    if (const auto opened = file_.open(); !opened) return report_problem(opened.error());
    Proxy proxy(target_, options_.safety, [this](const Exchange& exchange) { record(exchange); });
    const auto wire = Wire::open({.host = options_.host,
                                  .port = options_.port,
                                  .body_limit = kRecordedBody,
                                  .is_slow = [](const Request&) { return true; },
                                  .slow_threads = kExchangesAtOnce},
                                 [&proxy](Request&& request, const Peer&) { return proxy.handle(request); });
    if (!wire) return report_problem(wire.error());
    const Url own{.host = options_.host, .port = (*wire)->port()};
    greet(render_origin(own));
    if (const auto printed = flush_output(); !printed) return report_problem(printed.error());
    wait_for_end();
    (*wire)->stop();
    const auto closed = file_.close();
    if (!options_.quiet) std::cerr << fmt::format("recorded {} exchanges in {}\n", file_.count(), options_.file);
    if (!closed) return report_problem(closed.error());
    return failed_ ? kUsage : kPassed;
  }

 private:
  void greet(const std::string& url) const {
    if (options_.print_url) std::cout << url << std::endl;
    if (options_.quiet) return;
    std::cerr << fmt::format("understudy records {} at {} in {}\n", render_url(*target_.base), url, options_.file);
    if (!check_hosts(options_.safety, target_, ""))
      std::cerr << fmt::format("  only reads are forwarded: writes to {} need --allow-writes, --allow-host and --max-writes\n",
                               target_.base->host);
  }

  // On the thread of the request.
  void record(Exchange exchange) {
    if (!options_.keep_secrets) masking_.mask(exchange);
    const auto added = file_.add(exchange);
    if (!added && !failed_.exchange(true)) report_problem(added.error());
    if (options_.quiet) return;
    const auto& response = exchange.response;
    std::cerr << escape_for_terminal(fmt::format("{} {} -> {} ({:.0f} ms)", exchange.request.method, exchange.request.target,
                                                 response.status == 0 ? exchange.failure : std::to_string(response.status),
                                                 exchange.milliseconds)) +
                     "\n";
  }

  void wait_for_end() {
    while (signals_.take() != SignalEvents::Event::stop) {
      pollfd polled{.fd = signals_.descriptor(), .events = POLLIN, .revents = 0};
      ::poll(&polled, 1, -1);
    }
    signals_.restore_default();
  }

  const RecordOptions& options_;
  const Target& target_;
  SignalEvents signals_;  // before any thread
  Masking masking_;
  HarFile file_;
  std::atomic<bool> failed_ = false;
};

int record(const RecordOptions& options) {
  const auto contracts = load_contracts(options.contracts);
  if (!contracts) return report_problem(contracts.error());
  const auto target = read_target(options.target, *contracts);
  if (!target) return report_problem(target.error());
  if (!target->base) return report_problem(usage_problem("no-base", "found no URL in --target, expected the base URL of one API"));
  return Recorder(options, *target, *contracts).run();
}

Options record_options(RecordOptions& options) {
  return Options{
             {"--target URL|FILE", &options.target.targets,
              "The server to record: its base URL, or a target file (.yaml). The paths that the client calls are appended.", required()},
             {"--to FILE", &options.file, "The HAR file. It is replaced, and is valid after each exchange.", required()},
             {"-p,--port", &options.port, "The port to listen on. 0 takes a free port."},
             {"--host", &options.host, "The address to listen on."},
             {"--print-url", &options.print_url, "Print the base URL for the client on standard output."},
             {"-q,--quiet", &options.quiet, "Print no line for each exchange."},
             {"--keep-secrets", &options.keep_secrets, "Record passwords, tokens, keys and cookies as they are. Default: masked."},
             {"--timeout", &options.target.deadline, "The time limit for one answer of the server. Default: 60s."},
             contracts_option(options.contracts)} +
         group_options("Connection", connection_options(options.target)) + write_options(options.safety);
}

}  // namespace

Command make_record_command() {
  auto options = std::make_shared<RecordOptions>();
  options->target.deadline = "60s";
  return {.name = "record",
          .about = "Forward requests to a server, and write the traffic to a HAR file.",
          .options = record_options(*options),
          .examples =
              "Examples:\n"
              "  understudy record --target http://127.0.0.1:9000 --to traffic.har       the client's base URL is http://127.0.0.1:8081\n"
              "  understudy record --target https://api.example.com/v2 -p 0 --print-url --to traffic.har\n"
              "  understudy record --target https://api.example.com/v2 --allow-writes --allow-host api.example.com --max-writes 50 --to "
              "a.har\n",
          .exits = {kBadFile},
          .run = [options] { return record(*options); }};
}

}  // namespace understudy
