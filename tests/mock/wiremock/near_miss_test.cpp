#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/parse.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

Headers with_token(Stage& stage) {
  const Reaction card = stage.send("POST", "/shelf/login", {{"user", "tester"}, {"secret", "demo"}});
  return {{"Authorization", "Bearer " + card.body.at("token").get<std::string>()}};
}

Json near_misses(Stage& stage, const std::string& query = "?refused=true&limit=1") {
  const Reaction reply = stage.send("GET", "/__admin/requests/unmatched/near-misses" + query);
  INFO(reply.text);
  REQUIRE(reply.status == 200);
  return reply.body.at("nearMisses");
}

std::string criterion(const Json& miss, const std::string& name) {
  for (const Json& one : miss.at("understudy").at("criteria")) {
    if (one.at("criterion") == name) return one.at("matched").get<bool>() ? "matched" : one.at("actual").get<std::string>();
  }
  return "none";
}

// The mistakes of a scenario whose only step this is.
std::string lint_step(const std::string& step, const std::string& api) {
  std::string text = "understudy: 1\nscenario: Pasted\napi: " + api + "\nsteps:\n";
  for (std::size_t at = 0; at < step.size();) {
    const auto end = step.find('\n', at);
    text += "  " + step.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const auto file = parse_scenario(text, "pasted.yaml");
  if (!file) return render_problem(file.error()) + "\n" + text;
  std::string problems;
  for (const Problem& problem : lint_scenario(*file, toy_contracts())) problems += render_problem(problem) + "\n" + text;
  return problems;
}

}  // namespace

