// The queue in front of a storage: nothing is acknowledged before it is stored, and what was not stored was not done.
#include "mock/storage/commit_queue.h"

#include "tests/support/catch.h"
#include "tests/support/stage.h"

using namespace understudy;

namespace {

using Outcome = Receipt::Outcome;

// Keeps what it has to store; a test decides when, and whether.
class ScriptedStorage final : public Storage {
 public:
  struct Script {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_blocked = false;
    std::size_t failures_left = 0;
    Outcome failure = Outcome::not_stored;
    std::vector<std::size_t> batches;  // entries of each append()
    std::vector<LimitCounts> counts;
    std::vector<StorageEntry> entries;
  };
  explicit ScriptedStorage(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  Result<std::vector<StoredTenant>> load(const Contracts&) override { return std::vector<StoredTenant>(); }
  StorageOutcome append(std::span<const StorageEntry> entries, const LimitCounts& counts) override {
    std::unique_lock lock(script_->mutex);
    script_->batches.push_back(entries.size());
    script_->changed.notify_all();
    script_->changed.wait(lock, [this] { return !script_->is_blocked; });
    if (script_->failures_left > 0) {
      --script_->failures_left;
      return {.outcome = script_->failure, .reason = "the disk is full"};
    }
    script_->entries.insert(script_->entries.end(), entries.begin(), entries.end());
    if (!counts.empty()) script_->counts.push_back(counts);
    script_->changed.notify_all();
    return {};
  }

 private:
  std::shared_ptr<Script> script_;
};

// A mock of the shelf whose storage is scripted.
class StoredShelf {
 public:
  StoredShelf() : mock_(toy_contracts(), options(script_)) {
    REQUIRE(mock_.adopt({}));
    REQUIRE(mock_.stage("tester", {{"api", "shelf"}}));
    headers_ = log_in();
  }
  // The shelf goes on with a tenant that is stored already; its password is demo.
  explicit StoredShelf(StoredTenant stored) : mock_(toy_contracts(), options(script_)) {
    std::vector<StoredTenant> tenants;
    tenants.push_back(std::move(stored));
    REQUIRE(mock_.adopt(std::move(tenants)));
    headers_ = log_in();
  }

  Delivery post(const std::string& title) { return send("POST", "/shelf/books", {{"Title", title}, {"Genre", "Novel"}}); }
  Delivery send(const std::string& method, const std::string& target, const Json& body = nullptr) {
    Headers headers = headers_;
    if (!body.is_null()) headers.push_back({"Content-Type", "application/json"});
    return mock_.handle({.method = method, .target = target, .headers = headers, .body = body.is_null() ? "" : render_json(body)});
  }
  std::size_t books() { return mock_.find_tenant("tester")->state().states_by_api.at("shelf").store.count("books"); }
  Mock& mock() { return mock_; }
  ScriptedStorage::Script& script() { return *script_; }

  void block(bool is_blocked) {
    const std::lock_guard lock(script_->mutex);
    script_->is_blocked = is_blocked;
    script_->changed.notify_all();
  }
  void fail_next(Outcome failure = Outcome::not_stored) {
    const std::lock_guard lock(script_->mutex);
    script_->failures_left = 1;
    script_->failure = failure;
  }
  void await_batches(std::size_t count) {
    std::unique_lock lock(script_->mutex);
    REQUIRE(script_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return script_->batches.size() >= count; }));
  }

 private:
  static MockOptions options(const std::shared_ptr<ScriptedStorage::Script>& script) {
    MockOptions options;
    options.demo = false;
    options.storage = std::make_shared<CommitQueue>(std::make_unique<ScriptedStorage>(script));
    return options;
  }
  Headers log_in() {
    const auto delivery = mock_.handle({.method = "POST",
                                        .target = "/shelf/login",
                                        .headers = {{"Content-Type", "application/json"}},
                                        .body = R"({"user":"tester","SECRET":"demo"})"});
    if (delivery.stored) delivery.stored->wait();
    const auto body = parse_json(delivery.response.body);
    REQUIRE(body);
    return {{"Authorization", "Bearer " + body->at("token").get<std::string>()}};
  }

  std::shared_ptr<ScriptedStorage::Script> script_ = std::make_shared<ScriptedStorage::Script>();
  Mock mock_;
  Headers headers_;
};

