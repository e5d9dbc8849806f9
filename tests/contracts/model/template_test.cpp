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
      {"$merge takes the members of a branch and of another $merge",
       R"({"$merge":[{"b":1,"a":1},{"$if":"{{yes}}","then":{"a":[2]},"else":{}},)"
       R"({"$merge":["{{m}}",{"c":"{{n}}"}]},{"$case":"{{n}}","of":{"3":{"d":4}}}]})",
       R"({"yes":true,"m":{"b":5,"q\"":1},"n":3})", R"({"a":[2],"b":5,"c":3,"d":4,"q\"":1})"},
      {"$merge of nothing is an empty object", R"({"$merge":["{{none}}",{}]})", "{}", "{}"},
      {"$if chooses", R"([{"$if":"{{a}}","then":1,"else":2},{"$if":"{{b}}","then":1,"else":2},{"$if":"{{b}}","then":1}])", R"({"a":0})",
       "[1,2,null]"},
      {"$each leaves out what `where` does not hold for, and joins lists",
       R"({"$each":"{{a}}","where":{"$more_than":["{{item.n}}",1]},"flat":true,"body":["{{item.n}}",0]})",
       R"({"a":[{"n":1},{"n":2},{"n":"3"}]})", R"([2,0,"3",0])"},
      {"$case chooses by text", R"([{"$case":"{{a}}","of":{"5":"five"}},{"$case":"{{b}}","of":{"5":1},"else":9},{"$case":0,"of":{}}])",
       R"({"a":5,"b":"x"})", R"(["five",9,null])"},
      {"$first", R"([{"$first":["{{x}}",false,1]},{"$first":[]}])", "{}", "[false,null]"},
      {"$not", R"([{"$not":"{{x}}"},{"$not":0}])", "{}", "[true,false]"},
      {"$equal", R"([{"$equal":[5,"5"]},{"$equal":["{{x}}",null]},{"$equal":["a","A"]},{"$equal":[null,"null"]}])", "{}",
       "[true,true,false,false]"},
      {"$more_than and $at_least", R"([{"$more_than":[2,1]},{"$more_than":["1",1]},{"$at_least":["1",1]},{"$at_least":[null,1]}])", "{}",
       "[true,false,true,false]"},
      {"$count", R"([{"$count":"{{a}}"},{"$count":"{{x}}"}])", R"({"a":[1,2]})", "[2,0]"},
      {"$sum, $difference and $product of whole numbers",
       R"([{"$sum":[1,"2",null,9007199254740993]},{"$difference":[1,4]},{"$product":[3,4]}])", "{}", "[9007199254740996,-3,12]"},
      {"$sum of decimals has no dust", R"([{"$sum":[0.1,0.2]},{"$product":[19.99,3]},{"$sum":[0.5,0.5]},{"$sum":[]}])", "{}",
       "[0.3,59.97,1,0]"},
      {"$round", R"([{"$round":[2.345,2]},{"$round":[-2.5,0]},{"$round":["7.04",1]}])", "{}", "[2.35,-3,7]"},
      {"$concat", R"({"$concat":["{{a}}",[3],"{{x}}"]})", R"({"a":[1]})", "[1,3]"},
      {"records are none without a source", R"([{"$find":"a"},{"$records":"a"}])", "{}", "[null,null]"},
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

TEST_CASE("an object whose value has moved away can still be merged", "[contracts][template]") {
  struct Row {
    const char* pattern;
    bool needs_value;
  };
  const auto row = GENERATE(values<Row>({{R"({"$merge":["{{request}}",{"ID":1}]})", false},
                                         {R"({"$merge":["{{other}}",{"$if":"{{other.x}}","then":"{{request}}","else":{}}]})", false},
                                         {R"({"a":[{"$merge":["{{request}}"]}],"b":"{{other.x}}"})", false},
                                         {"{{other}}", false},
                                         {"{{request}}", true},
                                         {"{{request.a}}", true},
                                         {"x {{request}}", true},
                                         {R"({"$merge":["{{request.a}}"]})", true},
                                         {R"({"$merge":[{"b":"{{request.a}}"}]})", true},
                                         {R"({"$merge":[{"$if":"{{request.a}}","then":"{{request}}","else":{}}]})", true},
                                         {R"({"$merge":[{"$merge":["{{request}}"]}]})", true},
                                         {R"({"$if":{"$merge":["{{request}}"]},"then":1})", true},
                                         {R"({"$if":"{{other.x}}","then":{"$merge":["{{request}}"]}})", false},
                                         {R"({"$each":"{{request.list}}","body":1})", true},
                                         {R"({"$first":["{{request}}"]})", true}}));
  INFO(row.pattern);
  const std::string_view pattern = row.pattern;
  const Template compiled(pattern.starts_with("{\"") ? parsed(row.pattern) : Json(pattern));
  const Json request = {{"a", {1, "\n"}}, {"\"b\"", "x"}, {"Z", nullptr}}, context = {{"other", {{"x", true}, {"y", 2}}}};

  CHECK(compiled.needs_value("request") == row.needs_value);
  if (row.needs_value) return;
  const RenderedObject rendered(request);
  const TemplateScope with_other{.context = context};
  std::string with_value, without;
  compiled.write(with_other.with("request", request), with_value);
  compiled.write(with_other.with("request", rendered), without);
  CHECK(without == with_value);
}

