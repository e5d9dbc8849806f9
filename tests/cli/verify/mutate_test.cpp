// `understudy mutate` as a process: what it finds, what it says of what it does not, and how it ends.
#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Words = std::vector<std::string>;

const std::string kToys = std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts";

const std::string kAdd =
    "understudy: 1\nscenario: A book is added\napi: shelf\nsteps:\n"
    "  - { send: addBook, with: { body: { Title: A, Genre: Novel } }, expect: { answer: book_added } }\n";
const std::string kRefuse =
    "  - { send: addBook, with: { body: { Title: A, Genre: Novel, Country: Utopia } }, expect: { answer: rule_broken } }\n";

}  // namespace

TEST_CASE("a suite that never breaks a rule lets its wrong server live, and one that does finds it", "[mutate]") {
  const Folder folder;
  const auto weak = folder.write("weak.yaml", kAdd);
  const auto strong = folder.write("strong.yaml", kAdd + kRefuse);
  const Words more = {"--contracts", kToys, "--run", "shelf.addBook/row-not-enforced/country", "--profile", "documented"};

  Words arguments = {"mutate", weak};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto lives = run_understudy(arguments);
  arguments[1] = strong;
  arguments.push_back("-v");
  const auto dies = run_understudy(arguments);

  INFO(lives.out << lives.err << dies.out << dies.err);
  CHECK(lives.code == 1);
  CHECK(last_line(lives.out) == "0 killed, 1 survived, score 0.00");
  CHECK_THAT(lives.out, CONTAINS("survived shelf.addBook/row-not-enforced/country\n"));
  CHECK_THAT(lives.out, CONTAINS("why: no scenario exercises it"));
  CHECK_THAT(lives.err, CONTAINS("[score-too-low]"));
  CHECK(dies.code == 0);
  CHECK(last_line(dies.out) == "1 killed, 0 survived, score 1.00");
  CHECK_THAT(dies.out, CONTAINS("by shelf/strong step 2: status"));
}

TEST_CASE("each way for mutate to end has its exit code and one clear message", "[mutate]") {
  const Folder folder;
  folder.write("add.yaml", kAdd);
  folder.write("wrong/wrong.yaml", "understudy: 1\nscenario: x\napi: shelf\nsteps: [{ sned: addBook }]\n");
  folder.write("red/red.yaml", kAdd + "  - { send: addBook, with: { body: { Title: A, Genre: Novel } }, expect: { status: 409 } }\n");
  struct Row {
    const char* why;
    Words arguments;  // {f} becomes the folder
    int code;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {"an API that is none", {"--api", "shlef"}, 2, "[unknown-api]"},
      {"a pattern that chooses nothing", {"{f}/add.yaml", "--run", "shelf/nothing"}, 2, "[matches-nothing]"},
      {"a score that is none", {"--min-score", "2"}, 2, "[usage]"},
      {"a profile that is none", {"{f}/add.yaml", "--profile", "wished"}, 2, "--profile"},
      {"a wrong scenario", {"{f}/wrong"}, 3, "wrong.yaml"},
      {"a suite that fails on the right server", {"{f}/red"}, 3, "[suite-not-green]"},
      {"no scenario of the API", {"{f}/add.yaml", "--api", "relay"}, 7, "[nothing-ran]"},
      {"a report that cannot be written",
       {"{f}/add.yaml", "--run", "shelf/*", "--report-json", "/nowhere/a.json"},
       2,
       "[report-unwritable]"},
  }));
  INFO(row.why);
  Words arguments = {"mutate", "--contracts", kToys};
  for (auto word : row.arguments) {
    if (word.starts_with("{f}")) word = folder.path() + word.substr(3);
    arguments.push_back(word);
  }

  const auto ended = run_understudy(arguments);

  INFO(ended.out << ended.err);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.err, CONTAINS(row.err));
}

TEST_CASE("the list names every wrong server with its evidence, and a sample is the same for the same seed", "[mutate]") {
  const auto list = run_understudy({"mutate", "--list", "--api", "veeqo"});
  const auto some = run_understudy({"mutate", "--list", "--api", "veeqo", "--sample", "5", "--seed", "3"});
  const auto again = run_understudy({"mutate", "--list", "--api", "veeqo", "--sample", "5", "--seed", "3"});

  CHECK(list.code == 0);
  CHECK_THAT(list.out, CONTAINS("veeqo.createProduct/write-lost\tdocumented\t"));
  CHECK(std::count(some.out.begin(), some.out.end(), '\n') == 5);
  CHECK(some.out == again.out);
}

TEST_CASE("a report in JSON has every wrong server and what became of it", "[mutate]") {
  const Folder folder;
  const auto scenario = folder.write("add.yaml", kAdd + kRefuse);

  const auto ended = run_understudy({"mutate", scenario, "--contracts", kToys, "--run", "shelf.addBook/row-not-enforced/*", "--min-score",
                                     "0", "--profile", "documented", "--report-json", folder.path("report.json")});

  INFO(ended.out << ended.err);
  REQUIRE(ended.code == 0);
  const auto report = parse_json(read_text(folder.path("report.json")));
  REQUIRE(report);
  CHECK((*report)["mutants"].size() > 5);
  CHECK((*report)["sum"]["killed"] == 1);
  CHECK((*report)["by_kind"].contains("row-not-enforced"));
}

TEST_CASE("what is documented is an error though a rule before it is only assumed", "[mutate]") {
  const auto ended =
      run_understudy({"mutate", std::string(UNDERSTUDY_SOURCE_DIR) + "/scenarios/sellercloud/purchase-order-payment-terms.yaml", "--run",
                      "sellercloud.createPurchaseOrder/row-not-enforced/payment-term-known", "-v"});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, CONTAINS("by sellercloud/"));
}
