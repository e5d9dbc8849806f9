#include "contracts/src/model/template_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 13> kWords = {"$first",      "$not",     "$equal", "$more_than", "$at_least", "$count", "$sum",
                                                     "$difference", "$product", "$round", "$concat",    "$date",     "$object"};

// The members that stand beside a word.
struct WordMembers {
  std::string_view word;
  std::vector<std::string_view> required, optional;
};
const std::vector<WordMembers>& words_with_members() {
  static const std::vector<WordMembers> kMembers = {{"$each", {"body"}, {"as", "where", "flat"}},
                                                    {"$merge", {}, {}},
                                                    {"$if", {"then"}, {"else"}},
                                                    {"$case", {"of"}, {"else"}},
                                                    {"$records", {}, {"where"}},
                                                    {"$find", {}, {"where", "take"}},
                                                    {"$next", {}, {}}};
  return kMembers;
}

constexpr double kMostDecimals = 6;

// The number that a value is or, as text, says; everything else is 0.
Json number_of_value(const Json& value) {
  if (is_number(value)) return value;
  const auto read = value.is_string() ? read_number(value.get_ref<const std::string&>()) : std::nullopt;
  return read.value_or(Json(0));
}

Json plain_number(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53: beyond it a double no longer holds every integer
  if (std::abs(value) < kExact && value == std::trunc(value)) return static_cast<std::int64_t>(value);
  return value;
}

Json round_number(double value, double decimals) {
  const double scale = std::pow(10, decimals);
  // 2.345 * 100 is just below 234.5: the next greater double is meant.
  const double rounded = std::round(std::nextafter(value * scale, value < 0 ? -HUGE_VAL : HUGE_VAL)) / scale;
  return plain_number(std::isfinite(rounded) ? rounded : value);
}

// Exact where integers suffice.
Json calculate(TemplateWord word, const Json& left, const Json& right) {
  const auto a = to_int64(left), b = to_int64(right);
  std::int64_t whole = 0;
  if (a && b) {
    const bool overflows = word == TemplateWord::sum          ? __builtin_add_overflow(*a, *b, &whole)
                           : word == TemplateWord::difference ? __builtin_sub_overflow(*a, *b, &whole)
                                                              : __builtin_mul_overflow(*a, *b, &whole);
    if (!overflows) return whole;
  }
  const double x = to_double(left), y = to_double(right);
  return round_number(word == TemplateWord::sum ? x + y : word == TemplateWord::difference ? x - y : x * y, kMostDecimals);
}

Json fold(TemplateWord word, const Json& values) {
  if (values.empty()) return 0;
  Json result = number_of_value(values.front());
  for (std::size_t i = 1; i < values.size(); ++i) result = calculate(word, result, number_of_value(values[i]));
  return result;
}

bool compare(TemplateWord word, const Json& values) {
  if (values.size() < 2) return false;
  if (word == TemplateWord::equal) return is_same_value(values[0], values[1]);
  const int order = compare_numbers(number_of_value(values[0]), number_of_value(values[1]));
  return word == TemplateWord::more_than ? order > 0 : order >= 0;
}

Json join_lists(const Json& lists) {
  Json joined = Json::array();
  for (const Json& list : lists) {
    if (list.is_array()) joined.insert(joined.end(), list.begin(), list.end());
  }
  return joined;
}

// Whether the value of a member, null if it is absent, is the wanted one, or one of a wanted list.
bool is_wanted(const Json* found, const Json& wanted) {
  static const Json kAbsent = nullptr;
  const Json& value = found == nullptr ? kAbsent : *found;
  const auto fits = [&value](const Json& one) { return is_same_value(value, one); };
  return wanted.is_array() ? std::ranges::any_of(wanted, fits) : fits(wanted);
}

std::optional<Time> date_of(const Json& value) {
  return value.is_string() ? parse_date(value.get_ref<const std::string&>()) : std::nullopt;
}

// What is no date stays as it is.
Json as_local_date(const Json& value) {
  const auto time = date_of(value);
  return time ? Json(render_local(*time)) : value;
}

// An object from a list of names and values: [[a, 1], [b, 2]].
Json make_object(const Json& pairs) {
  Json object = Json::object();
  for (const Json& pair : pairs) {
    if (pair.is_array() && pair.size() == 2) object[as_text(pair[0])] = pair[1];
  }
  return object;
}

