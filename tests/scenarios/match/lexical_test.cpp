#include "scenarios/src/match/lexical.h"

#include <string>

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("a value's own characters are found by its pointer", "[lexical]") {
  struct Row {
    const char* why;
    const char* json;
    const char* pointer;
    const char* source;
  };
  const auto row = GENERATE(values<Row>({
      {"the whole", " 150.0 ", "", "150.0"},
      {"a member", R"({"a": 1, "b" : 150.00 })", "/b", "150.00"},
      {"an element", "[1, 2.50, 3]", "/1", "2.50"},
      {"deeper", R"({"a":[{"b":{"c":1e5}}]})", "/a/0/b/c", "1e5"},
      {"an object", R"({"a":{"b": [1, "]"] }})", "/a", R"({"b": [1, "]"] })"},
      {"a string keeps its escapes", R"(["\u00e9\"x"])", "/0", R"("\u00e9\"x")"},
      {"an escaped name", R"({"a\/b": 1})", "/a~1b", "1"},
      {"braces in strings", R"({"x":"}{","a":2})", "/a", "2"},
      {"a name twice: the last", R"({"a":1,"a":2.0})", "/a", "2.0"},
      {"nothing there", R"({"a":1})", "/b", "none"},
      {"behind the end", "[1]", "/1", "none"},
      {"a scalar in the way", R"({"a":1})", "/a/b", "none"},
      {"broken text", R"({"a":)", "/a", "none"},
      {"broken before", R"({"a" 1})", "/a", "none"},
  }));
  INFO(row.why);

  CHECK(std::string(find_source(row.json, row.pointer).value_or("none")) == row.source);
}
