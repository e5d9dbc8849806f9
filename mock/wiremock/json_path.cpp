#include "mock/wiremock/json_path.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

using Step = JsonPath::Step;
using Steps = std::vector<Step>;
constexpr std::size_t kMostValues = 10'000;
constexpr std::size_t kMostSteps = 100;

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || (c & 0x80) != 0; }

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  tl::expected<Steps, std::string> parse() {
    if (!take('$')) return error("expected '$'");
    auto steps = read_steps();
    if (!steps) return steps;
    if (at_ < text_.size()) return error(std::string("found '") + text_[at_] + "', which is not supported");
    return steps;
  }

 private:
  tl::unexpected<std::string> error(const std::string& what) const { return tl::unexpected(what + " at offset " + std::to_string(at_)); }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (next() == ' ') ++at_;
  }

  tl::expected<Steps, std::string> read_steps() {
    Steps steps;
    while (next() == '.' || next() == '[') {
      if (steps.size() >= kMostSteps) return error("the path is too long");
      if (take('.')) {
        if (take('.')) steps.push_back({.kind = Step::Kind::descend});
        if (next() == '[' && !steps.empty() && steps.back().kind == Step::Kind::descend) continue;
        if (take('*')) {
          steps.push_back({});
          continue;
        }
        auto name = read_name();
        if (name.empty()) return error("expected a name");
        if (next() == '(') return error("functions are not supported: found '('");
        steps.push_back({.kind = Step::Kind::member, .name = std::move(name)});
      } else {
        ++at_;
        auto step = read_bracket();
        if (!step) return tl::unexpected(step.error());
        steps.push_back(std::move(*step));
      }
    }
    return steps;
  }

  std::string read_name() {
    const std::size_t start = at_;
    while (is_name_character(next())) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  tl::expected<Step, std::string> read_bracket() {
    Step step;
    skip_space();
    if (take('?')) {
      auto filter = read_filter();
      if (!filter) return filter;
      step = std::move(*filter);
    } else if (next() == '\'' || next() == '"') {
      auto name = read_quoted();
      if (!name) return tl::unexpected(name.error());
      step.kind = Step::Kind::member;
      step.name = std::move(*name);
    } else if (!take('*')) {
      const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), step.index);
      if (parsed.ec != std::errc()) return error("expected an index, a quoted name, '*' or '?'");
      at_ = static_cast<std::size_t>(parsed.ptr - text_.data());
      step.kind = Step::Kind::index;
    }
    skip_space();
    if (next() == ',') return error("unions are not supported: found ','");
    if (next() == ':') return error("slices are not supported: found ':'");
    if (!take(']')) return error("expected ']'");
    return step;
  }

  tl::expected<std::string, std::string> read_quoted() {
    const char quote = next();
    ++at_;
    std::string text;
    while (next() != quote) {
      if (next() == '\0') return error("expected a closing quote");
      if (next() == '\\' && at_ + 1 < text_.size()) ++at_;
      text += text_[at_++];
    }
    ++at_;
    return text;
  }

  tl::expected<Step, std::string> read_filter() {
    const bool wrapped = take('(');
    skip_space();
    if (!take('@')) return error("expected '@' in a filter");
    auto inner = read_steps();
    if (!inner) return tl::unexpected(inner.error());
    Step step{.kind = Step::Kind::filter, .inner = *std::move(inner)};
    skip_space();
    for (const std::string_view comparison : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!text_.substr(at_).starts_with(comparison)) continue;
      step.compare = comparison;
      at_ += comparison.size();
      skip_space();
      auto value = read_value();
      if (!value) return tl::unexpected(value.error());
      step.value = std::move(*value);
      break;
    }
    skip_space();
    if (wrapped && !take(')')) return error("filters hold one comparison with == != < <= > or >=: expected ')'");
    return step;
  }

  tl::expected<Json, std::string> read_value() {
    if (next() == '\'' || next() == '"') {
      auto text = read_quoted();
      if (!text) return tl::unexpected(text.error());
      return Json(std::move(*text));
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && next() != ')' && next() != ']' && next() != ' ') ++at_;
    auto value = parse_json(text_.substr(start, at_ - start));
    if (!value) return error("expected a text in quotes, a number, true, false or null");
    return *value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void descend(const Json& from, std::vector<const Json*>& out) {
  if (out.size() >= kMostValues) return;
  out.push_back(&from);
  if (!from.is_structured()) return;
  for (const Json& child : from) descend(child, out);
}

bool compares(const Json& left, const std::string& comparison, const Json& right) {
  if (comparison == "==") return json_equal(left, right);
  if (comparison == "!=") return !json_equal(left, right);
  const bool comparable = (left.is_number() && right.is_number()) || (left.is_string() && right.is_string());
  if (!comparable) return false;
  if (comparison == "<") return left < right;
  if (comparison == "<=") return left <= right;
  return comparison == ">" ? left > right : left >= right;
}

std::vector<const Json*> select_values(const Json& root, const Steps& steps);

bool passes(const Json& value, const Step& filter) {
  const auto found = select_values(value, filter.inner);
  if (filter.compare.empty()) return !found.empty();
  return std::ranges::any_of(found, [&](const Json* selected) { return compares(*selected, filter.compare, filter.value); });
}

void follow(const Json& from, const Step& step, std::vector<const Json*>& out) {
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
      for (const Json& child : from) out.push_back(&child);
      return;
    case Step::Kind::descend: descend(from, out); return;
    case Step::Kind::filter:
      if (from.is_array()) {
        for (const Json& child : from) {
          if (passes(child, step)) out.push_back(&child);
        }
      } else if (from.is_object() && passes(from, step)) {
        out.push_back(&from);
      }
      return;
  }
}

std::vector<const Json*> select_values(const Json& root, const Steps& steps) {
  std::vector<const Json*> selected = {&root};
  for (const Step& step : steps) {
    std::vector<const Json*> next;
    for (const Json* value : selected) {
      follow(*value, step, next);
      if (next.size() >= kMostValues) break;
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

std::vector<const Json*> JsonPath::select(const Json& root) const { return select_values(root, steps_); }

bool JsonPath::is_definite() const {
  return std::ranges::all_of(steps_, [](const Step& step) { return step.kind == Step::Kind::member || step.kind == Step::Kind::index; });
}

}  // namespace understudy
