#include "mock/wiremock/string_pattern.h"

#include <algorithm>
#include <array>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/problem.h"
#include "mock/wiremock/json_equal.h"

namespace understudy {
namespace {

const std::vector<std::string>& known_words() {
  static const std::vector<std::string> kWords = {
      "equalTo", "contains", "doesNotContain", "matches",         "doesNotMatch", "absent",  "equalToJson", "and",
      "or",      "not",      "binaryEqualTo",  "matchesJsonPath", "hasExactly",   "includes"};
  return kWords;
}

// Words that stand beside another one and change it, and beside which.
struct Modifier {
  std::string_view word, beside;
};
constexpr std::array kModifiers =
    std::to_array<Modifier>({{"caseInsensitive", "equalTo"}, {"ignoreArrayOrder", "equalToJson"}, {"ignoreExtraElements", "equalToJson"}});

tl::unexpected<PatternProblem> refuse(std::string pointer, std::string title) {
  return tl::unexpected(PatternProblem{.pointer = std::move(pointer), .title = std::move(title)});
}

std::optional<PatternProblem> check_words(const Json& given, const std::string& pointer, std::string& word) {
  if (!given.is_object() || given.empty())
    return PatternProblem{pointer, "found " + describe(given) + ", expected a matcher such as {\"equalTo\": \"text\"}"};
  const auto& known = known_words();
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::any_of(kModifiers, [&](const Modifier& modifier) { return modifier.word == name; })) continue;
    if (std::ranges::find(known, name) == known.end()) {
      return PatternProblem{join_pointer(pointer, name), "the matcher '" + name + "' is not supported" + did_you_mean(name, known)};
    }
    if (!word.empty())
      return PatternProblem{join_pointer(pointer, name), "found '" + name + "' beside '" + word + "', expected one matcher"};
    word = name;
  }
  for (const Modifier& modifier : kModifiers) {
    const auto found = given.find(modifier.word);
    if (found == given.end()) continue;
    const std::string at = join_pointer(pointer, modifier.word);
    if (modifier.beside != word)
      return PatternProblem{at, "'" + std::string(modifier.word) + "' goes with '" + std::string(modifier.beside) + "' only"};
    if (!found->is_boolean()) return PatternProblem{at, "found " + describe(*found) + ", expected true or false"};
  }
  if (word.empty()) return PatternProblem{pointer, "no matcher is named"};
  return std::nullopt;
}

// A text; a number or a boolean stands for its text.
std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return render_json(value);
  return std::nullopt;
}

}  // namespace

double text_distance(std::string_view left, std::string_view right) {
  constexpr std::size_t kMost = 200;
  if (left == right) return 0;
  left = left.substr(0, kMost);
  right = right.substr(0, kMost);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (left[i] == right[j] ? 0u : 1u)});
      diagonal = above;
    }
  }
  const auto longest = static_cast<double>(std::max<std::size_t>({left.size(), right.size(), 1}));
  // Different behind what was looked at is still different.
  return std::max(static_cast<double>(row.back()) / longest, 0.01);
}

StringPattern StringPattern::equal_to(std::string text) {
  StringPattern pattern;
  pattern.text_ = std::move(text);
  return pattern;
}

tl::expected<StringPattern, std::string> StringPattern::matching(std::string_view regex) {
  auto compiled = Regex::compile(regex);  // by itself first: a mistake is told at its own offset
  if (compiled) compiled = Regex::compile("^(?:" + std::string(regex) + ")$");
  if (!compiled) return tl::unexpected("the regular expression is not one of ECMA-262: " + compiled.error());
  StringPattern pattern;
  pattern.kind_ = Kind::regex;
  pattern.text_ = regex;
  pattern.regex_ = std::move(*compiled);
  return pattern;
}

