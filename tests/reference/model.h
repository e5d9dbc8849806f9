// Owns model binding as Sellercloud does it: names in any case, null as absent, numbers and booleans from strings, enumerations
// by name, number or numeric string. Which fields there are is written in sellercloud_models.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/reference/json.h"
#include "tests/reference/rules.h"

namespace reference {

enum class Kind { integer, number, boolean, text, date, choice, object, list, any_object };

struct Choice {
  std::string_view name;
  int number = 0;
};

struct Model;

struct Field {
  std::string_view name;
  Kind kind = Kind::text;
  bool required = false;
  const Model* model = nullptr;     // of an object, or of the items of a list
  std::span<const Choice> choices;  // of a choice
  bool wraps = false;               // a list that also takes its single item bare
};

struct Model {
  std::vector<Field> fields;
};

struct Problem {
  std::string rule;  // `required:/Products/*/ProductID`, `type:/CompanyID`, `choice:/POType`
  std::string sentence;
};
using Problems = std::vector<Problem>;

struct Bound {
  Json body = Json::object();  // documented spelling, no nulls, canonical values; unknown members as they came
  Problems problems;           // only those of rules that are kept
};

Bound bind(const Json& body, const Model& model, const Rules& rules);

}  // namespace reference
