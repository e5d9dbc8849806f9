// The state in a real redis-server: what is appended after something else is refused, and mocks that share it act as one.
#include "mock/storage/redis/shared_queue.h"

#include <future>

#include "tests/support/catch.h"
#include "tests/support/net/redis_server.h"
#include "tests/support/stage.h"

using namespace understudy;
using redis::FleetEntry;
using redis::FleetLog;
using redis::FleetOutcome;
using Outcome = Receipt::Outcome;

namespace {

std::unique_ptr<FleetLog> open_log(const test::RedisServer& server, const std::string& contracts = "c1") {
  auto log = FleetLog::open({.address = server.address(), .name = "test", .contracts = contracts});
  REQUIRE(log);
  (*log)->use(toy_contracts());
  return *std::move(log);
}

std::shared_ptr<const Commit> commit_of(std::int64_t next) {
  auto commit = std::make_shared<Commit>();
  commit->add(change::SequenceMoved{.sequence = "shelf.book", .next = next});
  return commit;
}

FleetEntry introduction(FleetLog& log, const std::string& tenant, std::uint64_t directory) {
  const std::string id = log.new_id();
  return {.kind = FleetEntry::Kind::introduce,
          .tenant = tenant,
          .directory = directory,
          .then = {.origin = id, .entered = directory + 1, .number = 1, .id = id},
          .commit = commit_of(1),
          .identity = std::make_shared<const TenantIdentity>(TenantIdentity{.name = tenant})};
}

FleetEntry commit_after(FleetLog& log, const FleetEntry& before, std::int64_t next = 2) {
  FleetEntry entry{
      .kind = FleetEntry::Kind::commit, .tenant = before.tenant, .after = before.then, .then = before.then, .commit = commit_of(next)};
  entry.then.number = before.then.number + 1;
  entry.then.id = log.new_id();
  return entry;
}

FleetEntry check_of(const FleetEntry& entry) { return {.kind = FleetEntry::Kind::check, .tenant = entry.tenant, .after = entry.then}; }

FleetOutcome append(FleetLog& log, const FleetEntry& entry) { return log.append(std::span(&entry, 1)).front(); }
FleetOutcome settle(FleetLog& log, const FleetEntry& entry) { return log.settle(std::span(&entry, 1)).front(); }

redis::Reading read(FleetLog& log, const FleetEntry& known) {
  const std::pair<std::string, SharedPosition> one{known.tenant, known.then};
  auto readings = log.read(std::span(&one, 1));
  REQUIRE(readings.epoch);
  return std::move(readings.of.front());
}

// A mock of the shelf that shares its storage.
class Replica {
 public:
  explicit Replica(const test::RedisServer& server) : mock_(toy_contracts(), options(server)) {
    auto stored = queue_->load(toy_contracts());
    REQUIRE(stored);
    REQUIRE(mock_.adopt(*std::move(stored)));
  }

  Response send(const std::string& method, const std::string& target, const Json& body = nullptr, const std::string& token = {}) {
    Headers headers;
    if (!token.empty()) headers.push_back({"Authorization", "Bearer " + token});
    if (!body.is_null()) headers.push_back({"Content-Type", "application/json"});
    Delivery delivery =
        mock_.handle({.method = method, .target = target, .headers = headers, .body = body.is_null() ? "" : render_json(body)});
    while (delivery.stored != nullptr) {
      const auto outcome = delivery.stored->wait();
      if (outcome == Outcome::stale) {
        ++repeated_;
        delivery = delivery.attempt->repeat();
        continue;
      }
      if (delivery.attempt->keep) delivery.attempt->keep();
      return outcome == Outcome::stored ? delivery.response : refuse_unstored(*delivery.stored);
    }
    return delivery.response;
  }
  Json admin(const std::string& method, const std::string& path, const Json& body = nullptr) {
    const auto response = send(method, "/__admin" + path, body);
    const auto parsed = parse_json(response.body);
    return parsed ? *parsed : Json();
  }
  std::string log_in() {
    const auto body = parse_json(send("POST", "/shelf/login", {{"user", "tester"}, {"SECRET", "demo"}}).body);
    REQUIRE(body);
    return body->at("token").get<std::string>();
  }
  Mock& mock() { return mock_; }
  int repeated() const { return repeated_; }

 private:
  MockOptions options(const test::RedisServer& server) {
    auto log = FleetLog::open({.address = server.address(), .name = "test", .contracts = "c1"});
    REQUIRE(log);
    queue_ = std::make_shared<redis::SharedQueue>(*std::move(log));
    MockOptions options;
    options.storage = queue_;
    options.history = 1000;
    return options;
  }

  std::shared_ptr<redis::SharedQueue> queue_;
  Mock mock_;
  int repeated_ = 0;
};

}  // namespace

