#include "contracts/src/base/problem.h"

#include "contracts/src/base/finding.h"
#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("a problem is rendered with place, message, code, the line and a caret", "[problem]") {
  struct Row {
    const char* why;
    Problem problem;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"everything known",
       {Failure::bad_file, "unknown-key", "found unknown key 'stepz'", {"a.yaml", 2, 3}, "  stepz: []"},
       "a.yaml:2:3: error: found unknown key 'stepz' [unknown-key]\n      stepz: []\n      ^"},
      {"no column, no caret", {Failure::bad_file, "x", "m", {"a.yaml", 2, 0}, "line"}, "a.yaml:2: error: m [x]"},
      {"no line", {Failure::bad_file, "x", "m", {"a.yaml", 0, 0}, ""}, "a.yaml: error: m [x]"},
      {"no place", {Failure::usage, "port-in-use", "port 80 is taken", {}, ""}, "error: port 80 is taken [port-in-use]"},
      {"a tab stays a tab under itself", {Failure::bad_file, "x", "m", {"a", 1, 3}, "\ta: 1"}, "a:1:3: error: m [x]\n    \ta: 1\n    \t ^"},
      {"the column counts bytes, the caret characters",
       {Failure::bad_file, "x", "m", {"a", 1, 5}, "\xC3\xA9: b"},
       "a:1:5: error: m [x]\n    \xC3\xA9: b\n       ^"},
      {"the end of the line has a place too", {Failure::bad_file, "x", "m", {"a", 1, 4}, "abc"}, "a:1:4: error: m [x]\n    abc\n       ^"},
      {"a column past the end stays at the end",
       {Failure::bad_file, "x", "m", {"a", 1, 90}, "abc"},
       "a:1:90: error: m [x]\n    abc\n       ^"},
      {"control characters do not reach the terminal",
       {Failure::bad_file, "x", "m", {"a", 1, 2}, "a\x1B[31m"},
       "a:1:2: error: m [x]\n    a [31m\n     ^"},
  }));
  INFO(row.why);
  CHECK(render_problem(row.problem) == row.text);
}

TEST_CASE("of a very long line only the surroundings of the caret are shown", "[problem]") {
  const std::string line = std::string(300, 'a') + "X" + std::string(300, 'b');

  const std::string text = render_problem({Failure::bad_file, "x", "m", {"a", 1, 301}, line});

  CHECK(text ==
        "a:1:301: error: m [x]\n    ..." + std::string(60, 'a') + "X" + std::string(59, 'b') + "...\n    " + std::string(63, ' ') + "^");
}

TEST_CASE("the nearest known word is offered when it is near enough", "[problem]") {
  struct Row {
    const char* why;
    const char* word;
    const char* hint;
  };
  const auto row = GENERATE(values<Row>({
      {"a letter too many", "stepps", " (did you mean 'steps'?)"},
      {"a letter missing", "expct", " (did you mean 'expect'?)"},
      {"two letters swapped", "exepct", " (did you mean 'expect'?)"},
      {"another case", "Capture", " (did you mean 'capture'?)"},
      {"a third of six letters may differ", "captor", " (did you mean 'capture'?)"},
      {"more may not", "banana", ""},
      {"short words must be exact", "xy", ""},
      {"nothing is near nothing", "", ""},
  }));
  INFO(row.why);
  const std::vector<std::string> known = {"steps", "expect", "capture", "at"};
  CHECK(did_you_mean(row.word, known) == row.hint);
}

TEST_CASE("the words of evidence are read as they are written", "[finding]") {
  const auto evidence = GENERATE(Evidence::documented, Evidence::observed, Evidence::published, Evidence::assumed);
  CHECK(parse_evidence(to_string(evidence)) == evidence);
  CHECK(parse_evidence("guessed") == std::nullopt);
  CHECK(to_string(Evidence::published) == "published");
}
