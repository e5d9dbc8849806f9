// The state in an SQLite file: what is read back is what was stored, and a file that does not fit is refused by name.
#include "mock/storage/sqlite/sqlite_storage.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "mock/storage/commit_queue.h"
#include "tests/mock/state/every_change.h"
#include "tests/support/catch.h"

using namespace understudy;
using namespace understudy::test;

namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path = fs::path(UNDERSTUDY_BINARY_DIR) / ("state-" + std::to_string(draw_entropy()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  std::string file() const { return (path / "shop.db").string(); }
};

std::unique_ptr<Storage> open_file(const Folder& folder, const std::string& contracts = "contracts-1") {
  auto storage = open_sqlite({.file = folder.file(), .contracts = contracts});
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

TEST_CASE("a file of another kind, version or contracts is refused, and begins anew if that is asked for", "[storage][sqlite]") {
  Folder folder;
  const auto options = [&](bool anew) { return SqliteOptions{.file = folder.file(), .contracts = "contracts-1", .starts_anew = anew}; };

  SECTION("no database") {
    std::ofstream(folder.file()) << std::string(8192, 'x');
    CHECK(code_of_open(options(false)) == "state-unusable");
    CHECK(code_of_open(options(true)) == "state-unusable");
  }
  SECTION("a folder") {
    fs::create_directories(folder.file());
    CHECK(code_of_open(options(false)) == "state-unusable");
  }
  SECTION("a folder that is not there") { CHECK(code_of_open({.file = folder.file() + "/none/shop.db"}) == "state-unusable"); }
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

TEST_CASE("only its owner can read the file", "[storage][sqlite]") {
  Folder folder;
  const auto storage = open_file(folder);
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
    struct stat found {};
    REQUIRE(::stat((folder.file() + suffix).c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
}

TEST_CASE("a file that is removed or replaced is not written any more", "[storage][sqlite]") {
  Folder folder;
  const auto storage = open_file(folder);
  fs::remove(folder.file());
  const auto entry = StorageEntry{.tenant = "one", .commit = describe_state(TenantState(all_contracts()))};

  CHECK(storage->append(std::vector{entry}, {}).outcome == Receipt::Outcome::not_stored);
  std::ofstream(folder.file()) << "";
  CHECK(storage->append(std::vector{entry}, {}).outcome == Receipt::Outcome::not_stored);
}