TEST_CASE("a commit is appended only after the one that it names", "[redis]") {
  const test::RedisServer server;
  const auto log = open_log(server);
  const FleetEntry tenant = introduction(*log, "t", 0);
  REQUIRE(append(*log, tenant) == FleetOutcome::done);
  const FleetEntry second = commit_after(*log, tenant);

  CHECK(append(*log, check_of(tenant)) == FleetOutcome::done);
  CHECK(append(*log, second) == FleetOutcome::done);
  CHECK(append(*log, second) == FleetOutcome::behind);
  CHECK(append(*log, commit_after(*log, tenant)) == FleetOutcome::behind);
  CHECK(append(*log, check_of(tenant)) == FleetOutcome::behind);
  CHECK(append(*log, check_of(second)) == FleetOutcome::done);
  FleetEntry with_directory = commit_after(*log, second);
  with_directory.directory = 0;
  CHECK(append(*log, with_directory) == FleetOutcome::behind);
  with_directory.directory = 1;
  CHECK(append(*log, with_directory) == FleetOutcome::done);
  CHECK(append(*log, introduction(*log, "other", 0)) == FleetOutcome::behind);
  CHECK(append(*log, introduction(*log, "other", 1)) == FleetOutcome::done);
}

TEST_CASE("a server reads what it does not know, and sees what was lost or replaced", "[redis]") {
  const test::RedisServer server;
  const auto log = open_log(server);
  const FleetEntry tenant = introduction(*log, "t", 0);
  const FleetEntry second = commit_after(*log, tenant, 5), third = commit_after(*log, second, 6);
  REQUIRE(log->append(std::vector{tenant, second, third}) == std::vector(3, FleetOutcome::done));

  const auto missing = read(*log, tenant);
  const auto* follows = std::get_if<redis::reading::Follows>(&missing);
  REQUIRE(follows != nullptr);
  REQUIRE(follows->commits.size() == 2);
  CHECK(follows->commits.back().id == third.then.id);
  CHECK(follows->commits.back().commit->number == 3);
  CHECK(follows->position.id == third.then.id);
  FleetEntry unknown = commit_after(*log, third);
  CHECK(std::holds_alternative<redis::reading::Lost>(read(*log, unknown)));
  unknown.then.number = 3;
  CHECK(std::holds_alternative<redis::reading::Lost>(read(*log, unknown)));
  REQUIRE(append(*log, introduction(*log, "t", 1)) == FleetOutcome::done);
  CHECK(std::holds_alternative<redis::reading::Replaced>(read(*log, third)));
  const FleetEntry removal{.kind = FleetEntry::Kind::remove, .tenant = "t", .directory = 2};
  REQUIRE(append(*log, removal) == FleetOutcome::done);
  CHECK(std::holds_alternative<redis::reading::Replaced>(read(*log, third)));
  const auto directory = log->read_directory(1);
  REQUIRE(directory);
  CHECK(directory->number == 3);
  CHECK(directory->entered.empty());
  CHECK(directory->removed == std::vector<std::string>{"t"});
}

TEST_CASE("what was not stored when its outcome is settled is never stored afterwards", "[redis]") {
  const test::RedisServer server;
  const auto log = open_log(server);
  const FleetEntry tenant = introduction(*log, "t", 0);
  CHECK(settle(*log, tenant) == FleetOutcome::behind);
  CHECK(append(*log, tenant) == FleetOutcome::behind);
  const FleetEntry entered = introduction(*log, "t", 1);
  REQUIRE(append(*log, entered) == FleetOutcome::done);
  CHECK(settle(*log, entered) == FleetOutcome::done);

  const FleetEntry late = commit_after(*log, entered);
  CHECK(settle(*log, late) == FleetOutcome::behind);
  CHECK(append(*log, late) == FleetOutcome::behind);
  const auto missing = read(*log, entered);
  const auto* follows = std::get_if<redis::reading::Follows>(&missing);
  REQUIRE(follows != nullptr);
  REQUIRE(follows->commits.size() == 1);
  CHECK(follows->commits.front().commit->changes().empty());
  FleetEntry stored = late;
  stored.after = follows->position;
  stored.then.number = 3;
  REQUIRE(append(*log, stored) == FleetOutcome::done);
  CHECK(settle(*log, stored) == FleetOutcome::done);
  const FleetEntry removal{.kind = FleetEntry::Kind::remove, .tenant = "t", .directory = 2};
  CHECK(settle(*log, removal) == FleetOutcome::behind);
  CHECK(append(*log, removal) == FleetOutcome::behind);
}

TEST_CASE("scripts that Redis has forgotten are loaded again", "[redis]") {
  const test::RedisServer server;
  const auto log = open_log(server);
  auto other = redis::Connection::open(server.address());
  REQUIRE(other);
  REQUIRE(other->run({"SCRIPT", "FLUSH"}).kind == redis::Reply::Kind::text);

  CHECK(append(*log, introduction(*log, "t", 0)) == FleetOutcome::done);
}

