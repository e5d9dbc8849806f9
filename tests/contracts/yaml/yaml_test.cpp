#include "contracts/src/yaml/yaml.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::string parsed(std::string_view text) {
  const auto document = parse_yaml(text, "a.yaml");
  return document ? render_json(document->root) : render_problem(document.error());
}

std::string code_of(std::string_view text, const YamlLimits& limits = {}) {
  const auto document = parse_yaml(text, "a.yaml", limits);
  return document ? "" : document.error().code;
}

std::string position(const Place& place) { return std::to_string(place.line) + ":" + std::to_string(place.column); }

}  // namespace

TEST_CASE("plain scalars have the types of the YAML 1.2 core schema", "[yaml]") {
  struct Row {
    const char* yaml;
    const char* json;
  };
  const auto row = GENERATE(values<Row>({
      {"no", R"("no")"},
      {"yes", R"("yes")"},
      {"on", R"("on")"},
      {"Off", R"("Off")"},
      {"y", R"("y")"},
      {"true", "true"},
      {"False", "false"},
      {"TRUE", "true"},
      {"tRue", R"("tRue")"},
      {"null", "null"},
      {"~", "null"},
      {"", "null"},
      {"12", "12"},
      {"+12", "12"},
      {"-12", "-12"},
      {"012", "12"},
      {"0o14", "12"},
      {"0x1F", "31"},
      {"0o9", R"("0o9")"},
      {"0x", R"("0x")"},
      {"0b11", R"("0b11")"},
      {"1_000", R"("1_000")"},
      {"1,000", R"("1,000")"},
      {"1.0", "1.0"},
      {".5", "0.5"},
      {"1.", "1.0"},
      {".", R"(".")"},
      {"-.5", "-0.5"},
      {"1e3", "1000.0"},
      {"1E+3", "1000.0"},
      {"1e", R"("1e")"},
      {"e3", R"("e3")"},
      {"1e3x", R"("1e3x")"},
      {"3.10", "3.1"},
      {"1.2.3", R"("1.2.3")"},
      {"-", "[null]"},
      {"--1", R"("--1")"},
      {"18446744073709551615", "18446744073709551615"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"100000000000000000000", "100000000000000000000"},
      {"-12345678901234567890123", "-12345678901234567890123"},
      {"+0012345678901234567890123", "12345678901234567890123"},
      {".1000000000000000000001", "0.1000000000000000000001"},
      {"1e400", "1e400"},
      {"+-1", R"("+-1")"},
      {"2024-01-02", R"("2024-01-02")"},
      {"12:30:45", R"("12:30:45")"},
      {"http://x:80/y", R"("http://x:80/y")"},
      {"a b", R"("a b")"},
      {"b#c", R"("b#c")"},
      {"b #c", R"("b")"},
  }));
  INFO(row.yaml);
  CHECK(parsed(row.yaml) == row.json);
}

TEST_CASE("quoted and block scalars are always strings", "[yaml]") {
  struct Row {
    const char* yaml;
    const char* json;
  };
  const auto row = GENERATE(values<Row>({
      {"'no'", R"("no")"},
      {"\"12\"", R"("12")"},
      {"\"true\"", R"("true")"},
      {"'~'", R"("~")"},
      {"''", R"("")"},
      {"|\n  12\n", R"("12\n")"},
      {">-\n  true\n", R"("true")"},
      {"'it''s'", R"("it's")"},
      {R"("\x41\n\u00e9")", "\"A\\n\xC3\xA9\""},
  }));
  INFO(row.yaml);
  CHECK(parsed(row.yaml) == row.json);
}

TEST_CASE("collections, anchors and documents are read as one JSON value", "[yaml]") {
  struct Row {
    const char* why;
    const char* yaml;
    const char* json;
  };
  const auto row = GENERATE(values<Row>({
      {"block mapping", "a: 1\nb:\n  - x\n  - y: z\n", R"({"a":1,"b":["x",{"y":"z"}]})"},
      {"flow", "{x: 1, y: [a, b, ], z: {}}", R"({"x":1,"y":["a","b"],"z":{}})"},
      {"keys are strings as written", "200: a\ntrue: b\nnull: c\n~: d\n012: e", R"({"012":"e","200":"a","null":"c","true":"b","~":"d"})"},
      {"a member without a value", "a:\nb: 1", R"({"a":null,"b":1})"},
      {"alias of a scalar", "a: &x 012\nb: *x", R"({"a":12,"b":12})"},
      {"alias of a collection", "a: &x [1, {b: 2}]\nc: [*x, *x]", R"({"a":[1,{"b":2}],"c":[[1,{"b":2}],[1,{"b":2}]]})"},
      {"alias as a key", "- &k name\n- {*k : 1}", R"(["name",{"name":1}])"},
      {"an anchor may be set again", "- &x 1\n- *x\n- &x 2\n- *x", "[1,1,2,2]"},
      {"quoted << is a name like others", "'<<': 1", R"({"<<":1})"},
      {"one marked document", "%YAML 1.2\n---\na: 1\n...\n", R"({"a":1})"},
      {"only a comment", "# nothing\n", "null"},
      {"nothing", "", "null"},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "a: 1",
       R"({"a":1})"},
      {"CRLF", "a: 1\r\nb: x\r\n", R"({"a":1,"b":"x"})"},
      {"an empty first line", "\na: 1", R"({"a":1})"},
  }));
  INFO(row.why);
  CHECK(parsed(row.yaml) == row.json);
}

TEST_CASE("a JSON text is read, escapes that YAML does not know included", "[yaml]") {
  struct Row {
    const char* why;
    const char* text;
    const char* json;
  };
  const auto row = GENERATE(values<Row>({
      {"plain JSON", R"({"a":[1,true,null,-1.5e3],"b":"x"})", R"({"a":[1,true,null,-1500.0],"b":"x"})"},
      {"a character as two escapes", R"({"a": "\ud83d\ude00"})", "{\"a\":\"\xF0\x9F\x98\x80\"}"},
      {"an escaped slash", R"(["a\/b"])", R"(["a/b"])"},
      {"indented by tabs", "{\n\t\"a\": [\n\t\t1\n\t]\n}", R"({"a":[1]})"},
      {"two characters as four escapes, in a name too", R"({"\ud83d\ude00": "\uD834\uDD1E\ud834\udd1e"})",
       "{\"\xF0\x9F\x98\x80\":\"\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E\"}"},
      {"names that differ in the second half of a pair", R"({"\ud83d\ude00": 1, "\ud83d\ude01": 2})",
       "{\"\xF0\x9F\x98\x80\":1,\"\xF0\x9F\x98\x81\":2}"},
      {"the first and the last character that needs two escapes", R"(["\ud800\udc00", "\udbff\udfff"])",
       "[\"\xF0\x90\x80\x80\",\"\xF4\x8F\xBF\xBF\"]"},
      {"the control character 0x7F, as it is and as an escape", "[\"a\x7F\", 'b\x7F', \"\\u007f\"]", "[\"a\x7F\",\"b\x7F\",\"\x7F\"]"},
  }));
  INFO(row.why);
  CHECK(parsed(row.text) == row.json);
}

TEST_CASE("a character written as two escapes is read inside double quotes only", "[yaml]") {
  struct Row {
    const char* why;
    std::string yaml;
    std::string json;
  };
  const std::string face = "\xF0\x9F\x98\x80";
  const auto row = GENERATE_COPY(values<Row>({
      {"in a block mapping", R"(a: "x\ud83d\ude00y")", R"({"a":"x)" + face + R"(y"})"},
      {"over two lines", "a: \"x\\ud83d\\ude00\n  y\"", R"({"a":"x)" + face + R"( y"})"},
      {"behind an anchor", R"([&a "\ud83d\ude00", *a])", "[\"" + face + "\",\"" + face + "\"]"},
      {"single quotes keep backslashes", R"(['\ud83d\ude00', "\ud83d\ude00"])", R"(["\\ud83d\\ude00",")" + face + "\"]"},
      {"plain text does", R"(a: \ud83d\ude00)", R"({"a":"\\ud83d\\ude00"})"},
      {"a block does", "a: |-\n  \"\\ud83d\\ude00\"\nb: 1", R"({"a":"\"\\ud83d\\ude00\"","b":1})"},
      {"a comment is nothing", "a: 1 # \"\\ud83d\\ude00\"", R"({"a":1})"},
      {"an escaped backslash begins no escape", R"(["\\ud83d\\ude00"])", R"(["\\ud83d\\ude00"])"},
  }));
  INFO(row.why);
  CHECK(parsed(row.yaml) == row.json);
}

