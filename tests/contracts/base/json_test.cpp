#include "contracts/src/base/json.h"

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("JSON text is parsed strictly and the error names line and column", "[contracts][json]") {
  struct Row {
    const char* why;
    std::string text;
    std::size_t line;
    std::size_t column;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"empty", "", 1, 1, "unexpected end of input"},
      {"cut short", "{\"a\": ", 1, 7, "unexpected end of input"},
      {"second line", "{\n  \"a\": tru\n}", 2, 11, "invalid literal"},
      {"trailing text", "{} x", 1, 4, "expected end of input"},
      {"trailing comma", "[1,]", 1, 4, "unexpected ']'"},
      {"comment", "/* */ 1", 1, 1, "invalid literal"},
      {"lone surrogate", R"("\ud800")", 1, 8, "surrogate"},
      {"a number beyond the limits", "[1, 1e1000000000]", 1, 5, "number with an exponent beyond 999,999,999"},
      {"NaN", "NaN", 1, 1, "invalid literal"},
      {"bad UTF-8", "[\"a\", \"\xC3(\"]", 1, 8, "invalid UTF-8"},
      {"overlong UTF-8", "\"\xC0\xAF\"", 1, 2, "invalid UTF-8"},
      {"text that is not ASCII outside a string", "\xC3\xA9", 1, 1, "invalid literal"},
      {"201 levels", std::string(201, '['), 1, 201, "nested deeper than 200 levels"},
      {"a megabyte of brackets", std::string(1 << 20, '['), 1, 201, "nested deeper than 200 levels"},
  }));
  INFO(row.why);

  const auto parsed = parse_json(row.text);

  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().line == row.line);
  CHECK(parsed.error().column == row.column);
  CHECK_THAT(parsed.error().message, CONTAINS(row.message));
  CHECK_THAT(parsed.error().message, !CONTAINS("json.exception"));
  CHECK(is_valid_utf8(parsed.error().message));
}

TEST_CASE("JSON text keeps its values", "[contracts][json]") {
  struct Row {
    const char* why;
    std::string text;
    Json value;
  };
  const auto row = GENERATE(values<Row>({
      {"scalars", R"([null,true,-3,18446744073709551615,1.5,"x"])", Json::array({nullptr, true, -3, 18446744073709551615U, 1.5, "x"})},
      {"nested", R"({"a":{"b":[{"c":1}]}})", Json{{"a", {{"b", Json::array({Json{{"c", 1}}})}}}}},
      {"200 levels", std::string(200, '[') + std::string(200, ']'), Json::parse(std::string(200, '[') + std::string(200, ']'))},
      {"brackets in a string do not nest", "\"" + std::string(500, '[') + "\\\"" + std::string(500, '{') + "\"",
       Json(std::string(500, '[') + "\"" + std::string(500, '{'))},
      {"surrogate pair", R"("\ud83d\ude00")", Json("\xF0\x9F\x98\x80")},
      {"the last of two equal names wins", R"({"a":1,"a":2})", Json{{"a", 2}}},
  }));
  INFO(row.why);

  const auto parsed = parse_json(row.text);

  REQUIRE(parsed);
  CHECK(*parsed == row.value);
}

TEST_CASE("usual texts are read as the exact parser reads them", "[contracts][json]") {
  const auto text = GENERATE(values<std::string>({
      R"({})",
      R"([])",
      R"( { "b" : [ 1 , -2 , true , false , null ] , "a" : { "c" : "text" } } )",
      R"({"a":1,"b":2,"a":3})",
      R"([0,-0,0.0,-0.0,1e2,1E+2,1.5e-3,0.10,123456789012345678,1234567890123456789,12345678901234567890123])",
      "[\"h\xC3\xA9\",\"\x7F\",\"\\u0041\",\"a\\nb\"]",
      "[1,]",
      "{\"a\":1,}",
      "{\"a\" 1}",
      "{a:1}",
      "[01]",
      "[1.]",
      "[.5]",
      "[+1]",
      "[1e]",
      "[-]",
      "[\"a\tb\"]",
      "[\"open",
      "nul",
      "truex",
      "1 2",
      "\xEF\xBB\xBF[1]",
  }));
  INFO(text);
  std::vector<std::string> usual_duplicates, exact_duplicates;

  const auto usual = parse_json(text, &usual_duplicates);
  const auto exact = parse_json(text, &exact_duplicates, {.memory = 100 * text.size() - 1});  // a limit that it might pass

  CHECK(usual_duplicates == exact_duplicates);
  REQUIRE(usual.has_value() == exact.has_value());
  if (!usual) {
    CHECK(usual.error().message == exact.error().message);
    return;
  }
  CHECK(render_json(*usual) == render_json(*exact));
  CHECK(usual->type() == exact->type());
  for (std::size_t i = 0; usual->is_array() && i < usual->size(); ++i) CHECK((*usual)[i].type() == (*exact)[i].type());
}

