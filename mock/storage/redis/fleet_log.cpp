#include "mock/storage/redis/fleet_log.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "contracts/src/base/env.h"

namespace understudy::redis {
namespace {

constexpr const char* kVersion = "1";
constexpr std::uint64_t kCommitsKept = 1000;  // before an image, for servers that are a little behind
constexpr std::uint64_t kReconnectMicroseconds = 1'000'000;
constexpr int kPauseMilliseconds = 20;

std::string now_text() { return std::to_string(Clock().now().time_since_epoch().count()); }

// Without its number, which Redis gives it, and without what takes it back.
std::string render_entry(const Commit& commit) {
  std::string out = R"({"at":)" + std::to_string(commit.at.time_since_epoch().count()) + R"(,"made_by":)";
  append_json_string(commit.made_by, out);
  out += R"(,"changes":[)";
  for (bool is_first = true; const Change& change : commit.changes()) {
    if (!std::exchange(is_first, false)) out += ',';
    append_json(render_change(change), out);
  }
  return out + "]}";
}

std::string render_identity(const TenantIdentity& identity) {
  return render_json({{"api", identity.api},
                      {"username", identity.username},
                      {"password", identity.password},
                      {"key", identity.key},
                      {"staged", identity.staged == nullptr ? Json() : *identity.staged},
                      {"is_staged", identity.staged != nullptr},
                      {"digest", identity.staged_digest}});
}

// An error of Redis without the name of the script and a full stop.
std::string sentence_of(std::string error) {
  error.resize(std::min(error.size(), error.find(" script: ")));
  while (error.ends_with('.')) error.pop_back();
  return error;
}

FleetOutcome outcome_of(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::lost: return FleetOutcome::unknown;
    case Reply::Kind::error: return FleetOutcome::unreachable;
    default: return reply.is_number(1) ? FleetOutcome::done : FleetOutcome::behind;
  }
}

Problem problem_of(std::string code, std::string message) { return make_problem(Failure::bad_file, std::move(code), std::move(message)); }

}  // namespace

FleetLog::FleetLog(FleetOptions options)
    : options_(std::move(options)), prefix_("{" + options_.name + "}:"), server_(fmt::format("{:016x}", draw_entropy())) {}

std::string FleetLog::key(const char* kind, const std::string& tenant) const {
  return prefix_ + kind + (tenant.empty() ? "" : ":") + tenant;
}

std::string FleetLog::new_id() { return fmt::format("{}-{}", server_, ++last_id_); }

Command FleetLog::call(Script script, std::vector<std::string> keys, std::vector<std::string> arguments) const {
  Command command = {"EVALSHA", digests_[static_cast<std::size_t>(script)], std::to_string(keys.size())};
  std::ranges::move(keys, std::back_inserter(command));
  std::ranges::move(arguments, std::back_inserter(command));
  return command;
}

Result<std::unique_ptr<FleetLog>> FleetLog::open(FleetOptions options) {
  std::unique_ptr<FleetLog> log(new FleetLog(std::move(options)));
  if (!log->connect())
    return tl::unexpected(make_problem(Failure::unreachable, "state-unreachable", "the state cannot be read: " + log->failure_));
  if (auto begun = log->begin(); !begun) return tl::unexpected(std::move(begun.error()));
  return log;
}

bool FleetLog::connect() {
  if (connection_ && connection_->is_open()) return true;
  connection_.reset();
  auto opened = Connection::open(options_.address);
  if (!opened) {
    failure_ = opened.error();
    return false;
  }
  connection_ = *std::move(opened);
  if (load_scripts()) return true;
  connection_.reset();
  return false;
}

bool FleetLog::reconnect() {
  const Stopwatch stopwatch;
  for (;;) {
    connection_.reset();
    if (connect()) return true;
    if (stopwatch.microseconds() > kReconnectMicroseconds) return false;
    ::poll(nullptr, 0, kPauseMilliseconds);
  }
}

bool FleetLog::load_scripts() {
  std::vector<Command> commands;
  for (const char* script : kScripts) commands.push_back({"SCRIPT", "LOAD", script});
  const auto replies = connection_->run(commands);
  digests_.clear();
  for (const Reply& reply : replies) {
    if (reply.kind != Reply::Kind::text) {
      failure_ = where() + ": " + (reply.kind == Reply::Kind::error ? reply.text : connection_->failure());
      return false;
    }
    digests_.push_back(reply.text);
  }
  return true;
}

