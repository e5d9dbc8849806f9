#include "contracts/src/model/rules.h"

#include <algorithm>
#include <functional>

#include "contracts/src/base/formats.h"
#include "contracts/src/base/number.h"
#include "contracts/src/schema/countries.h"

namespace understudy {
namespace {

// Takes the first token off a pointer, as it is written there.
std::string_view take_token(std::string_view& pointer) {
  if (!pointer.empty()) pointer.remove_prefix(1);
  const std::string_view token = pointer.substr(0, pointer.find('/'));
  pointer.remove_prefix(token.size());
  return token;
}

// The value at a condition's or key's pattern, its '*' replaced by the indices of the row's member: /Products/*/Mode beside
// /Products/2/Qty.
const Json* find_beside(const Json& body, std::string_view pattern, std::string_view at_pattern, std::string_view concrete) {
  if (pattern.find('*') == std::string_view::npos) return find_pointer(body, pattern);
  std::string pointer;
  bool together = true;
  while (!pattern.empty()) {
    together = together && !at_pattern.empty() && !concrete.empty();
    const std::string_view token = take_token(pattern), at = take_token(at_pattern), place = take_token(concrete);
    together = together && token == at;
    pointer.append("/").append(together ? place : token);
  }
  return find_pointer(body, pointer);
}

bool is_text(const Json& value, std::string_view text) { return value.is_string() && value.get_ref<const std::string&>() == text; }

bool is_empty(const Json* value) {
  return value == nullptr || value->is_null() || (value->is_string() && value->get_ref<const std::string&>().empty());
}

// The member of the body or the stored record that a condition is about.
const Json* find_subject(const Condition& condition, const Row& row, const std::string& place, const Json& body,
                         const RuleContext& context) {
  if (!condition.about_record) return find_beside(body, condition.name, row.at, place);
  return context.record == nullptr ? nullptr : find_pointer(*context.record, condition.name);
}

bool is_switched(bool is_on, const Json& is) { return is.is_boolean() ? is_on == is.get<bool>() : json_equal(Json(is_on), is); }

bool holds(const Condition& condition, const Row& row, const std::string& place, const Json& body, const RuleContext& context) {
  switch (condition.kind) {
    case Condition::Kind::setting: {
      const auto found = context.settings.find(condition.name);
      return is_switched(found != context.settings.end() && found->second, condition.is);
    }
    case Condition::Kind::switch_value: {
      const auto found = context.switches.find(condition.name);
      return found != context.switches.end() && json_equal(found->second, condition.is);
    }
    case Condition::Kind::present:
      if (condition.about_record && context.record == nullptr) return false;
      return is_switched(find_subject(condition, row, place, body, context) != nullptr, condition.is);
    case Condition::Kind::value: {
      const Json* value = find_subject(condition, row, place, body, context);
      return value != nullptr && json_equal(*value, condition.is);
    }
  }
  return false;
}

bool is_among(const Json& value, const Json& list) {
  return std::ranges::any_of(list, [&](const Json& one) { return json_equal(one, value); });
}

bool has_format(const std::string& text, const std::string& format) {
  if (format == "iso-3166-1-alpha-2") return is_country_code(text);
  const FormatCheck check = find_format(format);
  return check == nullptr || check(text);
}

struct Wrong {
  std::string expected;
  std::string actual;
};

// exists_in: {always: {switch: name, is: value}} also checks collections that no scenario seeded.
bool is_always_checked(const Row& row, const RuleContext& context) {
  const auto always = row.argument.find("always");
  if (always == row.argument.end()) return false;
  const auto found = context.switches.find(always->at("switch").get_ref<const std::string&>());
  if (found == context.switches.end()) return false;
  const auto wanted = always->find("is");
  return wanted == always->end() ? found->second == true : json_equal(found->second, *wanted);
}

std::optional<Wrong> judge_records(const Row& row, const std::string& place, const Json* value, const Json& body,
                                   const RuleContext& context) {
  if (context.records == nullptr) return std::nullopt;
  const std::string& collection = row.argument.at("collection").get_ref<const std::string&>();
  if (row.verb == Verb::exists_in) {
    if (value == nullptr || !(context.records->is_seeded(collection) || is_always_checked(row, context))) return std::nullopt;
    if (context.records->has_record(collection, row.keys, {value})) return std::nullopt;
    return Wrong{"a known record of " + collection, describe(*value)};
  }
  KeyValues values;
  for (const Json& key : row.argument.at("keys")) {
    const Json* part = find_beside(body, key.get_ref<const std::string&>(), row.at, place);
    if (is_empty(part)) return std::nullopt;
    values.push_back(part);
  }
  if (!context.records->has_record(collection, row.keys, values)) return std::nullopt;
  return Wrong{"a value that no record of " + collection + " has", value == nullptr ? "absent" : describe(*value)};
}

// `value`: of the body at the place; null: there is none.
std::optional<Wrong> judge(const Row& row, const std::string& place, const Json* value, const Json& body, const RuleContext& context) {
  const auto actual = [&] { return value == nullptr ? "absent" : describe(*value); };
  switch (row.verb) {
    case Verb::required:
      if (value == nullptr || (is_empty(value) && is_text(row.argument, "non_empty"))) return Wrong{"a value", actual()};
      return std::nullopt;
    case Verb::forbidden:
      if (value == nullptr) return std::nullopt;
      if (const Json* unless = find_pointer(row.argument, "/unless"); unless != nullptr && is_among(*value, *unless)) return std::nullopt;
      return Wrong{"absent", actual()};
    case Verb::more_than:
      if (value == nullptr || !is_number(*value) || compare_numbers(*value, row.argument) > 0) return std::nullopt;
      return Wrong{"a number > " + render_json(row.argument), actual()};
    case Verb::at_least:
      if (value == nullptr || !is_number(*value) || compare_numbers(*value, row.argument) >= 0) return std::nullopt;
      return Wrong{"a number >= " + render_json(row.argument), actual()};
    case Verb::items_at_least:
      if (value == nullptr || !value->is_array() || value->size() >= row.argument.get<std::size_t>()) return std::nullopt;
      return Wrong{"a list of at least " + render_json(row.argument), "a list of " + std::to_string(value->size())};
    case Verb::format:
      if (value == nullptr || !value->is_string() || has_format(value->get_ref<const std::string&>(), row.argument.get<std::string>())) {
        return std::nullopt;
      }
      return Wrong{"a string in format " + row.argument.get<std::string>(), actual()};
    case Verb::unique_in:
    case Verb::exists_in: return judge_records(row, place, value, body, context);
    case Verb::ignored:
    case Verb::becomes: return std::nullopt;
  }
  return std::nullopt;
}

void apply(const Row& row, const std::string& place, Json& body) {
  if (row.verb == Verb::ignored) {
    erase_pointer(body, place);
    return;
  }
  if (const auto constant = row.argument.find("constant"); constant != row.argument.end()) {
    set_pointer(body, place, *constant);
  } else if (const Json* source = find_beside(body, row.argument.at("value").get_ref<const std::string&>(), row.at, place);
             source != nullptr) {
    set_pointer(body, place, Json(*source));
  }
}

// Whether the member could be there: the value around it is.
bool has_parent(const Json& body, std::string_view pointer) {
  const Json* parent = find_pointer(body, pointer.substr(0, pointer.rfind('/')));
  return parent != nullptr && parent->is_structured();
}

std::string field_of(const std::string& pointer) {
  const auto tokens = split_pointer(pointer);
  return tokens.empty() ? "the body" : tokens.back();
}

// `message:` of a row may name {field} and {value}.
std::string fill_message(std::string text, const std::string& place, const Json* value) {
  const std::string shown = value == nullptr ? "" : as_text(*value);
  for (const auto& [name, with] : {std::pair<std::string_view, std::string>{"{field}", field_of(place)}, {"{value}", shown}}) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + with.size())) text.replace(at, name.size(), with);
  }
  return text;
}

