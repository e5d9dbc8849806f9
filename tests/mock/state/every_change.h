// A mock that keeps the commits of its tenants, and one step for each way to change a tenant.
#pragma once

#include "mock/state/tenant.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy::test {

using CommitList = std::vector<std::shared_ptr<const Commit>>;

// The vendors' APIs and the invented ones.
inline const Contracts& all_contracts() {
  static const Contracts contracts = [] {
    Contracts all = bundled_contracts();
    all.apis.insert(all.apis.end(), toy_contracts().apis.begin(), toy_contracts().apis.end());
    return all;
  }();
  return contracts;
}

// A mock that keeps the commits of its tenants, and what it takes to change one in every way.
class Kept {
 public:
  Kept() : mock_(all_contracts(), options()) {}

  Mock& mock() { return mock_; }
  const TenantState& state() { return mock_.find_tenant("tester")->state(); }
  const CommitList& commits() { return commits_["tester"]; }

  // The status of a request to an API.
  int send(const std::string& method, const std::string& target, const Json& body = nullptr, Headers headers = {}) {
    if (!body.is_null()) headers.push_back({"Content-Type", "application/json"});
    const Request request{
        .method = method, .target = target, .headers = std::move(headers), .body = body.is_null() ? "" : render_json(body)};
    const Delivery delivery = mock_.handle(request);
    if (const auto json = parse_json(delivery.response.body)) last_ = *json;
    return delivery.response.status;
  }
  int admin(const std::string& method, const std::string& path, const Json& body = nullptr) {
    return send(method, "/__admin/tenants/tester" + path, body);
  }
  Headers log_in() {
    REQUIRE(send("POST", "/shelf/login", {{"user", "tester"}, {"SECRET", "demo"}}) == 200);
    return {{"Authorization", "Bearer " + last_.at("token").get<std::string>()}};
  }

 private:
  MockOptions options() {
    MockOptions options;
    options.demo = false;
    options.bounds.tokens = 2;
    options.history = 1;
    options.committed = [this](const std::string& tenant, const auto& commit) { commits_[tenant].push_back(commit); };
    return options;
  }

  std::map<std::string, CommitList> commits_;
  Mock mock_;
  Json last_;
};