// Calls of scripts that Redis has forgotten are sent again.
std::vector<Reply> FleetLog::run(std::span<const Command> commands) {
  auto replies = connection_->run(commands);
  std::vector<Command> again;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].is_error("NOSCRIPT")) again.push_back(commands[i]);
  }
  if (!again.empty() && load_scripts()) {
    auto repeated = connection_->run(again);
    auto next = repeated.begin();
    for (Reply& reply : replies) {
      if (reply.is_error("NOSCRIPT")) reply = std::move(*next++);
    }
  }
  for (const Reply& reply : replies) {
    if (reply.kind == Reply::Kind::error) failure_ = where() + ": " + sentence_of(reply.text);
    if (reply.kind == Reply::Kind::lost) failure_ = where() + ": " + connection_->failure();
    if (reply.is_error("READONLY") || reply.kind == Reply::Kind::lost) {
      connection_.reset();  // it is a replica now, or gone
      break;
    }
  }
  return replies;
}

Reply FleetLog::open_data() { return connection_->run(call(Script::open, {key("meta")}, {new_id(), kVersion, options_.contracts})); }

Result<void> FleetLog::begin() {
  if (options_.starts_anew) {
    const Reply meta = connection_->run({"HMGET", key("meta"), "version", "contracts"});
    const bool fits = meta.at(0).text == kVersion && meta.at(1).text == options_.contracts;
    connection_->run(call(Script::clear, {key("meta"), key("changed"), key("removed")}, {prefix_, fits ? "0" : "1"}));
  }
  const Reply meta = open_data();
  if (meta.list.size() != 3)
    return tl::unexpected(problem_of("state-unusable", "the state in Redis at " + options_.address.text() + " cannot be used: " +
                                                           (meta.kind == Reply::Kind::error ? meta.text : "no answer")));
  epoch_ = meta.at(0).text;
  if (meta.at(1).text != kVersion) {
    return tl::unexpected(problem_of("state-version", fmt::format("the state '{}' in Redis has version {}, expected version {}; use the "
                                                                  "program that wrote it, or --restage to begin anew",
                                                                  options_.name, meta.at(1).text, kVersion)));
  }
  if (meta.at(2).text != options_.contracts) {
    return tl::unexpected(problem_of("state-of-other-contracts",
                                     fmt::format("the state '{}' in Redis belongs to contracts with the digest {}, and this server has {}; "
                                                 "use the contracts of the state, or --restage to begin anew",
                                                 options_.name, meta.at(2).text, options_.contracts)));
  }
  return {};
}

bool FleetLog::join() {
  if (!connect()) return false;
  const Reply meta = open_data();
  if (meta.list.size() != 3 || meta.at(1).text != kVersion || meta.at(2).text != options_.contracts) {
    failure_ = "the data in Redis belong to other contracts now";
    return false;
  }
  epoch_ = meta.at(0).text;
  return true;
}

Command FleetLog::command_of(const FleetEntry& entry) const {
  const std::string& tenant = entry.tenant;
  const std::string directory = entry.directory ? std::to_string(*entry.directory) : std::string();
  switch (entry.kind) {
    case FleetEntry::Kind::check_directory: return {"HMGET", key("meta"), "epoch", "directory"};
    case FleetEntry::Kind::check:
    case FleetEntry::Kind::commit: {
      std::vector<std::string> arguments = {epoch_, directory, entry.after.origin, entry.after.id};
      if (entry.commit == nullptr)
        arguments.emplace_back();
      else
        arguments.insert(arguments.end(), {entry.then.id, now_text(), render_entry(*entry.commit)});
      return call(Script::append, {key("meta"), key("tenant", tenant), key("log", tenant)}, std::move(arguments));
    }
    case FleetEntry::Kind::introduce:
      return call(Script::introduce,
                  {key("meta"), key("tenant", tenant), key("log", tenant), key("image", tenant), key("changed"), key("removed")},
                  {epoch_, directory, entry.then.id, now_text(), render_entry(*entry.commit), std::to_string(entry.then.number),
                   render_identity(*entry.identity), tenant});
    case FleetEntry::Kind::remove: break;
  }
  return call(Script::remove,
              {key("meta"), key("tenant", tenant), key("log", tenant), key("image", tenant), key("changed"), key("removed")},
              {epoch_, directory, tenant});
}

