// The catalogue of wrong servers: what it derives from a contract, also from one that is data alone, and what a wrong engine does.
#include "mock/mutation/mutation.h"

#include <algorithm>
#include <set>

#include "mock/mock.h"
#include "mock/mutation/mutation_policy.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

const Contracts& toys() {
  static const Contracts kToys = [] {
    const auto files = load_folder(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy", "toy");
    auto contracts = parse_contracts(*files, "toy/contracts");
    if (!contracts) FAIL(render_problem(contracts.error()));
    return std::move(*contracts);
  }();
  return kToys;
}

const Mutant& find(const std::vector<Mutant>& mutants, const std::string& id) {
  const auto found = std::find_if(mutants.begin(), mutants.end(), [&](const Mutant& one) { return one.id == id; });
  if (found == mutants.end()) FAIL("no mutant " << id);
  return *found;
}

std::vector<Mutant> mutants_of(const Contracts& contracts) {
  std::vector<Mutant> all;
  for (const auto& contract : contracts.apis) {
    for (auto& mutant : find_mutants(*contract)) all.push_back(std::move(mutant));
  }
  return all;
}

// A mock that is wrong in this one way, and one who talks to it.
struct Wrong {
  std::shared_ptr<const MutationPolicy> policy;
  Mock mock;

  Wrong(const Contracts& contracts, const Mutant& mutant)
      : policy(make_policy(mutant)), mock(apply_mutant(contracts, mutant), MockOptions{.policy = policy}) {}

  Response send(const std::string& method, const std::string& target, const std::string& body = {}, const std::string& token = {}) {
    Request request{.method = method, .target = target, .body = body};
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token});
    return mock.handle(request).response;
  }

  std::string log_in() {
    const auto card = parse_json(send("POST", "/shelf/login", R"({"User": "demo", "Secret": "demo"})").body);
    return card && card->is_object() ? card->value("token", "") : std::string();
  }

  int add(const std::string& book) { return send("POST", "/shelf/books", book, log_in()).status; }
};

}  // namespace

TEST_CASE("every API has wrong servers of its own, at least a hundred over the three, each with an id that names it alone", "[mutation]") {
  std::set<std::string> ids;
  std::size_t all = 0;
  for (const auto& mutant : mutants_of(bundled_contracts())) {
    INFO(mutant.id);
    ids.insert(mutant.id);
    ++all;
    CHECK(mutant.id.starts_with(mutant.operation.empty() ? mutant.api : mutant.operation));
    CHECK_FALSE(mutant.what.empty());
    CHECK_FALSE(mutant.fact.source.empty());
    CHECK((mutant.edit || mutant.mutation.kind != Mutation::Kind::none));
  }
  CHECK(ids.size() == all);
  CHECK(all >= 100);
  for (const auto& contract : bundled_contracts().apis) CHECK(find_mutants(*contract).size() >= 100);
}

TEST_CASE("each statement of a contract that is data alone is broken by one of its wrong servers", "[mutation]") {
  const auto mutants = mutants_of(toys());
  struct Statement {
    const char* why;
    const char* id;
  };
  const auto row = GENERATE(values<Statement>({
      {"a rule", "shelf.addBook/row-not-enforced/country"},
      {"what must be unique", "shelf.addBook/uniqueness-ignored/isbn-new"},
      {"a condition of a rule", "shelf.addBook/condition-ignored/isbn-wanted/require_isbn"},
      {"a bound, one too low", "shelf.addBook/bound-too-low/copies"},
      {"an exception of a rule", "shelf.addBook/exception-ignored/lent-copies/1"},
      {"a required member", "shelf.addBook/required-not-enforced/Title"},
      {"a value of an enumeration", "shelf.addBook/value-refused/Genre=Poetry"},
      {"the type of a member", "shelf.addBook/type-not-enforced/Copies"},
      {"an optional member", "shelf.addBook/optional-demanded/Isbn"},
      {"the credential", "shelf.addBook/auth-ignored"},
      {"the end of a token", "shelf/expiry-ignored"},
      {"a write", "shelf.addBook/write-lost"},
      {"a read after it", "shelf.getBook/stale-read"},
      {"a filter", "shelf.listBooks/filter-ignored/genre"},
      {"a status", "shelf.addBook/status-other-class/book_added[whole]"},
      {"a header", "shelf.addBook/header-missing/book_added[whole]/Location"},
      {"a reason phrase", "shelf/reason-wrong/no_card"},
      {"a member of an answer", "shelf/member-missing/Book/BookId"},
      {"a number of an answer", "shelf/number-as-text/Book/BookId"},
      {"how JSON is read", "shelf/binding-not-applied/numbers"},
      {"the order of a batch", "relay/batch-order-swapped/relay"},
  }));
  INFO(row.why);
  CHECK_FALSE(find(mutants, row.id).what.empty());
}

