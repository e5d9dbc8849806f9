#include "cli/serve/serve_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>

#include "cli/options.h"
#include "mock/wire/certificate.h"

namespace understudy {
namespace {

// For this machine whatever it is called, and the host it listens on.
Result<void> make_own_certificate(const ServeOptions& options, WireOptions& wire) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  if (std::find(hosts.begin(), hosts.end(), options.host) == hosts.end()) hosts.insert(hosts.begin(), options.host);
  auto pair = make_certificate(hosts, Clock().now());
  if (!pair) return tl::unexpected(std::move(pair.error()));
  if (const auto& file = options.tls_certificate_out; !file.empty()) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << pair->certificate << std::flush;
    if (!out) return tl::unexpected(usage("certificate-unwritable", "'" + file + "' cannot be written (--tls-cert-out)"));
  }
  wire.tls_certificate_text = std::move(pair->certificate);
  wire.tls_key_text = std::move(pair->key);
  return {};
}

}  // namespace

void add_serve_options(CLI::App& app, ServeOptions& options) {
  app.add_option("scenarios", options.paths, "Scenario files or folders to stage");
  app.add_option("-p,--port", options.port, "Port; 0 takes a free one")->capture_default_str();
  app.add_option("--host", options.host, "Address to listen on")->capture_default_str();
  app.add_option("--api", options.api, "Serve this API alone, at the root");
  app.add_option("--contracts", options.contracts, "Folder with contracts that add to or replace the bundled ones");
  app.add_option("--profile", options.profile, "documented or observed")->capture_default_str();
  app.add_flag("--watch", options.watch, "Reload scenarios and contracts when their files change (kill -HUP does it at any time)");
  app.add_option("--tls-cert", options.tls_certificate, "PEM certificate; serves HTTPS with --tls-key");
  app.add_option("--tls-key", options.tls_key, "PEM key");
  app.add_flag("--tls-self-signed", options.tls_self_signed, "Serve HTTPS with a certificate made now, for this host and localhost");
  app.add_option("--tls-cert-out", options.tls_certificate_out, "Write that certificate here (PEM), for clients to trust");
  add_admin_options(app, options.admin);
  app.add_option("--log-format", options.log_format, "Log each exchange as text or json; left out: no log")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--log", options.log_file, "Log to the end of this file instead of standard error");
  app.add_option("--drain", options.drain, "How long answers in flight may go on after SIGTERM")->capture_default_str();
  app.add_option("--idle-timeout", options.idle, "How long a connection may say nothing between requests")->capture_default_str();
  app.add_option("--request-timeout", options.request, "First byte of a request to its last; beyond it: 408")->capture_default_str();
  app.add_option("--write-timeout", options.write, "How long a client may take to read an answer")->capture_default_str();
  app.add_option("--body-limit", options.body_limit, "Largest request body in bytes; beyond it: 413")->capture_default_str();
  app.add_option("--head-limit", options.head_limit, "Largest request line and headers in bytes; beyond it: 431 or 414")
      ->check(CLI::Range(256, 1 << 30))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads of the wire")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--journal-entries", options.journal_entries, "Exchanges that the journal of a tenant keeps; 0 keeps none")
      ->capture_default_str();
  app.add_option("--journal-bytes", options.journal_bytes, "Memory of the journal of a tenant, in bytes")->capture_default_str();
  app.add_option("--journal-total-bytes", options.journal_total_bytes, "Memory of all journals together, in bytes")->capture_default_str();
  app.add_flag("--no-demo", options.no_demo, "Without the tenant demo");
  app.add_flag("--no-rate-limit", options.no_rate_limit, "Do not count calls by the vendors' limits; those a scenario gives still hold");
  app.add_flag("--print-url", options.print_url, "Print just the base URL on standard output once it accepts");
  app.add_flag("--check-all", options.check_all, "Judge every answer of the mock itself, not only the first ones");
  app.add_flag("-q,--quiet", options.quiet, "Say nothing on standard error but mistakes and what --log-format asks for");
  app.footer(
      "Examples:\n"
      "  understudy serve\n"
      "  understudy serve scenarios/ -p 0 --print-url\n"
      "  understudy serve scenarios/ --watch --log-format text\n"
      "  understudy serve --tls-self-signed --tls-cert-out cert.pem     then: curl --cacert cert.pem https://localhost:8080/\n"
      "  understudy serve --api veeqo --profile observed\n");
}

LiveOptions live_options(const ServeOptions& options) {
  MockOptions mock;
  mock.shutdown = [] { ::kill(::getpid(), SIGTERM); };
  mock.only_api = options.api;
  mock.demo = !options.no_demo;
  mock.check_all_answers = options.check_all;
  mock.rate_limits = !options.no_rate_limit;
  mock.journal_entries = options.journal_entries;
  mock.journal_bytes = options.journal_bytes;
  mock.journal_total_bytes = options.journal_total_bytes;
  mock.log_entries = options.is_logged();
  return {.paths = options.paths,
          .contracts = options.contracts,
          .profile = options.profile,
          .may_be_empty = options.watch,
          .mock = std::move(mock)};
}

Result<WireOptions> wire_options(const ServeOptions& options) {
  WireOptions wire;
  wire.host = options.host;
  wire.port = options.port;
  wire.threads = options.threads;
  wire.body_limit = options.body_limit;
  wire.head_limit = options.head_limit;
  struct Duration {
    const char* option;
    const std::string& text;
    std::chrono::milliseconds& value;
    bool may_be_zero;
  };
  for (const auto& [option, text, value, may_be_zero] :
       {Duration{"--idle-timeout", options.idle, wire.idle, false},
        Duration{"--request-timeout", options.request, wire.request_deadline, false},
        Duration{"--write-timeout", options.write, wire.write_deadline, false}, Duration{"--drain", options.drain, wire.drain, true}}) {
    const auto duration = parse_duration(text);
    if (!duration || (duration->count() == 0 && !may_be_zero))
      return tl::unexpected(
          usage("bad-duration", "found " + std::string(option) + " '" + text + "', expected a duration such as 30s or 500ms"));
    value = *duration;
  }
  wire.tls_certificate = options.tls_certificate;
  wire.tls_key = options.tls_key;
  if (options.tls_self_signed) {
    if (!options.tls_certificate.empty() || !options.tls_key.empty())
      return tl::unexpected(usage("two-certificates", "found --tls-self-signed beside --tls-cert or --tls-key, expected one of them"));
    if (auto made = make_own_certificate(options, wire); !made) return tl::unexpected(std::move(made.error()));
  } else if (!options.tls_certificate_out.empty()) {
    return tl::unexpected(usage("no-certificate-made", "found --tls-cert-out without --tls-self-signed, expected both"));
  }
  return wire;
}

}  // namespace understudy
