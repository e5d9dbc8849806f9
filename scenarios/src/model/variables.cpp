#include "scenarios/src/model/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "contracts/src/base/text.h"
#include "contracts/src/yaml/yaml.h"
#include "scenarios/src/model/parse.h"

namespace understudy {
namespace {

constexpr std::size_t kMaxNesting = 16;  // of variables that use variables; deeper is a cycle

bool is_literal(const Json& tree) { return tree.is_object() && tree.size() == 1 && tree.contains("$literal"); }
bool is_absent(const Json& tree) { return tree.is_object() && tree.size() == 1 && tree.contains("$absent"); }

void collect_names(const Json& tree, const std::string& pointer, std::vector<std::pair<std::string, std::string>>& names) {
  if (is_literal(tree)) return;
  if (tree.is_string()) {
    for (const BracePart& part : split_braces(tree.get_ref<const std::string&>(), is_variable_name))
      if (part.name) names.emplace_back(*part.name, pointer);
  }
  if (tree.is_object())
    for (const auto& [key, value] : tree.items()) collect_names(value, join_pointer(pointer, key), names);
  if (tree.is_array())
    for (std::size_t i = 0; i < tree.size(); ++i) collect_names(tree[i], join_pointer(pointer, i), names);
}

}  // namespace

// Fills one tree; keeps the first undefined name.
class Variables::Filler {
 public:
  // `leaves_out`: members and elements that become {$absent: true} are dropped.
  Filler(const Variables& variables, bool leaves_out) : variables_(variables), leaves_out_(leaves_out) {}

  Json fill(const Json& tree, const std::string& pointer) {
    if (undefined_) return nullptr;
    if (is_literal(tree)) return tree.at("$literal");
    if (tree.is_string()) return fill_string(tree.get_ref<const std::string&>(), pointer);
    if (!tree.is_structured()) return tree;
    Json filled = tree.is_object() ? Json::object() : Json::array();
    if (tree.is_object()) {
      for (const auto& [key, value] : tree.items()) {
        Json part = fill(value, join_pointer(pointer, key));
        if (!is_left_out(value, part)) filled.emplace(key, std::move(part));
      }
    } else {
      for (std::size_t i = 0; i < tree.size(); ++i) {
        Json part = fill(tree[i], join_pointer(pointer, i));
        if (!is_left_out(tree[i], part)) filled.push_back(std::move(part));
      }
    }
    return filled;
  }

  const std::optional<UndefinedName>& undefined() const { return undefined_; }

 private:
  bool is_left_out(const Json& written, const Json& filled) const { return leaves_out_ && is_absent(filled) && !is_literal(written); }

  Json fill_string(std::string_view text, const std::string& pointer) {
    const auto parts = split_braces(text, is_variable_name);
    if (parts.size() == 1) return std::string(text);
    if (parts.size() == 2 && parts[0].text.empty() && parts[1].text.empty()) return value_of(*parts[0].name, pointer);
    std::string filled;
    for (const BracePart& part : parts) {
      filled += part.text;
      if (part.name) filled += as_text(value_of(*part.name, pointer));
    }
    return filled;
  }

  Json value_of(std::string_view name, const std::string& pointer) {
    const auto found = variables_.values_.find(name);
    if (found == variables_.values_.end() || depth_ == kMaxNesting) {
      std::vector<std::string> known;
      for (const auto& [other, value] : variables_.values_) known.push_back(other);
      const bool is_cycle = found != variables_.values_.end();
      if (!undefined_) {
        undefined_ = UndefinedName{.name = std::string(name),
                                   .nearest = is_cycle ? "" : find_nearest(name, known).value_or(""),
                                   .pointer = pointer,
                                   .is_cycle = is_cycle};
      }
      return nullptr;
    }
    if (!found->second.is_template) return found->second.json;
    ++depth_;
    Json filled = fill(found->second.json, pointer);
    --depth_;
    return filled;
  }

  const Variables& variables_;
  const bool leaves_out_;
  std::optional<UndefinedName> undefined_;
  std::size_t depth_ = 0;
};

std::string render_undefined(const UndefinedName& undefined) {
  if (undefined.is_cycle) return fmt::format("the variable '{}' is defined by itself", undefined.name);
  if (undefined.nearest.empty()) return fmt::format("found {{{{{}}}}}, which no variable or capture defines", undefined.name);
  return fmt::format("found {{{{{}}}}}, which no variable or capture defines (did you mean '{}'?)", undefined.name, undefined.nearest);
}

void Variables::set(const std::string& name, Json value) { values_[name] = {.json = std::move(value), .is_template = false}; }

void Variables::set_template(const std::string& name, Json value) { values_[name] = {.json = std::move(value), .is_template = true}; }

void Variables::set_templates(const Json& mapping) {
  for (const auto& [name, value] : mapping.items()) set_template(name, value);
}

void Variables::set_run(std::uint64_t seed) {
  Random random(seed);
  set("run.id", random.text(8, "abcdefghijklmnopqrstuvwxyz0123456789"));
  // Nine digits without a leading zero: they fit where an API wants a 32-bit integer.
  set("run.number", 100'000'000 + static_cast<std::int64_t>(random.next() % 900'000'000));
}

const Json* Variables::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second.json;
}

tl::expected<Json, UndefinedName> Variables::fill(const Json& tree, bool leaves_out) const {
  Filler filler(*this, leaves_out);
  Json filled = filler.fill(tree, "");
  if (filler.undefined()) return tl::unexpected(*filler.undefined());
  return filled;
}

tl::expected<Json, UndefinedName> Variables::render(const Json& tree) const { return fill(tree, false); }

tl::expected<Json, UndefinedName> Variables::render_sent(const Json& tree) const { return fill(tree, true); }

tl::expected<std::string, UndefinedName> Variables::render_text(std::string_view text) const {
  return render(Json(std::string(text))).map(as_text);
}

std::vector<std::pair<std::string, std::string>> find_names(const Json& tree) {
  std::vector<std::pair<std::string, std::string>> names;
  collect_names(tree, "", names);
  return names;
}

std::optional<std::string> find_bad_braces(std::string_view text) {
  for (std::size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open)) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) return std::string(text.substr(open, 40));
    if (!is_variable_name(trim(text.substr(open + 2, close - open - 2)))) return std::string(text.substr(open, close + 2 - open));
    open = close + 2;
  }
  return std::nullopt;
}

Result<std::pair<std::string, Json>> parse_var(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (equals == std::string_view::npos || !is_variable_name(name)) {
    return tl::unexpected(make_problem(Failure::usage, "bad-var", fmt::format("found --var {}, expected name=value", text)));
  }
  const std::string value(text.substr(equals + 1));
  const auto document = parse_yaml(value, "--var");
  return std::pair<std::string, Json>(name, document && !document->root.is_null() ? document->root : Json(value));
}

}  // namespace understudy