TEST_CASE("a state of other contracts is refused, and both digests are named", "[redis]") {
  const test::RedisServer server;
  open_log(server, "c1");

  const auto refused = FleetLog::open({.address = server.address(), .name = "test", .contracts = "c2"});

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "state-of-other-contracts");
  CHECK(refused.error().message.find("c1") != std::string::npos);
  CHECK(refused.error().message.find("c2") != std::string::npos);
  CHECK(FleetLog::open({.address = server.address(), .name = "test", .contracts = "c2", .starts_anew = true}));
}

TEST_CASE("mocks that share a storage act as one", "[redis]") {
  const test::RedisServer server;
  Replica one(server), two(server);
  REQUIRE(one.mock().stage("tester", {{"api", "shelf"}}));
  const std::string token = two.log_in();

  for (int i = 0; i < 20; ++i) {
    Replica& writer = i % 2 == 0 ? one : two;
    Replica& reader = i % 2 == 0 ? two : one;
    const std::string title = "book " + std::to_string(i);
    REQUIRE(writer.send("POST", "/shelf/books", {{"Title", title}, {"Genre", "Novel"}}, token).status < 300);
    CHECK(reader.send("GET", "/shelf/books", nullptr, token).body.find(title) != std::string::npos);
  }
  CHECK(one.repeated() > 0);
  CHECK(one.admin("GET", "/tenants/tester/records/shelf/books") == two.admin("GET", "/tenants/tester/records/shelf/books"));
  CHECK(one.mock().find_tenant("tester")->state() == two.mock().find_tenant("tester")->state());
  const auto exchanges = one.mock().find_tenant("tester")->journal.total() + two.mock().find_tenant("tester")->journal.total();
  CHECK(exchanges == 41);
  two.send("DELETE", "/__admin/tenants/tester");
  CHECK(one.send("GET", "/__admin/tenants/tester").status == 404);
}

TEST_CASE("a record with as many levels as a request may have is read by the other servers", "[redis]") {
  const test::RedisServer server;
  Replica one(server), two(server);
  REQUIRE(one.mock().stage("tester", {{"api", "shelf"}}));
  Json deep = 1;
  for (std::size_t level = 1; level < kMaxJsonDepth; ++level) deep = Json{{"in", std::move(deep)}};
  const Json book = {{"BookId", 7}, {"Title", "Deep"}, {"Genre", "Novel"}, {"Notes", std::move(deep)}};

  REQUIRE(one.send("POST", "/__admin/tenants/tester/records/shelf/books", book).status == 201);

  CHECK(two.admin("GET", "/tenants/tester/records/shelf/books/7") == one.admin("GET", "/tenants/tester/records/shelf/books/7"));
  CHECK(Replica(server).send("GET", "/__admin/tenants/tester/records/shelf/books/7").status == 200);
}

TEST_CASE("a server that starts later, or again, finds everything", "[redis]") {
  test::RedisServer server;
  auto one = std::make_unique<Replica>(server);
  REQUIRE(one->mock().stage("tester", {{"api", "shelf"}}));
  const std::string token = one->log_in();
  for (int i = 0; i < 2100; ++i) REQUIRE(one->send("POST", "/shelf/books", {{"Title", "book"}, {"Genre", "Novel"}}, token).status < 300);
  const TenantState before = one->mock().find_tenant("tester")->state();
  one.reset();
  server.stop();
  server.start();

  Replica two(server);

  CHECK(two.mock().find_tenant("tester")->state() == before);
  auto connection = redis::Connection::open(server.address());
  REQUIRE(connection);
  const auto length = connection->run({"XLEN", "{test}:log:tester"});
  CHECK(length.number < 1300);  // the image of commit 2000 made the log shorter
}

TEST_CASE("without Redis nothing is acknowledged, and with it everything goes on", "[redis]") {
  test::RedisServer server;
  Replica one(server);
  REQUIRE(one.mock().stage("tester", {{"api", "shelf"}}));
  const std::string token = one.log_in();
  server.stop();

  const auto write = one.send("POST", "/shelf/books", {{"Title", "lost"}, {"Genre", "Novel"}}, token);
  CHECK(write.status == 503);
  CHECK(one.send("GET", "/shelf/books", nullptr, token).status == 503);
  CHECK(one.send("GET", "/__admin/tenants").status == 503);
  CHECK(one.send("GET", "/__admin/health").status == 200);
  server.start();

  CHECK(one.send("GET", "/shelf/books", nullptr, token).body.find("lost") == std::string::npos);
  CHECK(one.send("POST", "/shelf/books", {{"Title", "stored"}, {"Genre", "Novel"}}, token).status < 300);
}

