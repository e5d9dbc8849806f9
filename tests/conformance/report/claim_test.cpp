// The claim: what it says of each kind of verdict, and the rules that the test over real runs (tests/claims) does not reach.
#include "conformance/report/claim.h"

#include <sstream>

#include "contracts/src/base/hash.h"
#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"
#include "tests/support/reporting.h"

using namespace understudy;
using namespace understudy::test;

namespace {

struct Written {
  std::string claim, transcript;
};

Written write(const std::vector<Verdict>& verdicts, std::vector<ClaimedTest> tests = {}) {
  std::ostringstream claim, transcript;
  ClaimParts parts{.transcript = "claim.json.transcript.ndjson"};
  parts.selection = {{"run", Json::array()},       {"skip", Json::array()}, {"labels", Json::array()},   {"operations", Json::array()},
                     {"profiles", {"documented"}}, {"repeat", 1},           {"variables", Json::array()}};
  Json names = Json::array();
  for (const auto& verdict : verdicts) names.push_back(test_name(verdict.name, verdict.profile));
  for (std::size_t i = verdicts.size(); i < tests.size(); ++i) names.push_back(test_name(tests[i].scenario, tests[i].profile));
  parts.configuration.push_back({{"name", "x.yaml"},
                                 {"digest", {{"sha256", sha256("")}}},
                                 {"annotations", {{"understudy_kind", "scenario"}, {"understudy_tests", names}}}});
  parts.tests = std::move(tests);
  const auto reporter = make_claim_reporter(claim, transcript, std::move(parts));
  report_on(*reporter, claim, verdicts, sample_run());
  return {claim.str(), transcript.str()};
}

// A verdict of each kind, each with a name of its own.
std::vector<Verdict> distinct_verdicts() {
  auto verdicts = sample_verdicts();
  for (std::size_t i = 0; i < verdicts.size(); ++i) verdicts[i].name = "kiosk/case-" + std::to_string(i);
  return verdicts;
}

std::vector<std::string> check(const Written& written) {
  const auto claim = parse_claim(written.claim, "claim.json");
  if (!claim) return {claim.error().code + ": " + claim.error().message};
  ClaimDifferences differences;
  std::istringstream transcript(written.transcript);
  check_claim_itself(*claim, written.claim, differences);
  check_transcript(*claim, transcript, differences);
  return differences.lines();
}

}  // namespace

TEST_CASE("SHA-256 gives the digests of its standard", "[hash]") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 in_parts;
  in_parts.add("a");
  in_parts.add("bc");
  CHECK(in_parts.finish() == sha256("abc"));
}

TEST_CASE("a claim of verdicts of every kind holds, and its lists say what each was", "[report][claim]") {
  const auto written = write(distinct_verdicts());
  const auto claim = parse_claim(written.claim, "claim.json");
  REQUIRE(claim.has_value());
  const auto& predicate = (*claim)["predicate"];

  CHECK(check(written) == std::vector<std::string>());
  CHECK(predicate["result"] == "FAILED");
  CHECK(predicate["understudy_skipped"] ==
        Json::parse(R"([{"name": "kiosk/case-5 [documented]", "reason": "the target cannot arrange clock: given.clock"}])"));
  const auto& failed = predicate["failedTests"];
  for (const char* name :
       {"kiosk/case-2 [documented]", "kiosk/case-4 [documented]", "kiosk/case-6 [documented]", "kiosk/case-7 [documented]"}) {
    CAPTURE(name);  // wrong in a value, by transport, errored, a known failure
    CHECK(std::ranges::find(failed, Json(name)) != failed.end());
  }
}

TEST_CASE("tests that did not run are failures of the claim", "[report][claim]") {
  auto verdicts = distinct_verdicts();
  verdicts.erase(verdicts.begin(), verdicts.end() - 1);  // this one passed
  const auto written =
      write(verdicts, {{.scenario = verdicts[0].name, .profile = "documented"}, {.scenario = "kiosk/later", .profile = "documented"}});

  CHECK(check(written) == std::vector<std::string>());
  CHECK((*parse_claim(written.claim, ""))["predicate"]["failedTests"] == Json({"kiosk/later [documented]"}));
  CHECK_THAT(written.transcript, CONTAINS("\"verdict\":\"not-run\""));
}

TEST_CASE("a claim of skipped tests alone did not pass", "[report][claim]") {
  CHECK((*parse_claim(write({distinct_verdicts()[5]}).claim, ""))["predicate"]["result"] == "FAILED");
  CHECK((*parse_claim(write({distinct_verdicts()[8]}).claim, ""))["predicate"]["result"] == "PASSED");
}

TEST_CASE("the transcript has at most 1 MiB of a body, and says how much is missing", "[report][claim]") {
  auto verdicts = distinct_verdicts();
  auto& body = verdicts[8].steps[0].result.response.body;
  body = std::string(kClaimedBody - 1, 'a') + "\xc3\xa4" + "b";  // the limit is inside the letter
  const auto written = write({verdicts[8]});

  CHECK(check(written) == std::vector<std::string>());
  CHECK_THAT(written.transcript, CONTAINS("\"body_cut\":3"));
}

TEST_CASE("a line of a transcript that is too long is skipped and reported", "[report][claim]") {
  auto written = write({distinct_verdicts()[8]});
  written.transcript.insert(0, std::string(kLongestTranscriptLine + 1, ' ') + "\n");

  const auto lines = check(written);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front() == "transcript, line 1: longer than 64 MiB");
}

TEST_CASE("a member that occurs twice is no claim, because readers differ in which one they take", "[report][claim]") {
  auto written = write({distinct_verdicts()[8]});
  written.claim.replace(written.claim.find("\"result\""), 0, "\"result\": \"PASSED\",");
  CHECK(check(written) == std::vector<std::string>{"duplicate-key: found /predicate/result twice"});
}

TEST_CASE("without a whole transcript there is no claim", "[report][claim]") {
  std::ostringstream claim, transcript;
  transcript.setstate(std::ios::badbit);
  const auto reporter = make_claim_reporter(claim, transcript, {});
  CHECK(report_on(*reporter, claim, distinct_verdicts(), sample_run()).empty());
}
