// The state in an SQLite file: what is read back is what was stored, and a file that does not fit is refused by name.
#include "mock/storage/sqlite/sqlite_storage.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "mock/storage/commit_queue.h"
#include "mock/storage/sqlite/database.h"
#include "tests/mock/state/every_change.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<Storage> open_file(const Folder& folder, const std::string& contracts = "contracts-1") {
  auto storage = open_sqlite({.file = folder.path("shop.db"), .contracts = contracts});
  if (!storage) FAIL(render_problem(storage.error()));
  return *std::move(storage);
}

std::string code_of_open(const SqliteOptions& options) {
  const auto storage = open_sqlite(options);
  return storage ? "" : storage.error().code;
}

std::vector<StoredTenant> load(Storage& storage) {
  auto tenants = storage.load(all_contracts());
  if (!tenants) FAIL(render_problem(tenants.error()));
  return *std::move(tenants);
}

// Without what is found out again (until when nothing changes by itself), with places in the order of creation that are numbered anew.
TenantState comparable(TenantState state) {
  for (auto& [name, api] : state.states_by_api) {
    api.settled_until = Time::min();
    Store numbered(api.store.contract());
    for (const std::string& collection : api.store.collections()) {
      auto entries = api.store.entries(collection);
      for (std::size_t i = 0; i < entries.size(); ++i) entries[i].serial = i + 1;
      numbered.restore(collection, std::move(entries), api.store.is_seeded(collection));
    }
    api.store = std::move(numbered);
  }
  return state;
}

void check_same(const TenantState& stored, const TenantState& kept) {
  const TenantState left = comparable(stored), right = comparable(kept);
  CHECK(left == right);
  if (!(left == right)) CHECK(render_json(render_state(left)) == render_json(render_state(right)));
}

}  // namespace

TEST_CASE("a tenant is read back from its file, whatever changed it", "[storage][sqlite]") {
  Folder folder;
  Kept kept;
  std::size_t stored = 0;
  for (const Step& step : steps()) {
    INFO(step.why);
    REQUIRE(step.act(kept));
    std::vector<StorageEntry> entries;
    for (; stored < kept.commits().size(); ++stored) {
      const bool is_new = std::holds_alternative<change::Staged>(kept.commits()[stored]->changes().front());
      entries.push_back(
          {.tenant = "tester",
           .commit = kept.commits()[stored],
           .identity = is_new ? std::make_shared<const TenantIdentity>(TenantIdentity{.name = "tester", .key = "k"}) : nullptr});
    }
    REQUIRE(open_file(folder)->append(entries, {}).outcome == Receipt::Outcome::stored);

    const auto tenants = load(*open_file(folder));
    REQUIRE(tenants.size() == 1);
    CHECK(tenants.front().number == kept.commits().back()->number);
    check_same(tenants.front().state, kept.state());
  }
}

TEST_CASE("a tenant that is removed leaves nothing, and one with its name begins anew", "[storage][sqlite]") {
  Folder folder;
  auto storage = open_file(folder);
  TenantState state(all_contracts());
  state.env.ids.set("shelf.book", 7);
  const auto identity = std::make_shared<const TenantIdentity>(TenantIdentity{.name = "one",
                                                                              .api = "shelf",
                                                                              .username = "u",
                                                                              .password = "p",
                                                                              .key = "k",
                                                                              .staged = std::make_shared<const Json>(Json{{"a", 1}}),
                                                                              .staged_digest = "d"});
  REQUIRE(
      storage->append(std::vector<StorageEntry>{{.tenant = "one", .commit = describe_state(state), .identity = identity}}, {}).outcome ==
      Receipt::Outcome::stored);
  REQUIRE(storage->append({}, {{"one", {{"shelf", {.used = 3}}}}, {"unknown", {{"shelf", {.used = 3}}}}}).outcome ==
          Receipt::Outcome::stored);

  const auto tenants = load(*storage);
  REQUIRE(tenants.size() == 1);
  CHECK(tenants.front().identity.api == "shelf");
  CHECK(tenants.front().identity.username == "u");
  CHECK(tenants.front().identity.password == "p");
  CHECK(tenants.front().identity.key == "k");
  CHECK(*tenants.front().identity.staged == Json{{"a", 1}});
  CHECK(tenants.front().identity.staged_digest == "d");
  CHECK(tenants.front().state.states_by_api.at("shelf").limiter.count().used == 3);

  REQUIRE(storage->append(std::vector<StorageEntry>{{.tenant = "one"}}, {}).outcome == Receipt::Outcome::stored);
  CHECK(load(*storage).empty());
  REQUIRE(
      storage
          ->append(
              std::vector<StorageEntry>{{.tenant = "one", .commit = describe_state(TenantState(all_contracts())), .identity = identity}},
              {})
          .outcome == Receipt::Outcome::stored);
  CHECK(load(*storage).front().state.env.ids.peek("shelf.book") == 1);
}

