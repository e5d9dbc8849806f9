#include "contracts/src/model/binding.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {

const SharedJson& document() {
  static const SharedJson kDocument(std::make_shared<const Json>(*parse_json(R"({
    "type": "object",
    "properties": {
      "Name": {"type": "string"},
      "Count": {"type": "integer"},
      "Kind": {"type": "string", "enum": ["Novel", "Poetry"], "x-numbers": [0, 7]},
      "Lines": {"type": "array", "items": {"type": "object", "properties": {"Qty": {"type": "number"}, "Note": {"type": ["string", "null"]}}}}
    }})")));
  return kDocument;
}

BindingWords all_words() {
  return {.names_ignore_case = true,
          .null_is_absent = true,
          .numbers_from_strings = true,
          .enums_ignore_case = true,
          .enums_from_numbers = true,
          .empty_string_is_null = true,
          .empty_array_is_object = true,
          .single_is_list = true,
          .unwrap = "book",
          .aliases = {{"Caption", "Name"}}};
}

}  // namespace

TEST_CASE("a body is bound alike with and without the spelling of its members", "[contracts][binding]") {
  struct Row {
    const char* why;
    const char* wire;
    const char* bound;
  };
  const auto row = GENERATE(values<Row>({
      {"documented names stay in place", R"({"Count":"3","Name":"a","other":[1]})", R"({"Count":3,"Name":"a","other":[1]})"},
      {"null is absent, also below", R"({"Name":null,"Lines":[{"Qty":null,"Note":"n"}]})", R"({"Lines":[{"Note":"n"}]})"},
      {"an empty text that becomes null is absent", R"({"Count":"","Lines":[{"Note":""}]})", R"({"Lines":[{}]})"},
      {"names in another case move", R"({"name":"a","COUNT":1})", R"({"Count":1,"Name":"a"})"},
      {"an alias moves", R"({"Caption":"a"})", R"({"Name":"a"})"},
      {"of two spellings the last stays", R"({"NAME":"a","Name":"b","name":"c"})", R"({"Name":"c"})"},
      {"an absent spelling hides no other", R"({"Count":5,"count":""})", R"({"Count":5})"},
      {"enumerations by case and number", R"({"Kind":"poetry","Lines":[]})", R"({"Kind":"Poetry","Lines":[]})"},
      {"a number of an enumeration", R"({"Kind":7})", R"({"Kind":"Poetry"})"},
      {"a single object is a list of one", R"({"Lines":{"qty":"2.5"}})", R"({"Lines":[{"Qty":2.5}]})"},
      {"the wrapped body", R"({"book":{"name":"a"}})", R"({"Name":"a"})"},
      {"no object", R"([1])", R"([1])"},
  }));
  INFO(row.why);
  const Binder binder(document(), "", all_words());
  const auto wire = parse_json(row.wire);
  REQUIRE(wire);

  const Json bound = binder.bind(*wire);
  const Bound spelled = binder.bind_with_spelling(*wire);

  CHECK(render_json(bound) == row.bound);
  CHECK(render_json(spelled.body) == row.bound);
}

TEST_CASE("the spelling of a member on the wire is found by its pointer after binding", "[contracts][binding]") {
  const Binder binder(document(), "", all_words());

  const Bound bound = binder.bind_with_spelling(*parse_json(R"({"book":{"lines":[{"QTY":1}],"Name":"a"}})"));

  CHECK(Binder::wire_pointer(bound, "/Lines/0/Qty") == "/book/lines/0/QTY");
  CHECK(Binder::wire_pointer(bound, "/Name") == "/book/Name");
}