TEST_CASE("values behind a character written as two escapes keep their places", "[yaml]") {
  const auto document = parse_yaml("a: [\"\\ud83d\\ude00\\ud83d\\ude00\", \"\\ud83d\\ude00\", x]\nb: [\"\\ud83d\\ude00\", y]\n", "a.yaml");
  REQUIRE(document);
  CHECK(document->place("/a/1").column == 33);
  CHECK(document->place("/a/2").column == 49);
  CHECK(document->place("/b/1").line == 2);
  CHECK(document->place("/b/1").column == 21);
}

TEST_CASE("an error is reported with place, line and caret", "[yaml]") {
  struct Row {
    const char* why;
    std::string yaml;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"the same key twice", "a: 1\nb: 2\n'a': 3\n",
       "a.yaml:3:1: error: found key 'a' in line 1 and again in line 3 [duplicate-key]\n    'a': 3\n    ^"},
      {"in a nested mapping too", "x: {k: 1, k: 2}",
       "a.yaml:1:11: error: found key 'k' in line 1 and again in line 1 [duplicate-key]\n    x: {k: 1, k: 2}\n              ^"},
      {"a merge key", "b: &b {x: 1}\nc:\n  <<: *b\n",
       "a.yaml:3:3: error: found the merge key '<<', expected the members written out [merge-key]\n      <<: *b\n      ^"},
      {"a tag", "a: !!str 12",
       "a.yaml:1:4: error: found a tag, expected the value alone (quotes make text) [tag]\n    a: !!str 12\n       ^"},
      {"a tag of ours", "a: !foo {b: 1}",
       "a.yaml:1:4: error: found a tag, expected the value alone (quotes make text) [tag]\n    a: !foo {b: 1}\n       ^"},
      {"the tag that says nothing", "a: ! x",
       "a.yaml:1:4: error: found a tag, expected the value alone (quotes make text) [tag]\n    a: ! x\n       ^"},
      {"a second document", "a: 1\n---\nb: 2\n",
       "a.yaml:2:1: error: found a second document, expected one document a file [second-document]\n    ---\n    ^"},
      {"infinity", "a: -.inf",
       "a.yaml:1:4: error: found -.inf, expected a number that JSON can say (quoted, it is text) [number-range]\n    a: -.inf\n       ^"},
      {"an exponent past the largest", "a: 1e1000000000",
       "a.yaml:1:4: error: found a number with an exponent beyond 999,999,999 (quoted, it is text) [number-range]\n"
       "    a: 1e1000000000\n       ^"},
      {"a hexadecimal number past 64 bits", "a: 0x10000000000000000",
       "a.yaml:1:4: error: found the number 0x10000000000000000, expected one that fits 64 bits (quoted, it is text) [number-range]\n"
       "    a: 0x10000000000000000\n       ^"},
      {"a list as a key", "? [a, b]\n: c",
       "a.yaml:1:3: error: found a collection as a key (or a bracket that nothing closes), expected text [non-scalar-key]\n    ? [a, b]\n  "
       "    ^"},
      {"no key", ": c", "a.yaml:1:1: error: found no key, expected one before the colon [non-scalar-key]\n    : c\n    ^"},
      {"a tab for indentation", "a:\n\tb: 1\n",
       "a.yaml:2:1: error: found a tab in the indentation, expected spaces [yaml-syntax]\n    \tb: 1\n    ^"},
      {"two colons", "a: b: c",
       "a.yaml:1:5: error: found a second ': ' in the line, expected quotes around the value [yaml-syntax]\n    a: b: c\n        ^"},
      {"a key too far right", "a: 1\n b: 2",
       "a.yaml:2:3: error: found a key where none can stand, expected the indentation of its siblings [yaml-syntax]\n     b: 2\n      ^"},
      {"a list begun in the line of its key", "a: - b",
       "a.yaml:1:4: error: found '- ' inside a line, expected it on a line of its own [yaml-syntax]\n    a: - b\n       ^"},
      {"a bracket too many", "k: [a]]",
       "a.yaml:1:7: error: found a closing bracket, expected one that was opened [yaml-syntax]\n    k: [a]]\n          ^"},
      {"a reserved character", "a: @x",
       "a.yaml:1:4: error: found a character that begins no value, expected quotes around the value [yaml-syntax]\n    a: @x\n       ^"},
      {"a quote that never closes", "a: \"b\nc: d",
       "a.yaml:2:5: error: found the end of the file inside a quoted text, expected its closing quote [yaml-syntax]\n    c: d\n        ^"},
      {"a quote that never closes, single", "a: 'it''s",
       "a.yaml:1:10: error: found the end of the file inside a quoted text, expected its closing quote [yaml-syntax]\n    a: 'it''s\n      "
       "       ^"},
      {"an unknown alias", "a: *nope",
       "a.yaml:1:4: error: found an alias of an anchor that does not exist, expected '&name' above it [unknown-alias]\n    a: *nope\n      "
       " ^"},
      {"an alias inside its own value", "a: &x [1, *x]",
       "a.yaml:1:11: error: found an alias inside the value that it names, expected a finished value [self-alias]\n"
       "    a: &x [1, *x]\n              ^"},
      {"bytes that are no UTF-8",
       "a: 1\nb: x\xFF"
       "y",
       "a.yaml:2:5: error: found the byte 0xFF, expected UTF-8 [bad-utf8]\n    b: x?y\n        ^"},
      {"a control character", std::string("a: x\0y", 6),
       "a.yaml:1:5: error: found the control character 0x00, expected text [control-character]\n    a: x y\n        ^"},
  }));
  INFO(row.why);
  CHECK(parsed(row.yaml) == row.text);
}