TEST_CASE("names that occur twice are reported as JSON Pointers", "[contracts][json]") {
  std::vector<std::string> duplicates;

  const auto parsed = parse_json(R"({"a":1,"list":[{},{"x/y":1,"x/y":2}],"a":{"b":1,"b":2}})", &duplicates);

  REQUIRE(parsed);
  CHECK(duplicates == std::vector<std::string>{"/list/1/x~1y", "/a", "/a/b"});
}

TEST_CASE("a JSON Pointer finds a value or nothing", "[contracts][json]") {
  struct Row {
    const char* why;
    const char* pointer;
    const char* found;  // as JSON text; empty: nothing
  };
  const auto row = GENERATE(values<Row>({
      {"the root", "", R"({"":0,"a":{"b/c":[10,20],"~":1}})"},
      {"the empty name", "/", "0"},
      {"an element", "/a/b~1c/1", "20"},
      {"a tilde", "/a/~0", "1"},
      {"past the end", "/a/b~1c/2", ""},
      {"the end itself", "/a/b~1c/-", ""},
      {"leading zero", "/a/b~1c/01", ""},
      {"sign", "/a/b~1c/+1", ""},
      {"below a scalar", "/a/~0/x", ""},
      {"no slash", "a", ""},
      {"an index no size_t holds", "/a/b~1c/99999999999999999999", ""},
  }));
  INFO(row.why);
  const Json root = Json::parse(R"({"":0,"a":{"b/c":[10,20],"~":1}})");

  const Json* found = find_pointer(root, row.pointer);

  CHECK((found == nullptr ? "" : render_json(*found)) == row.found);
}

TEST_CASE("setting a pointer creates what is missing and refuses to replace a scalar on the way", "[contracts][json]") {
  struct Row {
    const char* why;
    const char* root;
    const char* pointer;
    bool done;
    const char* after;
  };
  const auto row = GENERATE(values<Row>({
      {"the root", "1", "", true, "9"},
      {"a new member", "{}", "/a", true, R"({"a":9})"},
      {"objects on the way", "null", "/a/b", true, R"({"a":{"b":9}})"},
      {"replaces", R"({"a":[1,2]})", "/a/0", true, R"({"a":[9,2]})"},
      {"appends by dash", R"({"a":[1]})", "/a/-", true, R"({"a":[1,9]})"},
      {"appends by size", R"({"a":[1]})", "/a/1", true, R"({"a":[1,9]})"},
      {"an object is appended", R"({"a":[]})", "/a/0/b", true, R"({"a":[{"b":9}]})"},
      {"past the size", R"({"a":[1]})", "/a/2", false, R"({"a":[1]})"},
      {"no index", R"({"a":[1]})", "/a/x", false, R"({"a":[1]})"},
      {"scalar in the way", R"({"a":"s"})", "/a/b", false, R"({"a":"s"})"},
      {"no pointer", "{}", "a", false, "{}"},
  }));
  INFO(row.why);
  Json root = Json::parse(row.root);

  const bool done = set_pointer(root, row.pointer, 9);

  CHECK(done == row.done);
  CHECK(render_json(root) == row.after);
}

TEST_CASE("erasing a pointer removes exactly that member or element", "[contracts][json]") {
  struct Row {
    const char* why;
    const char* pointer;
    bool done;
    const char* after;
  };
  const auto row = GENERATE(values<Row>({
      {"member", "/b", true, R"({"a":[1,2],"c/d":3})"},
      {"escaped member", "/c~1d", true, R"({"a":[1,2],"b":0})"},
      {"element", "/a/0", true, R"({"a":[2],"b":0,"c/d":3})"},
      {"absent", "/x", false, R"({"a":[1,2],"b":0,"c/d":3})"},
      {"past the end", "/a/2", false, R"({"a":[1,2],"b":0,"c/d":3})"},
      {"parent absent", "/x/y", false, R"({"a":[1,2],"b":0,"c/d":3})"},
      {"the root", "", false, R"({"a":[1,2],"b":0,"c/d":3})"},
  }));
  INFO(row.why);
  Json root = Json::parse(R"({"a":[1,2],"b":0,"c/d":3})");

  const bool done = erase_pointer(root, row.pointer);

  CHECK(done == row.done);
  CHECK(render_json(root) == row.after);
}

