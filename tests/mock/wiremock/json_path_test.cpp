#include "mock/wiremock/json_path.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("a JSONPath leads to the values it names", "[journal][jsonpath]") {
  struct Row {
    const char* path;
    const char* found;
  };
  const auto row = GENERATE(values<Row>({
      {"$", R"([{"a":{"b":[{"n":1,"s":"x"},{"n":2,"s":"y"},{"s":"z"}]},"n":7,"c d":true}])"},
      {"$.n", "[7]"},
      {"$.missing", "[]"},
      {"$['c d']", "[true]"},
      {"$[\"n\"]", "[7]"},
      {"$.a.b[0].s", R"(["x"])"},
      {"$.a.b[-1].s", R"(["z"])"},
      {"$.a.b[9]", "[]"},
      {"$.a.b[*].n", "[1,2]"},
      {"$.a.b.*.s", R"(["x","y","z"])"},
      {"$..n", "[7,1,2]"},
      {"$..['s']", R"(["x","y","z"])"},
      {"$.a.b[?(@.n)].s", R"(["x","y"])"},
      {"$.a.b[?(@.n == 2)].s", R"(["y"])"},
      {"$.a.b[?(@.s == 'z')]", R"([{"s":"z"}])"},
      {"$.a.b[?(@.n >= 1)].n", "[1,2]"},
      {"$.a.b[?(@.n < 'x')].n", "[]"},
      {"$.n[?(@.b)]", "[]"},
      {"$.n.deeper", "[]"},
  }));
  const Json root = Json::parse(R"({"a":{"b":[{"n":1,"s":"x"},{"n":2,"s":"y"},{"s":"z"}]},"n":7,"c d":true})");
  INFO(row.path);

  const auto path = JsonPath::parse(row.path);

  REQUIRE(path);
  StepBudget budget(1000);
  Json found = Json::array();
  for (const Json* one : path->select(root, budget)) found.push_back(*one);
  Json expected = Json::parse(row.found);
  std::sort(found.begin(), found.end());
  std::sort(expected.begin(), expected.end());
  CHECK(found == expected);
}

TEST_CASE("a filter compares numbers without rounding", "[journal][jsonpath][number]") {
  struct Row {
    const char* filter;
    bool fits;
  };
  const auto row = GENERATE(values<Row>({
      {"@.n == 12345678901234567890123", true},
      {"@.n == 1.2345678901234567890123e22", true},
      {"@.n == 12345678901234567890124", false},
      {"@.n != 12345678901234567890124", true},
      {"@.n < 12345678901234567890124", true},
      {"@.n < 12345678901234567890123", false},
      {"@.n <= 12345678901234567890123", true},
      {"@.n > 12345678901234567890122", true},
      {"@.n >= 1e400", false},
      {"@.n == '12345678901234567890123'", false},
      {"@.f > 0.1", true},
      {"@.f == 0.1", false},
      {"@.u > -1", true},
      {"@.s > 'a'", true},
      {"@.s < 'a'", false},
  }));
  INFO(row.filter);
  const Json root =
      parse_json(R"({"l":[{"n":12345678901234567890123,"f":0.1000000000000000000001,"u":18446744073709551615,"s":"b"}]})").value();

  const auto path = JsonPath::parse("$.l[?(" + std::string(row.filter) + ")]");

  REQUIRE(path);
  StepBudget budget(1000);
  CHECK(path->select(root, budget).size() == (row.fits ? 1 : 0));
}

TEST_CASE("filters may be nested sixteen deep, and never crash the parser", "[journal][jsonpath]") {
  const auto nested = [](std::size_t depth, bool closed) {
    std::string path = "$";
    for (std::size_t i = 0; i < depth; ++i) path += "[?(@";
    for (std::size_t i = 0; closed && i < depth; ++i) path += ")]";
    return path;
  };
  CHECK(JsonPath::parse(nested(16, true)));
  const auto depth = GENERATE(as<std::size_t>{}, 17, 9000, 1000000);
  const bool closed = GENERATE(true, false);
  const auto path = JsonPath::parse(nested(depth, closed));
  REQUIRE_FALSE(path);
  CHECK(path.error() == "filters are nested too deeply at offset 69");
}

TEST_CASE("what of JSONPath is not supported is refused with its offset", "[journal][jsonpath]") {
  struct Row {
    const char* path;
    const char* error;
  };
  const auto row = GENERATE(values<Row>({
      {"", "expected '$' at offset 0"},
      {"a.b", "expected '$' at offset 0"},
      {"$.", "expected a name at offset 2"},
      {"$.a[", "expected an index, a quoted name, '*' or '?' at offset 4"},
      {"$.a[1", "expected ']' at offset 5"},
      {"$.a[1:2]", "slices are not supported: found ':' at offset 5"},
      {"$.a[1,2]", "unions are not supported: found ',' at offset 5"},
      {"$.a['b]", "expected a closing quote at offset 7"},
      {"$.a.length()", "functions are not supported: found '(' at offset 10"},
      {"$.a[?(@.b == 1 && @.c)]", "filters hold one comparison with == != < <= > or >=: expected ')' at offset 15"},
      {"$.a[?(@.b =~ /x/)]", "filters hold one comparison with == != < <= > or >=: expected ')' at offset 10"},
      {"$.a[?($.b)]", "expected '@' in a filter at offset 6"},
      {"$.a b", "found ' ', which is not supported at offset 3"},
  }));
  INFO(row.path);

  const auto path = JsonPath::parse(row.path);

  REQUIRE_FALSE(path);
  CHECK(path.error() == row.error);
}