PatternResult<StringPattern> StringPattern::parse(const Json& given, const std::string& pointer) {
  std::string word;
  if (auto problem = check_words(given, pointer, word)) return tl::unexpected(std::move(*problem));
  const Json& argument = given.at(word);
  const std::string at = join_pointer(pointer, word);
  const auto text = text_of(argument);
  StringPattern pattern;

  if (word == "equalTo" || word == "contains" || word == "doesNotContain" || word == "matches" || word == "doesNotMatch") {
    if (!text) return refuse(at, "found " + understudy::describe(argument) + ", expected a string");
    pattern.text_ = *text;
    pattern.ignore_case_ = given.value("caseInsensitive", false);
    if (word == "contains" || word == "doesNotContain") pattern.kind_ = Kind::contains;
    if (word == "matches" || word == "doesNotMatch") {
      auto regex = matching(*text);
      if (!regex) return refuse(at, regex.error());
      pattern = std::move(*regex);
    }
    if (!word.starts_with("doesNot")) return pattern;
    StringPattern negated;
    negated.kind_ = Kind::none_of;
    negated.parts_.push_back(std::move(pattern));
    return negated;
  }
  if (word == "absent") {
    if (!argument.is_boolean()) return refuse(at, "found " + understudy::describe(argument) + ", expected true or false");
    pattern.kind_ = Kind::absent;
    if (argument.get<bool>()) return pattern;
    StringPattern negated;
    negated.kind_ = Kind::none_of;
    negated.parts_.push_back(std::move(pattern));
    return negated;
  }
  if (word == "binaryEqualTo") {
    auto bytes = text ? decode_base64(*text) : std::nullopt;
    if (!bytes) return refuse(at, "found " + understudy::describe(argument) + ", expected base64");
    pattern.kind_ = Kind::binary;
    pattern.text_ = std::move(*bytes);
    return pattern;
  }
  if (word == "equalToJson") {
    pattern.kind_ = Kind::json;
    pattern.ignore_order_ = given.value("ignoreArrayOrder", false);
    pattern.ignore_extra_ = given.value("ignoreExtraElements", false);
    pattern.json_ = argument;
    if (argument.is_string()) {
      auto parsed = parse_json(argument.get_ref<const std::string&>());
      if (!parsed) return refuse(at, "the text is not JSON: " + parsed.error().message);
      pattern.json_ = std::move(*parsed);
    }
    if (auto unknown = find_unknown_placeholder(pattern.json_)) return refuse(at, "the placeholder " + *unknown + " is not supported");
    return pattern;
  }
  if (word == "matchesJsonPath") {
    const Json* expression = &argument;
    if (argument.is_object()) {
      const auto found = argument.find("expression");
      if (found == argument.end()) return refuse(at, "'expression' is missing");
      expression = &*found;
      Json rest = argument;
      rest.erase("expression");
      if (!rest.empty()) {
        auto inner = parse(rest, at);
        if (!inner) return inner;
        pattern.parts_.push_back(std::move(*inner));
      }
    }
    if (!expression->is_string()) return refuse(at, "found " + understudy::describe(*expression) + ", expected a JSONPath");
    pattern.kind_ = Kind::json_path;
    pattern.text_ = expression->get<std::string>();
    auto path = JsonPath::parse(pattern.text_);
    if (!path) return refuse(at, "the JSONPath is not supported: " + path.error());
    pattern.path_ = std::move(*path);
    return pattern;
  }

  pattern.kind_ = word == "and"          ? Kind::all_of
                  : word == "or"         ? Kind::any_of
                  : word == "not"        ? Kind::none_of
                  : word == "hasExactly" ? Kind::exactly
                                         : Kind::includes;
  const bool many = word != "not";
  if (many && (!argument.is_array() || argument.empty()))
    return refuse(at, "found " + understudy::describe(argument) + ", expected a list of matchers");
  const Json list = many ? argument : Json::array({argument});
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto part = parse(list[i], many ? join_pointer(at, i) : at);
    if (!part) return part;
    pattern.parts_.push_back(std::move(*part));
  }
  return pattern;
}