TEST_CASE("a wrong server is wrong in its one way and right otherwise", "[mutation]") {
  const auto mutants = mutants_of(toys());
  const std::string wrong_country = R"({"Title": "A", "Genre": "Novel", "Country": "Utopia"})";
  const std::string right = R"({"Title": "A", "Genre": "Novel"})";

  SECTION("a rule is dropped") {
    Wrong server(toys(), find(mutants, "shelf.addBook/row-not-enforced/country"));
    CHECK(server.add(wrong_country) == 201);
    CHECK(server.add(R"({"Title": "A", "Genre": "Novel", "Copies": 0})") == 422);
  }
  SECTION("a bound is moved") {
    Wrong server(toys(), find(mutants, "shelf.addBook/bound-too-low/copies"));
    CHECK(server.add(R"({"Title": "A", "Genre": "Novel", "Copies": 0})") == 201);
    CHECK(server.add(R"({"Title": "A", "Genre": "Novel", "Copies": -1})") == 422);
  }
  SECTION("a documented value is refused") {
    Wrong server(toys(), find(mutants, "shelf.addBook/value-refused/Genre=Poetry"));
    CHECK(server.add(R"({"Title": "A", "Genre": "Poetry"})") == 400);
    CHECK(server.add(right) == 201);
  }
  SECTION("no credential is asked for at one operation") {
    Wrong server(toys(), find(mutants, "shelf.addBook/auth-ignored"));
    CHECK(server.send("POST", "/shelf/books", right).status == 201);
    CHECK(server.send("GET", "/shelf/books").status == 401);
  }
  SECTION("a write is lost") {
    Wrong server(toys(), find(mutants, "shelf.addBook/write-lost"));
    CHECK(server.add(right) == 201);
    CHECK(server.send("GET", "/shelf/books/100", {}, server.log_in()).status == 404);
    CHECK(server.policy->applied() == 1);
  }
  SECTION("a read repeats itself") {
    Wrong server(toys(), find(mutants, "shelf.listBooks/stale-read"));
    const auto before = server.send("GET", "/shelf/books", {}, server.log_in());
    CHECK(server.add(right) == 201);
    CHECK(server.send("GET", "/shelf/books", {}, server.log_in()).body == before.body);
  }
  SECTION("a member of an answer is missing") {
    Wrong server(toys(), find(mutants, "shelf/member-missing/Book/BookId"));
    const auto answer = parse_json(server.send("POST", "/shelf/books", right, server.log_in()).body);
    REQUIRE(answer);
    CHECK_FALSE(answer->contains("BookId"));
    CHECK(answer->value("Title", "") == "A");
  }
  SECTION("a body is cut off with its connection") {
    Wrong server(toys(), find(mutants, "shelf.login/body-cut-off/card"));
    Request request{.method = "POST", .target = "/shelf/login", .headers = {{"Content-Type", "application/json"}}};
    request.body = R"({"User": "demo", "Secret": "demo"})";
    const Delivery delivery = server.mock.handle(request);
    CHECK(delivery.ending == Delivery::Ending::close);
    CHECK(delivery.after_bytes == delivery.response.body.size() / 2);
  }
}

TEST_CASE("what no client can see is called equivalent, with the reason", "[mutation]") {
  const auto mutants = mutants_of(toys());

  // A default that is taken from a member does nothing where the member is absent.
  CHECK_THAT(find(mutants, "shelf.addBook/condition-ignored/home//DefaultHome").equivalent, CONTAINS("/DefaultHome"));
  CHECK_THAT(find(mutants, "shelf.addBook/member-thrown-away/Note").equivalent, CONTAINS("note-dropped"));
  CHECK(find(mutants, "shelf.addBook/row-not-enforced/country").equivalent.empty());
  // Of members of a request, those that no template of the operation names. A loop gives them another name.
  CHECK_THAT(find(mutants, "depot.addNote/member-thrown-away/By").equivalent, CONTAINS("none of them names it"));
  CHECK(find(mutants, "depot.addNote/member-thrown-away/Text").equivalent.empty());
  CHECK(find(mutants, "depot.receivePurchase/member-thrown-away/Items/*/Qty").equivalent.empty());
  CHECK(find(mutants, "depot.addOrder/member-thrown-away/Lines/*/SKU").equivalent.empty());
}

TEST_CASE("the contract that a wrong server is made from stays as it was", "[mutation]") {
  const auto& contracts = bundled_contracts();
  const auto before = contracts.apis.front()->operations.front().rows.size();

  for (const auto& mutant : find_mutants(*contracts.apis.front())) {
    const auto changed = apply_mutant(contracts, mutant);
    CHECK((changed.apis.front() != contracts.apis.front()) == static_cast<bool>(mutant.edit));
  }

  CHECK(contracts.apis.front()->operations.front().rows.size() == before);
}

}  // namespace understudy
