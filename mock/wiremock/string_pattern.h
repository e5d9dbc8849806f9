// Owns what a request pattern says of one text: equalTo, contains, matches, equalToJson, matchesJsonPath, and, or, not ... in
// the words of WireMock's documents. What is not among them is refused when it is parsed. Which text is meant is
// request_pattern.h's business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/base/regex.h"
#include "mock/wiremock/json_path.h"

namespace understudy {

// Why a pattern is refused: where in the document, and a sentence.
struct PatternProblem {
  std::string pointer;
  std::string title;
};
template <class T>
using PatternResult = tl::expected<T, PatternProblem>;

class StringPattern {
 public:
  // `pointer`: where the pattern stands in its document, for problems.
  static PatternResult<StringPattern> parse(const Json& given, const std::string& pointer);
  static StringPattern equal_to(std::string text);
  // The whole text must match. The error is a sentence.
  static tl::expected<StringPattern, std::string> matching(std::string_view regex);

  // `values`: all of that name, none if it is absent. One of them must fit; a negation holds where none fits.
  bool match(const std::vector<std::string>& values) const;
  // 0: fits, 1: has nothing to do with it.
  double distance(const std::vector<std::string>& values) const;
  std::string describe() const;  // equal to "a"

 private:
  enum class Kind { equal, contains, regex, absent, json, json_path, binary, all_of, any_of, none_of, exactly, includes };
  bool match_one(const std::string& value) const;
  bool match_path(const std::string& value) const;

  Kind kind_ = Kind::equal;
  std::string text_;
  bool ignore_case_ = false;
  bool ignore_order_ = false, ignore_extra_ = false;
  std::optional<Regex> regex_;
  Json json_;
  std::optional<JsonPath> path_;
  std::vector<StringPattern> parts_;  // of and, or, not; what a JSONPath's values must fit
};

// How far two texts are apart: 0 the same, 1 nothing in common. Looks at the first 200 characters of each.
double text_distance(std::string_view left, std::string_view right);

}  // namespace understudy