TEST_CASE("wrong syntax is refused with its code", "[yaml]") {
  struct Row {
    const char* why;
    const char* yaml;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"an open list", "a: [1, 2", "yaml-syntax"},
      {"an open mapping", "a: {b: 1", "yaml-syntax"},
      {"a comma alone", ",", "yaml-syntax"},
      {"text after a flow document", "[1] x", "yaml-syntax"},
      {"a document after the end mark", "a: 1\n...\nb: 2", "second-document"},
      {"a mapping after a list", "- a\nb: 1", "yaml-syntax"},
      {"an unknown escape", "a: \"\\q\"", "yaml-syntax"},
      {"a duplicate key in JSON that YAML cannot read", R"({"a": 1, "a": "\ud83d\ude00"})", "duplicate-key"},
      {"half a character", R"({"a": "\ud83d"})", "yaml-syntax"},
      {"the halves in the wrong order", R"({"a": "\ude00\ud83d"})", "yaml-syntax"},
      {"half a character behind a whole one", R"(a: "\ud83d\ude00\ude00")", "yaml-syntax"},
      {"the control character 0x7F without quotes", "a: b\x7F", "control-character"},
      {"in a block", "a: |\n  b\x7F", "control-character"},
      {"as a key without quotes", "b\x7F: 1", "control-character"},
  }));
  INFO(row.why);
  CHECK(code_of(row.yaml) == row.code);
}

