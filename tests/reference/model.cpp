#include "tests/reference/model.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/reference/text.h"

namespace reference {
namespace {

bool all_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

// 2020-05-25, 2020-05-25T21:58:33.197Z, 2020-05-25 21:58:33, with an offset or none.
bool is_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  const auto month = parse_integer(text.substr(5, 2)), day = parse_integer(text.substr(8, 2));
  if (!all_digits(text.substr(0, 4)) || !month || !day || *month < 1 || *month > 12 || *day < 1 || *day > 31) return false;
  if (text.size() == 10) return true;
  const std::string_view time = text.substr(10);
  if ((time[0] != 'T' && time[0] != ' ') || time.size() < 6 || time[3] != ':') return false;
  return time.substr(1).find_first_not_of("0123456789:.+-Z") == std::string_view::npos;
}

class Binder {
 public:
  Binder(const Rules& rules, Problems& problems) : rules_(rules), problems_(problems) {}

  Json bind_object(const Json& body, const Model& model, const std::string& path) {
    Json bound = Json::object();
    for (const auto& [name, value] : body.items()) {
      const Field* field = find_field(model, name);
      if (!field) {
        bound[name] = value;
      } else if (!value.is_null()) {
        if (auto converted = convert(value, *field, path + "/" + std::string(field->name)))
          bound[std::string(field->name)] = std::move(*converted);
      }
    }
    for (const Field& field : model.fields) {
      const std::string at = path + "/" + std::string(field.name);
      if (field.required && !bound.contains(std::string(field.name)) && !failed(at)) {
        report("required", at, "The " + std::string(field.name) + " field is required.");
      }
    }
    return bound;
  }

 private:
  const Field* find_field(const Model& model, std::string_view name) const {
    const bool ignore_case = rules_.keeps("names_ignore_case");
    const auto found = std::find_if(model.fields.begin(), model.fields.end(),
                                    [&](const Field& field) { return ignore_case ? same_word(field.name, name) : field.name == name; });
    return found == model.fields.end() ? nullptr : &*found;
  }

  std::optional<Json> convert(const Json& value, const Field& field, const std::string& at) {
    if (value.is_string() && !rules_.keeps("numbers_from_strings") && (field.kind == Kind::integer || field.kind == Kind::number)) {
      return mismatch(value, field, at);
    }
    switch (field.kind) {
      case Kind::integer:
        if (const auto whole = as_integer(value)) return Json(*whole);
        break;
      case Kind::number:
        if (value.is_number()) return value;
        if (const auto number = as_number(value)) return plain_number(*number);
        break;
      case Kind::boolean:
        if (value.is_boolean()) return value;
        if (value.is_string() && same_word(value.get_ref<const std::string&>(), "true")) return Json(true);
        if (value.is_string() && same_word(value.get_ref<const std::string&>(), "false")) return Json(false);
        break;
      case Kind::text:
        if (value.is_string()) return value;
        break;
      case Kind::date:
        if (value.is_string() && is_date(value.get_ref<const std::string&>())) return value;
        break;
      case Kind::choice:
        if (auto chosen = choose(value, field)) return chosen;
        report("choice", at, "The value " + render_json(value) + " is not valid for " + std::string(field.name) + ".");
        return value;
      case Kind::object:
        if (value.is_object()) return bind_object(value, *field.model, at);
        break;
      case Kind::any_object:
        if (value.is_object()) return value;
        break;
      case Kind::list:
        if (value.is_array()) return bind_list(value, field, at);
        if (value.is_object() && field.wraps) return bind_list(Json::array({value}), field, at);
        break;
    }
    return mismatch(value, field, at);
  }

  std::optional<Json> mismatch(const Json& value, const Field& field, const std::string& at) {
    failed_.push_back(at);
    report("type", at, "The value " + render_json(value) + " cannot be converted for " + std::string(field.name) + ".");
    return std::nullopt;
  }

  Json bind_list(const Json& items, const Field& field, const std::string& at) {
    Json bound = Json::array();
    for (const Json& item : items) {
      if (item.is_object())
        bound.push_back(bind_object(item, *field.model, at + "/*"));
      else
        mismatch(item, field, at + "/*");
    }
    return bound;
  }

  std::optional<Json> choose(const Json& value, const Field& field) const {
    const auto number = rules_.keeps("choices_by_number") ? as_integer(value) : std::nullopt;
    for (const Choice& choice : field.choices) {
      const bool by_name = value.is_string() && same_word(value.get_ref<const std::string&>(), choice.name);
      if (by_name || (number && *number == choice.number)) return Json(std::string(choice.name));
    }
    return std::nullopt;
  }

  bool failed(const std::string& at) const { return std::find(failed_.begin(), failed_.end(), at) != failed_.end(); }

  void report(std::string_view rule, const std::string& at, std::string sentence) {
    std::string id = std::string(rule) + ":" + at;
    if (rules_.keeps(id)) problems_.push_back({.rule = std::move(id), .sentence = std::move(sentence)});
  }

  const Rules& rules_;
  Problems& problems_;
  std::vector<std::string> failed_;  // present but unusable: not also reported as missing
};

}  // namespace

Bound bind(const Json& body, const Model& model, const Rules& rules) {
  Bound bound;
  bound.body = Binder(rules, bound.problems).bind_object(body, model, "");
  return bound;
}

}  // namespace reference
