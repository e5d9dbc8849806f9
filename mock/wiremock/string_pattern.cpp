#include "mock/wiremock/string_pattern.h"

#include <array>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "mock/wiremock/json_equal.h"

namespace understudy {
namespace {

using Kind = StringPattern::Kind;

struct Matcher {
  std::string_view name;
  Kind kind;
  bool negated = false;
};
constexpr std::array kMatchers = std::to_array<Matcher>({
    {"equalTo", Kind::equal},
    {"contains", Kind::contains},
    {"doesNotContain", Kind::contains, true},
    {"matches", Kind::regex},
    {"doesNotMatch", Kind::regex, true},
    {"absent", Kind::absent},
    {"equalToJson", Kind::json},
    {"and", Kind::all_of},
    {"or", Kind::any_of},
    {"not", Kind::none_of},
    {"binaryEqualTo", Kind::binary},
    {"matchesJsonPath", Kind::json_path},
    {"hasExactly", Kind::exactly},
    {"includes", Kind::includes},
});

// Members that modify the matcher `of`.
struct Modifier {
  std::string_view name, of;
};
constexpr std::array kModifiers =
    std::to_array<Modifier>({{"caseInsensitive", "equalTo"}, {"ignoreArrayOrder", "equalToJson"}, {"ignoreExtraElements", "equalToJson"}});

// The only matcher of the object.
PatternResult<const Matcher*> find_matcher(const Json& given, const std::string& pointer) {
  if (!given.is_object() || given.empty())
    return pattern_error(pointer, "found " + describe(given) + ", expected a matcher such as {\"equalTo\": \"text\"}");
  const Matcher* matcher = nullptr;
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(kModifiers, name, &Modifier::name) != kModifiers.end()) continue;
    const auto found = std::ranges::find(kMatchers, name, &Matcher::name);
    if (found == kMatchers.end()) {
      std::vector<std::string> known;
      for (const Matcher& supported : kMatchers) known.emplace_back(supported.name);
      return pattern_error(join_pointer(pointer, name), "the matcher '" + name + "' is not supported" + did_you_mean(name, known));
    }
    if (matcher != nullptr) {
      return pattern_error(join_pointer(pointer, name),
                           "found '" + name + "' beside '" + std::string(matcher->name) + "', expected one matcher");
    }
    matcher = &*found;
  }
  for (const Modifier& modifier : kModifiers) {
    const auto found = given.find(modifier.name);
    if (found == given.end()) continue;
    const std::string place = join_pointer(pointer, modifier.name);
    if (matcher == nullptr || modifier.of != matcher->name)
      return pattern_error(place, "'" + std::string(modifier.name) + "' goes with '" + std::string(modifier.of) + "' only");
    if (!found->is_boolean()) return pattern_error(place, "found " + describe(*found) + ", expected true or false");
  }
  return matcher;
}

// The text of a string, number or boolean.
std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (is_number(value) || value.is_boolean()) return render_json(value);
  return std::nullopt;
}

// Tries with few backtracking steps first, because PCRE2 does not report how many it used.
bool search(const Regex& regex, const std::string& text, StepBudget& budget) {
  constexpr std::uint32_t kMostBacktracking = 1'000'000;
  if (!budget.take_text(text) || !is_valid_utf8(text)) return false;
  for (std::uint32_t most = 1'000; most <= kMostBacktracking; most *= 10) {
    if (!budget.take(most / 5)) return false;
    if (const Verdict verdict = regex.search(text, most); verdict != Verdict::undecided) return verdict == Verdict::yes;
  }
  return false;
}

}  // namespace

tl::unexpected<PatternError> pattern_error(std::string pointer, std::string title) {
  return tl::unexpected(PatternError{.pointer = std::move(pointer), .title = std::move(title)});
}

std::string quote(const std::string& text) { return describe(Json(text), 200).substr(std::string_view("string ").size()); }

double text_distance(std::string_view left, std::string_view right, StepBudget& budget) {
  constexpr std::size_t kMost = 200;
  if (left == right) return 0;
  left = left.substr(0, kMost);
  right = right.substr(0, kMost);
  if (!budget.take(1 + left.size() * right.size() / 16)) return 1;
  const double edits =
      edit_distance(left.size(), right.size(), [&](std::size_t i, std::size_t j) { return left[i] == right[j] ? 0.0 : 1.0; });
  // Texts that differ only behind these characters have a small distance, too.
  return std::max(edits / static_cast<double>(std::max<std::size_t>({left.size(), right.size(), 1})), 0.01);
}

