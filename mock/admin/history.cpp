// The commits of a tenant: listed, read, compared, restored, and forked into a new tenant.
#include <charconv>

#include "mock/admin/admin.h"
#include "mock/history/history.h"

namespace understudy {
namespace {

constexpr std::size_t kPage = 100;         // commits of a list without `limit`
constexpr std::size_t kShownRecords = 20;  // of one commit in a list

std::optional<std::uint64_t> parse_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Response bad_number(const std::string& name, const std::string& text) {
  return error_response(400, "bad-number", "found " + name + " '" + text + "', expected a whole number.");
}

// These three: the caller holds the tenant's lock.
tl::expected<const History*, Response> find_history(const Tenant& tenant) {
  if (tenant.history != nullptr) return tenant.history.get();
  return tl::unexpected(
      error_response(404, "no-history", "The mock keeps no history of its tenants. Start it with --history N or with --state."));
}

tl::expected<const Commit*, Response> find_commit(const History& history, const Tenant& tenant, const std::string& text) {
  const auto number = parse_number(text);
  if (!number) return tl::unexpected(bad_number("commit", text));
  if (const Commit* commit = history.find(*number)) return commit;
  const auto& kept = history.commits();
  const std::string range =
      kept.empty() ? "no commits" : "the commits " + std::to_string(kept.front()->number) + " to " + std::to_string(kept.back()->number);
  return tl::unexpected(error_response(404, "no-such-commit",
                                       "There is no commit " + text + " of tenant '" + tenant.name + "'. The mock keeps " + range + "."));
}

tl::expected<const Commit*, Response> find_commit(const AdminCall& call, const Tenant& tenant) {
  const auto history = find_history(tenant);
  return history ? find_commit(**history, tenant, call.path_parameter("commit")) : tl::unexpected(history.error());
}

// A number in the query; `fallback` if it is absent.
tl::expected<std::uint64_t, Response> number_in_query(const AdminCall& call, const char* name, std::uint64_t fallback) {
  const auto text = call.parameter(name);
  if (!text) return fallback;
  const auto number = parse_number(*text);
  return number ? tl::expected<std::uint64_t, Response>(*number) : tl::unexpected(bad_number(name, *text));
}

// The records that a commit stored or removed, as the journal names them. At most kShownRecords.
class RecordNames {
 public:
  void operator()(const change::RecordStored& stored) {
    add(stored.is_new ? RecordWrite::Kind::created : RecordWrite::Kind::updated, stored.api, stored.collection, stored.id);
  }
  void operator()(const change::RecordRemoved& removed) { add(RecordWrite::Kind::removed, removed.api, removed.collection, removed.id); }
  template <class Other>
  void operator()(const Other&) const {}
  Json take() { return std::move(list_); }

 private:
  void add(RecordWrite::Kind kind, std::string_view api, std::string_view collection, std::string_view id) {
    if (list_.size() >= kShownRecords) return;
    list_.push_back({{"kind", to_string(kind)}, {"collection", std::string(api) + "." + std::string(collection)}, {"id", id}});
  }