inline const Json kGiven = {{"api", "shelf"},
                            {"clock", "2026-03-02T09:00:00Z"},
                            {"seed", 18'446'744'073'709'551'615u % 1'000'000'007u},
                            {"ids", {{"book", 70}}},
                            {"settings", {{"require_isbn", true}}},
                            {"profile", {{"base", "observed"}, {"refused_status", 400}}},
                            {"records",
                             {{"books", {{{"Title", "first"}, {"Genre", "Novel"}, {"Price", 9.5}}}},
                              {"depot.jobs", {{{"ID", 4}, {"CreatedOn", "2026-03-02 09:00:00"}}}}}},
                            {"limits", {{"sellercloud", {{"requests", 5}, {"per", "1m"}}}}},
                            {"faults",
                             {{{"on", "listBooks"}, {"call", 2}, {"kind", "status"}, {"status", 503}, {"body", {{"a", 1.50}}}},
                              {{"on", "listBooks"}, {"probability", 0.25}, {"kind", "delay"}, {"delay", "1s"}, {"virtual", true}}}}};

inline Json make_book(int number) { return {{"Title", "a book"}, {"Genre", "Novel"}, {"Isbn", std::to_string(number)}}; }

struct Step {
  const char* why;
  std::function<bool(Kept&)> act;
};

inline Json batch(int number) {
  return Json::array({{{"do", "hello"}, {"with", {{"name", "tester"}, {"word", "demo"}}}, {"nr", 1}},
                      {{"do", "parcels.add"}, {"with", {{"parcels", {{{"code", "a"}, {"grams", "5"}}}}}}, {"nr", number}}});
}

inline const Headers kDepotKey = {{"x-depot-key", "tester"}};

inline std::vector<Step> steps() {
  Headers bearer;
  const auto card = std::make_shared<Headers>();
  const Json book = {{"Title", "second"}, {"Genre", "Novel"}, {"Isbn", "X"}};
  return {
      {"staged", [](Kept& kept) { return kept.mock().stage("tester", kGiven).has_value(); }},
      {"a login", [card](Kept& kept) { return !(*card = kept.log_in()).empty(); }},
      {"a created record", [card, book](Kept& kept) { return kept.send("POST", "/shelf/books", book, *card) < 300; }},
      {"a fault counts", [card](Kept& kept) { return kept.send("GET", "/shelf/books", nullptr, *card) == 200; }},
      {"a fault applies", [card](Kept& kept) { return kept.send("GET", "/shelf/books", nullptr, *card) == 503; }},
      {"a removed record", [card](Kept& kept) { return kept.send("DELETE", "/shelf/books/70", nullptr, *card) < 300; }},
      {"a record that changes by itself",
       [](Kept& kept) {
         return kept.send("GET", "/depot/jobs/4", nullptr, kDepotKey) == 200 &&
                kept.admin("POST", "/clock/advance", {{"by", "6s"}}) == 200 && kept.send("GET", "/depot/jobs/4", nullptr, kDepotKey) == 200;
       }},
      {"a call that is delivered twice",
       [](Kept& kept) { return kept.send("POST", "/relay", batch(9)) == 200 && kept.send("POST", "/relay", batch(9)) == 200; }},
      {"another call of the batch", [](Kept& kept) { return kept.send("POST", "/relay", batch(10)) == 200; }},
      {"a limit counts",
       [](Kept& kept) {
         const Json login = {{"Username", "tester"}, {"Password", "demo"}};
         return kept.send("POST", "/sellercloud/rest/api/token", login) == 200;
       }},
      {"tokens expire", [](Kept& kept) { return kept.admin("POST", "/tokens/expire") == 200; }},
      {"an expired token is forgotten for a new one", [](Kept& kept) { return !kept.log_in().empty(); }},
      {"a snapshot", [](Kept& kept) { return kept.admin("POST", "/snapshots/one") == 201; }},
      {"another one", [](Kept& kept) { return kept.admin("POST", "/snapshots/two") == 201; }},
      {"a removed snapshot", [](Kept& kept) { return kept.admin("DELETE", "/snapshots/two") == 204; }},
      {"seeded records",
       [](Kept& kept) {
         return kept.admin("POST", "/records/shelf/books", {{"Title", "third"}, {"Genre", "Novel"}}) == 201;
       }},
      {"a replaced record",
       [](Kept& kept) {
         return kept.admin("PUT", "/records/shelf/books/71", {{"Title", "b"}, {"Genre", "Novel"}}) == 200;
       }},
      {"a removed record, by the admin API", [](Kept& kept) { return kept.admin("DELETE", "/records/shelf/books/71") == 204; }},
      {"a cleared collection", [](Kept& kept) { return kept.admin("DELETE", "/records/relay/parcels") == 200; }},
      {"a clock that is set",
       [](Kept& kept) {
         return kept.admin("PUT", "/clock", {{"now", "2026-04-01T00:00:00.123Z"}}) == 200;
       }},
      {"a limit of another kind",
       [](Kept& kept) {
         return kept.admin("PUT", "/limits", {{"sellercloud", {{"requests", 3}, {"per_second", 0.1}}}}) == 200;
       }},
      {"an armed fault",
       [](Kept& kept) {
         return kept.admin("POST", "/faults", {{"on", "addBook"}, {"kind", "reset"}}) == 201;
       }},
      {"a disarmed fault", [](Kept& kept) { return kept.admin("DELETE", "/faults/1") == 200; }},
      {"all faults disarmed", [](Kept& kept) { return kept.admin("DELETE", "/faults") == 200; }},
      {"restored", [](Kept& kept) { return kept.admin("POST", "/snapshots/one/restore") == 200; }},
      {"an id after it", [](Kept& kept) { return !kept.log_in().empty(); }},
      {"reset", [](Kept& kept) { return kept.admin("POST", "/reset") == 200; }},
      {"staged again",
       [](Kept& kept) {
         return kept.send("PUT", "/__admin/tenants/tester", {{"api", "depot"}}) == 200;
       }},
      {"an exchange after it", [](Kept& kept) { return kept.send("POST", "/depot/exports", nullptr, kDepotKey) == 202; }},
  };
}

}  // namespace understudy::test