std::string sentence(const Row& row, const std::string& place, const Wrong& wrong, const Json* value) {
  if (!row.message.empty()) return fill_message(row.message, place, value);
  const std::string field = field_of(place);
  switch (row.verb) {
    case Verb::required: return field + " is required.";
    case Verb::forbidden: return field + " must not be provided.";
    case Verb::more_than: return field + " must be greater than " + render_json(row.argument) + ".";
    case Verb::at_least: return field + " must not be less than " + render_json(row.argument) + ".";
    case Verb::items_at_least: return field + " must have at least " + render_json(row.argument) + " element(s).";
    case Verb::format: return field + " is not in the format " + row.argument.get<std::string>() + ".";
    case Verb::unique_in: return field + " " + wrong.actual + " already exists.";
    case Verb::exists_in: return field + " " + wrong.actual + " does not exist.";
    default: return {};
  }
}

// Whether the row has anything to check at this place. `required` and `forbidden` also check absent members.
bool is_evaluated(const Row& row, const Json* value) {
  return row.verb == Verb::required || row.verb == Verb::forbidden || value != nullptr;
}

Broken describe_broken(const Contract& contract, const Row& row, const std::string& place, const Wrong& wrong, const Json& subject) {
  return {.row = &row,
          .finding = {.code = std::string(to_string(row.verb)),
                      .pointer = place,
                      .expected = wrong.expected,
                      .actual = wrong.actual,
                      .message = sentence(row, place, wrong, find_pointer(subject, place)),
                      .rule = contract.api + "." + row.id,
                      .source = row.fact.source,
                      .evidence = row.fact.evidence,
                      .severity = Severity::error,
                      .place = row.place}};
}

}  // namespace

