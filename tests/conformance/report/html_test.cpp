// The page as text: one file, a strict content policy, escaped data. tests/html tests it in a browser.
#include <algorithm>
#include <sstream>

#include "conformance/report/page.h"
#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/reporting.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::string page_of(const std::vector<Verdict>& verdicts) { return report_everywhere(verdicts, sample_run()).at("html"); }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

std::vector<Json> data_of(const std::string& page) {
  std::vector<Json> all;
  const std::string start = "<script type=\"application/json\"";
  for (auto at = page.find(start); at != std::string::npos; at = page.find(start, at + 1)) {
    const auto from = page.find('>', at) + 1;
    if (auto json = parse_json(page.substr(from, page.find("</script>", from) - from))) all.push_back(*json);
  }
  return all;
}

const std::string kEvil = "</script></style><img src=x onerror=alert(1)><!--<script>\"'&";

Verdict evil() {
  auto verdict = sample_verdicts()[2];
  verdict.name += kEvil;
  verdict.title = verdict.api = verdict.profile = kEvil;
  auto& step = verdict.steps.front();
  step.name = step.answer = step.operation = step.source_line = kEvil;
  step.request.target = "/" + kEvil;
  step.request.body = step.result.response.body = kEvil;
  step.request.headers = {{kEvil, kEvil}};
  step.differences.front().finding.actual = step.differences.front().finding.pointer = kEvil;
  verdict.labels = {kEvil};
  verdict.orphaned = {kEvil};
  return verdict;
}

}  // namespace

TEST_CASE("the page is one file that may load nothing", "[report][html]") {
  const auto page = page_of(sample_verdicts());

  CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
  CHECK_THAT(page, CONTAINS("content=\"default-src 'none'; script-src 'sha256-"));
  CHECK_THAT(page, CONTAINS("base-uri 'none'; form-action 'none'\""));
  CHECK_THAT(page, !CONTAINS("unsafe-inline"));
  CHECK(count(page, "<script>") == 1);
  CHECK(count(page, " src=") == 0);
  CHECK(count(page, "@import") == 0);
  CHECK(count(page, "url(") == 0);
  CHECK(page.find(page_style().text) != std::string::npos);
  CHECK(page.find(page_script().text) != std::string::npos);
  CHECK(page_script().sha256.size() == 64);
}

TEST_CASE("the script makes elements from text only", "[report][html]") {
  const std::string script(page_script().text);

  for (const auto* way : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser", "fetch(",
                          "XMLHttpRequest", "import("}) {
    INFO(way);
    CHECK(script.find(way) == std::string::npos);
  }
}

TEST_CASE("every verdict is data of its own, with both bodies side by side", "[report][html]") {
  const auto data = data_of(page_of(sample_verdicts()));

  REQUIRE(data.size() == sample_verdicts().size() + 2);
  CHECK(data.front().at("target") == "http://127.0.0.1:9");
  CHECK(data.back().at("summary").at("complete") == true);
  const auto& lines = data[3].at("steps").at(0).at("expected").at(0).at("diff").at("lines");
  const auto found = std::find_if(lines.begin(), lines.end(), [](const Json& line) { return line.at(4) == "/name"; });
  REQUIRE(found != lines.end());
  CHECK(found->at(0) == 1);
  CHECK(found->at(2) == "\"name\": \"b\"");
  CHECK(found->at(3) == "\"name\": \"a\"");
}

TEST_CASE("of a batch each call has its own comparison", "[report][html]") {
  const auto data = data_of(page_of(sample_verdicts()));
  const auto& part = data[4].at("steps").at(0).at("expected").at(0);

  CHECK(part.at("title") == "relay.put");
  CHECK(part.at("within") == "/0");
  const auto& lines = part.at("diff").at("lines");
  CHECK(std::any_of(lines.begin(), lines.end(), [](const Json& line) { return line.at(0) == 1 && line.at(4) == "/result/0/id"; }));
}

TEST_CASE("what a target sends cannot become part of the page", "[report][html]") {
  const auto page = page_of({evil()});
  const auto plain = page_of({sample_verdicts()[2]});

  CHECK(count(page, "<img") == 0);
  CHECK(count(page, "<!--") == 0);
  CHECK(count(page, "<script") == count(plain, "<script"));
  CHECK(count(page, "</script>") == count(plain, "</script>"));
  const auto data = data_of(page);
  REQUIRE(data.size() == 3);
  CHECK(data[1].at("steps").at(0).at("request").at("body") == kEvil);
}

TEST_CASE("without a script the page is a table", "[report][html]") {
  const auto page = page_of(sample_verdicts());

  CHECK(count(page, "<tr><td>") == sample_verdicts().size());
  CHECK_THAT(page, CONTAINS("<tr><td>known failing</td><td>kiosk/known</td>"));
  CHECK_THAT(page, CONTAINS("<p>3 passed, 3 failed, 2 skipped, 1 could not be judged</p>"));
}

TEST_CASE("a long body is cut in the page, and says how long it is", "[report][html]") {
  auto verdict = sample_verdicts()[0];
  verdict.steps.front().result.response.body = "é" + std::string(100'000, 'x');
  const auto data = data_of(page_of({verdict}));

  const auto& response = data[1].at("steps").at(0).at("response");
  CHECK(response.at("body_bytes") == 100'002);
  CHECK(response.at("body").get<std::string>().size() <= 8'000);
}

TEST_CASE("a page whose run was killed still holds every verdict", "[report][html]") {
  std::ostringstream out;
  const auto reporter = make_html_reporter(out);
  reporter->begin(sample_run());
  reporter->add(sample_verdicts()[0]);
  reporter->add(sample_verdicts()[2]);

  CHECK(data_of(out.str()).size() == 3);
}
