// Commits: a tenant is what its commits made of it, whatever changed it.
#include "mock/state/commit.h"

#include <set>

#include "tests/mock/state/every_change.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::shared_ptr<const Commit> through_text(const Commit& commit) {
  const auto document = parse_json(render_json(render_commit(commit)));
  REQUIRE(document);
  auto read = parse_commit(*document, all_contracts());
  if (!read) FAIL(render_problem(read.error()) << "\n" << render_json(*document));
  return *read;
}

TenantState rebuild(const CommitList& commits) {
  TenantState state(all_contracts());
  for (const auto& commit : commits) {
    for (const Change& change : commit->changes()) apply(state, change);
  }
  return state;
}

// The JSON of the states before and after shows what differs.
void check_inverse(const TenantState& before, const Commit& commit) {
  TenantState state = before;
  for (const Change& change : commit.changes()) apply(state, change);
  REQUIRE(commit.has_inverse);
  for (const Change& change : commit.inverse()) apply(state, change);
  CHECK(state == before);
  if (!(state == before)) CHECK(render_json(render_state(state)) == render_json(render_state(before)));
}

std::string_view kind_of(const Change& change) {
  return std::visit([](const auto& kind) { return std::decay_t<decltype(kind)>::kKind; }, change);
}

template <class... Kinds>
std::set<std::string_view> kinds_of(const std::variant<Kinds...>*) {
  return {Kinds::kKind...};
}

const std::set<std::string_view>& all_kinds() {
  static const auto kinds = kinds_of(static_cast<const Change*>(nullptr));
  return kinds;
}

}  // namespace

TEST_CASE("a tenant is rebuilt from its commits alone, whatever changed it, also after they were text", "[state][commits]") {
  Kept kept;
  CommitList read;
  for (const Step& step : steps()) {
    INFO(step.why);
    REQUIRE(step.act(kept));
    while (read.size() < kept.commits().size()) read.push_back(through_text(*kept.commits()[read.size()]));

    CHECK(rebuild(kept.commits()) == kept.state());
    CHECK(rebuild(read) == kept.state());
  }

  std::set<std::string_view> seen, effective;
  const auto apply_one = [&](TenantState& state, const Change& change) {
    const TenantState before = state;
    apply(state, change);
    seen.insert(kind_of(change));
    if (!(before == state)) effective.insert(kind_of(change));
  };
  TenantState state(all_contracts());
  std::uint64_t number = 0;
  for (const auto& commit : kept.commits()) {
    CHECK(commit->number == ++number);
    CHECK_FALSE(commit->changes().empty());
    for (const Change& change : commit->changes()) apply_one(state, change);
    TenantState earlier = state;
    for (const Change& change : commit->inverse()) apply_one(earlier, change);
  }
  // What no exchange here takes back.
  const auto entries = std::make_shared<const Redeliveries::Entries>(1, "7");
  for (const Change& change :
       std::vector<Change>{change::SequenceMoved{.sequence = "shelf.none", .next = 1}, change::SequenceForgotten{.sequence = "shelf.none"},
                           change::CallPlaced{.api = "relay", .call = "a", .entries = entries}})
    apply_one(state, change);
  CHECK(seen == all_kinds());
  CHECK(effective == all_kinds());  // so the comparison sees each kind
}

TEST_CASE("the inverse of a commit takes it back exactly, also after it was text", "[state][commits]") {
  Kept kept;
  for (const Step& step : steps()) {
    INFO(step.why);
    const std::size_t from = kept.commits().size();
    TenantState before = rebuild(kept.commits());
    REQUIRE(step.act(kept));
    for (std::size_t i = from; i < kept.commits().size(); ++i) {
      const auto& commit = *kept.commits()[i];
      INFO(render_json(render_commit(commit)));
      check_inverse(before, commit);
      check_inverse(before, *through_text(commit));
      for (const Change& change : commit.changes()) apply(before, change);
    }
  }
  TenantState state = kept.state();
  for (auto commit = kept.commits().rbegin(); commit != kept.commits().rend(); ++commit) {
    for (const Change& change : (*commit)->inverse()) apply(state, change);
  }
  CHECK(state == TenantState(all_contracts()));
}

