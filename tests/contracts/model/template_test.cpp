#include "contracts/src/model/template.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

Json parsed(const char* text) {
  const auto value = parse_json(text);
  REQUIRE(value);
  return *value;
}

}  // namespace

TEST_CASE("a template is filled from its context, as a value and as the same text", "[contracts][template]") {
  struct Row {
    const char* why;
    const char* pattern;
    const char* context;
    const char* filled;
  };
  const auto row = GENERATE(values<Row>({
      {"a literal stays", R"({"a":[1,true,null,"x"]})", "{}", R"({"a":[1,true,null,"x"]})"},
      {"a path alone keeps the type", R"({"id":"{{record.ID}}"})", R"({"record":{"ID":5}})", R"({"id":5})"},
      {"a path that is not there is null", R"(["{{record.ID}}","{{x}}"])", R"({"record":{}})", "[null,null]"},
      {"blanks around a path mean nothing", R"("{{ a.b }}")", R"({"a":{"b":"c"}})", R"("c")"},
      {"text is written in", R"("no {{a}} in {{b}}, {{c}}.")", R"({"a":5,"b":"x\"y"})", R"("no 5 in x\"y, .")"},
      {"two paths without text between", R"("{{a}}{{b}}")", R"({"a":1,"b":[2]})", R"("1[2]")"},
      {"an index", R"("{{list.1}}")", R"({"list":[4,6]})", "6"},
      {"a quoted segment may hold dots", R"("{{token.[.issued]}}")", R"({"token":{".issued":"now"}})", R"("now")"},
      {"$each maps a list", R"({"$each":"{{lines}}","as":"line","body":{"n":"{{line.n}}","of":"{{name}}"}})",
       R"({"lines":[{"n":1},{"n":2}],"name":"o"})", R"([{"n":1,"of":"o"},{"n":2,"of":"o"}])"},
      {"$each in $each sees both elements", R"({"$each":"{{a}}","as":"x","body":{"$each":"{{x.b}}","as":"y","body":["{{x.n}}","{{y}}"]}})",
       R"({"a":[{"n":1,"b":[7,8]},{"n":2,"b":[]}]})", "[[[1,7],[1,8]],[]]"},
      {"an element hides the context's name", R"({"$each":"{{a}}","as":"x","body":"{{x}}"})", R"({"a":[1],"x":9})", "[1]"},
      {"$each of nothing is an empty list", R"({"$each":"{{a}}","body":"{{item}}"})", "{}", "[]"},
      {"$merge overlays, what is no object adds nothing", R"({"$merge":["{{a}}",{"z":"{{n}}"},"{{none}}"]})",
       R"({"a":{"x":1,"z":2},"n":3})", R"({"x":1,"z":3})"},
      {"$if chooses", R"([{"$if":"{{a}}","then":1,"else":2},{"$if":"{{b}}","then":1,"else":2},{"$if":"{{b}}","then":1}])", R"({"a":0})",
       "[1,2,null]"},
      {"control characters and more than ASCII", R"({"a\n":"{{t}}"})", R"({"t":"\u0001é\\"})", R"({"a\n":"\u0001é\\"})"},
      {"numbers of every kind", R"("{{n}}")", R"({"n":[1.5,1e300,-7,18446744073709551615,0.1,12.0]})",
       "[1.5,1e+300,-7,18446744073709551615,0.1,12.0]"},
      {"empty lists and objects", R"({"a":[],"o":{},"p":"{{p}}"})", R"({"p":{"a":[],"o":{}}})", R"({"a":[],"o":{},"p":{"a":[],"o":{}}})"},
  }));
  INFO(row.why);
  const Template compiled(parsed(row.pattern));
  const Json context = parsed(row.context);

  std::string written = "before ";
  compiled.write(context, written);

  CHECK(render_json(compiled.fill(context)) == row.filled);
  CHECK(written == std::string("before ") + row.filled);
}

TEST_CASE("a template tells the first part of each path that it names", "[contracts][template]") {
  const Template compiled(parsed(R"({"a":"{{record.ID}} of {{ page }}","b":{"$each":"{{view.[x.y]}}","as":"line","body":"{{line.n}}"}})"));

  CHECK(compiled.roots() == std::set<std::string, std::less<>>{"line", "page", "record", "view"});
}

TEST_CASE("our JSON text is the library's, byte for byte", "[contracts][json]") {
  const auto text =
      GENERATE(values<const char*>({R"({"b":[],"a":{},"c":[{"x":null}],"é":"\u007f\u0000\"\\/","d":[true,false,-1,1.0,1e-9]})",
                                    R"("\ud83d\ude00 plain")", "[]", "{}", "0", R"([[],[[]],{"":""}])"}));

  const Json value = parsed(text);

  CHECK(render_json(value) == value.dump());
}