bool is_structured_or_null(const Json& value) { return value.is_structured() || value.is_null(); }

}  // namespace

std::optional<TemplateWord> find_template_word(std::string_view name) {
  const auto found = std::ranges::find(kWords, name);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<TemplateWord>(found - kWords.begin());
}

Json apply_word(TemplateWord word, const Json& argument) {
  static const Json kNone = Json::array();
  const Json& values = argument.is_array() ? argument : kNone;
  switch (word) {
    case TemplateWord::first: {
      const auto found = std::ranges::find_if(values, [](const Json& value) { return !value.is_null(); });
      return found == values.end() ? Json() : *found;
    }
    case TemplateWord::negate: return is_falsy(argument);
    case TemplateWord::equal:
    case TemplateWord::more_than:
    case TemplateWord::at_least: return compare(word, values);
    case TemplateWord::count: return values.size();
    case TemplateWord::sum:
    case TemplateWord::difference:
    case TemplateWord::product: return fold(word, values);
    case TemplateWord::round:
      if (values.size() < 2) return 0;
      return round_number(to_double(number_of_value(values[0])), to_double(number_of_value(values[1])));
    case TemplateWord::concat: return join_lists(values);
    case TemplateWord::date: return as_local_date(argument);
    case TemplateWord::object: return make_object(values);
  }
  return nullptr;
}

void append_word(TemplateWord word, const Json& argument, std::string& out) {
  const auto time = word == TemplateWord::date ? date_of(argument) : std::nullopt;
  if (!time) return append_json(apply_word(word, argument), out);
  out += '"';
  append_local(*time, out);
  out += '"';
}

std::optional<std::string> check_word_members(const Json& pattern) {
  std::string word;
  for (auto member = pattern.begin(); word.empty() && member != pattern.end(); ++member) {
    if (member.key().starts_with('$')) word = member.key();
  }
  if (word.empty()) return std::nullopt;
  const auto& described = words_with_members();
  const auto known = std::ranges::find(described, word, &WordMembers::word);
  if (known == described.end() && !find_template_word(word)) {
    std::vector<std::string> names(kWords.begin(), kWords.end());
    for (const WordMembers& one : described) names.emplace_back(one.word);
    return "unknown template word '" + word + "'" + did_you_mean(word, names);
  }
  static const WordMembers kAlone = {};
  const WordMembers& members = known == described.end() ? kAlone : *known;
  for (const std::string_view name : members.required) {
    if (!pattern.contains(name)) return word + " needs " + std::string(name);
  }
  for (const auto& [name, value] : pattern.items()) {
    if (name != word && !contains(members.required, name) && !contains(members.optional, name))
      return "found '" + name + "' beside " + word;
  }
  if (pattern.contains("$merge") && !pattern.at("$merge").is_array()) return "$merge needs a list";
  if (pattern.contains("of") && !pattern.at("of").is_object()) return "of needs an object";
  for (const char* name : {"as", "take", "$records", "$find", "$next"}) {
    if (pattern.contains(name) && !pattern.at(name).is_string()) return std::string(name) + " needs a name";
  }
  if (pattern.contains("flat") && !pattern.at("flat").is_boolean()) return "flat needs true or false";
  return std::nullopt;
}

bool is_same_value(const Json& left, const Json& right) {
  if (json_equal(left, right)) return true;
  return !is_structured_or_null(left) && !is_structured_or_null(right) && compared_text(left) == compared_text(right);
}

std::string compared_text(const Json& value) { return is_number(value) && is_whole(value) ? number_key(value) : as_text(value); }

std::string member_pointer(std::string_view name) { return name.starts_with('/') ? std::string(name) : join_pointer("", name); }

bool names_elements(std::string_view name) { return name.starts_with('/') && name.find('*') != std::string_view::npos; }

bool has_members(const Json& record, const Json& where) {
  if (!where.is_object()) return false;
  for (const auto& [name, wanted] : where.items()) {
    const std::string pointer = member_pointer(name);
    const auto has = [&record, &wanted = wanted](const std::string& place) { return is_wanted(find_pointer(record, place), wanted); };
    if (!(names_elements(name) ? std::ranges::any_of(expand_pointer(record, pointer), has) : has(pointer))) return false;
  }
  return true;
}

}  // namespace understudy