TEST_CASE("the inverse of a frequent change is as large with many records as with few", "[state][commits]") {
  Kept kept;
  REQUIRE(kept.mock().stage("tester", {{"api", "shelf"}, {"ids", {{"book", 1}}}}).has_value());
  const Headers card = kept.log_in();
  const auto size_of_inverse = [&](const std::string& method, const std::string& target, const Json& body) {
    const std::size_t before = kept.commits().size();
    REQUIRE(kept.send(method, target, body, card) < 300);
    REQUIRE(kept.commits().size() == before + 1);
    return kept.commits().back()->inverse().size();
  };
  const auto created = size_of_inverse("POST", "/shelf/books", make_book(0));
  const auto removed = size_of_inverse("DELETE", "/shelf/books/1", nullptr);
  Json books = Json::array();
  for (int i = 1; i <= 1000; ++i) books.push_back(make_book(i));
  REQUIRE(kept.admin("POST", "/records/shelf/books", books) == 201);

  CHECK(size_of_inverse("POST", "/shelf/books", make_book(1001)) == created);
  CHECK(size_of_inverse("DELETE", "/shelf/books/2", nullptr) == removed);
  CHECK(created <= 4);
  CHECK(removed <= 2);
}

TEST_CASE("what a change takes back is the same, however often calls were delivered", "[state][commits]") {
  LiveState live{TenantState(all_contracts())};
  CommitList commits;
  live.keep_inverse(true);
  live.listen([&](const auto& commit) { commits.push_back(commit); });
  std::vector<TenantState> states;
  const auto deliver = [&](const std::string& call, std::uint64_t items) {
    states.push_back(live.state());
    live.write(change::CallDelivered{.api = "relay", .call = call, .items = items});
    live.write(change::ItemDone{.api = "relay", .call = call, .item = 0, .entry = "\"" + call + "\""});
    live.commit();
  };
  for (std::size_t i = 0; i < Redeliveries::kMostCalls; ++i) deliver(std::to_string(i), 1);
  states.clear();
  commits.clear();
  for (const char* call : {"0", "7", "1000", "1000", "500", "1001"}) deliver(call, 2);  // known, new, the latest, in the middle
  deliver(std::string(Redeliveries::kMostBytes - 100, 'k'), 1);                         // makes the others be forgotten
  deliver("after", 1);

  for (std::size_t i = commits.size(); i-- > 0;) {
    INFO(i);
    check_inverse(states[i], *commits[i]);
    check_inverse(states[i], *through_text(*commits[i]));
  }
}

TEST_CASE("a record that is put back or applied elsewhere gets its place in the order of creation", "[state][commits]") {
  Kept kept;
  REQUIRE(kept.mock().stage("tester", {{"api", "shelf"}, {"ids", {{"book", 1}}}}).has_value());
  const Headers card = kept.log_in();
  for (int i = 1; i <= 3; ++i) REQUIRE(kept.send("POST", "/shelf/books", make_book(i), card) < 300);
  const TenantState three = kept.state();
  REQUIRE(kept.send("DELETE", "/shelf/books/2", nullptr, card) < 300);
  const auto removal = kept.commits().back();
  REQUIRE(kept.send("POST", "/shelf/books", make_book(4), card) < 300);
  const auto creation = kept.commits().back();
  const auto entries = [](const TenantState& state) { return state.states_by_api.at("shelf").store.entries("books"); };

  TenantState state = kept.state();
  for (const Change& change : removal->inverse()) apply(state, change);
  REQUIRE(entries(state).size() == 4);
  CHECK(entries(state)[1].id == "2");

  TenantState elsewhere = three;  // it lacks the removal and has another record of its own
  apply(elsewhere, change::RecordStored{.api = "shelf", .collection = "books", .id = "x", .record = PackedRecord(Json()), .serial = 900});
  for (const Change& change : creation->changes()) apply(elsewhere, change);
  REQUIRE(entries(elsewhere).size() == 5);
  CHECK(entries(elsewhere)[3].serial == entries(kept.state()).back().serial);
  CHECK(elsewhere.states_by_api.at("shelf").store.last_serial() == 900);
}