TEST_CASE("a tenant whose history Redis has lost is refused until it is staged again", "[redis]") {
  const test::RedisServer server;
  Replica one(server);
  REQUIRE(one.mock().stage("tester", {{"api", "shelf"}}));
  const std::string token = one.log_in();
  REQUIRE(one.send("POST", "/shelf/books", {{"Title", "known"}, {"Genre", "Novel"}}, token).status < 300);
  auto connection = redis::Connection::open(server.address());
  REQUIRE(connection);
  connection->run({"FLUSHALL"});

  const auto refused = one.send("POST", "/shelf/books", {{"Title", "more"}, {"Genre", "Novel"}}, token);
  CHECK(refused.status == 503);
  CHECK(parse_json(refused.body)->at("code") == "history-lost");
  CHECK(one.send("GET", "/shelf/books", nullptr, token).status == 503);
  CHECK(one.mock().stage("tester", {{"api", "shelf"}}));
  CHECK(one.send("POST", "/shelf/books", {{"Title", "again"}, {"Genre", "Novel"}}, one.log_in()).status < 300);
}

TEST_CASE("a call that changes all tenants changes each once, whatever other servers do meanwhile", "[redis]") {
  const test::RedisServer server;
  Replica left(server), right(server);
  for (const char* name : {"one", "two"})
    REQUIRE(left.send("PUT", std::string("/__admin/tenants/") + name, {{"api", "shelf"}}).status == 200);
  REQUIRE(left.send("PUT", "/__admin/clock", {{"now", "2026-03-02T09:00:00Z"}}).status == 200);
  constexpr int kCalls = 10;
  const Json fault = {{"on", "shelf.listBooks"}, {"kind", "status"}, {"status", 503}, {"call", 9}};
  const auto change = [&fault](Replica& replica) {
    int succeeded = 0;
    for (int i = 0; i < kCalls; ++i) {
      succeeded += replica.send("POST", "/__admin/clock/advance", {{"by", "1m"}}).status == 200 ? 1 : 0;
      succeeded += replica.send("POST", "/__admin/faults", fault).status == 201 ? 1 : 0;
    }
    return succeeded;
  };

  auto beside = std::async(std::launch::async, [&] { return change(right); });
  CHECK(change(left) == 2 * kCalls);
  CHECK(beside.get() == 2 * kCalls);

  for (const char* name : {"one", "two"}) {
    const std::string tenant = std::string("/tenants/") + name;
    CHECK(left.admin("GET", tenant + "/clock").at("now") == "2026-03-02T09:20:00.000Z");
    CHECK(right.admin("GET", tenant + "/faults").at("faults").size() == 2 * kCalls);
  }
}

TEST_CASE("a tenant is made, forked and removed once, whatever other servers do meanwhile", "[redis]") {
  const test::RedisServer server;
  Replica left(server), right(server);
  constexpr int kRounds = 15;
  const auto work = [](Replica& replica, const std::string& name) {
    int succeeded = 0;
    for (int i = 0; i < kRounds; ++i) {
      const std::string tenant = "/__admin/tenants/" + name;
      succeeded += replica.send("PUT", tenant, {{"api", "shelf"}}).status == 200 ? 1 : 0;
      const std::string number = std::to_string(replica.mock().find_tenant(name)->number());
      succeeded += replica.send("POST", tenant + "/commits/" + number + "/fork", {{"name", name + "-fork"}}).status == 201 ? 1 : 0;
      succeeded += replica.send("DELETE", tenant + "-fork").status == 204 ? 1 : 0;
      succeeded += replica.send("DELETE", tenant).status == 204 ? 1 : 0;
    }
    return succeeded;
  };

  auto beside = std::async(std::launch::async, [&] { return work(right, "right"); });
  CHECK(work(left, "left") == 4 * kRounds);
  CHECK(beside.get() == 4 * kRounds);
}

TEST_CASE("a Redis that takes no writes is named with its reason, and goes on when it takes them", "[redis]") {
  const test::RedisServer server;
  Replica one(server);
  REQUIRE(one.mock().stage("tester", {{"api", "shelf"}}));
  const std::string token = one.log_in();
  auto connection = redis::Connection::open(server.address());
  REQUIRE(connection);
  connection->run({"REPLICAOF", "127.0.0.1", "1"});

  const Json refused = *parse_json(one.send("POST", "/shelf/books", {{"Title", "lost"}, {"Genre", "Novel"}}, token).body);

  CHECK(refused.at("code") == "not-stored");
  const std::string message = refused.at("message");
  CHECK(message.find("READONLY") != std::string::npos);
  CHECK(message.find("script:") == std::string::npos);
  CHECK_FALSE(message.ends_with(".."));
  connection->run({"REPLICAOF", "NO", "ONE"});
  CHECK(one.send("POST", "/shelf/books", {{"Title", "stored"}, {"Genre", "Novel"}}, token).status < 300);
}
