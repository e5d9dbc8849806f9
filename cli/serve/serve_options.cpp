#include "cli/serve/serve_options.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "cli/inputs.h"
#include "cli/terminal.h"
#include "mock/wire/certificate.h"

namespace understudy {
namespace {

constexpr std::size_t kHistoryOfState = 10'000;  // commits of each tenant

// "*", "null", or scheme://host[:port] as a browser writes it.
bool is_origin(const std::string& text) {
  if (text == "*" || text == "null") return true;
  const auto scheme = text.find("://");
  if (scheme == 0 || scheme == std::string::npos) return false;
  const auto authority = parse_authority(std::string_view(text).substr(scheme + 3));
  return authority && !authority->host.empty() && to_lower(text) == text;
}

// For localhost and the host that the server listens on.
Result<void> make_own_certificate(const ServeOptions& options, WireOptions& wire) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  if (std::find(hosts.begin(), hosts.end(), options.host) == hosts.end()) hosts.insert(hosts.begin(), options.host);
  auto pair = make_certificate(hosts, Clock().now());
  if (!pair) return tl::unexpected(std::move(pair.error()));
  if (const auto& file = options.tls_certificate_out; !file.empty()) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << pair->certificate << std::flush;
    if (!out) return tl::unexpected(usage_problem("certificate-unwritable", "'" + file + "' cannot be written (--tls-cert-out)"));
  }
  wire.tls_certificate_text = std::move(pair->certificate);
  wire.tls_key_text = std::move(pair->key);
  return {};
}

}  // namespace

Options serve_options(ServeOptions& options) {
  const Options sources = {
      {"paths", &options.paths,
       "Scenario files, OpenAPI or Swagger files, or folders with them. Each scenario becomes a tenant of the mock; an API gets records "
       "and rules "
       "that are guessed from its file."},
      contracts_option(options.contracts),
  };
  const Options listening = {
      {"-p,--port", &options.port, "Listen on this port. 0 takes a free port."},
      {"--host", &options.host, "Listen on this address."},
      {"--api NAME", &options.api, "Serve only this API, at the root path."},
      {"--profile NAME", &options.profile, "Behave as this profile says: documented or observed."},
      {"--cors ORIGIN", &options.cors,
       "Let web pages of this origin, or of any with '*', call the vendors' APIs. The admin API stays closed to web pages."},
      {"--watch", &options.watch, "Reload scenarios and contracts when their files change. The signal SIGHUP reloads them at any time."},
      {"--state PLACE", &options.state.place,
       "Keep the state in this SQLite file, too: it survives a restart and a crash. A scenario whose file changed is staged anew. Or in "
       "Redis, redis://[user@]host[:port][/database]: servers with the same place act as one mock. The environment variable "
       "UNDERSTUDY_STATE_PASSWORD has the password.",
       not_empty()},
      {"--state-name NAME", &options.state.name, "Keep the state in Redis under this name. Default: understudy.", not_empty()},
      {"--state-sync MODE", &options.state.sync,
       "normal: a power failure may lose the last changes. full: it loses none; each change waits for the disk.",
       one_of({"normal", "full"})},
      {"--state-journal", &options.state.keeps_journal,
       "Keep the journal in the SQLite file, too: the last 100,000 exchanges, with credentials masked."},
      {"--restage", &options.state.starts_anew, "Forget the stored state and stage everything anew."},
      {"--tls-cert FILE", &options.tls_certificate, "Serve HTTPS with this PEM certificate. Needs --tls-key."},
      {"--tls-key FILE", &options.tls_key, "The PEM key of the certificate."},
      {"--tls-self-signed", &options.tls_self_signed, "Serve HTTPS with a new certificate for this host and localhost."},
      {"--tls-cert-out FILE", &options.tls_certificate_out,
       "Write the self-signed certificate to this PEM file, so that clients can trust it."},
  };
  const Options running = {
      {"--log-format FORMAT", &options.log_format, "Log each exchange as text or JSON. Default: no log.", one_of({"text", "json"})},
      {"--log FILE", &options.log_file, "Append the log to this file instead of writing it to standard error."},
      {"--drain", &options.drain, "After SIGTERM, wait this long for open requests."},
      {"--idle-timeout", &options.idle, "Close a connection that is silent for this long between requests."},
      {"--request-timeout", &options.request, "Answer 408 if the last byte of a request comes later than this after the first."},
      {"--write-timeout", &options.write, "Close a connection if the client takes longer than this to read a response."},
      {"--body-limit BYTES", &options.body_limit, "Answer 413 to request bodies of more bytes."},
      {"--head-limit BYTES", &options.head_limit, "Answer 431 or 414 if the request line and headers have more bytes.",
       in_range(256, 1 << 30)},
      {"--unsent-limit BYTES", &options.unsent_limit,
       "Keep at most this many bytes of responses that clients do not read. Beyond it, those that wait longest lose their connection."},
      {"--threads", &options.threads, "Use this many threads for sockets.", in_range(1, 64)},
      {"--journal-entries", &options.journal_entries, "Keep this many exchanges in the journal of each tenant. 0 keeps none."},
      {"--journal-bytes BYTES", &options.journal_bytes, "Limit the memory of the journal of each tenant."},
      {"--journal-total-bytes BYTES", &options.journal_total_bytes, "Limit the memory of all journals together."},
      {"--history", &options.history,
       "Keep the last commits of each tenant, so that it can be returned to each of them. 0 keeps none, or "
       "10000 with --state."},
      {"--query-steps", &options.query_steps, "Answer 422 to queries of the journal that need more steps."},
      {"--batch-calls", &options.batch_calls, "Refuse batches of more calls."},
      {"--tenant-limit", &options.bounds.tenants, "Refuse to create more tenants."},
      {"--record-limit", &options.bounds.records, "Refuse to create more records of one tenant."},
      {"--token-limit", &options.bounds.tokens, "Refuse to issue more tokens of one tenant that have not expired."},
      {"--fault-limit", &options.bounds.faults, "Refuse to add more faults to one tenant."},
      {"--snapshot-limit", &options.bounds.snapshots, "Refuse to keep more snapshots of one tenant."},
      {"--no-demo", &options.no_demo, "Do not create the tenant demo."},
      {"--no-rate-limit", &options.no_rate_limit, "Do not apply the vendors' rate limits. Limits of a scenario still apply."},
      {"--print-url", &options.print_url, "Print only the base URL on standard output, when the server accepts connections."},
      {"--check-all", &options.check_all, "Check every response of the mock against its contract, not only the first of each kind."},
      {"-q,--quiet", &options.quiet, "Print only errors on standard error, and the log of --log-format. No lines for requests, no hints."},
  };
  return sources + listening + admin_listener_options(options.admin) + running;
}