TEST_CASE("a request that matched nothing, or was refused, gets the nearest operations", "[journal][nearmiss]") {
  struct Case {
    const char* why;
    const char* method;
    const char* target;
    const char* body;
    const char* operation;
    const char* criterion;
    const char* actual;
  };
  const auto row = GENERATE(values<Case>({
      {"a slip in the path", "POST", "/shelf/boks", R"({"Title":"A","Genre":"Novel"})", "shelf.addBook", "path", "/shelf/boks"},
      {"no base", "POST", "/book", R"({"Title":"A","Genre":"Novel"})", "shelf.addBook", "path", "/book"},
      {"a wrong method", "PATCH", "/shelf/books/7", R"({"Title":"A"})", "shelf.changeBook", "method", "PATCH"},
      {"a missing member", "POST", "/shelf/books", R"({"Genre":"Novel"})", "shelf.addBook", "body", "/Title: Title is wanted"},
      {"no JSON", "POST", "/shelf/books", "{", "shelf.addBook", "body",
       "The request body is not valid JSON: line 1, column 2: unexpected end of input; expected string literal."},
      {"a row", "POST", "/shelf/books", R"({"Title":"A","Genre":"Novel","Copies":0})", "shelf.addBook", "rule",
       "/Copies: Copies must be greater than 0."},
      {"an unreadable parameter", "GET", "/shelf/books?page=x", "", "shelf.listBooks", "query", "/page: page: integer, not string \"x\""},
      {"another form of a batch call", "POST", "/relay", R"([{"do":"parcel.add","with":{"parcels":[]},"nr":1}])", "relay.addParcels",
       "call", "\"parcel.add\""},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  Headers headers = with_token(stage);
  if (*row.body != '\0') headers.push_back({"Content-Type", "application/json"});
  headers.push_back({"Understudy-Tenant", "tester"});
  stage.send_text(row.method, row.target, row.body, headers);

  const Json misses = near_misses(stage);

  REQUIRE(misses.size() == 3);
  INFO(misses[0].dump(1));
  CHECK(misses[0]["understudy"]["operation"] == row.operation);
  CHECK(criterion(misses[0], row.criterion) == row.actual);
  CHECK(misses[0]["matchResult"]["distance"].get<double>() > 0);
  CHECK(misses[0]["matchResult"]["distance"].get<double>() < 0.5);
  CHECK(misses[0]["request"]["url"] == row.target);
  CHECK(misses[1]["matchResult"]["distance"].get<double>() <= 1);
  const std::string api = std::string(row.operation).substr(0, 5);
  CHECK(lint_step(misses[0]["understudy"]["step"].get<std::string>(), api) == "");
}

TEST_CASE("a refused credential is reported without its value", "[journal][nearmiss]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  stage.send("GET", "/shelf/books", nullptr, {{"Authorization", "Bearer canary-token"}});
  stage.send("GET", "/shelf/books");

  const Json misses = near_misses(stage, "?refused=true");

  REQUIRE(misses.size() == 6);
  CHECK(misses[0]["understudy"]["operation"] == "shelf.listBooks");
  CHECK(criterion(misses[0], "credential") == "absent");
  CHECK(criterion(misses[3], "credential") == "an invalid token");
  CHECK(misses[3]["understudy"].dump().find("canary-token") == std::string::npos);
}

TEST_CASE("a step to paste sends what was sent, whatever it holds", "[journal][nearmiss]") {
  struct Case {
    const char* why;
    const char* target;
    const char* type;
    const char* body;
    const char* step;
  };
  const auto row = GENERATE(values<Case>({
      {"numbers, texts that look like something else, templates", "/shelf/boks", "application/json",
       R"({"Title":"{{x}}","Genre":"no","Isbn":12,"Country":"00123","Note":null})",
       "- send: shelf.addBook\n  with:\n    body:\n      Country: \"00123\"\n      Genre: \"no\"\n      Isbn: {\"$literal\":12}\n      "
       "Note: null\n"
       "      Title: {\"$literal\":\"{{x}}\"}\n"},
      {"members that look like matchers", "/shelf/boks", "application/json", R"({"Title":{"$type":"x"}})",
       "- send: shelf.addBook\n  with:\n    body:\n      Title: {\"$literal\":{\"$type\":\"x\"}}\n"},
      {"no JSON", "/shelf/boks", "application/json", "{\"a\":",
       "- send: shelf.addBook\n  with:\n    headers:\n      \"Content-Type\": \"application/json\"\n    text: \"{\\\"a\\\":\"\n"},
      {"a form", "/shelf/logn", "application/x-www-form-urlencoded", "User=a&Secret=b%20c",
       "- send: shelf.login\n  with:\n    form:\n      Secret: \"b c\"\n      User: \"a\"\n"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  stage.send_text("POST", row.target, row.body, {{"Content-Type", row.type}, {"Host", "a"}, {"Authorization", "Bearer x"}});

  const Json misses = near_misses(stage, "?limit=1");

  CHECK(misses[0]["understudy"]["step"] == row.step);
  CHECK(lint_step(misses[0]["understudy"]["step"].get<std::string>(), "shelf") == "");
}

TEST_CASE("a request that was never sent can be compared, too", "[journal][nearmiss]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});

  const Reaction reply =
      stage.send("POST", "/__admin/near-misses/request",
                 {{"method", "POST"}, {"url", "/shelf/book"}, {"headers", {{"Content-Type", "text/plain"}}}, {"body", "hello"}});

  REQUIRE(reply.status == 200);
  const Json miss = reply.body["nearMisses"][0];
  CHECK(miss["understudy"]["operation"] == "shelf.addBook");
  CHECK(criterion(miss, "content type") == "text/plain");
  CHECK(miss["stubMapping"]["name"] == "shelf.addBook");
  CHECK(miss["stubMapping"]["request"] == Json::parse(R"({"method":"POST","urlPathTemplate":"/shelf/books"})"));
}

TEST_CASE("a pattern that matches nothing gets the nearest requests", "[journal][nearmiss]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  stage.send("GET", "/shelf/authors");
  stage.send("GET", "/shelf/books?page=2");

  const Json pattern = Json::parse(R"({"method":"GET","urlPath":"/shelf/books","queryParameters":{"page":{"equalTo":"3"}}})");
  const Reaction reply = stage.send("POST", "/__admin/near-misses/request-pattern", pattern);

  const Json misses = reply.body.at("nearMisses");
  REQUIRE(misses.size() == 2);
  CHECK(misses[0]["request"]["url"] == "/shelf/books?page=2");
  CHECK(misses[0]["requestPattern"] == pattern);
  CHECK(criterion(misses[0], "query parameter page") == "\"2\"");
  CHECK(criterion(misses[0], "path") == "matched");
  CHECK(misses[0]["matchResult"]["distance"] < misses[1]["matchResult"]["distance"]);
}

}  // namespace understudy