  Json list_ = Json::array();
};

// Without the changes themselves.
Json summarize_commit(const Commit& commit) {
  std::map<std::string_view, int> kinds;
  RecordNames records;
  for (const Change& change : commit.changes()) {
    ++kinds[std::visit([](const auto& kind) { return std::decay_t<decltype(kind)>::kKind; }, change)];
    std::visit(records, change);
  }
  Json counts = Json::object();
  for (const auto& [kind, count] : kinds) counts[std::string(kind)] = count;
  return {{"number", commit.number},
          {"at", render_rfc3339_millis(commit.at)},
          {"made_by", commit.made_by},
          {"changes", std::move(counts)},
          {"records", records.take()}};
}

// Newest first.
Response list_commits(const AdminCall& call, Tenant& tenant) {
  const auto limit = number_in_query(call, "limit", kPage), after = number_in_query(call, "after", 0),
             before = number_in_query(call, "before", std::numeric_limits<std::uint64_t>::max());
  for (const auto* number : {&limit, &after, &before}) {
    if (!*number) return number->error();
  }
  const TenantLock lock(tenant);
  const auto history = find_history(tenant);
  if (!history) return history.error();
  const auto& kept = (*history)->commits();
  Json list = Json::array();
  for (auto commit = kept.rbegin(); commit != kept.rend() && (*commit)->number > *after && list.size() < *limit; ++commit) {
    if ((*commit)->number < *before && !(*commit)->is_note()) list.push_back(summarize_commit(**commit));
  }
  Json meta = {{"total", kept.size()}};
  if (!kept.empty()) {
    meta["first"] = kept.front()->number;
    meta["last"] = kept.back()->number;
  }
  return json_response(200, {{"commits", std::move(list)}, {"meta", std::move(meta)}});
}

Response get_commit(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant);
  const auto commit = find_commit(call, tenant);
  if (!commit) return commit.error();
  Json out = render_commit(**commit);
  out["at"] = render_rfc3339_millis((*commit)->at);
  return json_response(200, out);
}

Response get_difference(const AdminCall& call, Tenant& tenant) {
  const auto from = call.parameter("from"), to = call.parameter("to");
  if (!from) return error_response(400, "from-missing", "Name the commits to compare: ?from=N&to=M; without `to`, the last one.");
  const TenantLock lock(tenant);
  const auto history = find_history(tenant);
  if (!history) return history.error();
  const auto earlier = find_commit(**history, tenant, *from),
             later = find_commit(**history, tenant, to ? *to : std::to_string(tenant.number()));
  if (!earlier) return earlier.error();
  if (!later) return later.error();
  const auto state_at = [&](const Commit& commit) { return (*history)->state_at(commit.number, tenant.state()); };
  Json out = render_difference(state_at(**earlier), state_at(**later));
  out["from"] = (*earlier)->number;
  out["to"] = (*later)->number;
  return json_response(200, out);
}

Response restore_commit(const AdminCall& call, Tenant& tenant) {
  const TenantLock lock(tenant, call.made_by);
  const auto commit = find_commit(call, tenant);
  if (!commit) return commit.error();
  const std::uint64_t number = (*commit)->number;
  tenant.write(change::Restored{.state = std::make_shared<const TenantState>(tenant.history->state_at(number, tenant.state()))});
  return json_response(200, {{"restored", number},
                             {"number", tenant.number() + 1},
                             {"now", render_rfc3339_millis(tenant.state().env.clock.now())},
                             {"records", count_records(tenant.state())}});
}

// {name, credentials: {username, password, key}}; the credentials as a tenant has them that is staged.
tl::expected<Engine::Fork, Response> read_fork(const Json& body) {
  const auto refuse = [](const std::string& message) { return tl::unexpected(error_response(400, "bad-fork", message)); };
  if (!body.is_object() || !body.contains("name") || !body["name"].is_string())
    return refuse("Expected the name of the new tenant: {\"name\": \"copy\"}.");
  const std::string name = body["name"].get<std::string>();
  if (auto error = check_name("tenant", name)) return tl::unexpected(*std::move(error));
  Engine::Fork fork{.name = name, .username = name, .password = "demo", .key = name};
  const std::vector<std::string> known = {"name", "credentials"};
  const Json credentials = body.value("credentials", Json::object());
  for (const auto& [member, value] : body.items()) {
    if (member != "name" && member != "credentials")
      return refuse("Found unknown member '" + member + "'" + did_you_mean(member, known) + ".");
  }
  if (!credentials.is_object()) return refuse("'credentials' is not an object.");
  for (const auto& [member, value] : credentials.items()) {
    std::string* text = member == "username"   ? &fork.username
                        : member == "password" ? &fork.password
                        : member == "key"      ? &fork.key
                                               : nullptr;
    if (text == nullptr || !value.is_string()) return refuse("Expected 'credentials' as {username, password, key}, all texts.");
    *text = value.get<std::string>();
  }
  return fork;
}

Response fork_commit(const AdminCall& call, Tenant& tenant) {
  const auto body = read_body(call);
  if (!body) return body.error();
  const auto fork = read_fork(*body);
  if (!fork) return fork.error();
  std::uint64_t number = 0;
  {
    const ReceiptCollector ignored(ReceiptCollector::What::nothing);  // fork() looks again
    const TenantLock lock(tenant);
    const auto commit = find_commit(call, tenant);
    if (!commit) return commit.error();
    number = (*commit)->number;
  }
  const auto forked = call.engine.fork(tenant, number, *fork, call.made_by);
  if (!forked) {
    const std::string& code = forked.error().code;
    return error_response(forked.error(), code == "tenant-exists" || code == "credential-claimed" ? 409 : 404);
  }
  return json_response(201, {{"name", fork->name}, {"forked", {{"tenant", tenant.name}, {"commit", number}}}});
}

constexpr std::string_view kCommit = "/tenants/{tenant}/commits/{commit}";
constexpr AdminOperation kHistoryOperations[] = {
    row("GET", "/tenants/{tenant}/commits", list_commits, "listCommits", "The last commits of a tenant, newest first",
        {.query = "limit after before", .result = "Commits"}),
    row("GET", kCommit, get_commit, "getCommit", "One commit with its changes and what takes it back", {.result = "Commit"}),
    row("GET", "/tenants/{tenant}/difference", get_difference, "getDifference", "What differs between the states after two commits",
        {.query = "from to", .result = "Difference"}),
    row("POST", "/tenants/{tenant}/commits/{commit}/restore", restore_commit, "restoreCommit",
        "Return the tenant to what it was after a commit, at once; this makes a new commit", {.result = "RestoredCommit"}),
    row("POST", "/tenants/{tenant}/commits/{commit}/fork", fork_commit, "forkCommit",
        "Make a new tenant that is as this one was after a commit", {.body = "Fork", .result = "Forked", .status = 201, .error = "409"}),
};

}  // namespace

AdminTable history_operations() { return {"history", kHistoryOperations}; }

}  // namespace understudy