std::vector<Broken> find_broken_rows(const Contract& contract, const Operation& operation, Json& body, const RuleContext& context,
                                     std::size_t limit, EvaluatedRules* evaluated) {
  std::vector<Broken> broken;
  for (const Row& row : operation.rows) {
    // Switches and settings first: most rows need not be placed in the body.
    const bool is_off = std::ranges::any_of(row.when, [&](const Condition& one) {
      const bool points = one.kind != Condition::Kind::setting && one.kind != Condition::Kind::switch_value;
      return !points && !holds(one, row, row.at, body, context);
    });
    if (is_off || (row.about_record && context.record == nullptr)) continue;
    const Json& subject = row.about_record ? *context.record : body;
    const std::string_view at = row.at;
    const bool is_plain = at.find('*') == std::string_view::npos;
    if (is_plain && !at.empty() && !has_parent(subject, at)) continue;
    const bool changes_body = row.verb == Verb::ignored || row.verb == Verb::becomes;
    // False: enough rows are broken.
    const auto judge_place = [&](const std::string& place) {
      const bool applies = std::ranges::all_of(row.when, [&](const Condition& one) { return holds(one, row, place, body, context); });
      if (!applies) return true;
      const Json* value = find_pointer(subject, place);
      if (evaluated != nullptr && is_evaluated(row, value)) evaluated->push_back(&row);
      if (changes_body) {
        apply(row, place, body);
        return true;
      }
      if (const auto wrong = judge(row, place, value, subject, context))
        broken.push_back(describe_broken(contract, row, place, *wrong, subject));
      return broken.size() < limit;
    };
    if (is_plain) {
      static_cast<void>(judge_place(row.at));
    } else if (changes_body) {
      for (const std::string& place : expand_pointer(subject, at)) static_cast<void>(judge_place(place));
    } else {
      visit_pointers(subject, at, std::cref(judge_place));
    }
    if (broken.size() >= limit) return broken;
  }
  return broken;
}

std::optional<Broken> judge_rows(const Contract& contract, const Operation& operation, Json& body, const RuleContext& context,
                                 EvaluatedRules* evaluated) {
  auto broken = find_broken_rows(contract, operation, body, context, 1, evaluated);
  return broken.empty() ? std::nullopt : std::optional(std::move(broken.front()));
}

bool is_known_row_format(std::string_view format) { return format == "iso-3166-1-alpha-2" || find_format(format) != nullptr; }

}  // namespace understudy