TEST_CASE("an object that was rendered is written as its value would be", "[contracts][template]") {
  const char* text = GENERATE(R"({})", R"({"a":[1,"\n"],"\"b\"":"x","c":{"d":1e400}})");
  const char* pattern =
      GENERATE(R"("{{one}}")", R"({"first":"{{one}}","list":["{{one}}",2]})", R"({"$if":"{{yes}}","then":"{{one}}","else":0})");
  INFO(text << " in " << pattern);
  const Json object = parsed(text), context = {{"yes", true}};
  const Template compiled(parsed(pattern));
  RenderedObject built{Json::object()};
  for (const auto& [name, value] : object.items()) built.add(name, [&value = value](std::string& out) { append_json(value, out); });

  for (const RenderedObject& rendered : {RenderedObject(object), std::move(built)}) {
    std::string with_value, without;
    compiled.write(TemplateScope{.context = context}.with("one", object), with_value);
    compiled.write(TemplateScope{.context = context}.with("one", rendered), without);
    CHECK(without == with_value);
    CHECK(render_json(rendered.read()) == render_json(object));
  }
}

TEST_CASE("what is no object is rendered as no object", "[contracts][template]") {
  CHECK_FALSE(RenderedObject());
  CHECK_FALSE(RenderedObject(Json::array({1})));
  CHECK(RenderedObject(Json::object()));
}

TEST_CASE("members are compared as text, and a list means any of its elements", "[contracts][template]") {
  struct Row {
    const char *why, *record, *where;
    bool has;
  };
  const auto row = GENERATE(values<Row>({{"the same", R"({"a":1,"b":2})", R"({"a":1})", true},
                                         {"a number and its text", R"({"a":1})", R"({"a":"1"})", true},
                                         {"another", R"({"a":1})", R"({"a":2})", false},
                                         {"all are needed", R"({"a":1,"b":2})", R"({"a":1,"b":3})", false},
                                         {"a pointer", R"({"a":{"b":1}})", R"({"/a/b":1})", true},
                                         {"null is absent", R"({"a":1})", R"({"b":null})", true},
                                         {"null is not the text", R"({"a":"null"})", R"({"a":null})", false},
                                         {"some element", R"({"a":[{"b":1},{"b":2}]})", R"({"/a/*/b":2})", true},
                                         {"no element", R"({"a":[{"b":1},{"b":2}]})", R"({"/a/*/b":[3,4]})", false},
                                         {"any of a list", R"({"a":1})", R"({"a":[3,"1"]})", true},
                                         {"an empty list has none", R"({"a":1})", R"({"a":[]})", false},
                                         {"no members: every record", R"({"a":1})", "{}", true},
                                         {"what is no object has nothing", R"({"a":1})", "null", false}}));
  INFO(row.why);
  CHECK(has_members(parsed(row.record), parsed(row.where)) == row.has);
}

TEST_CASE("our JSON text is the library's, byte for byte", "[contracts][json]") {
  const auto text =
      GENERATE(values<const char*>({R"({"b":[],"a":{},"c":[{"x":null}],"é":"\u007f\u0000\"\\/","d":[true,false,-1,1.0,1e-9]})",
                                    R"("\ud83d\ude00 plain")", "[]", "{}", "0", R"([[],[[]],{"":""}])"}));

  const Json value = parsed(text);

  CHECK(render_json(value) == value.dump());
}
