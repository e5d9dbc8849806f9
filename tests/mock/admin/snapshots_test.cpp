// Snapshots: all of a tenant that its exchanges change, kept, restored at once, carried to another mock.
#include <atomic>
#include <thread>

#include "tests/support/bundle.h"
#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const Json kGiven = {{"api", "shelf"},
                     {"clock", "2026-03-02T09:00:00Z"},
                     {"seed", 5},
                     {"settings", {{"require_isbn", true}}},
                     {"profile", {{"base", "observed"}, {"refused_status", 400}}},
                     {"records", {{"books", {{{"Title", "first"}, {"Genre", "Novel"}}}}}},
                     {"faults", {{{"on", "listBooks"}, {"call", 2}, {"kind", "status"}, {"status", 503}}}}};

std::string log_in(Stage& stage) {
  const Reaction card = stage.send("POST", "/shelf/login", {{"user", "tester"}, {"SECRET", "demo"}});
  REQUIRE(card.status == 200);
  return card.body.at("token").get<std::string>();
}

Reaction list(Stage& stage, const std::string& token) {
  return stage.send("GET", "/shelf/books", nullptr, {{"Authorization", "Bearer " + token}});
}

Reaction add(Stage& stage, const std::string& token, const std::string& title) {
  return stage.send("POST", "/shelf/books", {{"Title", title}, {"Genre", "Novel"}, {"Isbn", title}},
                    {{"Authorization", "Bearer " + token}});
}

}  // namespace

TEST_CASE("a restored tenant goes on as it did the first time", "[admin][snapshots]") {
  Stage stage(toy_contracts(), kGiven);
  const std::string token = log_in(stage);
  REQUIRE(list(stage, token).status == 200);  // the fault has seen one call
  stage.admin("POST", "/snapshots/before");
  const auto play = [&] {
    std::string replies;
    const Reaction created = add(stage, token, "second");
    replies += created.text + list(stage, token).text + list(stage, token).text + log_in(stage);
    stage.admin("POST", "/clock/advance", {{"by", "61m"}});
    return replies + std::to_string(list(stage, token).status);  // its hour is over
  };
  const std::string once = play();

  const Json restored = stage.admin("POST", "/snapshots/before/restore");

  CHECK(restored.at("now") == "2026-03-02T09:00:00.000Z");
  CHECK(restored.at("records").at("shelf.books") == 1);
  CHECK(stage.count("shelf.books") == 1);
  const std::string again = play();
  CHECK(again == once);
  CHECK(again.ends_with("401"));
}

TEST_CASE("a snapshot is not changed by what comes after it", "[admin][snapshots]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"records", {{"books", {{{"BookId", 1}, {"Title", "kept"}, {"Genre", "Novel"}}}}}}});
  const std::string book = "/records/shelf/books/1";
  stage.admin("POST", "/snapshots/a");
  stage.admin("PUT", book, {{"Title", "changed"}});
  stage.admin("POST", "/snapshots/b");
  stage.admin("DELETE", book);

  stage.admin("POST", "/snapshots/a/restore");
  CHECK(stage.admin("GET", book).at("Title") == "kept");
  stage.admin("DELETE", "/records/shelf/books");
  stage.admin("POST", "/snapshots/b/restore");
  CHECK(stage.admin("GET", book).at("Title") == "changed");
  stage.admin("POST", "/snapshots/a/restore");
  CHECK(stage.admin("GET", book).at("Title") == "kept");
}

TEST_CASE("an exported snapshot restores the same in another mock", "[admin][snapshots]") {
  Stage here(toy_contracts(), kGiven);
  const std::string token = log_in(here);
  add(here, token, "second");
  list(here, token);
  here.admin("POST", "/snapshots/s");
  const Json document = here.admin("GET", "/snapshots/s");
  Stage there(toy_contracts(), {{"api", "shelf"}});

  there.admin("PUT", "/snapshots/s", document);
  there.admin("POST", "/snapshots/s/restore");

  CHECK(there.admin("GET", "/snapshots/s") == document);
  CHECK(list(there, token).text == list(here, token).text);
  CHECK(add(there, token, "third").text == add(here, token, "third").text);
  CHECK(add(there, token, "bad isbn").text == add(here, token, "bad isbn").text);
  CHECK(log_in(there) == log_in(here));
}

