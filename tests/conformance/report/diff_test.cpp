#include "conformance/report/diff.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

// kind and both sides of each line, as a person would see them.
std::vector<std::string> show(const Diff& diff) {
  constexpr const char* kSigns = "=~-+.";
  std::vector<std::string> lines;
  for (const auto& line : diff.lines)
    lines.push_back(std::string(1, kSigns[static_cast<int>(line.kind)]) + " " + line.left + " | " + line.right);
  return lines;
}

std::vector<std::string> compare(const char* expected, const char* actual, const std::vector<DiffMark>& marks = {}) {
  const Json left = expected == nullptr ? Json() : *parse_json(expected);
  const Json right = actual == nullptr ? Json() : *parse_json(actual);
  return show(diff_json(expected == nullptr ? nullptr : &left, actual == nullptr ? nullptr : &right, marks));
}

}  // namespace

TEST_CASE("two bodies stand side by side, paired by pointer", "[report][diff]") {
  using Lines = std::vector<std::string>;
  struct Row {
    const char* why;
    const char* expected;
    const char* actual;
    std::vector<DiffMark> marks;
    Lines lines;
  };
  const auto row = GENERATE(values<Row>({
      {"equal", "{\"a\":1}", "{\"a\":1.0}", {}, {"= { | {", "= \"a\": 1 | \"a\": 1.0", "= } | }"}},
      {"another value", "{\"a\":1}", "{\"a\":2}", {}, {"= { | {", "~ \"a\": 1 | \"a\": 2", "= } | }"}},
      {"another type", "{\"a\":[1]}", "{\"a\":2}", {}, {"= { | {", "~ \"a\": [1] | \"a\": 2", "= } | }"}},
      {"missing", "{\"a\":1}", "{}", {}, {"= { | {", "- \"a\": 1 | ", "= } | }"}},
      {"not asked for", "{}", "{\"a\":{\"b\":1}}", {}, {"= { | {", ".  | \"a\": {", ".  | \"b\": 1", ".  | }", "= } | }"}},
      {"one element too many", "[1]", "[1,2]", {}, {"= [ | [", "= 1 | 1", "+  | 2", "= ] | ]"}},
      {"a matcher that fits",
       "{\"a\":{\"$type\":\"string\"}}",
       "{\"a\":\"x\"}",
       {},
       {"= { | {", "= \"a\": {\"$type\":\"string\"} | \"a\": \"x\"", "= } | }"}},
      {"a matcher that does not",
       "{\"a\":{\"$type\":\"string\"}}",
       "{\"a\":1}",
       {{"/a", "string", 0}},
       {"= { | {", "~ \"a\": {\"$type\":\"string\"} | \"a\": 1", "= } | }"}},
      {"the contract's own word", nullptr, "{\"a\":1}", {{"/a", "string", 0}}, {".  | {", "~ \"a\": string | \"a\": 1", ".  | }"}},
      {"required by the contract", "{}", "{}", {{"/a", "integer", 0}}, {"= { | {", "- \"a\": integer | ", "= } | }"}},
      {"in any order",
       "{\"$unordered\":{\"by\":\"k\",\"items\":[{\"k\":1,\"v\":1},{\"k\":2,\"v\":2}]}}",
       "[{\"k\":2,\"v\":2},{\"k\":1,\"v\":9}]",
       {},
       {"= [ | [", "= { | {", "= \"k\": 2 | \"k\": 2", "= \"v\": 2 | \"v\": 2", "= } | }", "= { | {", "= \"k\": 1 | \"k\": 1",
        "~ \"v\": 1 | \"v\": 9", "= } | }", "= ] | ]"}},
      {"no body at all", "{\"a\":1}", nullptr, {}, {"- { | ", "- \"a\": 1 | ", "- } | "}},
      {"a finding that lies nowhere", "1", "1", {{"/x/y", "an integer", 0}}, {"= 1 | 1", "- /x/y: an integer | "}},
  }));
  INFO(row.why);

  CHECK(compare(row.expected, row.actual, row.marks) == row.lines);
}

TEST_CASE("empty containers and long bodies are no trouble", "[report][diff]") {
  CHECK(compare("{\"a\":[]}", "{\"a\":[]}").size() == 3);
  CHECK(compare("{\"a\":{}}", "{\"a\":{\"b\":1}}").size() == 5);
  Json many = Json::array();
  for (int i = 0; i < 5000; ++i) many.push_back(i);
  const auto diff = diff_json(&many, &many, {}, 100);
  CHECK(diff.is_cut);
  CHECK(diff.lines.size() == 100);
}
