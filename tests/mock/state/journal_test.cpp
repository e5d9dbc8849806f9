#include "mock/state/journal.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include "mock/mock.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

JournalEntry entry_with(std::size_t body, const std::string& target = "/a") {
  JournalEntry entry;
  Delivery delivery;
  delivery.response.body = "answer";
  entry.keep({.method = "POST", .target = target, .headers = {{"Host", "a"}}, .body = std::string(body, 'x')}, delivery);
  return entry;
}

std::size_t held_by(const std::vector<JournalItem>& entries) {
  return std::accumulate(entries.begin(), entries.end(), std::size_t{0},
                         [](std::size_t sum, const JournalItem& one) { return sum + one->bytes; });
}

Headers with_token(Stage& stage) {
  const Reaction card = stage.send("POST", "/shelf/login", {{"user", "tester"}, {"secret", "demo"}});
  return {{"Authorization", "Bearer " + card.body.at("token").get<std::string>()}};
}

Json lobby_journal(Stage& stage) { return stage.send("GET", "/__admin/tenants/lobby/requests").body.at("requests"); }

}  // namespace

TEST_CASE("fifty thousand requests leave as many entries and bytes as the journal may hold", "[journal]") {
  constexpr std::size_t kBytes = 256u << 10;
  Mock mock(toy_contracts(), {.demo = false, .check_all_answers = false, .journal_entries = 500, .journal_bytes = kBytes});
  const Request request{
      .method = "POST", .target = "/nobody/here?a=%41&b=", .headers = {{"Host", "a"}, {"X-Text", std::string(100, 't')}}, .body = "{}"};

  for (int i = 0; i < 50'000; ++i) mock.handle(request);

  const auto lobby = parse_json(mock.handle({.method = "GET", .target = "/__admin/tenants/lobby/requests"}).response.body);
  REQUIRE(lobby);
  const std::size_t kept = lobby->at("requests").size();
  CHECK(lobby->at("total") == 50'000);
  CHECK(lobby->at("dropped") == 50'000 - kept);
  CHECK(lobby->at("bytes").get<std::size_t>() <= kBytes);
  CHECK(kept <= 500);
  CHECK(kept > 100);
  CHECK(lobby->at("requests").back().at("id") == 50'000);
  CHECK(lobby->at("requests").front().at("id") == 50'001 - kept);
}

TEST_CASE("the oldest entries go when either bound is passed", "[journal]") {
  struct Case {
    const char* why;
    std::size_t entries, bytes;
    int added;
    std::size_t kept;
  };
  const auto row = GENERATE(values<Case>({
      {"nothing to let go", 10, 1u << 20, 10, 10},
      {"too many", 10, 1u << 20, 11, 10},
      {"too long", 1000, 50'000, 20, 4},
      {"no journal at all", 0, 1u << 20, 5, 0},
      {"one entry is more than all may be", 10, 5'000, 3, 0},
  }));
  INFO(row.why);
  Journal journal(row.entries, row.bytes);

  for (int i = 0; i < row.added; ++i) journal.add(entry_with(10'000));

  const auto entries = journal.entries();
  CHECK(entries.size() == row.kept);
  CHECK(journal.total() == static_cast<std::uint64_t>(row.added));
  CHECK(journal.bytes() == held_by(entries));
  CHECK(journal.bytes() <= row.bytes);
  CHECK((entries.empty() || entries.back()->id == journal.total()));
}

TEST_CASE("all journals together stay within one bound, and the largest lets go first", "[journal]") {
  constexpr std::size_t kMost = 1u << 20;
  const auto share = std::make_shared<JournalShare>(kMost);
  Journal small(1000, 8u << 20, share);
  small.add(entry_with(1000));
  std::vector<std::unique_ptr<Journal>> journals;
  for (int i = 0; i < 100; ++i) journals.push_back(std::make_unique<Journal>(1000, 8u << 20, share));

  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 30; ++round) {
        for (std::size_t i = t; i < journals.size(); i += 4) journals[i]->add(entry_with(5'000));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::size_t held = held_by(small.entries());
  for (const auto& journal : journals) held += held_by(journal->entries());
  CHECK(share->bytes() == held);
  CHECK(held <= kMost);
  CHECK(held > kMost / 2);
  CHECK(small.entries().size() == 1);
  journals.clear();
  CHECK(share->bytes() == small.bytes());
}

TEST_CASE("a long body is cut between two characters, and what was left out is counted", "[journal]") {
  JournalEntry entry;
  const std::string euros(23'000 * 3, '\0');
  std::string body;
  while (body.size() < euros.size()) body += "\xE2\x82\xAC";
  Delivery delivery;
  delivery.response.body = body;

  entry.keep({.method = "POST", .target = "/a", .body = body}, delivery);

  CHECK(entry.request.body.size() == 65'535);  // 21,845 euros; 65,536 bytes would split one
  CHECK(entry.request_cut == body.size() - 65'535);
  CHECK(entry.request_size == body.size());
  CHECK(is_valid_utf8(entry.request.body));
  CHECK(entry.response_cut == entry.request_cut);
  CHECK(marked_body(entry.request.body, entry.request_cut).ends_with("[cut: 3465 more bytes]"));
}

TEST_CASE("a very long batch is recorded with its first thousand items", "[journal]") {
  Journal journal(10, 8u << 20);
  JournalEntry entry = entry_with(1);
  entry.decisions.resize(3'000);
  entry.committed.resize(1'001);

  journal.add(std::move(entry));

  const auto kept = journal.entries().front();
  CHECK(kept->decisions.size() == 1000);
  CHECK(kept->decisions_cut == 2000);
  CHECK(render_entry(*kept, "t").at("cut") == Json{{"decisions", 2000}, {"committed", 1}});
}

TEST_CASE("entries are removed by their number, and numbers are never used again", "[journal]") {
  Journal journal(10, 8u << 20);
  for (int i = 0; i < 3; ++i) journal.add(entry_with(1));

  CHECK(journal.remove(2));
  CHECK_FALSE(journal.remove(2));
  CHECK(journal.find(2) == nullptr);
  CHECK(journal.find(3)->id == 3);
  journal.clear();
  journal.add(entry_with(1));

  CHECK(journal.entries().front()->id == 4);
  CHECK(journal.bytes() == held_by(journal.entries()));
}

TEST_CASE("a request of no API stands in the journal of the lobby, or of the tenant it names", "[journal]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});

  stage.send("GET", "/nobody?x=%20&y=");
  stage.send("GET", "/nobody/else", nullptr, {{"Understudy-Tenant", "tester"}});

  const Json lobby = lobby_journal(stage);
  REQUIRE(lobby.size() == 1);
  CHECK(lobby[0]["request"]["target"] == "/nobody?x=%20&y=");
  CHECK(lobby[0]["matched"] == false);
  CHECK(lobby[0]["api"] == "");
  CHECK(lobby[0]["decisions"] == Json::parse(R"([{"operation":"","answer":"","rule":"base"}])"));
  CHECK(lobby[0]["response"]["status"] == 404);
  CHECK(stage.journal().back()["request"]["target"] == "/nobody/else");
}

TEST_CASE("an entry tells what decided, where that is written, and what was wrong with the request", "[journal]") {
  struct Case {
    const char* why;
    const char* body;
    const char* answer;
    const char* rule;
    const char* place;  // file of the rule; empty: none
    const char* message;
  };
  const auto row = GENERATE(values<Case>({
      {"all is well", R"({"Title":"A","Genre":"Novel"})", "book_added", "", "", ""},
      {"a row", R"({"Title":"A","Genre":"Novel","Copies":0})", "rule_broken", "shelf.addBook.copies",
       "contracts/shelf/rules.yaml:", "Copies must be greater than 0."},
      {"the shape", R"({"Genre":"Novel"})", "not_read", "shelf.addBook#/Title/required",
       "contracts/shelf/openapi.yaml:", "Title is wanted"},
      {"no JSON", "{", "not_read", "undecodable", "contracts/shelf/openapi.yaml:",
       "The request body is not valid JSON: line 1, column 2: unexpected end of input; expected string literal."},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  Headers headers = with_token(stage);
  headers.push_back({"Content-Type", "application/json"});

  stage.send_text("POST", "/shelf/books", row.body, headers);

  const Json decision = stage.journal().back()["decisions"][0];
  INFO(decision.dump());
  CHECK(decision["operation"] == "shelf.addBook");
  CHECK(decision["answer"] == row.answer);
  CHECK(decision.value("rule", "") == row.rule);
  CHECK(decision.value("place", "").starts_with(row.place));
  CHECK(decision.value("answer_place", "").starts_with("contracts/shelf/answers.yaml:"));
  CHECK(decision.value(Json::json_pointer("/findings/0/message"), "") == row.message);
}

TEST_CASE("fault, phase, committed changes and the ending of the connection are recorded", "[journal][faults]") {
  struct Case {
    const char* why;
    const char* fault;
    const char* phase;
    const char* committed;
    const char* ending;
  };
  const auto row = GENERATE(values<Case>({
      {"nothing is left", R"({"on":"addBook","phase":"before_commit","kind":"reset"})", "before_commit", "[]", "reset"},
      {"it is there", R"({"on":"addBook","phase":"after_commit","kind":"close"})", "after_commit",
       R"([{"kind":"created","collection":"books","id":"100"}])", "close"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}, {"faults", {Json::parse(row.fault)}}});
  const Headers headers = with_token(stage);

  stage.send("POST", "/shelf/books", {{"Title", "A"}, {"Genre", "Novel"}}, headers);

  const Json entry = stage.journal().back();
  CHECK(entry["fault"]["phase"] == row.phase);
  CHECK(entry["committed"] == Json::parse(row.committed));
  CHECK(entry["delivery"]["ending"] == row.ending);
  CHECK(entry["at"] == "2026-03-02T09:00:00.000Z");
}

}  // namespace understudy
