#include <algorithm>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/reporting.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::vector<std::string> lines_with(const std::string& text, const std::string& start) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) found.push_back(line);
  }
  return found;
}

Verdict failed_with(Finding finding, const std::string& name = "kiosk/x") {
  Verdict verdict;
  verdict.kind = VerdictKind::failed;
  verdict.name = name;
  verdict.profile = "documented";
  StepReport step;
  step.number = 1;
  step.request = {.method = "GET", .target = "/x"};
  step.differences.push_back({.finding = std::move(finding)});
  verdict.steps.push_back(std::move(step));
  return verdict;
}

Finding finding_of(Evidence evidence, const std::string& actual = "b") {
  Finding finding;
  finding.code = "match.value";
  finding.pointer = "/name";
  finding.expected = "a";
  finding.actual = actual;
  finding.evidence = evidence;
  finding.place = {.file = "/build/repo/scenarios/a,b:c.yaml", .line = 3, .column = 5};
  return finding;
}

std::string annotate(const std::vector<Verdict>& verdicts,
                     GithubOptions options = {.workspace = "/build/repo", .resume_token = "back", .summary = nullptr}) {
  std::ostringstream out;
  return report_on(*make_github_reporter(out, std::move(options)), out, verdicts, sample_run());
}

}  // namespace

TEST_CASE("an annotation names file, line and column, and escapes as workflow commands want it", "[report][github]") {
  auto finding = finding_of(Evidence::documented, "100%\n::error::x");
  finding.rule = "kiosk.rule";
  finding.source = "kiosk:3";

  const auto lines = lines_with(annotate({failed_with(finding, "kiosk/x [a, b]")}), "::error");

  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "::error file=scenarios/a%2Cb%3Ac.yaml,line=3,col=5,title=kiosk/x [a%2C b] step 1::/name match.value: expected a, found "
        "100%25%0A::error::x%0Arule kiosk.rule (documented, kiosk:3)%0AGET /x");
}

TEST_CASE("what the target says is no command: commands are stopped until the annotations come", "[report][github]") {
  const auto text = annotate({failed_with(finding_of(Evidence::documented))});

  CHECK(text.starts_with("::stop-commands::back\n::back::\n::error "));
}

TEST_CASE("GitHub shows ten of a kind, so the surest come first and the last says how many are left", "[report][github]") {
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 12; ++i) verdicts.push_back(failed_with(finding_of(Evidence::assumed), "kiosk/assumed-" + std::to_string(i)));
  verdicts.push_back(failed_with(finding_of(Evidence::documented), "kiosk/sure"));

  const auto lines = lines_with(annotate(verdicts), "::error");

  REQUIRE(lines.size() == 10);
  CHECK_THAT(lines.front(), CONTAINS("kiosk/sure"));
  CHECK_THAT(lines.back(), CONTAINS("and 4 more"));
}

TEST_CASE("each verdict has its kind of annotation", "[report][github]") {
  const auto text = report_everywhere(sample_verdicts(), sample_run()).at("github");

  CHECK(lines_with(text, "::error").size() == 4);    // three failed, one errored
  CHECK(lines_with(text, "::warning").size() == 2);  // known failing, left behind
  CHECK(lines_with(text, "::notice").size() == 1);   // what the contract only assumes
}

TEST_CASE("the step's page tells counts, what failed and why others were skipped", "[report][github]") {
  const auto page = report_everywhere(sample_verdicts(), sample_run()).at("markdown");

  CHECK_THAT(page, CONTAINS("## Understudy: 3 passed, 3 failed, 2 skipped, 1 could not be judged\n"));
  CHECK_THAT(page, CONTAINS("| <code>documented</code> | 3 | 3 | 2 | 1 | 1 | 1 |"));
  CHECK_THAT(page, CONTAINS("### Failed"));
  CHECK_THAT(page, CONTAINS("### Known failing"));
  CHECK_THAT(page, CONTAINS("### Left behind"));
  CHECK_THAT(page, CONTAINS("<li>kiosk/late: the target cannot arrange clock&#58; given.clock</li>"));
}

TEST_CASE("nothing of the target can be read as Markdown or HTML on the step's page", "[report][github]") {
  std::ostringstream out, page;
  const auto verdict =
      failed_with(finding_of(Evidence::documented, "<img src=x onerror=a()> | ![x](http://e.test) `c` **b** @team"), "kiosk/<b>|[x](y)");
  static_cast<void>(report_on(*make_github_reporter(out, {.summary = &page}), out, {verdict}, sample_run()));

  CHECK_THAT(page.str(), !CONTAINS("<img"));
  CHECK_THAT(page.str(), !CONTAINS("<b>"));
  CHECK_THAT(page.str(), !CONTAINS("]("));
  CHECK_THAT(page.str(), !CONTAINS("**b"));
  CHECK_THAT(page.str(), !CONTAINS("@team"));
  const auto rows = lines_with(page.str(), "| kiosk");
  REQUIRE(rows.size() == 1);
  CHECK(std::count(rows[0].begin(), rows[0].end(), '|') == 7);
}

TEST_CASE("a page too long for GitHub is cut between rows and says so", "[report][github]") {
  std::ostringstream out, page;
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 200; ++i) verdicts.push_back(failed_with(finding_of(Evidence::documented)));

  static_cast<void>(report_on(*make_github_reporter(out, {.summary = &page, .summary_limit = 5000}), out, verdicts, sample_run()));

  CHECK(page.str().size() < 5200);
  CHECK_THAT(page.str(), CONTAINS(" more, which do not fit on this page"));
}