TEST_CASE("a delivered call is kept, however many other tenants have", "[storage][sqlite]") {
  Folder folder;
  auto storage = open_file(folder);
  std::uint64_t number = 1;
  const auto deliver = [&](const std::string& tenant, std::size_t first, std::size_t count) {
    auto commit = std::make_shared<Commit>();
    std::vector<std::string> calls;
    for (std::size_t i = first; i < first + count; ++i) calls.push_back("call-" + std::to_string(i));
    for (const std::string& call : calls) {
      commit->add(change::CallDelivered{.api = "shelf", .call = call, .items = 1});
      commit->add(change::ItemDone{.api = "shelf", .call = call, .item = 0, .entry = "1"});
    }
    commit->number = ++number;
    REQUIRE(storage->append(std::vector<StorageEntry>{{.tenant = tenant, .commit = commit}}, {}).outcome == Receipt::Outcome::stored);
  };
  for (const char* tenant : {"one", "two"}) {
    const auto identity = std::make_shared<const TenantIdentity>(TenantIdentity{.name = tenant, .key = tenant});
    const auto begun = describe_state(TenantState(all_contracts()));
    REQUIRE(storage->append(std::vector<StorageEntry>{{.tenant = tenant, .commit = begun, .identity = identity}}, {}).outcome ==
            Receipt::Outcome::stored);
  }

  deliver("one", 0, 1);
  for (std::size_t i = 0; i < 7; ++i) deliver("two", i * 500, 500);
  storage = nullptr;
  storage = open_file(folder);
  deliver("two", 3500, 500);

  for (const StoredTenant& tenant : load(*storage)) {
    const auto& calls = tenant.state.states_by_api.at("shelf").delivered;
    CHECK(calls.calls().size() == (tenant.identity.name == "one" ? 1 : Redeliveries::kMostCalls));
    CHECK(calls.find(tenant.identity.name == "one" ? "call-0" : "call-3999") != nullptr);
  }
  const auto database = sqlite::Database::open(folder.path("shop.db"), false);
  REQUIRE(database);
  for (const char* table : {"calls", "call_items"}) {
    auto counted = database->prepare(std::string("SELECT count(*) FROM ") + table);
    counted.start();
    REQUIRE(counted.next());
    CHECK(counted.number(0) <= static_cast<std::int64_t>(2 * Redeliveries::kMostCalls + 1));
  }
}

TEST_CASE("a part of the state that is damaged is refused by name", "[storage][sqlite]") {
  Folder folder;
  const auto identity = std::make_shared<const TenantIdentity>(TenantIdentity{.name = "one", .key = "k"});
  REQUIRE(
      open_file(folder)
          ->append(
              std::vector<StorageEntry>{{.tenant = "one", .commit = describe_state(TenantState(all_contracts())), .identity = identity}},
              {})
          .outcome == Receipt::Outcome::stored);
  const auto [part, value] = GENERATE(values<std::pair<const char*, const char*>>({
      {"colour", R"({"change": "clock-moved"})"},
      {"clock", "{"},
      {"clock", R"({"change": "colour"})"},
      {"fault-number", R"({"change": "colour"})"},
  }));
  CAPTURE(part, value);
  {
    auto database = sqlite::Database::open(folder.path("shop.db"));
    REQUIRE(database);
    REQUIRE(database->prepare("INSERT OR REPLACE INTO parts (tenant, part, name, value) VALUES ('one', ?, '', ?)").run(part, value));
  }

  const auto tenants = open_file(folder)->load(all_contracts());

  REQUIRE_FALSE(tenants);
  CHECK(tenants.error().code == "state-damaged");
}

