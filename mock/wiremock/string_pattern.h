// What a request pattern requires of one text: equalTo, contains, matches, equalToJson, matchesJsonPath, and, or, not ... with the
// meaning that WireMock documents. A matcher that is not supported is an error of parse().
#pragma once

#include <algorithm>

#include "contracts/src/base/json.h"
#include "contracts/src/base/regex.h"
#include "mock/wiremock/json_path.h"

namespace understudy {

// Why a pattern cannot be parsed.
struct PatternError {
  std::string pointer;  // place in the document
  std::string title;    // a sentence
};
template <class T>
using PatternResult = tl::expected<T, PatternError>;
tl::unexpected<PatternError> pattern_error(std::string pointer, std::string title);

class StringPattern {
 public:
  // `pointer`: the place of the pattern in its document, for errors.
  static PatternResult<StringPattern> parse(const Json& given, const std::string& pointer);
  static StringPattern equal_to(std::string text);

  // `values`: all values of the name, none if it is absent. One of them must match; a negation holds if none matches.
  bool match(const std::vector<std::string>& values, StepBudget& budget) const;
  // From 0 (matches) to 1 (nothing in common).
  double distance(const std::vector<std::string>& values, StepBudget& budget) const;
  // A text or expression in it that fits none of these names; nullopt if there is none.
  std::optional<std::string> find_unknown(const std::vector<std::string>& names, StepBudget& budget) const;
  std::string describe() const;  // equal to "a"

  static PatternResult<StringPattern> matching(std::string_view regex, const std::string& pointer);  // the whole text must match

  enum class Kind { equal, contains, regex, absent, json, json_path, binary, all_of, any_of, none_of, exactly, includes };

 private:
  static StringPattern negate(StringPattern pattern);
  bool match_value(const std::string& value, StepBudget& budget) const;
  bool match_path(const std::string& value, StepBudget& budget) const;

  Kind kind_ = Kind::equal;
  std::string text_;
  bool ignore_case_ = false;
  bool ignore_order_ = false, ignore_extra_ = false;
  std::optional<Regex> regex_;
  Json json_;
  std::optional<JsonPath> path_;
  std::vector<StringPattern> parts_;  // of and, or, not; of a JSONPath: the matcher for the selected values
};

// Levenshtein distance of two sequences; `replace(i, j)`, 0 to 1, is the cost of replacing element i of the left by j of the right.
template <class Replace>
double edit_distance(std::size_t left, std::size_t right, const Replace& replace) {
  std::vector<double> row(right + 1);
  for (std::size_t j = 0; j <= right; ++j) row[j] = static_cast<double>(j);
  for (std::size_t i = 0; i < left; ++i) {
    double diagonal = row[0];
    row[0] = static_cast<double>(i) + 1;
    for (std::size_t j = 0; j < right; ++j) {
      const double above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + replace(i, j)});
      diagonal = above;
    }
  }
  return row.back();
}

// From 0 (equal) to 1 (nothing in common). Compares the first 200 characters of each.
double text_distance(std::string_view left, std::string_view right, StepBudget& budget);
std::string quote(const std::string& text);  // as a JSON string, shortened

}  // namespace understudy