// Has one record, which can be read or not.
class FragileRecords final : public RecordSource {
 public:
  bool is_readable = false;
  PackedRecord read(std::uint64_t) override {
    if (is_readable) return PackedRecord(Json{{"BookId", 1}, {"Title", "Rain"}, {"Genre", "Novel"}});
    const auto receipt = std::make_shared<Receipt>();
    receipt->settle(Outcome::not_stored, "the record cannot be read");
    ReceiptCollector::add(receipt);
    return {};
  }
};

Outcome outcome_of(const Delivery& delivery) { return delivery.stored == nullptr ? Outcome::stored : delivery.stored->wait(); }

}  // namespace

TEST_CASE("a response waits for the storage, and so does one that shows what is being stored", "[storage]") {
  StoredShelf shelf;
  const std::size_t before = shelf.script().batches.size();
  shelf.block(true);

  const auto created = shelf.post("first");
  shelf.await_batches(before + 1);
  const auto read = shelf.send("GET", "/shelf/books");

  REQUIRE(created.stored != nullptr);
  REQUIRE(read.stored != nullptr);
  CHECK(created.stored->outcome() == Outcome::pending);
  CHECK(read.stored->outcome() == Outcome::pending);
  shelf.block(false);
  CHECK(created.stored->wait() == Outcome::stored);
  CHECK(read.stored->wait() == Outcome::stored);
  CHECK(shelf.send("GET", "/shelf/books").stored == nullptr);
}

TEST_CASE("a read needs no storage, also if it notes what is due later", "[storage]") {
  StoredShelf shelf;
  REQUIRE(outcome_of(shelf.post("first")) == Outcome::stored);
  const std::size_t before = shelf.script().batches.size();
  shelf.fail_next();

  const auto read = shelf.send("GET", "/shelf/books");

  CHECK(read.stored == nullptr);
  CHECK(read.response.status == 200);
  CHECK(shelf.script().batches.size() == before);
}

TEST_CASE("what arrives while the storage is busy is stored together", "[storage]") {
  StoredShelf shelf;
  const std::size_t before = shelf.script().batches.size();
  shelf.block(true);
  std::vector<Delivery> deliveries;

  deliveries.push_back(shelf.post("first"));
  shelf.await_batches(before + 1);
  for (int i = 0; i < 5; ++i) deliveries.push_back(shelf.post("book " + std::to_string(i)));
  shelf.block(false);
  for (const auto& delivery : deliveries) CHECK(outcome_of(delivery) == Outcome::stored);

  CHECK(std::vector<std::size_t>(shelf.script().batches.begin() + static_cast<std::ptrdiff_t>(before), shelf.script().batches.end()) ==
        std::vector<std::size_t>{1, 5});
}

TEST_CASE("what was not stored was not done, nor what came after it", "[storage]") {
  const auto failure = GENERATE(Outcome::not_stored, Outcome::unknown);
  StoredShelf shelf;
  REQUIRE(outcome_of(shelf.post("kept")) == Outcome::stored);
  const TenantState before = shelf.mock().find_tenant("tester")->state();
  const std::size_t batches = shelf.script().batches.size();
  shelf.fail_next(failure);
  shelf.block(true);

  const auto lost = shelf.post("lost");
  shelf.await_batches(batches + 1);
  const auto after = shelf.post("after it");
  shelf.block(false);

  CHECK(outcome_of(lost) == failure);
  CHECK(outcome_of(after) == failure);
  const auto list = shelf.send("GET", "/shelf/books");
  CHECK(outcome_of(list) == Outcome::stored);
  CHECK(list.response.body.find("lost") == std::string::npos);
  CHECK(list.response.body.find("after it") == std::string::npos);
  CHECK(shelf.books() == 1);
  const auto again = shelf.post("again");
  CHECK(outcome_of(again) == Outcome::stored);
  CHECK(shelf.books() == 2);
}

TEST_CASE("the response in place of one that was not stored names the reason", "[storage]") {
  const auto [outcome, code] =
      GENERATE(values<std::pair<Outcome, const char*>>({{Outcome::not_stored, "not-stored"}, {Outcome::unknown, "outcome-unknown"}}));
  Receipt receipt;
  receipt.settle(outcome, "the disk is full");

  const Response response = refuse_unstored(receipt);

  CHECK(response.status == 503);
  CHECK(parse_json(response.body)->at("code") == code);
  CHECK(response.body.find("the disk is full") != std::string::npos);
}