TEST_CASE("calls of a batch that were delivered stay delivered", "[admin][snapshots]") {
  const Json call = {{{"do", "hello"}, {"with", {{"name", "tester"}, {"word", "demo"}}}, {"nr", 1}},
                     {{"do", "parcels.add"}, {"with", {{"parcels", {{{"code", "a"}, {"grams", 5}}}}}}, {"nr", 4}}};
  Stage here(toy_contracts(), {{"api", "relay"}});
  const Reaction first = here.send("POST", "/relay", call);
  here.admin("POST", "/snapshots/s");
  Stage there(toy_contracts(), {{"api", "relay"}});
  there.admin("PUT", "/snapshots/s", here.admin("GET", "/snapshots/s"));
  there.admin("POST", "/snapshots/s/restore");

  const Reaction again = there.send("POST", "/relay", call);

  CHECK(again.text == first.text);
  CHECK(there.count("relay.parcels") == 1);
}

TEST_CASE("a rate limit goes on counting from where the snapshot was", "[admin][snapshots]") {
  const Json given = {{"api", "veeqo"}, {"clock", "2026-03-02T09:00:00Z"}, {"limits", {{"requests", 3}}}};
  Stage here(bundled_contracts(), given), there(bundled_contracts(), {{"api", "veeqo"}});
  const auto ask_twice = [](Stage& stage) {
    const auto one = [&] { return std::to_string(stage.send("GET", "/veeqo/products", nullptr, {{"x-api-key", "tester"}}).status); };
    const std::string first = one();
    return first + " " + one();
  };
  REQUIRE(here.send("GET", "/veeqo/products", nullptr, {{"x-api-key", "tester"}}).status == 200);
  REQUIRE(here.send("GET", "/veeqo/products", nullptr, {{"x-api-key", "tester"}}).status == 200);
  here.admin("POST", "/snapshots/s");
  there.admin("PUT", "/snapshots/s", here.admin("GET", "/snapshots/s"));
  there.admin("POST", "/snapshots/s/restore");

  CHECK(ask_twice(here) == "200 429");
  CHECK(ask_twice(there) == "200 429");
  here.admin("POST", "/snapshots/s/restore");
  CHECK(ask_twice(here) == "200 429");
}

TEST_CASE("another tenant's tokens are left out of what is imported", "[admin][snapshots]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  log_in(stage);
  stage.admin("POST", "/snapshots/s");
  const std::string document = render_json(stage.admin("GET", "/snapshots/s"));
  REQUIRE(ask_admin(stage.mock(), "PUT", "/tenants/other", R"({"api":"shelf"})").status == 200);

  CHECK(ask_admin(stage.mock(), "PUT", "/tenants/other/snapshots/s", document).status == 201);

  CHECK(stage.admin("GET", "/snapshots/s").at("tokens").size() == 1);
  CHECK(ask_admin(stage.mock(), "GET", "/tenants/other/snapshots/s").body.at("tokens").empty());
}

TEST_CASE("snapshots are listed, replaced, removed and bounded", "[admin][snapshots]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}});
  const auto call = [&](const char* method, const std::string& target) {
    return ask_admin(stage.mock(), method, "/tenants/tester" + target);
  };

  CHECK(call("POST", "/snapshots/b").status == 201);
  CHECK(call("POST", "/snapshots/b").status == 200);
  CHECK(call("POST", "/snapshots/a").status == 201);
  CHECK(stage.admin("GET", "/snapshots").at("snapshots").at(0) ==
        Json{{"name", "a"}, {"taken", "2026-03-02T09:00:00.000Z"}, {"records", {{"shelf.publishers", 1}}}});
  CHECK(call("DELETE", "/snapshots/a").status == 204);
  CHECK(call("DELETE", "/snapshots/a").body.at("code") == "no-such-snapshot");
  CHECK(call("POST", "/snapshots/a/restore").status == 404);
  for (int i = 0; i < 99; ++i) REQUIRE(call("POST", "/snapshots/" + std::to_string(i)).status == 201);
  CHECK(call("POST", "/snapshots/one-too-many").status == 409);
  CHECK(call("POST", "/snapshots/b").status == 200);
}

