#include "scenarios/src/match/match.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/schema/schema.h"
#include "scenarios/src/match/words.h"

namespace understudy {
namespace {

// 150 and 150.0 are the same type here.
std::string_view comparable_type(const Json& value) { return is_number(value) ? "number" : type_name(value); }

// Mistakes that only show when the argument is used: a pattern or a schema that does not compile.
std::optional<std::string> check_deeply(std::string_view word, const Json& argument) {
  if (word == "$regex") {
    const auto regex = Regex::compile(argument.get_ref<const std::string&>());
    if (!regex) return fmt::format("found the pattern {}, which does not compile: {}", describe(argument), regex.error());
  }
  if (word == "$schema") {
    const auto schema = SchemaSet::compile(argument, {""});
    if (!schema) return fmt::format("found a schema with a mistake at '{}': {}", schema.error().pointer, schema.error().message);
  }
  return std::nullopt;
}

// The trees inside an argument that are matched in turn.
std::vector<std::pair<std::string, const Json*>> inner_trees(std::string_view word, const Json& argument) {
  std::vector<std::pair<std::string, const Json*>> trees;
  if (word == "$contains" || word == "$length" || word == "$one_of") trees.emplace_back("", &argument);
  if (word == "$unordered" && argument.is_array()) trees.emplace_back("", &argument);
  if (word == "$unordered" && argument.is_object()) {
    const auto items = argument.find("items");
    if (items != argument.end()) trees.emplace_back("/items", &*items);
  }
  return trees;
}

std::optional<MatcherProblem> check_tree(const Json& tree, const std::string& pointer);

std::optional<MatcherProblem> check_word(const Json& tree, const std::string& word, const Json& argument, const std::string& at) {
  const MatcherWord* matcher = find_matcher(word);
  if (matcher == nullptr) {
    if (!word.starts_with('$')) {
      return MatcherProblem{at, true, "bad-matcher",
                            fmt::format("found '{}' beside {}, expected only matchers in one mapping", word, tree.begin().key())};
    }
    return MatcherProblem{at, true, "unknown-matcher",
                          fmt::format("found the unknown matcher {}{}", word, did_you_mean(word, matcher_words()))};
  }
  if (holds_template(argument)) return std::nullopt;
  if (!matcher->takes_this(argument))
    return MatcherProblem{at, false, "bad-matcher", fmt::format("found {}, expected {}: {}", describe(argument), word, matcher->takes)};
  if (auto message = check_deeply(word, argument)) return MatcherProblem{at, false, "bad-matcher", *std::move(message)};
  for (const auto& [inner, part] : inner_trees(word, argument))
    if (auto problem = check_tree(*part, at + inner)) return problem;
  return std::nullopt;
}

std::optional<MatcherProblem> check_tree(const Json& tree, const std::string& pointer) {
  if (tree.is_object()) {
    const bool is_word = is_matcher(tree);
    for (const auto& [key, value] : tree.items()) {
      auto problem = is_word ? check_word(tree, key, value, join_pointer(pointer, key)) : check_tree(value, join_pointer(pointer, key));
      if (problem) return problem;
    }
  }
  if (tree.is_array()) {
    for (std::size_t i = 0; i < tree.size(); ++i)
      if (auto problem = check_tree(tree[i], join_pointer(pointer, i))) return problem;
  }
  return std::nullopt;
}

}  // namespace

bool holds_template(const Json& argument) {
  return argument.is_string() && argument.get_ref<const std::string&>().find("{{") != std::string::npos;
}

std::string describe_actual(const Json* actual) { return actual == nullptr ? "absent" : describe(*actual); }

void MatchWalk::add(std::string_view code, const MatchAt& at, std::string expected, std::string actual) {
  Finding finding;
  finding.code = fmt::format("match.{}", code);
  finding.pointer = at.pointer;
  finding.message = fmt::format("found {}, expected {}", actual, expected);
  finding.expected = std::move(expected);
  finding.actual = std::move(actual);
  if (options_.place) finding.place = options_.place(at.expected);
  findings.push_back(std::move(finding));
}

bool MatchWalk::accepts(const Json& expected, const Json* actual, const MatchAt& at) const {
  MatchWalk walk(options_);
  walk.match(expected, actual, at);
  return walk.findings.empty();
}

void MatchWalk::match(const Json& expected, const Json* actual, const MatchAt& at) {
  if (is_matcher(expected)) return match_words(expected, actual, at);
  if (expected.is_object()) return match_object(expected, actual, at);
  if (expected.is_array()) return match_array(expected, actual, at);
  match_scalar(expected, actual, at);
}

void MatchWalk::match_words(const Json& expected, const Json* actual, const MatchAt& at) {
  for (const auto& [word, argument] : expected.items()) {
    const MatcherWord* matcher = find_matcher(word);
    if (matcher == nullptr || !matcher->takes_this(argument)) {
      add("matcher", at.expecting(word), matcher == nullptr ? "a known matcher" : fmt::format("{}: {}", word, matcher->takes),
          matcher == nullptr ? word : describe(argument));
      continue;
    }
    matcher->judge(*this, argument, actual, at.expecting(word));
  }
}

void MatchWalk::match_object(const Json& expected, const Json* actual, const MatchAt& at) {
  if (actual == nullptr) return add("missing", at, describe(expected), "absent");
  if (!actual->is_object()) return add("type", at, "an object", describe(*actual));
  for (const auto& [name, value] : expected.items()) {
    const auto member = actual->find(name);
    match(value, member == actual->end() ? nullptr : &*member, at.member(name));
  }
}

void MatchWalk::match_array(const Json& expected, const Json* actual, const MatchAt& at) {
  if (actual == nullptr) return add("missing", at, describe(expected), "absent");
  if (!actual->is_array()) return add("type", at, "an array", describe(*actual));
  if (actual->size() != expected.size())
    add("length", at, fmt::format("{} elements", expected.size()), fmt::format("{} elements", actual->size()));
  for (std::size_t i = 0; i < std::min(expected.size(), actual->size()); ++i) match(expected[i], &(*actual)[i], at.element(i, i));
}

void MatchWalk::match_scalar(const Json& expected, const Json* actual, const MatchAt& at) {
  if (actual == nullptr) return add("missing", at, describe(expected), "absent");
  if (comparable_type(expected) != comparable_type(*actual)) return add("type", at, describe(expected), describe(*actual));
  if (!json_equal(expected, *actual)) add("value", at, describe(expected), describe(*actual));
}

void MatchWalk::match_exactly(const Json& expected, const Json* actual, const MatchAt& at) {
  if (actual == nullptr || !expected.is_structured() || expected.type() != actual->type()) {
    if (expected.is_object()) return match_object(Json::object(), actual, at);
    if (expected.is_array()) return match_array(Json::array(), actual, at);
    return match_scalar(expected, actual, at);
  }
  if (expected.is_array()) {
    if (actual->size() != expected.size())
      add("length", at, fmt::format("{} elements", expected.size()), fmt::format("{} elements", actual->size()));
    for (std::size_t i = 0; i < std::min(expected.size(), actual->size()); ++i) match_exactly(expected[i], &(*actual)[i], at.element(i, i));
    return;
  }
  for (const auto& [name, value] : expected.items()) {
    const auto member = actual->find(name);
    match_exactly(value, member == actual->end() ? nullptr : &*member, at.member(name));
  }
  for (const auto& [name, value] : actual->items())
    if (!expected.contains(name)) add("extra", {join_pointer(at.pointer, name), at.expected}, "no such member", describe(value));
}

Findings match_value(const Json& expected, const Json* actual, std::string_view pointer, const MatchOptions& options) {
  MatchWalk walk(options);
  walk.match(expected, actual, {.pointer = std::string(pointer)});
  return std::move(walk.findings);
}

std::optional<MatcherProblem> check_matchers(const Json& tree) { return check_tree(tree, ""); }

bool is_matcher(const Json& tree) {
  return tree.is_object() &&
         std::any_of(tree.items().begin(), tree.items().end(), [](const auto& member) { return member.key().starts_with('$'); });
}

const std::vector<std::string>& matcher_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> list;
    for (const MatcherWord& matcher : all_matchers()) list.emplace_back(matcher.word);
    return list;
  }();
  return words;
}

}  // namespace understudy
