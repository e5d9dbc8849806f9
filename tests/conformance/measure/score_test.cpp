// The score of a mutation run, and how it is rendered.
#include "conformance/measure/score.h"

#include <sstream>

#include "tests/support/catch.h"

namespace understudy {
namespace {

MutantResult result(const char* id, MutantResult::Outcome outcome, Evidence evidence = Evidence::documented) {
  MutantResult one;
  one.id = id;
  one.kind = "row-not-enforced";
  one.api = "kiosk";
  one.what = "a rule is not applied";
  one.source = "kiosk:9";
  one.evidence = evidence;
  one.outcome = outcome;
  one.reason = "no scenario exercises it";
  one.scenario = "kiosk/sample";
  one.step = "step 1";
  one.finding = "status: expected integer 422, found integer 201";
  return one;
}

using Outcome = MutantResult::Outcome;

std::string render(const Score& score, bool every) {
  std::ostringstream out;
  render_score(out, score, every);
  return out.str();
}

}  // namespace

TEST_CASE("a score is what was found of what could be found, and is never rounded up", "[mutation]") {
  struct Row {
    const char* why;
    std::size_t killed, survived, equivalent;
    const char* last;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing to find", 0, 0, 3, "0 killed, 0 survived, score 1.00\n"},
      {"all", 2, 0, 0, "2 killed, 0 survived, score 1.00\n"},
      {"none", 0, 2, 0, "0 killed, 2 survived, score 0.00\n"},
      {"equivalent ones do not count", 1, 1, 8, "1 killed, 1 survived, score 0.50\n"},
      {"199 of 200 is not all", 199, 1, 0, "199 killed, 1 survived, score 0.99\n"},
  }));
  INFO(row.why);
  Score score;
  for (std::size_t i = 0; i < row.killed; ++i) score.results.push_back(result("k", Outcome::killed));
  for (std::size_t i = 0; i < row.survived; ++i) score.results.push_back(result("s", Outcome::survived));
  for (std::size_t i = 0; i < row.equivalent; ++i) score.results.push_back(result("e", Outcome::equivalent));

  CHECK_THAT(render(score, false), Catch::Matchers::EndsWith(row.last));
}

TEST_CASE("survivors are listed with the reason, killed mutants only on request", "[mutation]") {
  const Score score{.results = {result("kiosk/a", Outcome::killed), result("kiosk/b", Outcome::survived, Evidence::assumed)},
                    .interrupted = false};

  CHECK_THAT(render(score, false),
             CONTAINS("survived kiosk/b\n    a rule is not applied [assumed, kiosk:9]\n    why: no scenario exercises it\n"));
  CHECK_THAT(render(score, false), !CONTAINS("killed kiosk/a"));
  CHECK_THAT(render(score, true), CONTAINS("    by kiosk/sample step 1: status: expected integer 422, found integer 201\n"));
  CHECK_THAT(render(score, false), CONTAINS("assumed "));
  const Json report = render_score_json(score);
  CHECK(report["sum"]["score"] == 0.5);
  CHECK(report["mutants"][0]["killed_by"]["scenario"] == "kiosk/sample");
  CHECK(report["mutants"][1]["evidence"] == "assumed");
}

}  // namespace understudy