StringPattern StringPattern::equal_to(std::string text) {
  StringPattern pattern;
  pattern.text_ = std::move(text);
  return pattern;
}

StringPattern StringPattern::negate(StringPattern pattern) {
  StringPattern negated;
  negated.kind_ = Kind::none_of;
  negated.parts_.push_back(std::move(pattern));
  return negated;
}

PatternResult<StringPattern> StringPattern::matching(std::string_view regex, const std::string& pointer) {
  auto compiled = Regex::compile(regex);  // first without the anchors, so that an error has the offset in the given text
  if (compiled) compiled = Regex::compile("^(?:" + std::string(regex) + ")$");
  if (!compiled) return pattern_error(pointer, "the regular expression is not one of ECMA-262: " + compiled.error());
  StringPattern pattern;
  pattern.kind_ = Kind::regex;
  pattern.text_ = regex;
  pattern.regex_ = *std::move(compiled);
  return pattern;
}

PatternResult<StringPattern> StringPattern::parse(const Json& given, const std::string& pointer) {
  const auto matcher = find_matcher(given, pointer);
  if (!matcher) return tl::unexpected(matcher.error());
  const std::string name((*matcher)->name);
  const Json& argument = given.at(name);
  const std::string place = join_pointer(pointer, name);
  const auto unexpected = [&](const Json& found, const std::string& expected) {
    return pattern_error(place, "found " + understudy::describe(found) + ", expected " + expected);
  };
  const auto text = text_of(argument);
  StringPattern pattern;
  pattern.kind_ = (*matcher)->kind;

  switch (pattern.kind_) {
    case Kind::equal:
    case Kind::contains:
      if (!text) return unexpected(argument, "a string");
      pattern.text_ = *text;
      pattern.ignore_case_ = given.value("caseInsensitive", false);
      break;
    case Kind::regex: {
      if (!text) return unexpected(argument, "a string");
      auto regex = matching(*text, place);
      if (!regex) return regex;
      pattern = *std::move(regex);
      break;
    }
    case Kind::absent:
      // WireMock's client libraries write "(absent)": the text has no meaning of its own.
      if (!argument.is_boolean() && !argument.is_string()) return unexpected(argument, "true or false");
      return argument == false ? negate(pattern) : pattern;
    case Kind::binary: {
      auto bytes = text ? decode_base64(*text) : std::nullopt;
      if (!bytes) return unexpected(argument, "base64");
      pattern.text_ = *std::move(bytes);
      break;
    }
    case Kind::json: {
      pattern.ignore_order_ = given.value("ignoreArrayOrder", false);
      pattern.ignore_extra_ = given.value("ignoreExtraElements", false);
      auto json = argument.is_string() ? parse_json(argument.get_ref<const std::string&>()) : argument;
      if (!json) return pattern_error(place, "the text is not JSON: " + json.error().message);
      pattern.json_ = *std::move(json);
      if (auto unknown = find_unknown_placeholder(pattern.json_))
        return pattern_error(place, "the placeholder " + *unknown + " is not supported");
      break;
    }
    case Kind::json_path: {
      Json expression = argument;
      if (argument.is_object()) {
        if (!argument.contains("expression")) return pattern_error(place, "'expression' is missing");
        Json rest = argument;
        rest.erase("expression");
        expression = argument.at("expression");
        if (!rest.empty()) {
          auto inner = parse(rest, place);
          if (!inner) return inner;
          pattern.parts_.push_back(*std::move(inner));
        }
      }
      if (!expression.is_string()) return unexpected(expression, "a JSONPath");
      pattern.text_ = expression.get<std::string>();
      auto path = JsonPath::parse(pattern.text_);
      if (!path) return pattern_error(place, "the JSONPath is not supported: " + path.error());
      pattern.path_ = *std::move(path);
      break;
    }
    case Kind::all_of:
    case Kind::any_of:
    case Kind::none_of:
    case Kind::exactly:
    case Kind::includes: {
      const bool has_list = pattern.kind_ != Kind::none_of;
      if (has_list && (!argument.is_array() || argument.empty())) return unexpected(argument, "a list of matchers");
      const Json list = has_list ? argument : Json::array({argument});
      for (std::size_t i = 0; i < list.size(); ++i) {
        auto part = parse(list[i], has_list ? join_pointer(place, i) : place);
        if (!part) return part;
        pattern.parts_.push_back(*std::move(part));
      }
      break;
    }
  }
  return (*matcher)->negated ? negate(std::move(pattern)) : pattern;
}