TEST_CASE("a file of another kind, version or contracts is refused, and begins anew if that is asked for", "[storage][sqlite]") {
  Folder folder;
  const auto options = [&](bool anew) {
    return SqliteOptions{.file = folder.path("shop.db"), .contracts = "contracts-1", .starts_anew = anew};
  };

  SECTION("no database") {
    std::ofstream(folder.path("shop.db")) << std::string(8192, 'x');
    CHECK(code_of_open(options(false)) == "state-unusable");
    CHECK(code_of_open(options(true)) == "state-unusable");
  }
  SECTION("a folder") {
    fs::create_directories(folder.path("shop.db"));
    CHECK(code_of_open(options(false)) == "state-unusable");
  }
  SECTION("a folder that is not there") { CHECK(code_of_open({.file = folder.path("shop.db") + "/none/shop.db"}) == "state-unusable"); }
  SECTION("other contracts") {
    open_file(folder, "contracts-0");
    const auto storage = open_sqlite(options(false));
    REQUIRE_FALSE(storage);
    CHECK(storage.error().code == "state-of-other-contracts");
    CHECK(storage.error().message.find("contracts-0") != std::string::npos);
    CHECK(storage.error().message.find("contracts-1") != std::string::npos);
    CHECK(code_of_open(options(true)) == "");
    CHECK(code_of_open(options(false)) == "");
  }
  SECTION("another server") {
    const auto storage = open_file(folder);
    CHECK(code_of_open(options(false)) == "state-locked");
  }
}

TEST_CASE("tables of an earlier version are brought to this one, and others are refused", "[storage][sqlite]") {
  Folder folder;
  const auto identity = std::make_shared<const TenantIdentity>(TenantIdentity{.name = "one", .key = "k"});
  TenantState state(all_contracts());
  state.env.ids.set("shelf.book", 7);
  REQUIRE(open_file(folder)
              ->append(std::vector<StorageEntry>{{.tenant = "one", .commit = describe_state(state), .identity = identity}}, {})
              .outcome == Receipt::Outcome::stored);
  const auto execute = [&](const std::string& sql) {
    auto database = sqlite::Database::open(folder.path("shop.db"));
    REQUIRE(database);
    REQUIRE(database->execute(sql.c_str()));
  };

  SECTION("version 1, which had no journal") {
    execute("DROP TABLE journal; UPDATE meta SET value = '1' WHERE name = 'version'");
    const auto storage = open_file(folder);
    CHECK(load(*storage).front().state.env.ids.peek("shelf.book") == 7);
    CHECK(storage
              ->append_journal(
                  std::vector<StoredExchange>{{.tenant = "one", .method = "GET", .target = "/", .status = 200, .at = {}, .event = "{}"}})
              .outcome == Receipt::Outcome::stored);
  }
  SECTION("versions that do not exist") {
    const std::string version = GENERATE("0", "3", "99", "x", "2x", "-1");
    execute("UPDATE meta SET value = '" + version + "' WHERE name = 'version'");
    CHECK(code_of_open({.file = folder.path("shop.db"), .contracts = "contracts-1"}) == "state-version");
  }
}

TEST_CASE("the journal keeps its last exchanges", "[storage][sqlite]") {
  Folder folder;
  const auto storage = open_file(folder);
  const std::vector<StoredExchange> many(60'000, {.tenant = "one", .method = "GET", .target = "/", .status = 200, .at = {}, .event = "{}"});
  REQUIRE(storage->append_journal(many).outcome == Receipt::Outcome::stored);
  REQUIRE(storage->append_journal(many).outcome == Receipt::Outcome::stored);

  const auto database = sqlite::Database::open(folder.path("shop.db"), false);
  auto counted = database->prepare("SELECT count(*), min(place) FROM journal");
  counted.start();
  REQUIRE(counted.next());

  CHECK(counted.number(0) == 100'000);
  CHECK(counted.number(1) == 20'001);
}

TEST_CASE("only its owner can read the file", "[storage][sqlite]") {
  Folder folder;
  const auto storage = open_file(folder);
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
    struct stat found {};
    REQUIRE(::stat((folder.path("shop.db") + suffix).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a file that is removed or replaced is not written any more", "[storage][sqlite]") {
  Folder folder;
  const auto storage = open_file(folder);
  fs::remove(folder.path("shop.db"));
  const auto entry = StorageEntry{.tenant = "one", .commit = describe_state(TenantState(all_contracts()))};

  CHECK(storage->append(std::vector{entry}, {}).outcome == Receipt::Outcome::not_stored);
  std::ofstream(folder.path("shop.db")) << "";
  CHECK(storage->append(std::vector{entry}, {}).outcome == Receipt::Outcome::not_stored);
}
