#include "contracts/src/model/complete.h"

#include "contracts/src/model/template.h"
#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("a template is completed with the members of its schema", "[complete]") {
  struct Row {
    const char* why;
    const char* schema;
    const char* pattern;
    const char* context;
    const char* sent;
  };
  const auto row = GENERATE(values<Row>({
      {"null where the schema takes it", R"({"properties":{"a":{"type":["string","null"]},"b":{"type":"integer"}}})", R"({"b":1})", "{}",
       R"({"a":null,"b":1})"},
      {"else an empty value of the type",
       R"({"properties":{"l":{"type":"array"},"t":{"type":"string"},"f":{"type":"boolean"},"n":{"type":"number"},"o":{"type":"object"}}})",
       "{}", "{}", R"({"f":false,"l":[],"n":0,"o":{},"t":""})"},
      {"a default comes first", R"({"properties":{"l":{"type":["array","null"],"default":[]}}})", "{}", "{}", R"({"l":[]})"},
      {"objects in objects", R"({"properties":{"o":{"properties":{"p":{"properties":{"a":{"type":["null"]}}}}}}})", "{}", "{}",
       R"({"o":{"p":{"a":null}}})"},
      {"members of a given object", R"({"properties":{"o":{"properties":{"a":{"type":["null"]},"b":{}}}}})", R"({"o":{"b":2}})", "{}",
       R"({"o":{"a":null,"b":2}})"},
      {"elements of a list", R"({"items":{"properties":{"a":{},"b":{}}}})", R"({"$each":"{{list}}","as":"one","body":{"a":"{{one}}"}})",
       R"({"list":[1,2]})", R"([{"a":1,"b":null},{"a":2,"b":null}])"},
      {"elements of joined lists", R"({"items":{"properties":{"a":{},"b":{}}}})",
       R"({"$concat":[{"$each":"{{list}}","as":"one","body":{"a":"{{one}}"}},[{"b":2}]]})", R"({"list":[1]})",
       R"([{"a":1,"b":null},{"a":null,"b":2}])"},
      {"a list that is written out", R"({"items":{"properties":{"a":{}}}})", R"([{"b":1}])", "{}", R"([{"a":null,"b":1}])"},
      {"both branches of a choice", R"({"properties":{"a":{},"b":{}}})", R"({"$if":"{{no}}","then":{"a":1},"else":{"b":2}})", "{}",
       R"({"a":null,"b":2})"},
      {"a null branch stays null", R"({"type":["object","null"],"properties":{"a":{}}})", R"({"$if":"{{no}}","then":{"a":1},"else":null})",
       "{}", "null"},
      {"what is merged has precedence", R"({"properties":{"a":{},"b":{}}})", R"({"$merge":["{{one}}",{"b":3}]})", R"({"one":{"a":1}})",
       R"({"a":1,"b":3})"},
      {"an object taken whole", R"({"properties":{"a":{},"b":{}}})", "\"{{one}}\"", R"({"one":{"b":1,"c":2}})",
       R"({"a":null,"b":1,"c":2})"},
      {"null taken whole", R"({"properties":{"a":{},"b":{}}})", "\"{{one}}\"", R"({"one":null})", "null"},
      {"references and parts", R"({"allOf":[{"$ref":"#/parts/one"},{"properties":{"b":{}}}],"properties":{"c":{}}})", R"({"c":1})", "{}",
       R"({"a":null,"b":null,"c":1})"},
      {"a schema that contains itself ends", R"({"$ref":"#/parts/loop"})", R"({"name":1})", "{}",
       R"({"name":1,"next":{"name":null,"next":null}})"},
      {"dates of the local form", R"({"properties":{"d":{"type":["string","null"],"x-date":"local"},"e":{"x-date":"local"}}})",
       R"({"d":"{{day}}"})", R"({"day":"2026-11-27 10:00:00"})", R"({"d":"2026-11-27T10:00:00","e":null})"},
      {"a value that is no object", R"({"properties":{"a":{"properties":{"b":{}}}}})", R"({"a":7})", "{}", R"({"a":7})"},
  }));
  INFO(row.why);
  const Json document = *parse_json(
      R"({"parts":{"one":{"properties":{"a":{}}},"loop":{"properties":{"name":{},"next":{"$ref":"#/parts/twice"}}},
          "twice":{"properties":{"name":{},"next":{"type":["object","null"]}}}}})");
  const Json schema = *parse_json(row.schema);

  const Json pattern = complete_pattern(*parse_json(row.pattern), &schema, document);

  const Json context = *parse_json(row.context);
  CHECK(render_json(Template(pattern).fill(context)) == row.sent);
  std::string written;
  Template(pattern).write(context, written);
  CHECK(written == row.sent);
}
