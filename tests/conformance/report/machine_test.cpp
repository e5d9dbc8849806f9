// The formats that machines read: each fits its published schema, and can be read at every moment of a run.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "conformance/measure/coverage.h"
#include "conformance/report/document.h"
#include "conformance/report/values.h"
#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"
#include "tests/support/net/process.h"
#include "tests/support/reporting.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const std::string kSchemas = UNDERSTUDY_SOURCE_DIR "/conformance/report/schema/";

// A member that the schema does not tell of is a mistake here, though not for readers.
void close_objects(Json& schema) {
  if (schema.is_object() && schema.contains("properties") && schema.contains("required") && !schema.contains("oneOf"))
    schema["additionalProperties"] = false;
  if (!schema.is_structured()) return;
  for (auto& [name, part] : schema.items()) {
    if (name != "if" && name != "then" && name != "oneOf" && name != "allOf") close_objects(part);
  }
}

Json read_schema() {
  auto schema = parse_json(read_text(kSchemas + "report.schema.json"));
  REQUIRE(schema.has_value());
  return *schema;
}

std::string differences(const Json& document, const char* pointer, const Json& value) {
  const auto set = SchemaSet::compile(document, {pointer});
  if (!set) return set.error().pointer + ": " + set.error().message;
  std::string text;
  for (const auto& one : set->check(pointer, value))
    text += one.pointer + " " + one.code + ": expected " + one.expected + ", found " + one.actual + "\n";
  return text;
}

Summary summary_of(const std::vector<Verdict>& verdicts) {
  Summary summary;
  for (const auto& verdict : verdicts) summary.add(verdict);
  return summary;
}