bool StringPattern::match_path(const std::string& value) const {
  const auto body = parse_json(value);
  if (!body) return false;
  const auto found = path_->select(*body);
  if (parts_.empty()) {
    return std::ranges::any_of(found, [](const Json* one) { return !one->is_null(); });
  }
  std::vector<std::string> texts;
  for (const Json* one : found) texts.push_back(one->is_string() ? one->get<std::string>() : render_json(*one));
  return parts_.front().match(texts);
}

bool StringPattern::match_one(const std::string& value) const {
  switch (kind_) {
    case Kind::equal: return ignore_case_ ? equals_ignore_case(value, text_) : value == text_;
    case Kind::binary: return value == text_;
    case Kind::contains: return value.find(text_) != std::string::npos;
    case Kind::regex: return regex_->search(value) == Verdict::yes;
    case Kind::json: {
      const auto body = parse_json(value);
      return body && equal_json_loosely(json_, *body, {.ignore_order = ignore_order_, .ignore_extra = ignore_extra_});
    }
    case Kind::json_path: return match_path(value);
    default: return match({value});
  }
}

bool StringPattern::match(const std::vector<std::string>& values) const {
  const auto fits = [&](const StringPattern& part) { return part.match(values); };
  const auto fits_some = [&](const StringPattern& part) {
    return std::ranges::any_of(values, [&](const std::string& value) { return part.match({value}); });
  };
  switch (kind_) {
    case Kind::absent: return values.empty();
    case Kind::all_of: return std::ranges::all_of(parts_, fits);
    case Kind::any_of: return std::ranges::any_of(parts_, fits);
    case Kind::none_of: return std::ranges::none_of(parts_, fits);
    case Kind::exactly: return values.size() == parts_.size() && std::ranges::all_of(parts_, fits_some);
    case Kind::includes: return std::ranges::all_of(parts_, fits_some);
    default: return std::ranges::any_of(values, [&](const std::string& value) { return match_one(value); });
  }
}

double StringPattern::distance(const std::vector<std::string>& values) const {
  if (match(values)) return 0;
  double nearest = 1;
  switch (kind_) {
    case Kind::equal:
      for (const std::string& value : values) nearest = std::min(nearest, text_distance(text_, value));
      return nearest;
    case Kind::json:
      for (const std::string& value : values) {
        const auto body = parse_json(value);
        if (body) nearest = std::min(nearest, text_distance(render_json(json_), render_json(*body)));
      }
      return nearest;
    case Kind::all_of: {
      double sum = 0;
      for (const StringPattern& part : parts_) sum += part.distance(values);
      return sum / static_cast<double>(parts_.size());
    }
    case Kind::any_of:
      for (const StringPattern& part : parts_) nearest = std::min(nearest, part.distance(values));
      return nearest;
    default: return 1;
  }
}

std::string StringPattern::describe() const {
  const auto list = [&] {
    std::string text;
    for (const StringPattern& part : parts_) text += (text.empty() ? "" : ", ") + part.describe();
    return text;
  };
  const std::string quoted = understudy::describe(Json(text_), 200).substr(std::string_view("string ").size());
  switch (kind_) {
    case Kind::equal: return "equal to " + quoted + (ignore_case_ ? " in any case" : "");
    case Kind::binary: return "these bytes: " + encode_base64(text_);
    case Kind::contains: return "containing " + quoted;
    case Kind::regex: return "matching " + text_;
    case Kind::absent: return "absent";
    case Kind::json: return "JSON equal to " + render_json(json_).substr(0, 200);
    case Kind::json_path: return "JSON with " + text_ + (parts_.empty() ? "" : " " + parts_.front().describe());
    case Kind::all_of: return "all of: " + list();
    case Kind::any_of: return "any of: " + list();
    case Kind::none_of: return "not " + list();
    case Kind::exactly: return "exactly: " + list();
    case Kind::includes: return "including: " + list();
  }
  return {};
}

}  // namespace understudy
