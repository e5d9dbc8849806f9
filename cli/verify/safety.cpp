#include "cli/verify/safety.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/inputs.h"
#include "conformance/run/plan.h"

namespace understudy {
namespace {

tl::unexpected<Problem> unsafe(std::string code, std::string message) {
  return tl::unexpected(make_problem(Failure::unsafe, std::move(code), std::move(message) + " Nothing was sent."));
}

std::vector<std::string> remote_hosts(const Target& target) {
  std::vector<std::string> hosts;
  const auto add = [&](const std::optional<Url>& url) {
    if (url && !is_loopback(url->host) && std::ranges::find(hosts, url->host) == hosts.end()) hosts.push_back(url->host);
  };
  add(target.base);
  for (const auto& [api, url] : target.bases) add(url);
  add(target.admin);
  if (target.provider_states) add(target.provider_states->url);
  return hosts;
}

}  // namespace

Option ledger_option(std::string& ledger) {
  return {"--ledger FILE", &ledger,
          "Record what the run creates on a target in this file, for `cleanup`. Default: your own ledger, if the host is not this "
          "machine."};
}

Options safety_options(SafetyOptions& options) { return write_options(options) + group_options("Safety", {ledger_option(options.ledger)}); }

Options write_options(SafetyOptions& options) {
  return group_options(
      "Safety", {
                    {"--allow-writes", &options.allow_writes, "Permit requests that write to a host other than this machine."},
                    {"--allow-host HOST", &options.allow_hosts, "Permit writes to this host. May be repeated."},
                    {"--max-writes N", &options.max_writes, "Permit this many requests that may write. The run stops before one more."},
                });
}

Result<void> check_hosts(const SafetyOptions& options, const Target& target, const std::string& what) {
  for (const auto& host : remote_hosts(target)) {
    if (!options.allow_writes) {
      return unsafe("writes-not-allowed",
                    fmt::format("{} would write to {}, which is not this machine. To permit it, add --allow-writes, --allow-host {} and "
                                "--max-writes.",
                                what, host, host));
    }
    if (std::ranges::find(options.allow_hosts, host) == options.allow_hosts.end())
      return unsafe("host-not-allowed", fmt::format("{} would write to {}. To permit it, add --allow-host {}.", what, host, host));
    if (!options.max_writes)
      return unsafe("no-limit-of-writes",
                    fmt::format("{} would write to {}. Set the permitted number of writes with --max-writes.", what, host));
  }
  return {};
}

Result<void> check_safety(const SafetyOptions& options, const Target& target, const std::vector<Run>& runs, const RunContext& context) {
  const auto hosts = remote_hosts(target);
  if (hosts.empty() && !options.max_writes) return {};
  std::size_t writes = 0;
  std::string first;
  for (const Run& run : runs) {
    const auto plan = plan_run(run, context);
    if (!plan) return tl::unexpected(plan.error());
    for (const auto& request : plan->requests) {
      if (!request.is_write) continue;
      if (writes++ == 0) first = fmt::format("{} {}", run.name, request.step);
    }
  }
  if (writes == 0) return {};
  if (auto permitted = check_hosts(options, target, first); !permitted) return permitted;
  if (options.max_writes && writes > *options.max_writes)
    return unsafe("too-many-writes", fmt::format("{} writes are planned, but --max-writes permits {}.", writes, *options.max_writes));
  return {};
}

std::string ledger_path(const std::string& given) {
  if (!given.empty()) return given;
  auto folder = read_environment("XDG_STATE_HOME");
  if (folder.empty()) folder = read_environment("HOME") + "/.local/state";
  return folder + "/understudy/ledger.ndjson";
}

Result<Safety> open_safety(const SafetyOptions& options, const Target& target) {
  Safety safety;
  if (target.can_arrange()) return safety;  // records of a run are removed with its tenant
  if (!options.ledger.empty() || !remote_hosts(target).empty()) {
    auto ledger = Ledger::open(ledger_path(options.ledger), draw_entropy());
    if (!ledger) return tl::unexpected(ledger.error());
    safety.ledger = std::move(*ledger);
  }
  safety.guard = std::make_unique<WriteGuard>(options.max_writes, safety.ledger.get());
  return safety;
}

}  // namespace understudy
