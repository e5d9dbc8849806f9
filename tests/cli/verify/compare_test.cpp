// `understudy compare` as a process.
#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("comparing ends by what it found", "[cli][compare]") {
  struct Row {
    const char* why;
    std::vector<std::string> arguments;
    int code;
    const char* out;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {"a mock and a mock", {"--left", "mock", "--right", "mock", "--label", "orders"}, 0, " alike, 0 drifted, 0 skipped\n", ""},
      {"documents and live servers differ",
       {"--left", "mock", "--right", "mock", "--right-profile", "observed", "--run", "veeqo/veeqo-created-product"},
       6,
       "0 alike, 1 drifted",
       ""},
      {"a pattern that chooses nothing", {"--left", "mock", "--right", "mock", "--run", "nothing"}, 2, "", "[matches-nothing]"},
      {"one side only", {"--left", "mock"}, 2, "", "--right"},
      {"nothing listens there",
       {"--left", "mock", "--right", "http://127.0.0.1:1", "--run", "sellercloud/token-*"},
       4,
       "",
       "[target-unreachable]"},
      {"a live host", {"--left", "mock", "--right", "http://192.0.2.1"}, 5, "", "[writes-not-allowed]"},
      {"two profiles for a side", {"--left", "mock", "--right", "mock", "--left-profile", "all"}, 2, "", "[many-profiles]"},
  }));
  INFO(row.why);
  std::vector<std::string> arguments = {"compare"};
  arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());

  const Ended ended = run_understudy(arguments);

  INFO(ended.out << ended.err);
  CHECK(ended.code == row.code);
  CHECK(ended.out.find(row.out) != std::string::npos);
  CHECK(ended.err.find(row.err) != std::string::npos);
}

TEST_CASE("the report of a comparison tells each drift by JSON Pointer", "[cli][compare]") {
  const Folder folder;
  const auto path = folder.path("drift.json");

  const Ended ended = run_understudy(
      {"compare", "--left", "mock", "--right", "mock", "--right-profile", "observed", "--run", "veeqo/*", "--report-json", path});

  const auto report = parse_json(read_text(path));
  REQUIRE(report);
  INFO(ended.out << ended.err);
  CHECK(report->at("drifted").get<int>() > 0);
  CHECK(ended.code == 6);
}