std::vector<FleetOutcome> FleetLog::append(std::span<const FleetEntry> entries) {
  std::vector<FleetOutcome> outcomes(entries.size(), FleetOutcome::unreachable);
  if (!connect()) return outcomes;
  std::vector<Command> commands;
  for (const FleetEntry& entry : entries) commands.push_back(command_of(entry));
  const auto replies = run(commands);
  bool is_unknown = false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    outcomes[i] = outcome_of(replies[i]);
    if (entries[i].kind == FleetEntry::Kind::check_directory && replies[i].kind == Reply::Kind::list) {
      const bool is_current = replies[i].at(0).text == epoch_ && replies[i].at(1).text == std::to_string(entries[i].directory.value_or(0));
      outcomes[i] = is_current ? FleetOutcome::done : FleetOutcome::behind;
    }
    is_unknown = is_unknown || outcomes[i] == FleetOutcome::unknown;
  }
  if (!is_unknown) return outcomes;
  const bool answers = reconnect();
  std::vector<FleetEntry> unsettled;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (outcomes[i] != FleetOutcome::unknown) continue;
    if (entries[i].writes())
      unsettled.push_back(entries[i]);
    else
      outcomes[i] = answers ? FleetOutcome::behind : FleetOutcome::unreachable;
  }
  if (!answers) return outcomes;
  const auto settled = settle(unsettled);
  auto next = settled.begin();
  for (FleetOutcome& outcome : outcomes) {
    if (outcome == FleetOutcome::unknown) outcome = *next++;
  }
  return outcomes;
}

Command FleetLog::settlement_of(const FleetEntry& entry) {
  const std::string directory = std::to_string(entry.directory.value_or(0));
  switch (entry.kind) {
    case FleetEntry::Kind::introduce:
      return call(Script::settle_introduction, {key("meta"), key("tenant", entry.tenant)}, {epoch_, directory, entry.then.id});
    case FleetEntry::Kind::remove: return call(Script::settle_removal, {key("meta"), key("removed")}, {epoch_, directory, entry.tenant});
    default:
      return call(Script::settle, {key("meta"), key("tenant", entry.tenant), key("log", entry.tenant)},
                  {epoch_, entry.then.origin, std::to_string(entry.then.number), entry.then.id, new_id(), now_text()});
  }
}

std::vector<FleetOutcome> FleetLog::settle(std::span<const FleetEntry> entries) {
  std::vector<FleetOutcome> outcomes(entries.size(), FleetOutcome::unknown);
  std::map<std::string, FleetOutcome> failed;  // the first entry of a tenant that was not done; none after it was
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto before = failed.find(entries[i].tenant);
    if (before != failed.end()) {
      outcomes[i] = before->second;
      continue;
    }
    if (!connect()) return outcomes;
    const Reply reply = run_one(settlement_of(entries[i]));
    if (reply.kind != Reply::Kind::number) return outcomes;
    outcomes[i] = reply.number == 1 ? FleetOutcome::done : FleetOutcome::behind;
    if (reply.number != 1) failed.emplace(entries[i].tenant, outcomes[i]);
  }
  return outcomes;
}

void FleetLog::store_image(const FleetEntry& entry) {
  if (!connect()) return;
  const std::uint64_t number = entry.then.number;
  const std::string first = std::to_string(number > kCommitsKept ? number - kCommitsKept : 0);
  run_one(call(Script::image, {key("meta"), key("tenant", entry.tenant), key("log", entry.tenant), key("image", entry.tenant)},
               {epoch_, entry.then.origin, std::to_string(number), first, render_json(render_state(*entry.image))}));
}

std::vector<std::string> FleetLog::find_weaknesses() {
  std::vector<std::string> found;
  for (const auto& [name, expected] : {std::pair("appendonly", "yes"), std::pair("appendfsync", "always")}) {
    if (!connect()) return found;
    const Reply reply = connection_->run({"CONFIG", "GET", name});
    if (reply.kind != Reply::Kind::list)
      found.push_back(fmt::format("{} does not show its setting {}; with another value than {} it may lose what was acknowledged", where(),
                                  name, expected));
    else if (reply.at(1).text != expected)
      found.push_back(fmt::format("{} has {} {}, expected {}: it may lose what was acknowledged when it ends", where(), name,
                                  reply.at(1).text, expected));
  }
  return found;
}

}  // namespace understudy::redis