bool StringPattern::match_path(const std::string& value, StepBudget& budget) const {
  if (!budget.take_text(value)) return false;
  const auto body = parse_json(value);
  if (!body) return false;
  const auto selected = path_->select(*body, budget);
  if (parts_.empty()) return std::ranges::any_of(selected, [](const Json* json) { return !json->is_null(); });
  std::vector<std::string> texts;
  for (const Json* json : selected) texts.push_back(as_text(*json));
  return parts_.front().match(texts, budget);
}

bool StringPattern::match_value(const std::string& value, StepBudget& budget) const {
  switch (kind_) {
    case Kind::equal: return ignore_case_ ? equals_ignore_case(value, text_) : value == text_;
    case Kind::binary: return value == text_;
    case Kind::contains: return value.find(text_) != std::string::npos;
    case Kind::regex: return search(*regex_, value, budget);
    case Kind::json: {
      if (!budget.take_text(value)) return false;
      const auto body = parse_json(value);
      return body && equal_json_loosely(json_, *body, {.ignore_order = ignore_order_, .ignore_extra = ignore_extra_}, budget);
    }
    case Kind::json_path: return match_path(value, budget);
    default: return match({value}, budget);
  }
}

bool StringPattern::match(const std::vector<std::string>& values, StepBudget& budget) const {
  for (const std::string& value : values) budget.take_text(value);
  if (!budget.take()) return false;
  const auto matches = [&](const StringPattern& part) { return part.match(values, budget); };
  const auto matches_one = [&](const StringPattern& part) {
    return std::ranges::any_of(values, [&](const std::string& value) { return part.match({value}, budget); });
  };
  switch (kind_) {
    case Kind::absent: return values.empty();
    case Kind::all_of: return std::ranges::all_of(parts_, matches);
    case Kind::any_of: return std::ranges::any_of(parts_, matches);
    case Kind::none_of: return std::ranges::none_of(parts_, matches);
    case Kind::exactly: return values.size() == parts_.size() && std::ranges::all_of(parts_, matches_one);
    case Kind::includes: return std::ranges::all_of(parts_, matches_one);
    default: return std::ranges::any_of(values, [&](const std::string& value) { return match_value(value, budget); });
  }
}

std::optional<std::string> StringPattern::find_unknown(const std::vector<std::string>& names, StepBudget& budget) const {
  switch (kind_) {
    case Kind::equal:
    case Kind::contains:
    case Kind::regex:
      if (std::ranges::any_of(names, [&](const std::string& name) { return match_value(name, budget); })) return std::nullopt;
      return text_;
    default:
      for (const StringPattern& part : parts_) {
        if (auto unknown = part.find_unknown(names, budget)) return unknown;
      }
      return std::nullopt;
  }
}

double StringPattern::distance(const std::vector<std::string>& values, StepBudget& budget) const {
  if (match(values, budget)) return 0;
  double nearest = 1;
  switch (kind_) {
    case Kind::equal:
      for (const std::string& value : values) nearest = std::min(nearest, text_distance(text_, value, budget));
      return nearest;
    case Kind::json:
      for (const std::string& value : values) {
        if (!budget.take_text(value)) return 1;
        const auto body = parse_json(value);
        if (body) nearest = std::min(nearest, text_distance(render_json(json_), render_json(*body), budget));
      }
      return nearest;
    case Kind::all_of: {
      double sum = 0;
      for (const StringPattern& part : parts_) sum += part.distance(values, budget);
      return sum / static_cast<double>(parts_.size());
    }
    case Kind::any_of:
      for (const StringPattern& part : parts_) nearest = std::min(nearest, part.distance(values, budget));
      return nearest;
    default: return 1;
  }
}

std::string StringPattern::describe() const {
  std::string parts;
  for (const StringPattern& part : parts_) parts += (parts.empty() ? "" : ", ") + part.describe();
  switch (kind_) {
    case Kind::equal: return "equal to " + quote(text_) + (ignore_case_ ? " in any case" : "");
    case Kind::binary: return "these bytes: " + encode_base64(text_);
    case Kind::contains: return "containing " + quote(text_);
    case Kind::regex: return "matching " + text_;
    case Kind::absent: return "absent";
    case Kind::json: return "JSON equal to " + render_json(json_).substr(0, 200);
    case Kind::json_path: return "JSON with " + text_ + (parts.empty() ? "" : " " + parts);
    case Kind::all_of: return "all of: " + parts;
    case Kind::any_of: return "any of: " + parts;
    case Kind::none_of: return "not " + parts;
    case Kind::exactly: return "exactly: " + parts;
    case Kind::includes: return "including: " + parts;
  }
  return {};
}

}  // namespace understudy
