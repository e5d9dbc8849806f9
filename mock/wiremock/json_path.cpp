#include "mock/wiremock/json_path.h"

#include <charconv>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

using Step = JsonPath::Step;
using Steps = std::vector<Step>;
constexpr std::size_t kMostValues = 10'000;
constexpr std::size_t kMostSteps = 100;
constexpr int kDeepestFilter = 16;

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || (c & 0x80) != 0; }

// Keeps the first error; after it, every function returns at once with an empty value.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  tl::expected<Steps, std::string> parse() {
    if (!take('$')) fail("expected '$'");
    Steps steps = read_steps();
    if (at_ < text_.size()) fail(std::string("found '") + text_[at_] + "', which is not supported");
    if (error_) return tl::unexpected(*error_);
    return steps;
  }

 private:
  void fail(const std::string& what) {
    if (!error_) error_ = what + " at offset " + std::to_string(at_);
  }
  char next() const { return !error_ && at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (next() == ' ') ++at_;
  }

  Steps read_steps() {
    Steps steps;
    while (next() == '.' || next() == '[') {
      if (steps.size() >= kMostSteps) fail("the path is too long");
      if (take('[')) {
        steps.push_back(read_bracket());
        continue;
      }
      take('.');
      if (take('.')) {
        steps.push_back({.kind = Step::Kind::descend});
        if (next() == '[') continue;
      }
      if (take('*')) {
        steps.push_back({.kind = Step::Kind::all});
        continue;
      }
      const std::size_t start = at_;
      while (is_name_character(next())) ++at_;
      if (at_ == start) fail("expected a name");
      if (next() == '(') fail("functions are not supported: found '('");
      steps.push_back({.kind = Step::Kind::member, .name = std::string(text_.substr(start, at_ - start))});
    }
    return steps;
  }

  Step read_bracket() {
    Step step;
    skip_space();
    if (take('?')) {
      step = read_filter();
    } else if (next() == '\'' || next() == '"') {
      step = {.kind = Step::Kind::member, .name = read_quoted()};
    } else if (!take('*')) {
      step.kind = Step::Kind::index;
      const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), step.index);
      if (parsed.ec != std::errc()) fail("expected an index, a quoted name, '*' or '?'");
      at_ = static_cast<std::size_t>(parsed.ptr - text_.data());
    }
    skip_space();
    if (next() == ',') fail("unions are not supported: found ','");
    if (next() == ':') fail("slices are not supported: found ':'");
    if (!take(']')) fail("expected ']'");
    return step;
  }

  std::string read_quoted() {
    const char quote = next();
    ++at_;
    std::string text;
    while (next() != quote && next() != '\0') {
      if (next() == '\\' && at_ + 1 < text_.size()) ++at_;
      text += text_[at_++];
    }
    if (!take(quote)) fail("expected a closing quote");
    return text;
  }

  Step read_filter() {
    const bool wrapped = take('(');
    skip_space();
    if (!take('@')) fail("expected '@' in a filter");
    if (++depth_ > kDeepestFilter) fail("filters are nested too deeply");
    Step step{.kind = Step::Kind::filter, .inner = read_steps()};
    --depth_;
    skip_space();
    for (const std::string_view comparison : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (error_ || !text_.substr(at_).starts_with(comparison)) continue;
      step.compare = comparison;
      at_ += comparison.size();
      skip_space();
      step.value = read_value();
      break;
    }
    skip_space();
    if (wrapped && !take(')')) fail("filters hold one comparison with == != < <= > or >=: expected ')'");
    return step;
  }

  Json read_value() {
    if (next() == '\'' || next() == '"') return read_quoted();
    const std::size_t start = at_;
    while (next() != ')' && next() != ']' && next() != ' ' && next() != '\0') ++at_;
    auto value = parse_json(text_.substr(start, at_ - start));
    if (!value) fail("expected a text in quotes, a number, true, false or null");
    return value.value_or(Json());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of filters inside filters
  std::optional<std::string> error_;
};

void descend(const Json& from, std::vector<const Json*>& out, StepBudget& budget) {
  if (out.size() >= kMostValues || !budget.take()) return;
  out.push_back(&from);
  if (!from.is_structured()) return;
  for (const Json& child : from) descend(child, out, budget);
}

bool compares(const Json& left, const std::string& comparison, const Json& right) {
  if (comparison == "==") return json_equal(left, right);
  if (comparison == "!=") return !json_equal(left, right);
  const bool are_numbers = is_number(left) && is_number(right);
  if (!are_numbers && !(left.is_string() && right.is_string())) return false;
  const int order =
      are_numbers ? compare_numbers(left, right) : left.get_ref<const std::string&>().compare(right.get_ref<const std::string&>());
  if (comparison == "<") return order < 0;
  if (comparison == "<=") return order <= 0;
  return comparison == ">" ? order > 0 : order >= 0;
}

std::vector<const Json*> select_values(const Json& root, const Steps& steps, StepBudget& budget);

bool passes(const Json& value, const Step& filter, StepBudget& budget) {
  const auto found = select_values(value, filter.inner, budget);
  if (filter.compare.empty()) return !found.empty();
  return std::ranges::any_of(found, [&](const Json* selected) { return compares(*selected, filter.compare, filter.value); });
}

void follow(const Json& from, const Step& step, std::vector<const Json*>& out, StepBudget& budget) {
  if (!budget.take()) return;
  switch (step.kind) {
    case Step::Kind::member:
      if (!from.is_object()) return;
      if (const auto found = from.find(step.name); found != from.end()) out.push_back(&*found);
      return;
    case Step::Kind::index: {
      if (!from.is_array()) return;
      const auto size = static_cast<std::int64_t>(from.size());
      const std::int64_t index = step.index < 0 ? size + step.index : step.index;
      if (index >= 0 && index < size) out.push_back(&from[static_cast<std::size_t>(index)]);
      return;
    }
    case Step::Kind::all:
      if (!from.is_structured()) return;
      if (!budget.take(from.size())) return;
      for (const Json& child : from) out.push_back(&child);
      return;
    case Step::Kind::descend: descend(from, out, budget); return;
    case Step::Kind::filter:
      if (from.is_array()) {
        for (const Json& child : from) {
          if (budget.is_spent()) return;
          if (passes(child, step, budget)) out.push_back(&child);
        }
      } else if (from.is_object() && passes(from, step, budget)) {
        out.push_back(&from);
      }
      return;
  }
}

std::vector<const Json*> select_values(const Json& root, const Steps& steps, StepBudget& budget) {
  std::vector<const Json*> selected = {&root};
  for (const Step& step : steps) {
    std::vector<const Json*> next;
    for (const Json* value : selected) {
      follow(*value, step, next, budget);
      if (next.size() >= kMostValues || budget.is_spent()) break;
    }
    if (next.size() > kMostValues) next.resize(kMostValues);
    selected = std::move(next);
  }
  return selected;
}

}  // namespace

tl::expected<JsonPath, std::string> JsonPath::parse(std::string_view text) {
  return PathParser(text).parse().map([](Steps&& steps) {
    JsonPath path;
    path.steps_ = std::move(steps);
    return path;
  });
}

std::vector<const Json*> JsonPath::select(const Json& root, StepBudget& budget) const { return select_values(root, steps_, budget); }

}  // namespace understudy