TEST_CASE("size, depth and number of values are limited", "[yaml]") {
  struct Row {
    const char* why;
    std::string yaml;
    YamlLimits limits;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"as deep as allowed", "[[[1]]]", {.depth = 3}, ""},
      {"one deeper", "[[[[1]]]]", {.depth = 3}, "too-deep"},
      {"an alias adds its depth", "- &a [[1]]\n- [*a]", {.depth = 3}, "too-deep"},
      {"an alias within the depth", "- &a [[1]]\n- *a", {.depth = 3}, ""},
      {"a megabyte of brackets", std::string(1 << 19, '[') + std::string(1 << 19, ']'), {}, "too-deep"},
      {"a megabyte of dashes",
       [] {
         std::string s;
         for (int i = 0; i < 300000; ++i) s += "- ";
         return s;
       }(),
       {},
       "too-deep"},
      {"as many values as allowed", "[1, 2, 3]", {.nodes = 4}, ""},
      {"one more", "[1, 2, 3, 4]", {.nodes = 4}, "too-many-nodes"},
      {"aliases of aliases",
       "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
       "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n",
       {},
       "too-many-nodes"},
      {"bytes", "a: 12345", {.bytes = 7}, "too-large"},
  }));
  INFO(row.why);
  CHECK(code_of(row.yaml, row.limits) == row.code);
}

