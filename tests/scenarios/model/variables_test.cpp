#include "scenarios/src/model/variables.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

Variables some_variables() {
  Variables variables;
  variables.set_templates(
      {{"company", 163}, {"sku", "S-{{company}}"}, {"list", {1, 2}}, {"loop", "{{loop}}"}, {"gone", {{"$absent", true}}}});
  variables.set("captured", "{{company}}");
  variables.set("run.id", "ab12cd34");
  return variables;
}

std::string rendered(const char* tree) {
  const auto result = some_variables().render(Json::parse(tree));
  return result ? render_json(*result) : render_undefined(result.error());
}

}  // namespace

TEST_CASE("a name alone keeps its type, inside text it is text", "[variables]") {
  struct Row {
    const char* why;
    const char* tree;
    const char* filled;
  };
  const auto row = GENERATE(values<Row>({
      {"alone", R"("{{company}}")", "163"},
      {"with spaces", R"("{{ company }}")", "163"},
      {"inside text", R"("c-{{company}}-x")", R"("c-163-x")"},
      {"twice", R"("{{company}}{{company}}")", R"("163163")"},
      {"a list alone", R"("{{list}}")", "[1,2]"},
      {"a list inside text", R"("l={{list}}")", R"("l=[1,2]")"},
      {"a dotted name", R"("W-{{run.id}}")", R"("W-ab12cd34")"},
      {"a variable that uses another", R"("{{sku}}")", R"("S-163")"},
      {"what was captured is not filled again", R"("{{captured}}")", R"("{{company}}")"},
      {"at any depth", R"({"a":[{"b":"{{company}}"}]})", R"({"a":[{"b":163}]})"},
      {"inside matchers", R"({"a":{"$min":"{{company}}"}})", R"({"a":{"$min":163}})"},
      {"literal", R"({"a":{"$literal":"{{company}}"}})", R"({"a":"{{company}}"})"},
      {"literal of a matcher word", R"({"$literal":{"$type":1}})", R"({"$type":1})"},
      {"absent stays", R"({"a":{"$absent":true}})", R"({"a":{"$absent":true}})"},
      {"names of members stay", R"({"{{company}}":1})", R"({"{{company}}":1})"},
      {"braces around no name", R"("{{a b}} {{")", R"("{{a b}} {{")"},
      {"undefined", R"("{{compny}}")", "found {{compny}}, which no variable or capture defines (did you mean 'company'?)"},
      {"undefined and nothing near", R"({"a":"{{zzzzzzzz}}"})", "found {{zzzzzzzz}}, which no variable or capture defines"},
      {"defined by itself", R"("{{loop}}")", "the variable 'loop' is defined by itself"},
  }));
  INFO(row.why);

  CHECK(rendered(row.tree) == row.filled);
}

TEST_CASE("an undefined name tells where it stands", "[variables]") {
  const auto result = some_variables().render(Json::parse(R"({"a":[1,"x {{nope}}"]})"));

  REQUIRE_FALSE(result);
  CHECK(result.error().name == "nope");
  CHECK(result.error().pointer == "/a/1");
}

TEST_CASE("what is sent leaves out what is absent", "[variables]") {
  struct Row {
    const char* why;
    const char* tree;
    const char* sent;
  };
  const auto row = GENERATE(values<Row>({
      {"a member by a row's variable", R"({"a":"{{gone}}","b":1})", R"({"b":1})"},
      {"an element", R"([1,{"$absent":true},2])", "[1,2]"},
      {"deeper", R"({"a":{"b":"{{gone}}"}})", R"({"a":{}})"},
      {"literally sent", R"({"a":{"$literal":{"$absent":true}}})", R"({"a":{"$absent":true}})"},
  }));
  INFO(row.why);

  CHECK(render_json(some_variables().render_sent(Json::parse(row.tree)).value()) == row.sent);
}

TEST_CASE("a later value wins", "[variables]") {
  Variables variables;
  variables.set_templates({{"a", 1}});
  variables.set_template("a", 2);

  CHECK(*variables.find("a") == 2);
  CHECK(variables.render_text("a={{a}}").value() == "a=2");
}

TEST_CASE("the ids of a run are fixed by the seed", "[variables]") {
  Variables first, same, other;
  first.set_run(42);
  same.set_run(42);
  other.set_run(43);

  CHECK(*first.find("run.id") == *same.find("run.id"));
  CHECK(*first.find("run.number") == *same.find("run.number"));
  CHECK(*first.find("run.id") != *other.find("run.id"));
  CHECK(first.find("run.id")->get<std::string>().size() == 8);
  CHECK(first.find("run.number")->get<std::int64_t>() >= 100'000'000);
}

TEST_CASE("names in a tree are found with their places", "[variables]") {
  const auto names = find_names(Json::parse(R"({"a":["{{x}}-{{y}}"],"b":{"$literal":"{{z}}"}})"));

  CHECK(names == std::vector<std::pair<std::string, std::string>>{{"x", "/a/0"}, {"y", "/a/0"}});
}

TEST_CASE("a variable of the command line is typed like a plain YAML scalar", "[variables]") {
  struct Row {
    const char* text;
    Json value;
  };
  const auto row = GENERATE(values<Row>({
      {"a=7", 7},
      {"a=7.50", 7.5},
      {"a=true", true},
      {"a=no", "no"},
      {"a=x=y", "x=y"},
      {"a=", ""},
      {"a=\"7\"", "7"},
      {"a={b: 1}", Json{{"b", 1}}},
      {"a=[broken", "[broken"},
  }));
  INFO(row.text);

  CHECK(parse_var(row.text).value() == std::pair<std::string, Json>("a", row.value));
}

TEST_CASE("a variable without a name is a mistake of usage", "[variables]") {
  for (const char* text : {"a", "=1", "1a=1"}) {
    const auto problem = parse_var(text);
    REQUIRE_FALSE(problem);
    CHECK(problem.error().failure == Failure::usage);
  }
}