bool ServeOptions::shows_requests() const { return !quiet && !log_uses_standard_error() && columns_of(STDERR_FILENO) > 0; }

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
  mock.history = options.history == 0 && !options.state.place.empty() ? kHistoryOfState : options.history;
  mock.query_steps = options.query_steps;
  mock.batch_calls = options.batch_calls;
  mock.bounds = options.bounds;
  mock.cors_origin = options.cors;
  mock.log_entries = options.is_logged() || options.shows_requests() || options.gives_hints();
  mock.landing_page = true;
  return {.paths = options.paths,
          .contracts = options.contracts,
          .profile = options.profile,
          .may_be_empty = options.watch,
          .state = options.state,
          .mock = std::move(mock)};
}

Result<WireOptions> wire_options(const ServeOptions& options) {
  if (!options.cors.empty() && !is_origin(options.cors)) {
    return tl::unexpected(
        usage_problem("bad-origin", "found --cors '" + options.cors + "', expected '*' or an origin such as https://shop.example:3000"));
  }
  WireOptions wire;
  wire.host = options.host;
  wire.port = options.port;
  wire.threads = options.threads;
  wire.body_limit = options.body_limit;
  wire.head_limit = options.head_limit;
  wire.unsent_limit = options.unsent_limit;
  wire.is_slow = Mock::is_slow;
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
          usage_problem("bad-duration", "found " + std::string(option) + " '" + text + "', expected a duration such as 30s or 500ms"));
    value = *duration;
  }
  wire.tls_certificate = options.tls_certificate;
  wire.tls_key = options.tls_key;
  if (options.tls_self_signed) {
    if (!options.tls_certificate.empty() || !options.tls_key.empty())
      return tl::unexpected(
          usage_problem("two-certificates", "found --tls-self-signed beside --tls-cert or --tls-key, expected one of them"));
    if (auto made = make_own_certificate(options, wire); !made) return tl::unexpected(std::move(made.error()));
  } else if (!options.tls_certificate_out.empty()) {
    return tl::unexpected(usage_problem("no-certificate-made", "found --tls-cert-out without --tls-self-signed, expected both"));
  }
  return wire;
}

}  // namespace understudy