TEST_CASE("what only reads makes no commit, and what changes makes one", "[state][commits]") {
  Kept kept;
  REQUIRE(kept.mock().stage("tester", {{"api", "shelf"}, {"clock", "2026-03-02T09:00:00Z"}}).has_value());
  const Headers card = kept.log_in();
  REQUIRE(kept.admin("GET", "/clock") == 200);  // what is due in each API is found once
  struct Case {
    std::string method, path;
    Json body;
    std::size_t commits;
  };
  for (const Case& row : std::vector<Case>{{"GET", "/clock", nullptr, 0},
                                           {"GET", "/records/shelf/books", nullptr, 0},
                                           {"PUT", "/clock", {{"now", "2026-03-02T09:00:00Z"}}, 0},  // as it is
                                           {"PUT", "/clock", {{"now", "2026-03-02T09:00:01Z"}}, 1},
                                           {"POST", "/records/shelf/books", {{{"Title", "a"}, {"Genre", "Novel"}}}, 1},
                                           {"POST", "/tokens/expire", nullptr, 1},
                                           {"POST", "/tokens/expire", nullptr, 0},
                                           {"DELETE", "/records/shelf/books", nullptr, 1},
                                           {"DELETE", "/records/shelf/books", nullptr, 0},
                                           {"POST", "/snapshots/a", nullptr, 1},
                                           {"GET", "/snapshots/a", nullptr, 0},
                                           {"POST", "/snapshots/a/restore", nullptr, 1}}) {
    INFO(row.method << " " << row.path);
    const std::size_t before = kept.commits().size();
    CHECK(kept.admin(row.method, row.path, row.body) < 300);
    CHECK(kept.commits().size() == before + row.commits);
  }
  const std::size_t before = kept.commits().size();
  CHECK(kept.send("GET", "/shelf/books", nullptr, card) == 401);
  CHECK(kept.commits().size() == before);
}

TEST_CASE("a text that is no commit is refused with what is wrong", "[state][commits]") {
  struct Case {
    const char *why, *text, *message;
  };
  const auto row = GENERATE(values<Case>({
      {"no commit", "[]", "expected a commit {number, changes}"},
      {"an unknown kind", R"({"number":1,"changes":[{"kind":"painted"}]})", "expected a change of a known kind"},
      {"no object", R"({"number":1,"changes":[7]})", "expected a change of a known kind"},
      {"an absent member", R"({"number":1,"changes":[{"kind":"collection-seeded","api":"shelf"}]})",
       "the member 'collection' of a change 'collection-seeded' is absent or wrong"},
      {"an API that no contract describes", R"({"number":1,"changes":[{"kind":"collection-seeded","api":"s","collection":"books"}]})",
       "the member 'api' of a change 'collection-seeded' is absent or wrong"},
      {"a member of another type", R"({"number":1,"changes":[{"kind":"token-expired","token":7,"expires":1}]})",
       "the member 'token' of a change 'token-expired' is absent or wrong"},
      {"a state that is none", R"({"number":1,"changes":[{"kind":"restored","state":{}}]})",
       "the member 'state' of a change 'restored' is absent or wrong"},
      {"a fault that is none", R"({"number":1,"changes":[{"kind":"fault-armed","id":1,"fault":{"kind":"rain"}}]})",
       "the member 'fault' of a change 'fault-armed' is absent or wrong"},
  }));
  INFO(row.why);

  const auto read = parse_commit(*parse_json(row.text), all_contracts());

  REQUIRE_FALSE(read);
  CHECK(read.error().code == "bad-commit");
  CHECK(read.error().message.find(row.message) != std::string::npos);
}
