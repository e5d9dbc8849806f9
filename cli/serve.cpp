// `understudy serve`: stages scenarios on the mock and serves until SIGINT or SIGTERM.
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "cli/admin_door.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "cli/staging.h"
#include "mock/mock.h"
#include "mock/wire.h"

namespace understudy {
namespace {

struct ServeOptions {
  std::vector<std::string> paths;
  std::string contracts, host = "127.0.0.1", api, profile = "documented", tls_certificate, tls_key;
  std::uint16_t port = 8080;
  std::size_t body_limit = 8u << 20, journal_entries = 1000, journal_bytes = 8u << 20, journal_total_bytes = 128u << 20;
  int threads = 2;
  AdminDoor admin;
  bool no_demo = false, print_url = false, no_rate_limit = false, check_all = false, quiet = false;
};

// Waits for the signals that end a server; they are blocked in every thread, so that only this one sees them.
void wait_for_end(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

int serve(const ServeOptions& options) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto contracts = load_contracts(options.contracts);
  if (!contracts) return complain(contracts.error());
  auto profile = parse_profile(Json(options.profile), *contracts);
  if (!profile) return complain(profile.error());
  if (!options.api.empty() && contracts->find_api(options.api) == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : contracts->apis) known.push_back(one->api);
    return complain(usage("unknown-api", "found --api " + options.api + did_you_mean(options.api, known)));
  }
  const auto token = find_admin_token(options.admin);
  if (!token) return complain(token.error());
  const Contracts known = *contracts;
  Mock mock(std::move(*contracts), {.only_api = options.api,
                                    .profile = *profile,
                                    .demo = !options.no_demo,
                                    .rate_limits = !options.no_rate_limit,
                                    .check_all_answers = options.check_all,
                                    .journal_entries = options.journal_entries,
                                    .journal_bytes = options.journal_bytes,
                                    .journal_total_bytes = options.journal_total_bytes,
                                    .admin_token = *token,
                                    .shutdown = [] { kill(getpid(), SIGTERM); }});
  const auto staged = stage_paths(mock, known, options.paths);
  if (!staged) return complain(staged.error());

  WireOptions wire_options = {.host = options.host,
                              .port = options.port,
                              .threads = options.threads,
                              .body_limit = options.body_limit,
                              .tls_certificate = options.tls_certificate,
                              .tls_key = options.tls_key};
  auto wire = Wire::open(
      wire_options, [&, admin = !options.admin.port, secure = !options.tls_certificate.empty()](Request&& request, const Peer& peer) {
        return mock.handle(request, {.loopback = peer.loopback, .admin = admin, .address = peer.address, .secure = secure});
      });
  if (!wire) return complain(wire.error());
  const auto admin_wire = open_admin_wire(options.admin, wire_options,
                                          [&mock](const Request& request, const Caller& caller) { return mock.handle(request, caller); });
  if (!admin_wire) return complain(admin_wire.error());
  const std::string scheme = options.tls_certificate.empty() ? "http" : "https";
  const std::string url = scheme + "://" + (options.host.find(':') == std::string::npos ? options.host : "[" + options.host + "]") + ":" +
                          std::to_string((*wire)->port());
  if (options.print_url) {
    std::cout << url << std::endl;
  } else if (!options.quiet) {
    std::cerr << "understudy serves at " << url << "\n";
    for (const auto& contract : known.apis) {
      std::cerr << "  " << contract->title << ": " << url << (options.api.empty() ? contract->base : "") << "\n";
    }
    std::cerr << "  staged: " << *staged << " scenario" << (*staged == 1 ? "" : "s")
              << (options.no_demo ? "" : "; user demo, password demo, key demo") << "\n";
  }
  tell_admin_url(options.admin, admin_wire->get(), url, options.quiet);
  wait_for_end(signals);
  (*wire)->stop();
  if (*admin_wire) (*admin_wire)->stop();
  return kPassed;
}

}  // namespace

Command add_serve(CLI::App& parent) {
  CLI::App* app = parent.add_subcommand("serve", "Serve the stateful mock, with scenarios staged on it");
  auto options = std::make_shared<ServeOptions>();
  app->add_option("scenarios", options->paths, "Scenario files or folders to stage");
  app->add_option("-p,--port", options->port, "Port; 0 takes a free one")->capture_default_str();
  app->add_option("--host", options->host, "Address to listen on")->capture_default_str();
  app->add_option("--api", options->api, "Serve this API alone, at the root");
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->add_option("--profile", options->profile, "documented or observed")->capture_default_str();
  app->add_option("--tls-cert", options->tls_certificate, "PEM certificate; serves HTTPS with --tls-key");
  app->add_option("--tls-key", options->tls_key, "PEM key");
  add_admin_options(*app, options->admin);
  app->add_option("--threads", options->threads, "Threads of the wire")->check(CLI::Range(1, 64))->capture_default_str();
  app->add_option("--body-limit", options->body_limit, "Largest request body in bytes; beyond it: 413")->capture_default_str();
  app->add_option("--journal-entries", options->journal_entries, "Exchanges that the journal of a tenant keeps; 0 keeps none")
      ->capture_default_str();
  app->add_option("--journal-bytes", options->journal_bytes, "Memory of the journal of a tenant, in bytes")->capture_default_str();
  app->add_option("--journal-total-bytes", options->journal_total_bytes, "Memory of all journals together, in bytes")
      ->capture_default_str();
  app->add_flag("--no-demo", options->no_demo, "Without the tenant demo");
  app->add_flag("--no-rate-limit", options->no_rate_limit, "Do not count calls by the vendors' limits; those a scenario gives still hold");
  app->add_flag("--print-url", options->print_url, "Print just the base URL on standard output once it accepts");
  app->add_flag("--check-all", options->check_all, "Judge every answer of the mock itself, not only the first ones");
  app->add_flag("-q,--quiet", options->quiet, "Say nothing on standard error");
  app->footer(
      "Examples:\n  understudy serve\n  understudy serve scenarios/ -p 0 --print-url\n  understudy serve --api veeqo --profile observed\n");
  return {app, [options] { return serve(*options); }};
}

}  // namespace understudy
