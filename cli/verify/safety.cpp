#include "cli/verify/safety.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "cli/options.h"
#include "conformance/run/plan.h"

namespace understudy {
namespace {

Problem refused(std::string code, std::string message) {
  return make_problem(Failure::unsafe, std::move(code), std::move(message) + " Nothing was sent.");
}

std::vector<std::string> remote_hosts(const Target& target) {
  std::vector<std::string> hosts;
  const auto add = [&](const std::optional<Url>& url) {
    if (url && !is_loopback(url->host) && std::find(hosts.begin(), hosts.end(), url->host) == hosts.end()) hosts.push_back(url->host);
  };
  add(target.base);
  for (const auto& [api, url] : target.bases) add(url);
  add(target.admin);
  if (target.provider_states) add(target.provider_states->url);
  return hosts;
}

std::string find_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

void add_ledger_option(CLI::App& app, std::string& ledger) {
  app.add_option("--ledger", ledger,
                 "File with what was made on a target, for `cleanup`; left out: one of yours, where the host is not this machine")
      ->type_name("FILE")
      ->group("Safety");
}

void add_safety_options(CLI::App& app, SafetyOptions& options) {
  app.add_flag("--allow-writes", options.allow_writes, "Permit requests that write to a host that is not this machine")->group("Safety");
  app.add_option("--allow-host", options.allow_hosts, "The host that may be written to; may be repeated")
      ->type_name("HOST")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group("Safety");
  app.add_option("--max-writes", options.max_writes, "Most requests that may write; the run ends before one more")
      ->type_name("N")
      ->group("Safety");
  add_ledger_option(app, options.ledger);
}

Result<void> check_safety(const SafetyOptions& options, const Target& target, const std::vector<Run>& runs, const RunContext& context) {
  const auto hosts = remote_hosts(target);
  if (hosts.empty() && !options.max_writes) return {};
  std::size_t writes = 0;
  std::string first;
  for (const Run& run : runs) {
    const auto plan = plan_run(run, context);
    if (!plan) return tl::unexpected(plan.error());
    for (const auto& one : plan->requests) {
      if (!one.is_write) continue;
      if (writes++ == 0) first = fmt::format("{} {}", run.name, one.step);
    }
  }
  if (writes == 0) return {};
  for (const auto& host : hosts) {
    if (!options.allow_writes) {
      return tl::unexpected(refused("writes-not-allowed", first + " would write to " + host +
                                                              ", which is not this machine; --allow-writes permits it, with --allow-host " +
                                                              host + " and --max-writes."));
    }
    if (std::find(options.allow_hosts.begin(), options.allow_hosts.end(), host) == options.allow_hosts.end()) {
      return tl::unexpected(refused("host-not-allowed", first + " would write to " + host + ", which no --allow-host names."));
    }
  }
  if (!hosts.empty() && !options.max_writes) {
    return tl::unexpected(
        refused("no-limit-of-writes",
                fmt::format("{} writes are planned for {}; --max-writes must say how many there may be.", writes, hosts.front())));
  }
  if (options.max_writes && writes > *options.max_writes) {
    return tl::unexpected(
        refused("too-many-writes", fmt::format("{} writes are planned, and --max-writes permits {}.", writes, *options.max_writes)));
  }
  return {};
}

std::string ledger_path(const std::string& given) {
  if (!given.empty()) return given;
  auto folder = find_environment("XDG_STATE_HOME");
  if (folder.empty()) folder = find_environment("HOME") + "/.local/state";
  return folder + "/understudy/ledger.ndjson";
}

Result<Safety> open_safety(const SafetyOptions& options, const Target& target) {
  Safety safety;
  if (target.can_arrange()) return safety;  // what runs make goes with their tenants
  if (!options.ledger.empty() || !remote_hosts(target).empty()) {
    auto ledger = Ledger::open(ledger_path(options.ledger), draw_entropy());
    if (!ledger) return tl::unexpected(ledger.error());
    safety.ledger = std::move(*ledger);
  }
  if (safety.ledger || options.max_writes) safety.guard = std::make_unique<WriteGuard>(options.max_writes, safety.ledger.get());
  return safety;
}

}  // namespace understudy
