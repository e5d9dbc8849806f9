// The options of `serve`, and what they mean for the mock and its sockets.
#pragma once

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/serve/admin_listener.h"
#include "cli/serve/live_mock.h"
#include "cli/serve/log.h"
#include "mock/wire/wire.h"

namespace understudy {

struct ServeOptions {
  std::vector<std::string> paths;
  std::string contracts, host = "127.0.0.1", api, profile = "documented";
  std::string tls_certificate, tls_key, tls_certificate_out;
  std::string idle = "75s", request = "30s", write = "30s", drain = "5s";
  std::string log_format, log_file;
  std::uint16_t port = 8080;
  std::size_t body_limit = 8u << 20, head_limit = 64u << 10, unsent_limit = 256u << 20;
  std::size_t journal_entries = 1000, journal_bytes = 8u << 20, journal_total_bytes = 128u << 20;
  std::uint64_t query_steps = 5'000'000;
  std::size_t history = 0;
  std::size_t batch_calls = 1000;
  Bounds bounds;
  std::string cors;
  StateOptions state;
  int threads = 2;
  AdminListenerOptions admin;
  bool no_demo = false, no_rate_limit = false, print_url = false, check_all = false, quiet = false, watch = false, tls_self_signed = false;

  bool is_https() const { return tls_self_signed || !tls_certificate.empty(); }
  bool is_logged() const { return !log_format.empty() || !log_file.empty(); }
  bool log_uses_standard_error() const { return is_logged() && log_file.empty(); }
  // For people: one line for each request on a terminal, unless the log is there; a hint if a request misses the staged scenarios.
  bool shows_requests() const;
  bool gives_hints() const { return !quiet && !log_uses_standard_error() && !paths.empty(); }
  LogFormat format() const { return log_format == "json" ? LogFormat::json : LogFormat::text; }
};

Options serve_options(ServeOptions& options);

LiveOptions live_options(const ServeOptions& options);
// Reads the durations and makes the self-signed certificate if it is asked for. Fails with failure usage.
Result<WireOptions> wire_options(const ServeOptions& options);

}  // namespace understudy