// Every element closed, in order; the names of the elements as they open.
std::string find_unbalanced(const std::string& xml) {
  std::vector<std::string> open;
  for (auto at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
    const auto end = xml.find('>', at);
    if (end == std::string::npos) return "an element without its end";
    const auto tag = xml.substr(at + 1, end - at - 1);
    if (tag.starts_with("?") || tag.ends_with("/")) continue;
    if (!tag.starts_with("/")) {
      open.push_back(tag.substr(0, tag.find_first_of(" \n")));
    } else {
      if (open.empty() || open.back() != tag.substr(1)) return "</" + tag.substr(1) + ">";
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

// A stream that can only be written on, as a pipe.
class Pipe : public std::stringbuf {
 protected:
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override { return pos_type(off_type(-1)); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return pos_type(off_type(-1)); }
};

}  // namespace

TEST_CASE("the JSON report fits its published schema, whatever the verdicts are", "[report][schema]") {
  const auto verdicts = sample_verdicts();
  const auto texts = report_everywhere(verdicts, sample_run());
  const auto report = parse_json(texts.at("json"));
  REQUIRE(report.has_value());
  auto closed = read_schema();
  close_objects(closed["definitions"]);

  CHECK(differences(read_schema(), "", *report) == "");
  CHECK(differences(closed, "", *report) == "");

  CHECK(report->at("scenarios").size() == verdicts.size());
  CHECK(report->at("summary").at("complete") == true);
  CHECK(report->at("seed") == "18446744073709551615");
  CHECK(report->at("started") == "2026-03-02T09:00:00Z");
}

TEST_CASE("the samples are of every kind, so that the schema is tried on each", "[report]") {
  const auto summary = summary_of(sample_verdicts());

  CHECK(summary.counts.passed == 3);
  CHECK(summary.counts.failed == 3);
  CHECK(summary.counts.errored == 1);
  CHECK(summary.counts.known == 1);
  CHECK(summary.counts.notes == 1);
  CHECK(summary.orphaned.size() == 1);
  CHECK(sample_verdicts().back().steps.back().cleanup);
}

TEST_CASE("a report that breaks its schema is seen to", "[report][schema]") {
  struct Row {
    const char* why;
    const char* pointer;
    Json value;
  };
  const auto row = GENERATE(values<Row>({
      {"an unknown verdict", "/scenarios/0/verdict", "fine"},
      {"a failed one without its findings", "/scenarios/2/steps/0/findings", nullptr},
      {"a status in words", "/scenarios/0/steps/0/response/status", "200"},
      {"a negative count", "/summary/passed", -1},
      {"a moment that is none", "/started", "yesterday"},
      {"another version", "/understudy_report", 2},
  }));
  INFO(row.why);
  auto report = *parse_json(report_everywhere(sample_verdicts(), sample_run()).at("json"));
  REQUIRE(set_pointer(report, row.pointer, row.value));

  CHECK(differences(read_schema(), "", report) != "");
}

TEST_CASE("every line of the NDJSON report is an event that fits the schema", "[report][schema]") {
  const auto verdicts = sample_verdicts();
  std::istringstream lines(report_everywhere(verdicts, sample_run()).at("ndjson"));
  std::vector<std::string> events;
  std::string wrong;
  for (std::string line; std::getline(lines, line);) {
    const auto event = parse_json(line);
    REQUIRE(event.has_value());
    events.push_back(event->value("event", ""));
    wrong += differences(read_schema(), "/definitions/event", *event);
  }

  CHECK(wrong == "");
  REQUIRE(events.size() == verdicts.size() + 2);
  CHECK(events.front() == "run");
  CHECK(events[1] == "verdict");
  CHECK(events.back() == "end");
}

TEST_CASE("coverage in a report fits the schema and names what is untouched", "[report][schema]") {
  Coverage coverage(kiosk_contracts());
  coverage.add("kiosk/sample", parse_kiosk(scenario_of("kiosk", "steps: [{ send: readThing, with: { path: { id: 1 } } }]\n")).scenario, {},
               Json::array());
  std::ostringstream out;
  const auto report = *parse_json(report_on(*make_json_reporter(out, &coverage), out, {}, sample_run()));

  CHECK(differences(read_schema(), "", report) == "");
  const auto& untouched = report.at("coverage").at("untouched");
  const auto found =
      std::find_if(untouched.begin(), untouched.end(), [](const Json& one) { return one.at("id") == "kiosk.createThing.weight-positive"; });
  REQUIRE(found != untouched.end());
  CHECK(found->at("lack") == "never asked");
}

TEST_CASE("a report can be read after every verdict, as if the run had been killed there", "[report]") {
  const auto verdicts = sample_verdicts();
  std::ostringstream json_out, junit_out;
  const auto json = make_json_reporter(json_out);
  const auto junit = make_junit_reporter(junit_out);
  for (auto* reporter : {json.get(), junit.get()}) reporter->begin(sample_run());
  std::string wrong;

  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    for (auto* reporter : {json.get(), junit.get()}) reporter->add(verdicts[i]);
    const auto report = parse_json(json_out.str());
    if (!report || report->at("scenarios").size() != i + 1 || report->at("summary").at("complete") != false) wrong += json_out.str();
    if (find_unbalanced(junit_out.str()) != "" || junit_out.str().find("tests=\"" + std::to_string(i + 1) + "\"") == std::string::npos)
      wrong += junit_out.str();
  }

  CHECK(wrong == "");
}

TEST_CASE("a document shrinks and grows without a trace of what stood there", "[report]") {
  std::ostringstream out;
  GrowingDocument document(out);
  document.add("[1", ", \"a long end that goes\"]");
  document.add(",2", "]");
  document.patch(1, "7");
  document.add(",3", "]");
  document.close();

  const auto json = parse_json(out.str());

  REQUIRE(json.has_value());
  CHECK(*json == Json::array({7, 2, 3}));
}

TEST_CASE("reports to a pipe are whole at the end", "[report]") {
  Pipe json_pipe, junit_pipe;
  std::ostream json_out(&json_pipe), junit_out(&junit_pipe);
  const auto json = make_json_reporter(json_out);
  const auto junit = make_junit_reporter(junit_out);
  const auto verdicts = sample_verdicts();
  for (auto* reporter : {json.get(), junit.get()}) {
    reporter->begin(sample_run());
    for (const auto& verdict : verdicts) reporter->add(verdict);
    reporter->end(summary_of(verdicts));
  }

  const auto report = parse_json(json_pipe.str());

  REQUIRE(report.has_value());
  CHECK(report->at("scenarios").size() == verdicts.size());
  CHECK(find_unbalanced(junit_pipe.str()) == "");
  CHECK_THAT(junit_pipe.str(), CONTAINS("tests=\"9\" failures=\"3\" errors=\"1\""));
}

TEST_CASE("the JUnit report has what the schemas of Ant and Jenkins ask for, and nothing that they refuse", "[report]") {
  const auto xml = report_everywhere(sample_verdicts(), sample_run()).at("junit");

  CHECK(find_unbalanced(xml) == "");
  CHECK_THAT(xml, CONTAINS("<testsuites>\n  <testsuite name=\"understudy verify http://127.0.0.1:9\" package=\"understudy\" id=\"0\" "
                           "timestamp=\"2026-03-02T09:00:00\" hostname=\"localhost\" tests=\"9\" failures=\"3\" errors=\"1\" skipped=\"2\" "
                           "time=\"0.034\" "));
  CHECK_THAT(xml, CONTAINS("<property name=\"seed\" value=\"18446744073709551615\"/>"));
  CHECK_THAT(xml, CONTAINS("<testcase name=\"kiosk/late [documented]\" classname=\"understudy.kiosk\" time=\"0.000\"><skipped message="));
  CHECK_THAT(xml, CONTAINS("<system-out/>\n    <system-err>left behind: "));
  CHECK_THAT(xml, !CONTAINS(" file="));
  const auto order = {xml.find("<properties>"), xml.find("<testcase"), xml.find("<system-out"), xml.find("<system-err")};
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("what XML cannot hold is left out of the JUnit report", "[report]") {
  struct Row {
    const char* why;
    std::string text, written;
  };
  const auto row = GENERATE(values<Row>({
      {"signs", "<a & \"b\">", "&lt;a &amp; &quot;b&quot;&gt;"},
      {"line ends stay", "a\r\n\tb", "a&#13;&#10;&#9;b"},
      {"control characters go", std::string("a\x01\x1b[31m\0b", 9), "a[31mb"},
      {"no characters of XML",
       "a\xEF\xBF\xBF"
       "b",
       "ab"},
      {"letters stay", "Größe 漢", "Größe 漢"},
      {"no UTF-8", "a\xFFz", "a?z"},
  }));
  INFO(row.why);
  Verdict verdict;
  verdict.kind = VerdictKind::skipped;
  verdict.name = "kiosk/x";
  verdict.reason = row.text;

  const auto xml = report_everywhere({verdict}, sample_run()).at("junit");

  CHECK_THAT(xml, CONTAINS("<skipped message=\"" + row.written + "\"/>"));
}

// xmllint is no package that the build needs: where it is, it judges by the schema that docs/reports.md publishes.
TEST_CASE("the JUnit report fits its published schema", "[report][schema]") {
  if (Process("/bin/sh", {"-c", "command -v xmllint"}).wait().code != 0) {
    WARN("xmllint is not installed: only the structure was checked");
    return;
  }
  const Folder folder;
  const auto file = folder.write("junit.xml", report_everywhere(sample_verdicts(), sample_run()).at("junit"));

  const auto judged = Process("/bin/sh", {"-c", "xmllint --noout --schema '" + kSchemas + "junit.xsd' '" + file + "'"}).wait();

  INFO(judged.err);
  CHECK(judged.code == 0);
}