TEST_CASE("a document that is no snapshot is refused with the place", "[admin][snapshots]") {
  struct Row {
    const char* why;
    const char* pointer;
    Json value;  // null: removed
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"no format", "/understudy_snapshot", nullptr, "understudy_snapshot"},
      {"a format of the future", "/understudy_snapshot", 2, "understudy_snapshot"},
      {"no time", "/taken", nullptr, "/taken: found nothing"},
      {"a time that is none", "/taken", "noon", "/taken: found 'noon'"},
      {"no clock", "/clock", nullptr, "/clock/ahead_ms: found nothing"},
      {"random that is no number", "/random", "x", "/random: found 'x'"},
      {"an id that is text", "/ids/shelf.book", "x", "/ids/shelf.book: found string"},
      {"a profile that is unknown", "/profile/base", "imagined", "/profile: "},
      {"an API that is unknown", "/settings/nowhere", Json::object(), "'nowhere'"},
      {"a setting that is unknown", "/settings/shelf/nothing", true, "/settings/shelf/nothing"},
      {"a collection that is unknown", "/records/shelf.bocks", Json::array(), "did you mean 'books'?"},
      {"records that are no list", "/records/shelf.books", 3, "/records/shelf.books: found integer 3, expected a list"},
      {"a record without its key", "/records/shelf.books", Json::array({Json::object()}), "/records/shelf.books"},
      {"a record that is text", "/records/shelf.books", Json::array({"x"}), "/records/shelf.books"},
      {"seeded what is not there", "/seeded", Json::array({3}), "/seeded"},
      {"delivered entries that are none", "/delivered/relay", {{{"call", "a"}, {"entries", {3}}}}, "/delivered/relay/0"},
      {"a limit of no kind", "/limits/shelf", {{"kind", "cup"}}, "/limits/shelf/kind"},
      {"a limit that takes nothing", "/limits/shelf", {{"kind", "window"}, {"requests", 0}}, "/limits/shelf/"},
      {"a count beyond the limit",
       "/limits/shelf",
       {{"kind", "window"}, {"requests", 3}, {"seconds", 60}, {"per_second", 0}, {"used", 4}, {"level", 0}},
       "/limits/shelf/used"},
      {"a token without times", "/tokens", {{{"token", "a"}, {"username", "b"}}}, "/tokens/0/issued"},
      {"a fault that is none", "/faults", {{{"fault", {{"kind", "earthquake"}}}, {"seen", 0}, {"struck", 0}}}, "/faults/0"},
      {"a fault that was not counted", "/faults", {{{"fault", {{"kind", "reset"}}}}}, "/faults/0/id"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  stage.admin("POST", "/snapshots/s");
  Json document = stage.admin("GET", "/snapshots/s");
  row.value.is_null() ? erase_pointer(document, row.pointer) : set_pointer(document, row.pointer, row.value);

  const auto reply = ask_admin(stage.mock(), "PUT", "/tenants/tester/snapshots/s", render_json(document));

  INFO(reply.text);
  CHECK(reply.status == 400);
  CHECK(reply.body.value("code", "") == "bad-snapshot");
  CHECK(reply.body.value("message", "").find(row.says) != std::string::npos);
}

TEST_CASE("a restore is atomic: no request sees a half of it", "[admin][snapshots]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const std::string books = "/tenants/tester/records/shelf/books";
  const auto fill = [&](const char* state) {
    Json list = Json::array();
    for (int i = 1; i <= 20; ++i) list.push_back({{"BookId", i}, {"State", state}});
    ask_admin(stage.mock(), "DELETE", books);
    REQUIRE(ask_admin(stage.mock(), "POST", books, render_json(list)).status == 201);
  };
  fill("lent");
  stage.admin("POST", "/snapshots/lent");
  fill("here");
  stage.admin("POST", "/snapshots/here");
  std::atomic<bool> stop = false;
  std::atomic<int> mixed = 0, looked = 0;

  std::thread reader([&] {
    while (!stop) {
      const Json records = ask_admin(stage.mock(), "GET", books).body.at("records");
      ++looked;
      for (const Json& record : records) mixed += record.at("State") == records.at(0).at("State") && records.size() == 20 ? 0 : 1;
    }
  });
  for (int i = 0; i < 200; ++i) stage.admin("POST", i % 2 == 0 ? "/snapshots/lent/restore" : "/snapshots/here/restore");
  stop = true;
  reader.join();

  CHECK(mixed == 0);
  CHECK(looked > 0);
}
