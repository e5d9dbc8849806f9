// The history of a tenant: its commits, what differs between two of them, the way back to one, and forks.
#include "mock/history/history.h"

#include "mock/state/tenant.h"
#include "tests/support/bundle.h"
#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const Json kShelf = {{"api", "shelf"},
                     {"clock", "2026-03-02T09:00:00Z"},
                     {"seed", 5},
                     {"ids", {{"book", 70}}},
                     {"records", {{"books", {{{"Title", "first"}, {"Genre", "Novel"}, {"Isbn", "1"}}}}}}};

// Those without records that change by themselves, so that only calls make commits.
Contracts quiet_contracts() {
  Contracts contracts = toy_contracts();
  std::erase_if(contracts.apis, [](const auto& contract) { return !contract->changing.empty(); });
  return contracts;
}

// A mock that keeps so many commits of each tenant, with the tenant `tester`.
class Kept {
 public:
  explicit Kept(std::size_t history = 100, const Json& given = kShelf) : mock_(quiet_contracts(), options(history)) {
    REQUIRE(mock_.stage("tester", given).has_value());
  }

  Mock& mock() { return mock_; }
  const TenantState& state(const std::string& tenant = "tester") { return mock_.find_tenant(tenant)->state(); }
  std::uint64_t last() { return mock_.find_tenant("tester")->number(); }
  // Of a call about the tenant.
  auto ask(const std::string& method, const std::string& path, const Json& body = nullptr) {
    return ask_admin(mock_, method, "/tenants/tester" + path, body.is_null() ? "" : render_json(body));
  }
  std::string log_in(const std::string& user = "tester", const std::string& word = "demo") {
    const Json card = send("POST", "/shelf/login", {{"user", user}, {"SECRET", word}}, "");
    return card.value("token", "");
  }
  Json send(const std::string& method, const std::string& target, const Json& body, const std::string& token) {
    Headers headers = {{"Content-Type", "application/json"}};
    if (!token.empty()) headers.push_back({"Authorization", "Bearer " + token});
    const Delivery delivery =
        mock_.handle({.method = method, .target = target, .headers = headers, .body = body.is_null() ? "" : render_json(body)});
    return parse_json(delivery.response.body).value_or(Json());
  }
  Json add_book(const std::string& token, const std::string& title) {
    return send("POST", "/shelf/books", {{"Title", title}, {"Genre", "Novel"}, {"Isbn", title}}, token);
  }

 private:
  static MockOptions options(std::size_t history) {
    MockOptions options;
    options.demo = false;
    options.history = history;
    return options;
  }
  Mock mock_;
};

}  // namespace

TEST_CASE("commits are listed, newest first, with what made them and what they changed", "[admin][history]") {
  Kept kept;
  const std::string token = kept.log_in();
  kept.add_book(token, "second");
  kept.ask("POST", "/clock/advance", {{"by", "1m"}});

  const auto reply = kept.ask("GET", "/commits");

  REQUIRE(reply.status == 200);
  const Json& commits = reply.body.at("commits");
  REQUIRE(commits.size() == 4);
  CHECK(reply.body.at("meta") == Json{{"first", 1}, {"last", 4}, {"total", 4}});
  CHECK(commits[0] == Json{{"number", 4},
                           {"at", "2026-03-02T09:01:00.000Z"},
                           {"made_by", "admin.advanceClock"},
                           {"changes", {{"clock-moved", 1}}},
                           {"records", Json::array()}});
  CHECK(commits[1].at("made_by") == "shelf.addBook");
  CHECK(commits[1].at("records") == Json::array({{{"kind", "created"}, {"collection", "shelf.books"}, {"id", "71"}}}));
  CHECK(commits[2].at("made_by") == "shelf.login");
  CHECK(commits[3].at("made_by") == "staging");
  const Json one = kept.ask("GET", "/commits/3").body;
  CHECK(one.at("number") == 3);
  CHECK(one.at("at") == "2026-03-02T09:00:00.000Z");
  CHECK_FALSE(one.at("changes").empty());
  CHECK_FALSE(one.at("inverse").empty());
}

