// The list of matchers: for each its word, the arguments that it accepts and how it compares. match.cpp walks the trees.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/src/match/match.h"

namespace understudy {

// The current place in the checked body and in the expected tree.
struct MatchAt {
  std::string pointer;
  std::string expected;

  MatchAt member(std::string_view name) const { return {join_pointer(pointer, name), join_pointer(expected, name)}; }
  MatchAt expecting(std::string_view name) const { return {pointer, join_pointer(expected, name)}; }
  MatchAt element(std::size_t actual_index, std::size_t expected_index) const {
    return {join_pointer(pointer, actual_index), join_pointer(expected, expected_index)};
  }
};

class MatchWalk {
 public:
  explicit MatchWalk(const MatchOptions& options) : options_(options) {}

  void match(const Json& expected, const Json* actual, const MatchAt& at);
  void match_exactly(const Json& expected, const Json* actual, const MatchAt& at);
  bool accepts(const Json& expected, const Json* actual, const MatchAt& at) const;
  void add(std::string_view code, const MatchAt& at, std::string expected, std::string actual);

  const MatchOptions& options() const { return options_; }
  Findings findings;

 private:
  void match_object(const Json& expected, const Json* actual, const MatchAt& at);
  void match_array(const Json& expected, const Json* actual, const MatchAt& at);
  void match_scalar(const Json& expected, const Json* actual, const MatchAt& at);
  void match_words(const Json& expected, const Json* actual, const MatchAt& at);
  const MatchOptions& options_;
};

struct MatcherWord {
  std::string_view word;
  std::string_view takes;  // for messages: $min takes a number
  bool (*takes_this)(const Json& argument);
  void (*judge)(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at);
};
std::span<const MatcherWord> all_matchers();
const MatcherWord* find_matcher(std::string_view word);

bool holds_template(const Json& argument);        // a string with "{{"
std::string describe_actual(const Json* actual);  // typed words, or absent

}  // namespace understudy
