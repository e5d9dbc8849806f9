// Whatever comes to the admin API gets an answer with a code and a sentence; nothing ends the mock.
#include <thread>

#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// The route's path with names that exist, but for the `bad`-th, which is `name`; empty if it has no such one.
std::string fill(const std::string& path, const std::string& name, std::size_t bad) {
  const std::map<std::string, std::string> known = {
      {"tenant", "tester"}, {"api", "shelf"},       {"collection", "books"},      {"key", "1"},
      {"snapshot", "s"},    {"scenario", "tester"}, {"mapping", "shelf.addBook"}, {"commit", "1"}};
  std::string filled;
  std::size_t seen = 0;
  for (std::size_t at = 0; at < path.size();) {
    if (path[at] != '{') {
      filled += path[at++];
      continue;
    }
    const auto end = path.find('}', at);
    const auto found = known.find(path.substr(at + 1, end - at - 1));
    filled += seen++ == bad ? name : found == known.end() ? "1" : found->second;
    at = end + 1;
  }
  return seen > bad ? filled : "";
}

const std::vector<std::string>& bad_bodies() {
  static const std::vector<std::string> kBodies = {
      "{", "[", "nul", "\xff\xfe", R"({"a":1}x)", std::string(100'000, '['), "\"\\ud800\"", "{\"a\":1e999}", std::string(1, '\0')};
  return kBodies;
}

const std::vector<std::string>& odd_bodies() {
  static const std::vector<std::string> kBodies = {"",
                                                   "{}",
                                                   "[]",
                                                   "null",
                                                   "3",
                                                   "\"x\"",
                                                   "true",
                                                   "[null]",
                                                   "[[]]",
                                                   R"({"by":-1})",
                                                   R"({"by":"99999999999d"})",
                                                   R"({"state":{}})",
                                                   R"({"understudy_snapshot":1})",
                                                   R"({"faults":[null]})",
                                                   R"({"name":7})",
                                                   R"({"name":"copy","credentials":[]})",
                                                   R"({"records":{"":[]}})",
                                                   R"({"records":{"books":{}}})",
                                                   R"({"ids":{"book":9223372036854775807}})",
                                                   R"({"seed":18446744073709551615})",
                                                   R"({"seed":1e300})",
                                                   R"({"clock":"9999-12-31T23:59:59Z"})",
                                                   R"({"profile":[]})",
                                                   R"({"credentials":{"username":3}})",
                                                   R"({"scenario":"x"})",
                                                   R"({"scenario":{"title":3}})",
                                                   R"({"api":7})"};
  return kBodies;
}

void check_reply(const AdminReply& reply) {
  CHECK(reply.status < 500);
  CHECK(reply.status >= 200);
  if (reply.status < 400) return;
  CHECK(reply.body.is_object());
  CHECK_FALSE(reply.body.value("code", "").empty());
  CHECK_FALSE(reply.body.value("message", "").empty());
}

Json given() {
  return {{"api", "shelf"},
          {"records", {{"books", {{{"BookId", 1}, {"Title", "A"}, {"Genre", "Novel"}}}}}},
          {"scenario", {{"title", "A"}, {"file", "a.yaml"}}}};
}

}  // namespace

TEST_CASE("a name that is none is refused by every route that takes one", "[admin][robust]") {
  struct Row {
    const char* why;
    std::string name;
  };
  const auto row = GENERATE(values<Row>({
      {"empty", ""},
      {"a step up", ".."},
      {"a step up, encoded", "%2e%2e"},
      {"this very place", "."},
      {"10 kB", std::string(10'000, 'n')},
      {"10 kB, encoded",
       [] {
         std::string text;
         for (int i = 0; i < 3'400; ++i) text += "%41";
         return text;
       }()},
      {"no UTF-8", "%ff%fe"},
      {"half a character", "%e2%82"},
      {"a zero byte", "a%00b"},
      {"a line end", "a%0d%0ab"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), given());
  stage.admin("POST", "/snapshots/s");
  std::size_t asked = 0;

  for (const std::string& route : list_admin_routes()) {
    const auto space = route.find(' ');
    for (std::size_t bad = 0; bad < 4; ++bad) {
      const std::string target = fill(route.substr(space + 1), row.name, bad);
      if (target.empty()) continue;
      ++asked;
      INFO(route.substr(0, space) << " " << target.substr(0, 200));
      const auto reply = ask_admin(stage.mock(), route.substr(0, space), target, "{}");
      check_reply(reply);
      CHECK(reply.status >= 400);
    }
  }

  CHECK(asked > 30);
  CHECK(stage.count("shelf.books") == 1);
}

TEST_CASE("names of any script, with slashes, signs and spaces, are names like others", "[admin][robust]") {
  const std::string name = GENERATE(as<std::string>{}, "%C3%BCber", "%E6%97%A5%E6%9C%AC", "a%2Fb", "a%20b", "a+b", "%25", "%zz", "%",
                                    "'\"<>", "a%3Fb=c", "..a", "%F0%9F%93%A6", "__admin", "tenants");
  Stage stage(toy_contracts());
  const std::string tenant = "/tenants/" + name;

  CHECK(ask_admin(stage.mock(), "PUT", tenant, R"({"api":"shelf"})").status == 200);
  CHECK(ask_admin(stage.mock(), "GET", tenant).body.at("name") == percent_decode(name));
  CHECK(ask_admin(stage.mock(), "PUT", tenant + "/records/shelf/publishers/" + name, "{}").body.at("PublisherId") == percent_decode(name));
  CHECK(ask_admin(stage.mock(), "GET", tenant + "/records/shelf/publishers/" + name).status == 200);
  CHECK(ask_admin(stage.mock(), "POST", tenant + "/snapshots/" + name).status == 201);
  CHECK(ask_admin(stage.mock(), "POST", tenant + "/snapshots/" + name + "/restore").status == 200);
  CHECK(ask_admin(stage.mock(), "DELETE", tenant).status == 204);
}

TEST_CASE("whatever the body, every route answers", "[admin][robust]") {
  Stage stage(toy_contracts(), given());
  stage.admin("POST", "/snapshots/s");
  const Json openapi = ask_admin(stage.mock(), "GET", "/openapi.json").body;

  for (const std::string& route : list_admin_routes()) {
    const auto space = route.find(' ');
    const std::string method = route.substr(0, space), path = route.substr(space + 1);
    const std::string target = path.find('{') == std::string::npos ? path : fill(path, "1", 9).empty() ? fill(path, "tester", 0) : path;
    const Json* operation =
        find_pointer(openapi, "/paths/" + escape_token("/__admin" + (path == "/" ? "" : path)) + "/" + to_lower(method));
    for (const std::string& body : bad_bodies()) {
      INFO(method << " " << target << " " << body.substr(0, 60));
      const auto reply = ask_admin(stage.mock(), method, target, body);
      check_reply(reply);
      if (operation != nullptr && operation->contains("requestBody")) CHECK(reply.status >= 400);
    }
    for (const std::string& body : odd_bodies()) {
      INFO(method << " " << target << " " << body.substr(0, 60));
      check_reply(ask_admin(stage.mock(), method, target, body));
    }
  }

  CHECK(ask_admin(stage.mock(), "GET", "/health").status == 200);
  CHECK(stage.mock().own_findings() == Json::array());
}

TEST_CASE("a sequence at its last number goes no further", "[admin][robust]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"ids", {{"book", 9223372036854775807}}}});
  const std::string books = "/tenants/tester/records/shelf/books";
  CHECK(ask_admin(stage.mock(), "POST", books, "{}").status == 201);
  CHECK(ask_admin(stage.mock(), "POST", books, "{}").status == 409);
}

TEST_CASE("admin calls and exchanges from many threads leave a mock that is well", "[admin][robust][threads]") {
  Stage stage(toy_contracts(), given());
  const auto vendor = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const Delivery card = stage.mock().handle({.method = "POST",
                                                 .target = "/shelf/login",
                                                 .headers = {{"Content-Type", "application/json"}},
                                                 .body = R"({"user":"tester","SECRET":"demo"})"});
      const auto body = parse_json(card.response.body);
      const std::string token = body && body->is_object() ? body->value("token", "") : "";
      const Headers headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
      stage.mock().handle({.method = "POST", .target = "/shelf/books", .headers = headers, .body = R"({"Title":"A","Genre":"Novel"})"});
      stage.mock().handle({.method = "GET", .target = "/shelf/books", .headers = headers});
    }
  };
  const auto admin = [&](std::vector<std::string> calls, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      for (const std::string& call : calls) {
        const auto space = call.find(' ');
        ask_admin(stage.mock(), call.substr(0, space), call.substr(space + 1), R"({"api":"shelf","Title":"B"})");
      }
    }
  };
  const std::string tester = "/tenants/tester";

  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back(vendor, 60);
  threads.emplace_back(admin,
                       std::vector<std::string>{"POST " + tester + "/snapshots/a", "POST " + tester + "/snapshots/a/restore",
                                                "GET " + tester + "/snapshots/a"},
                       60);
  threads.emplace_back(admin,
                       std::vector<std::string>{"PUT " + tester + "/records/shelf/books/1", "GET " + tester + "/records/shelf/books",
                                                "DELETE " + tester + "/records/shelf/books"},
                       60);
  threads.emplace_back(admin,
                       std::vector<std::string>{"POST /reset", "POST /scenarios/reset", "PUT /scenarios/tester/state", "GET /scenarios",
                                                "GET /tenants", "GET /requests"},
                       40);
  threads.emplace_back(
      admin, std::vector<std::string>{"PUT /tenants/passing", "GET /tenants/passing", "DELETE /tenants/passing", "PUT " + tester}, 40);
  for (std::thread& thread : threads) thread.join();

  CHECK(stage.mock().own_findings() == Json::array());
  CHECK(ask_admin(stage.mock(), "POST", "/reset").status == 200);
  CHECK(ask_admin(stage.mock(), "GET", "/health").status == 200);
}
