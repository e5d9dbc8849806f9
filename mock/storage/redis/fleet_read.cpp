// What a server does not know yet, read from Redis.
#include <fmt/format.h>

#include <charconv>

#include "mock/storage/redis/fleet_log.h"

namespace understudy::redis {
namespace {

// Of an id in a stream: 12-0.
std::uint64_t number_of(const Reply& id) { return id.count(); }

const Reply& field_of(const Reply& entry, std::size_t index) { return entry.at(1).at(index * 2 + 1); }

Time time_of(const Reply& text) { return Time(Milliseconds(static_cast<std::int64_t>(text.count()))); }

std::optional<TenantIdentity> parse_identity(const std::string& tenant, const std::string& text) {
  auto document = parse_json(text, nullptr, kStoredJson);
  if (!document || !document->is_object()) return std::nullopt;
  const auto member = [&](const char* name) {
    const auto found = document->find(name);
    return found != document->end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  TenantIdentity identity{.name = tenant,
                          .api = member("api"),
                          .username = member("username"),
                          .password = member("password"),
                          .key = member("key"),
                          .staged = nullptr,
                          .staged_digest = member("digest")};
  if (document->contains("is_staged") && (*document)["is_staged"] == true)
    identity.staged = std::make_shared<const Json>(std::move((*document)["staged"]));
  return identity;
}

std::string lost_sentence(const SharedPosition& known, std::uint64_t number) {
  return fmt::format(
      "Redis has lost changes of this tenant that were acknowledged: its last change has the number {}, and this server knew "
      "number {}; stage the tenant again",
      number, known.number);
}

}  // namespace

std::optional<std::vector<RemoteCommit>> FleetLog::parse_commits(const Reply& reply) {
  std::vector<RemoteCommit> commits;
  for (const Reply& entry : reply.list) {
    auto document = parse_json(field_of(entry, 2).text, nullptr, kStoredJson);
    if (!document || !document->is_object()) {
      failure_ = "a commit in Redis is no JSON object";
      return std::nullopt;
    }
    (*document)["number"] = number_of(entry.at(0));
    auto commit = parse_commit(*document, *contracts_);
    if (!commit) {
      failure_ = "a commit in Redis cannot be read: " + commit.error().message;
      return std::nullopt;
    }
    commits.push_back({.id = field_of(entry, 0).text, .at = time_of(field_of(entry, 1)), .commit = *std::move(commit)});
  }
  return commits;
}

std::optional<StoredTenant> FleetLog::parse_whole(const std::string& tenant, const Reply& reply) {
  auto identity = parse_identity(tenant, reply.at(4).text);
  auto commits = parse_commits(reply.at(7));
  if (!identity || !commits) return std::nullopt;
  StoredTenant stored{
      .identity = *std::move(identity),
      .number = reply.at(2).count(),
      .state = TenantState(*contracts_),
      .position = {.origin = reply.at(0).text, .entered = reply.at(1).count(), .number = reply.at(2).count(), .id = reply.at(3).text}};
  if (!reply.at(6).text.empty()) {
    const auto document = parse_json(reply.at(6).text, nullptr, kStoredJson);
    const auto state = document ? parse_state(*document, *contracts_) : tl::unexpected(Problem{});
    if (!state) {
      failure_ = "the image of a tenant in Redis cannot be read";
      return std::nullopt;
    }
    stored.state = **state;
  }
  for (const RemoteCommit& each : *commits) {
    for (const Change& change : each.commit->changes()) apply(stored.state, change);
    stored.state.env.clock.reach(each.at);
  }
  return stored;
}

// What a server that knows the tenant until `known` must do.
Reading FleetLog::judge(const std::string& tenant, const SharedPosition& known, const Reply& reply) {
  if (reply.kind != Reply::Kind::list) return reading::Unreachable{};
  const std::string& origin = reply.at(0).text;
  const std::uint64_t number = reply.at(1).count(), changed = reply.at(3).count();
  if (origin != known.origin)
    return changed > known.entered ? Reading(reading::Replaced{}) : reading::Lost{.reason = lost_sentence(known, number)};
  const auto& entries = reply.at(4).list;
  if (number < known.number) return reading::Lost{.reason = lost_sentence(known, number)};
  if (entries.empty() || number_of(entries.front().at(0)) != known.number) return read_whole(tenant);
  if (field_of(entries.front(), 0).text != known.id) return reading::Lost{.reason = lost_sentence(known, known.number - 1)};
  auto commits = parse_commits(reply.at(4));
  if (!commits) return reading::Unreachable{};
  commits->erase(commits->begin());
  SharedPosition position = known;
  position.number = number;
  position.id = reply.at(2).text;
  return reading::Follows{.commits = *std::move(commits), .position = std::move(position)};
}

Reading FleetLog::read_whole(const std::string& tenant) {
  if (!connect()) return reading::Unreachable{};
  const Reply reply = run_one(call(Script::whole, {key("tenant", tenant), key("log", tenant), key("image", tenant)}, {}));
  if (reply.kind == Reply::Kind::list && reply.list.empty()) return reading::Replaced{};
  auto whole = reply.kind == Reply::Kind::list ? parse_whole(tenant, reply) : std::nullopt;
  if (!whole) return reading::Unreachable{};
  return reading::Whole{.tenant = std::make_unique<StoredTenant>(*std::move(whole))};
}

Readings FleetLog::read(std::span<const std::pair<std::string, SharedPosition>> known) {
  Readings readings;
  readings.of.resize(known.size());
  for (Reading& each : readings.of) each = reading::Unreachable{};
  if (!connect()) return readings;
  std::vector<Command> commands = {{"HMGET", key("meta"), "epoch", "directory"}};
  for (const auto& [tenant, position] : known) {
    commands.push_back(call(Script::read, {key("tenant", tenant), key("log", tenant), key("changed"), key("removed")},
                            {tenant, position.origin, std::to_string(position.number)}));
  }
  const auto replies = run(commands);
  if (replies.front().kind != Reply::Kind::list) return readings;
  readings.epoch = replies.front().at(0).text;
  readings.directory = replies.front().at(1).count();
  if (*readings.epoch != epoch_) return readings;
  for (std::size_t i = 0; i < known.size(); ++i) readings.of[i] = judge(known[i].first, known[i].second, replies[i + 1]);
  return readings;
}

std::optional<Directory> FleetLog::read_directory(std::uint64_t since) {
  if (!connect()) return std::nullopt;
  const Reply reply = run_one(call(Script::tenants, {key("meta"), key("changed"), key("removed")}, {std::to_string(since)}));
  if (reply.kind != Reply::Kind::list) return std::nullopt;
  Directory directory{.epoch = reply.at(0).text, .number = reply.at(1).count(), .is_whole = reply.at(2).number == 1};
  for (const Reply& name : reply.at(4).list) directory.removed.push_back(name.text);
  std::vector<Command> commands;
  const auto& names = reply.at(3).list;
  for (const Reply& name : names)
    commands.push_back(call(Script::whole, {key("tenant", name.text), key("log", name.text), key("image", name.text)}, {}));
  if (commands.empty()) return directory;
  if (!connect()) return std::nullopt;
  const auto replies = run(commands);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].kind == Reply::Kind::list && replies[i].list.empty()) continue;  // it was removed meanwhile
    auto whole = replies[i].kind == Reply::Kind::list ? parse_whole(names[i].text, replies[i]) : std::nullopt;
    if (!whole) return std::nullopt;
    directory.entered.push_back(*std::move(whole));
  }
  return directory;
}

}  // namespace understudy::redis