TEST_CASE("an admin call whose change was not stored is answered by 503 and changes nothing", "[storage]") {
  const auto [method, path, body] = GENERATE(values<std::tuple<const char*, const char*, const char*>>({
      {"POST", "/tenants/tester/faults", R"({"on": "shelf.listBooks", "kind": "status", "status": 503})"},
      {"PUT", "/tenants/tester/clock", R"({"now": "2031-01-01T00:00:00Z"})"},
      {"POST", "/tenants/tester/snapshots/one", ""},
      {"POST", "/tenants/tester/reset", ""},
      {"PUT", "/tenants/tester/records/shelf/books/7", R"({"Title": "put", "Genre": "Novel"})"},
  }));
  CAPTURE(method, path);
  StoredShelf shelf;
  REQUIRE(outcome_of(shelf.post("kept")) == Outcome::stored);
  static_cast<void>(shelf.send("GET", "/__admin/tenants/tester"));  // what changes by itself is stored before
  const TenantState before = shelf.mock().find_tenant("tester")->state();
  shelf.fail_next();

  const auto refused = shelf.send(method, std::string("/__admin") + path, *parse_json(*body == '\0' ? "{}" : body));

  CHECK(refused.response.status == 503);
  CHECK(refused.response.body.find("not-stored") != std::string::npos);
  static_cast<void>(shelf.send("GET", "/__admin/tenants/tester"));
  const TenantState& after = shelf.mock().find_tenant("tester")->state();
  CHECK(after == before);
  CHECK(render_json(render_state(after)) == render_json(render_state(before)));
  CHECK(shelf.send(method, std::string("/__admin") + path, *parse_json(*body == '\0' ? "{}" : body)).response.status < 300);
}

TEST_CASE("a tenant whose staging or removal was not stored stays as it was", "[storage]") {
  StoredShelf shelf;
  REQUIRE(outcome_of(shelf.post("kept")) == Outcome::stored);

  shelf.fail_next();
  const auto staged = shelf.mock().stage("tester", {{"api", "shelf"}, {"ids", {{"book", 900}}}});
  REQUIRE_FALSE(staged);
  CHECK(staged.error().code == "not-stored");
  CHECK(shelf.books() == 1);
  static_cast<void>(shelf.send("GET", "/__admin/tenants/tester"));
  shelf.fail_next();
  CHECK(shelf.send("DELETE", "/__admin/tenants/tester").response.status == 503);
  REQUIRE(shelf.mock().find_tenant("tester") != nullptr);
  CHECK(outcome_of(shelf.post("goes on")) == Outcome::stored);

  CHECK(shelf.mock().stage("tester", {{"api", "shelf"}}));
  CHECK(shelf.books() == 0);
  CHECK(shelf.send("DELETE", "/__admin/tenants/tester").response.status == 204);
  CHECK(shelf.mock().find_tenant("tester") == nullptr);
  CHECK(shelf.script().entries.back().commit == nullptr);
}

TEST_CASE("what was made of a record that cannot be read reaches no client, and is not done", "[storage]") {
  const auto source = std::make_shared<FragileRecords>();
  StoredTenant stored{
      .identity = {.name = "tester", .api = "shelf", .username = "tester", .password = "demo", .key = "tester", .staged = nullptr},
      .number = 1,
      .state = TenantState(toy_contracts())};
  Store& store = stored.state.states_by_api.at("shelf").store;
  store.set_last_serial(1);
  store.restore_unread("books", {{.serial = 1, .id = "1", .record = {}}}, source);
  StoredShelf shelf(std::move(stored));
  const std::size_t stored_before = shelf.script().entries.size();
  const auto [method, target, body] = GENERATE(values<std::tuple<const char*, const char*, const char*>>({
      {"GET", "/shelf/books", "null"},
      {"GET", "/shelf/books/1", "null"},
      {"PUT", "/shelf/books/1", R"({"Title": "Sun", "Genre": "Novel"})"},
      {"POST", "/shelf/books", R"({"Title": "Sun", "Genre": "Novel", "Isbn": "1"})"},
      {"DELETE", "/shelf/books/1", "null"},
  }));
  CAPTURE(method, target);

  const auto delivery = shelf.send(method, target, *parse_json(body));

  CHECK(outcome_of(delivery) == Outcome::not_stored);
  REQUIRE(delivery.stored != nullptr);
  CHECK(delivery.stored->reason() == "the record cannot be read");
  CHECK(shelf.script().entries.size() == stored_before);
  source->is_readable = true;
  const auto read = shelf.send("GET", "/shelf/books/1");
  CHECK(outcome_of(read) == Outcome::stored);
  CHECK(read.response.body.find("Rain") != std::string::npos);
  CHECK(outcome_of(shelf.post("goes on")) == Outcome::stored);
  CHECK(shelf.script().entries.size() == stored_before + 1);
}
