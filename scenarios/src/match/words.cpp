#include "scenarios/src/match/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "contracts/src/base/env.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/base/text.h"
#include "contracts/src/schema/schema.h"
#include "contracts/src/schema/values.h"
#include "scenarios/src/match/lexical.h"
#include "scenarios/src/match/unordered.h"

namespace understudy {
namespace {

const std::array<std::string_view, 7> kTypes = {"null", "boolean", "integer", "number", "string", "array", "object"};

bool is_true(const Json& argument) { return argument == true; }
bool is_text(const Json& argument) { return argument.is_string(); }
bool is_anything(const Json&) { return true; }
bool is_filled_list(const Json& argument) { return argument.is_array() && !argument.empty(); }
bool is_type_word(const Json& argument) { return argument.is_string() && contains(kTypes, argument.get_ref<const std::string&>()); }
bool is_type(const Json& argument) {
  return is_type_word(argument) || (is_filled_list(argument) && std::ranges::all_of(argument, is_type_word));
}
bool is_length(const Json& argument) { return argument.is_number_unsigned() || is_matcher(argument); }
bool is_schema(const Json& argument) { return argument.is_object() || argument.is_boolean(); }

bool is_near(const Json& argument) {
  if (!argument.is_object() || argument.size() != 2 || !argument.contains("value") || !argument.contains("within")) return false;
  const Json& value = argument.at("value");
  const Json& within = argument.at("within");
  if (is_number(value)) return is_number(within) && compare_numbers(within, 0) >= 0;
  if (holds_template(value) || holds_template(within)) return true;
  return value.is_string() && within.is_string() && parse_rfc3339(value.get_ref<const std::string&>()) &&
         parse_duration(within.get_ref<const std::string&>());
}

bool type_fits(const Json& word, const Json& actual) { return word == type_name(actual) || (word == "number" && is_number(actual)); }

void judge_type(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  const Json words = argument.is_array() ? argument : Json::array({argument});
  if (actual != nullptr && std::ranges::any_of(words, [&](const Json& word) { return type_fits(word, *actual); })) return;
  const auto names = words.get<std::vector<std::string>>();
  walk.add(actual == nullptr ? "missing" : "type", at, fmt::format("{}", fmt::join(names, " or ")), describe_actual(actual));
}

// The value if it has the right type; else null, and a finding is added.
const Json* need(MatchWalk& walk, const Json* actual, const MatchAt& at, bool is_right, std::string expected) {
  if (actual != nullptr && is_right) return actual;
  walk.add(actual == nullptr ? "missing" : "type", at, std::move(expected), describe_actual(actual));
  return nullptr;
}

void judge_regex(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  const auto& pattern = argument.get_ref<const std::string&>();
  const std::string expected = fmt::format("a string with a match of /{}/", pattern);
  actual = need(walk, actual, at, actual != nullptr && actual->is_string(), expected);
  if (actual == nullptr) return;
  const auto regex = Regex::compile(pattern);
  if (!regex) return walk.add("matcher", at, "a pattern that compiles", regex.error());
  const Verdict verdict = regex->search(actual->get_ref<const std::string&>());
  if (verdict == Verdict::no) walk.add("regex", at, expected, describe(*actual));
  if (verdict == Verdict::undecided) walk.add("regex", at, expected, describe(*actual) + ", for which the search was given up");
}

// Without a zone it counts as UTC.
std::optional<Time> time_of(const Json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& text = value->get_ref<const std::string&>();
  const auto time = parse_rfc3339(text);
  return time ? time : parse_rfc3339(text + "Z");
}

bool is_bound(const Json& argument) { return is_number(argument) || time_of(&argument).has_value(); }

void judge_time_bound(MatchWalk& walk, const Json& bound, const Json* actual, const MatchAt& at, bool is_min) {
  const std::string expected = fmt::format("a time not {} {}", is_min ? "before" : "after", as_text(bound));
  const auto time = time_of(actual), limit = time_of(&bound);
  if (need(walk, actual, at, time.has_value(), expected) == nullptr) return;
  if (is_min ? *time < *limit : *time > *limit) walk.add(is_min ? "min" : "max", at, expected, describe(*actual));
}

void judge_bound(MatchWalk& walk, const Json& bound, const Json* actual, const MatchAt& at, bool is_min) {
  if (time_of(&bound)) return judge_time_bound(walk, bound, actual, at, is_min);
  if (!is_number(bound)) return walk.add("matcher", at, "a number or a time as bound", describe(bound));
  const std::string expected = fmt::format("a number {} {}", is_min ? ">=" : "<=", render_json(bound));
  actual = need(walk, actual, at, actual != nullptr && is_number(*actual), expected);
  if (actual == nullptr) return;
  const int order = compare_numbers(*actual, bound);
  if (is_min ? order < 0 : order > 0) walk.add(is_min ? "min" : "max", at, expected, describe(*actual));
}
void judge_min(MatchWalk& walk, const Json& bound, const Json* actual, const MatchAt& at) { judge_bound(walk, bound, actual, at, true); }
void judge_max(MatchWalk& walk, const Json& bound, const Json* actual, const MatchAt& at) { judge_bound(walk, bound, actual, at, false); }

void judge_length(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  actual = need(walk, actual, at, actual != nullptr && (actual->is_string() || actual->is_structured()), "a string, an array or an object");
  if (actual == nullptr) return;
  const Json length = actual->is_string() ? count_characters(actual->get_ref<const std::string&>()) : actual->size();
  if (!walk.accepts(argument, &length, at))
    walk.add("length", at, fmt::format("length {}", render_json(argument)), fmt::format("length {}", render_json(length)));
}

void judge_any(MatchWalk& walk, const Json&, const Json* actual, const MatchAt& at) {
  if (actual == nullptr) walk.add("missing", at, "any value", "absent");
}

void judge_absent(MatchWalk& walk, const Json&, const Json* actual, const MatchAt& at) {
  if (actual != nullptr) walk.add("absent", at, "absent", describe(*actual));
}

void judge_exact(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) { walk.match_exactly(argument, actual, at); }

void judge_contains(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  if (actual != nullptr && actual->is_string() && argument.is_string()) {
    if (actual->get_ref<const std::string&>().find(argument.get_ref<const std::string&>()) == std::string::npos)
      walk.add("contains", at, fmt::format("a string that contains {}", describe(argument)), describe(*actual));
    return;
  }
  actual = need(walk, actual, at, actual != nullptr && actual->is_array(), argument.is_string() ? "a string or an array" : "an array");
  if (actual == nullptr) return;
  const Json wanted = argument.is_array() ? argument : Json::array({argument});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_there =
        std::any_of(actual->begin(), actual->end(), [&](const Json& element) { return walk.accepts(wanted[i], &element, at); });
    if (!is_there)
      walk.add("contains", argument.is_array() ? MatchAt{at.pointer, join_pointer(at.expected, i)} : at,
               fmt::format("an element like {}", describe(wanted[i])), describe(*actual));
  }
}

void judge_schema(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  actual = need(walk, actual, at, true, "a value that the schema allows");
  if (actual == nullptr) return;
  const auto schema = SchemaSet::compile(argument, {""});
  if (!schema) return walk.add("matcher", at, "a schema", schema.error().message);
  for (Finding& finding : schema->check("", *actual)) {
    finding.code = "match.schema";
    finding.pointer = at.pointer + finding.pointer;
    if (walk.options().place) finding.place = walk.options().place(at.expected + finding.schema_pointer);
    finding.schema_pointer.clear();  // it leads into the scenario, not into a contract
    walk.findings.push_back(std::move(finding));
  }
}

void judge_near(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  const Json& value = argument.at("value");
  const Json& within = argument.at("within");
  const std::string expected = fmt::format("{} within {}", describe(value), as_text(within));
  if (is_number(value)) {
    actual = need(walk, actual, at, actual != nullptr && is_number(*actual), expected);
    if (actual == nullptr) return;
    if (!is_within(*actual, value, within)) walk.add("near", at, expected, describe(*actual));
    return;
  }
  const auto time = actual != nullptr && actual->is_string() ? parse_date(actual->get_ref<const std::string&>()) : std::nullopt;
  actual = need(walk, actual, at, time.has_value(), expected);
  if (actual == nullptr) return;
  const auto wanted = value.is_string() ? parse_rfc3339(value.get_ref<const std::string&>()) : std::nullopt;
  const auto allowed = within.is_string() ? parse_duration(within.get_ref<const std::string&>()) : std::nullopt;
  if (!wanted || !allowed) return walk.add("matcher", at, "a time and a duration", describe(argument));
  if (std::chrono::abs(*time - *wanted) > *allowed) walk.add("near", at, expected, describe(*actual));
}

void judge_lexical(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  const auto& wanted = argument.get_ref<const std::string&>();
  if (actual == nullptr) return walk.add("missing", at, fmt::format("the characters {}", wanted), "absent");
  const auto found = walk.options().source.empty() ? std::nullopt : find_source(walk.options().source, at.pointer);
  const std::string text = found ? std::string(*found) : render_json(*actual);
  if (text != wanted)
    walk.add("lexical", at, fmt::format("the characters {}", wanted), fmt::format("the characters {}", text.substr(0, 60)));
}

void judge_one_of(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at) {
  if (std::ranges::any_of(argument, [&](const Json& one) { return walk.accepts(one, actual, at); })) return;
  std::vector<std::string> choices;
  for (const Json& one : argument) choices.push_back(describe(one));
  walk.add("one_of", at, fmt::format("one of {}", fmt::join(choices, ", ")), describe_actual(actual));
}

constexpr std::array<MatcherWord, 14> kMatchers = {{
    {"$type", "one of null, boolean, integer, number, string, array, object, or a list of them", is_type, judge_type},
    {"$regex", "a pattern, which is text", is_text, judge_regex},
    {"$min", "a number, or an RFC 3339 time", is_bound, judge_min},
    {"$max", "a number, or an RFC 3339 time", is_bound, judge_max},
    {"$length", "a number, or a matcher of one", is_length, judge_length},
    {"$any", "true", is_true, judge_any},
    {"$absent", "true", is_true, judge_absent},
    {"$exact", "any value", is_anything, judge_exact},
    {"$contains", "text, an element, or a list of elements", is_anything, judge_contains},
    {"$unordered", "a list of elements, or {by: a member's name or pointer, items: a list}", is_unordered, judge_unordered},
    {"$schema", "a JSON Schema (draft-07)", is_schema, judge_schema},
    {"$near", "{value, within}: two numbers, or a time (RFC 3339) and a duration", is_near, judge_near},
    {"$lexical", "the characters of a value, quoted", is_text, judge_lexical},
    {"$one_of", "a list of choices", is_filled_list, judge_one_of},
}};

}  // namespace

std::span<const MatcherWord> all_matchers() { return kMatchers; }

const MatcherWord* find_matcher(std::string_view word) {
  const auto found = std::ranges::find_if(kMatchers, [&](const MatcherWord& matcher) { return matcher.word == word; });
  return found == kMatchers.end() ? nullptr : &*found;
}

}  // namespace understudy