TEST_CASE("every value and key knows its place", "[yaml]") {
  const auto document = parse_yaml("a: 1\nlist:\n  - x: y\n    \xC3\xA9t\xC3\xA9: &z {k: 2}\n  - *z\nlast: \"q\"\n", "a.yaml");
  REQUIRE(document);

  CHECK(position(document->place("")) == "1:1");
  CHECK(position(document->place("/a")) == "1:4");
  CHECK(position(document->key_place("/a")) == "1:1");
  CHECK(position(document->place("/list/0/x")) == "3:8");
  CHECK(position(document->key_place("/list/0/x")) == "3:5");
  CHECK(position(document->place("/list/0/\xC3\xA9t\xC3\xA9/k")) == "4:19");  // columns count bytes
  CHECK(position(document->place("/list/1")) == "5:5");
  CHECK(position(document->place("/list/1/k")) == "4:19");  // below an alias: where the anchor wrote it
  CHECK(position(document->key_place("/list/1/k")) == "4:16");
  CHECK(position(document->place("/list/0/missing/deeper")) == "3:5");  // the nearest that exists
  CHECK(position(document->key_place("/list/0/missing")) == "3:5");
  CHECK(document->place("/a").file == "a.yaml");
}

TEST_CASE("a plain scalar keeps its spelling, for lint", "[yaml]") {
  const auto document = parse_yaml("a: 00123\nb: '00123'\nc: ~\nd: &x 1e3\ne: *x\nf:\n", "a.yaml");
  REQUIRE(document);

  CHECK(document->marks.at("/a").plain);
  CHECK(document->marks.at("/a").text == "00123");
  CHECK_FALSE(document->marks.at("/b").plain);
  CHECK(document->marks.at("/c").text == "~");
  CHECK(document->marks.at("/e").plain);
  CHECK(document->marks.at("/e").text == "1e3");
  CHECK(document->marks.at("/f").text.empty());
}

TEST_CASE("a problem at a pointer shows its line", "[yaml]") {
  const auto document = parse_yaml("a: 1\r\nb:\r\n  c: 2\r\n", "a.yaml");
  REQUIRE(document);

  CHECK(render_problem(document->problem("/b/c", "x", "m")) == "a.yaml:3:6: error: m [x]\n      c: 2\n         ^");
  CHECK(render_problem(document->key_problem("/b/c", "x", "m")) == "a.yaml:3:3: error: m [x]\n      c: 2\n      ^");
}

TEST_CASE("only known keys are accepted, and the first unknown one of the file is reported", "[yaml]") {
  struct Row {
    const char* why;
    const char* yaml;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({
      {"all known", "at: {name: 1, steps: 2}", ""},
      {"a slip", "at:\n  stepps: 1\n",
       "a.yaml:2:3: error: found unknown key 'stepps' (did you mean 'steps'?) [unknown-key]\n      stepps: 1\n      ^"},
      {"nothing like it", "at:\n  zebra: 1\n  alpha: 1\n",
       "a.yaml:2:3: error: found unknown key 'zebra', expected one of: name, steps [unknown-key]\n      zebra: 1\n      ^"},
      {"no mapping", "at: [1]", "a.yaml:1:5: error: found array [1], expected a mapping [wrong-type]\n    at: [1]\n        ^"},
      {"nothing at all", "other: 1", "a.yaml:1:1: error: found nothing, expected a mapping [wrong-type]\n    other: 1\n    ^"},
  }));
  INFO(row.why);
  const auto document = parse_yaml(row.yaml, "a.yaml");
  REQUIRE(document);
  const auto problem = check_keys(*document, "/at", std::vector<std::string>{"name", "steps"});
  CHECK((problem ? render_problem(*problem) : "") == row.text);
}

TEST_CASE("a file that cannot be read is reported with the system's reason", "[yaml]") {
  const auto missing = load_yaml("no/such/file.yaml");
  REQUIRE_FALSE(missing);
  CHECK(render_problem(missing.error()) == "no/such/file.yaml: error: cannot read the file: No such file or directory [file-unreadable]");

  const auto folder = load_text(UNDERSTUDY_SOURCE_DIR "/tests");
  REQUIRE_FALSE(folder);
  CHECK_THAT(render_problem(folder.error()), CONTAINS("cannot read the file: Is a directory [file-unreadable]"));

  CHECK(load_text(UNDERSTUDY_SOURCE_DIR "/CMakeLists.txt"));
}

TEST_CASE("a file over the limit is refused before it is read", "[yaml]") {
  const auto document = load_yaml(UNDERSTUDY_SOURCE_DIR "/CMakeLists.txt", {.bytes = 10});
  REQUIRE_FALSE(document);
  CHECK(document.error().code == "too-large");
}