TEST_CASE("records that are due to change by themselves make commits of their own", "[admin][history]") {
  MockOptions options;
  options.history = 10;
  Mock mock(toy_contracts(), options);
  const Json jobs = {{{"ID", 4}, {"CreatedOn", "2026-03-02 09:00:00"}}};
  REQUIRE(mock.stage("tester", {{"api", "depot"}, {"clock", "2026-03-02T09:00:00Z"}, {"records", {{"jobs", jobs}}}}).has_value());
  REQUIRE(ask_admin(mock, "POST", "/tenants/tester/clock/advance", R"({"by":"6s"})").status == 200);

  const Json list = ask_admin(mock, "GET", "/tenants/tester/commits").body;
  const Json& commits = list.at("commits");

  CHECK(commits.size() == 3);
  CHECK(list.at("meta").at("total") == 4);  // and one that only notes when the next record is due
  CHECK(commits.at(0).at("made_by") == "later");
  CHECK(commits.at(0).at("records") == Json::array({{{"kind", "updated"}, {"collection", "depot.jobs"}, {"id", "4"}}}));
  CHECK(commits.at(1).at("made_by") == "admin.advanceClock");
}

TEST_CASE("a list of commits is cut by limit, after and before", "[admin][history]") {
  Kept kept;
  for (int i = 0; i < 9; ++i) kept.ask("POST", "/clock/advance", {{"by", "1m"}});
  struct Case {
    const char* query;
    std::vector<std::uint64_t> numbers;
  };
  const auto row = GENERATE(values<Case>({{"", {10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
                                          {"?limit=3", {10, 9, 8}},
                                          {"?after=8", {10, 9}},
                                          {"?before=3", {2, 1}},
                                          {"?limit=2&before=8&after=2", {7, 6}},
                                          {"?after=10", {}},
                                          {"?limit=0", {}}}));
  INFO(row.query);
  std::vector<std::uint64_t> numbers;
  const auto reply = kept.ask("GET", std::string("/commits") + row.query);
  for (const Json& commit : reply.body.at("commits")) numbers.push_back(commit.at("number").get<std::uint64_t>());

  CHECK(numbers == row.numbers);
}

TEST_CASE("a restored commit is exactly the state after it, and a commit of its own", "[admin][history]") {
  Kept kept;
  std::vector<TenantState> states = {kept.state()};
  const std::string token = kept.log_in();
  states.push_back(kept.state());
  kept.add_book(token, "second");
  states.push_back(kept.state());
  kept.ask("DELETE", "/records/shelf/books");
  states.push_back(kept.state());
  REQUIRE(kept.last() == states.size());

  for (std::size_t n = states.size(); n > 0; --n) {
    INFO(n);
    const auto reply = kept.ask("POST", "/commits/" + std::to_string(n) + "/restore");
    REQUIRE(reply.status == 200);
    CHECK(reply.body.at("restored") == n);
    CHECK(reply.body.at("number") == kept.last());
    CHECK(kept.state() == states[n - 1]);
  }
  CHECK(kept.last() == 2 * states.size());
  REQUIRE(kept.ask("POST", "/commits/3/restore").status == 200);
  CHECK(kept.add_book(token, "third").at("BookId") == 72);
}

TEST_CASE("a history goes on when the tenant is staged again, and leads back before it", "[admin][history]") {
  Kept kept;
  const TenantState first = kept.state();
  REQUIRE(ask_admin(kept.mock(), "PUT", "/tenants/tester", R"({"api":"relay"})").status == 200);
  REQUIRE(kept.last() == 2);

  CHECK(kept.ask("GET", "/commits").body.at("commits").at(0).at("made_by") == "admin.putTenant");
  REQUIRE(kept.ask("POST", "/commits/1/restore").status == 200);

  CHECK(kept.state() == first);
}

TEST_CASE("the difference between two commits names records and members", "[admin][history]") {
  Kept kept;
  const std::string token = kept.log_in();  // commit 2
  kept.add_book(token, "second");
  kept.ask("PUT", "/records/shelf/books/70", {{"Title", "changed"}, {"Genre", "Novel"}, {"Isbn", "1"}});
  kept.ask("POST", "/faults", {{"on", "addBook"}, {"kind", "reset"}});
  kept.ask("POST", "/clock/advance", {{"by", "1m"}});

  const Json there = kept.ask("GET", "/difference?from=2").body;
  const Json back = kept.ask("GET", "/difference?from=6&to=2").body;
  const Json none = kept.ask("GET", "/difference?from=3&to=3").body;

  CHECK(there.at("from") == 2);
  CHECK(there.at("to") == 6);
  REQUIRE(there.at("records").size() == 2);
  CHECK(there.at("records")[0].at("change") == "changed");
  CHECK(there.at("records")[0].at("members")[0] == Json{{"pointer", "/Title"}, {"before", "first"}, {"after", "changed"}});
  CHECK(there.at("records")[1].at("change") == "added");
  CHECK(there.at("records")[1].at("record").at("Title") == "second");
  const auto find = [](const Json& difference, const std::string& pointer) {
    for (const Json& one : difference.at("state")) {
      if (one.at("pointer") == pointer) return one;
    }
    return Json();
  };
  CHECK(find(there, "/ids/shelf.book") == Json{{"pointer", "/ids/shelf.book"}, {"before", 71}, {"after", 72}});
  CHECK(find(there, "/clock/virtual").at("after") == "2026-03-02T09:01:00.000Z");
  CHECK(find(there, "/faults/1").at("after").at("fault").at("kind") == "reset");
  CHECK_FALSE(find(there, "/faults/1").contains("before"));
  CHECK(back.at("records")[1].at("change") == "removed");
  CHECK(find(back, "/ids/shelf.book").at("after") == 71);
  CHECK(none.at("records").empty());
  CHECK(none.at("state").empty());
}

TEST_CASE("a fork is what the tenant was after a commit, with its own credentials, and neither changes the other", "[admin][history]") {
  Kept kept;
  const std::string token = kept.log_in();
  kept.add_book(token, "second");  // commit 3
  const TenantState third = kept.state();
  kept.add_book(token, "third");
  const TenantState before = kept.state();

  const auto reply = kept.ask("POST", "/commits/3/fork", {{"name", "copy"}});

  REQUIRE(reply.status == 201);
  CHECK(reply.body == Json{{"name", "copy"}, {"forked", {{"tenant", "tester"}, {"commit", 3}}}});
  CHECK(kept.state("copy").states_by_api.at("shelf").store.count("books") == 2);
  CHECK(kept.state("copy").env == third.env);
  const std::string card = kept.log_in("copy");
  REQUIRE_FALSE(card.empty());
  CHECK(kept.add_book(card, "other").at("BookId") == 72);
  kept.ask("DELETE", "/records/shelf/books/70");
  CHECK(kept.state("copy").states_by_api.at("shelf").store.count("books") == 3);
  CHECK(before.states_by_api.at("shelf").store.count("books") == 3);
  CHECK(ask_admin(kept.mock(), "GET", "/tenants/copy/commits").body.at("commits").at(2).at("made_by") == "admin.forkCommit");
  // A reset leads to what the source was staged with, and the fork keeps its credentials.
  REQUIRE(ask_admin(kept.mock(), "POST", "/tenants/copy/reset").status == 200);
  CHECK(kept.state("copy").states_by_api.at("shelf").store.count("books") == 1);
  CHECK_FALSE(kept.log_in("copy").empty());

  const Json own = {{"name", "third"}, {"credentials", {{"username", "u"}, {"password", "p"}, {"key", "k"}}}};
  REQUIRE(kept.ask("POST", "/commits/1/fork", own).status == 201);
  CHECK_FALSE(kept.log_in("u", "p").empty());
}

TEST_CASE("a fork copies no record", "[admin][history]") {
  Kept kept(100, {{"api", "shelf"}});
  Json books = Json::array();
  for (int i = 0; i < 10'000; ++i) books.push_back({{"Title", "a"}, {"Genre", "Novel"}, {"Isbn", std::to_string(i)}});
  REQUIRE(kept.ask("POST", "/records/shelf/books", books).status == 201);
  kept.ask("POST", "/clock/advance", {{"by", "1m"}});
  const Stopwatch stopwatch;

  REQUIRE(kept.ask("POST", "/commits/2/fork", {{"name", "copy"}}).status == 201);

  const auto elapsed = stopwatch.microseconds();
  const auto entries = kept.state().states_by_api.at("shelf").store.entries("books");
  const auto forked = kept.state("copy").states_by_api.at("shelf").store.entries("books");
  REQUIRE(forked.size() == 10'000);
  REQUIRE(entries.size() == 10'000);
  std::size_t shared = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) shared += entries[i].record == forked[i].record ? 1 : 0;
  CHECK(shared == 10'000);
  CHECK_FALSE(kept.state().states_by_api.at("shelf").store.shares_table(kept.state("copy").states_by_api.at("shelf").store, "books"));
  WARN("a fork of 10,000 records took " << elapsed << " microseconds");
}

TEST_CASE("the oldest commits are forgotten first", "[admin][history]") {
  Kept kept(3);
  for (int i = 0; i < 9; ++i) kept.ask("POST", "/clock/advance", {{"by", "1m"}});

  CHECK(kept.ask("GET", "/commits").body.at("meta") == Json{{"first", 8}, {"last", 10}, {"total", 3}});
  const auto dropped = kept.ask("GET", "/commits/7");
  CHECK(dropped.status == 404);
  CHECK(dropped.body.at("code") == "no-such-commit");
  CHECK(dropped.body.at("message") == "There is no commit 7 of tenant 'tester'. The mock keeps the commits 8 to 10.");
  CHECK(kept.ask("POST", "/commits/8/restore").body.at("now") == "2026-03-02T09:07:00.000Z");
}

TEST_CASE("what cannot be done with a history is refused with the reason", "[admin][history]") {
  struct Case {
    const char *method, *path, *body;
    int status;
    const char *code, *message;
  };
  const auto row = GENERATE(values<Case>({
      {"GET", "/commits/x", "", 400, "bad-number", "found commit 'x', expected a whole number."},
      {"GET", "/commits/99", "", 404, "no-such-commit", "The mock keeps the commits 1 to 1."},
      {"GET", "/commits?limit=-1", "", 400, "bad-number", "found limit '-1', expected a whole number."},
      {"GET", "/difference", "", 400, "from-missing", "?from=N&to=M"},
      {"GET", "/difference?from=1&to=9", "", 404, "no-such-commit", "no commit 9"},
      {"POST", "/commits/0/restore", "", 404, "no-such-commit", "no commit 0"},
      {"POST", "/commits/1/fork", "", 400, "bad-fork", "name of the new tenant"},
      {"POST", "/commits/1/fork", R"({"name":""})", 400, "bad-name", "The name of the tenant is empty."},
      {"POST", "/commits/1/fork", R"({"name":".."})", 400, "bad-name", "path step"},
      {"POST", "/commits/1/fork", R"({"name":"a","credential":{}})", 400, "bad-fork", "did you mean 'credentials'?"},
      {"POST", "/commits/1/fork", R"({"name":"a","credentials":{"key":1}})", 400, "bad-fork", "{username, password, key}"},
      {"POST", "/commits/1/fork", R"({"name":"tester"})", 409, "tenant-exists", "there is a tenant 'tester' already"},
      {"POST", "/commits/1/fork", R"({"name":"a","credentials":{"key":"tester"}})", 409, "credential-claimed", "'tester'"},
      {"POST", "/commits/9/fork", R"({"name":"a"})", 404, "no-such-commit", "no commit 9"},
  }));
  INFO(row.method << " " << row.path << " " << row.body);
  Kept kept;

  const auto reply = ask_admin(kept.mock(), row.method, std::string("/tenants/tester") + row.path, row.body);

  CHECK(reply.status == row.status);
  CHECK(reply.body.value("code", "") == row.code);
  INFO(reply.text);
  CHECK(reply.body.value("message", "").find(row.message) != std::string::npos);
  CHECK(kept.last() == 1);
}

TEST_CASE("without the option nothing is kept, and the answer says which option it is", "[admin][history]") {
  Kept kept(0);
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
           {"GET", "/commits"}, {"GET", "/commits/1"}, {"GET", "/difference?from=1"}, {"POST", "/commits/1/restore"}}) {
    INFO(method << " " << path);
    const auto reply = kept.ask(method, path);
    CHECK(reply.status == 404);
    CHECK(reply.body.at("code") == "no-history");
    CHECK(reply.body.at("message").get<std::string>().find("--history N") != std::string::npos);
  }
  CHECK(kept.last() == 0);
}