TEST_CASE("a pattern expands to concrete pointers whose last token may be absent", "[contracts][json]") {
  struct Row {
    const char* why;
    const char* pattern;
    std::vector<std::string> pointers;
  };
  const auto row = GENERATE(values<Row>({
      {"each element, the member absent in one", "/Products/*/Qty", {"/Products/0/Qty", "/Products/1/Qty"}},
      {"elements themselves", "/Products/*", {"/Products/0", "/Products/1", "/Products/2"}},
      {"members", "/map/*", {"/map/a~1b", "/map/c"}},
      {"two stars", "/Products/*/tags/*", {"/Products/0/tags/0"}},
      {"absent member of the root", "/nothing", {"/nothing"}},
      {"absent parent", "/nothing/x", {}},
      {"star below a scalar", "/n/*", {}},
      {"the root", "", {""}},
      {"no pointer", "Products", {}},
  }));
  INFO(row.why);
  const Json root = Json::parse(R"({"Products":[{"Qty":1,"tags":["t"]},{},5],"map":{"a/b":1,"c":2},"n":1})");

  CHECK(expand_pointer(root, row.pattern) == row.pointers);
}

TEST_CASE("values are described with their type", "[contracts][json]") {
  struct Row {
    const char* why;
    Json value;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"null", nullptr, "null"},
      {"boolean", false, "boolean false"},
      {"integer", -3, "integer -3"},
      {"a float without fraction is an integer", 1.0, "integer 1.0"},
      {"number", 0.5, "number 0.5"},
      {"string", "a\"b", R"(string "a\"b")"},
      {"long string", std::string(30, 'x'), R"(string "xxxxxxxxxxxxxxxxxxx...)"},
      {"never cut inside a character", std::string(18, 'x') + "\xC3\xA9\xC3\xA9", R"(string "xxxxxxxxxxxxxxxxxx...)"},
      {"array", Json::array({1, "a", nullptr}), R"(array [1,"a",null])"},
      {"object", Json{{"a", 1}}, R"(object {"a":1})"},
      {"empty object", Json::object(), "object {}"},
      {"bad UTF-8 is replaced", "\xFF", "string \"\xEF\xBF\xBD\""},
  }));
  INFO(row.why);

  CHECK(describe(row.value, 20) == row.words);
}

TEST_CASE("equality is that of JSON Schema, exact for 64-bit integers", "[contracts][json]") {
  struct Row {
    const char* why;
    const char* left;
    const char* right;
    bool equal;
  };
  const auto row = GENERATE(values<Row>({
      {"150 and 150.0", "150", "150.0", true},
      {"nested", R"({"a":[1,{"b":2.0}]})", R"({"a":[1.0,{"b":2}]})", true},
      {"order of members does not matter", R"({"a":1,"b":2})", R"({"b":2,"a":1})", true},
      {"order of elements does", "[1,2]", "[2,1]", false},
      {"2^53 + 1 and 2^53 as a double", "9007199254740993", "9007199254740992.0", false},
      {"the largest unsigned and -1", "18446744073709551615", "-1", false},
      {"the largest unsigned and 2^64", "18446744073709551615", "18446744073709551616", false},
      {"2^63 as integer and as double", "9223372036854775808", "9223372036854775808.0", true},
      {"negative double and unsigned", "1", "-1.0", false},
      {"zero and minus zero", "0", "-0.0", true},
      {"false is not 0", "false", "0", false},
      {"other names", R"({"a":1})", R"({"b":1})", false},
      {"a prefix", "[1]", "[1,2]", false},
      {"null and an empty object", "null", "{}", false},
  }));
  INFO(row.why);

  const Json left = parse_json(row.left).value(), right = parse_json(row.right).value();
  CHECK(json_equal(left, right) == row.equal);
  CHECK(json_equal(right, left) == row.equal);
}
