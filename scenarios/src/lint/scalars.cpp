#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "contracts/src/model/binding.h"
#include "scenarios/src/lint/parts.h"
#include "scenarios/src/lint/types.h"

namespace understudy {
namespace {

const YamlMark* plain_mark(const Linting& linting, const std::string& pointer) {
  const auto found = linting.file.document.marks.find(pointer);
  return found == linting.file.document.marks.end() || !found->second.plain ? nullptr : &found->second;
}

bool is_template(const YamlMark& mark) { return mark.text.find("{{") != std::string::npos; }

// What a plain scalar may be mistaken for: integers and other numbers are one.
std::string class_of(const Json& value) { return value.is_number() ? "number" : std::string(type_name(value)); }

std::string fix_for(const Json& value, const YamlMark& mark, const std::set<std::string>& allowed) {
  const std::string on_purpose = fmt::format("({{$literal: {}}} sends the {} on purpose)", mark.text, class_of(value));
  if (value.is_string()) return fmt::format("quote it to send this text on purpose: \"{}\"", mark.text);
  if (allowed.contains("string")) return fmt::format("quote it: \"{}\" {}", mark.text, on_purpose);
  if (allowed.contains("boolean")) return fmt::format("write true or false {}", on_purpose);
  return fmt::format("write a number {}", on_purpose);
}

// A plain scalar that YAML reads as one type where the contract says another.
void lint_type(Linting& linting, const std::string& pointer, const std::set<std::string>& allowed) {
  const Json* value = linting.find(pointer);
  const YamlMark* mark = plain_mark(linting, pointer);
  if (value == nullptr || mark == nullptr || value->is_null() || value->is_structured() || is_template(*mark)) return;
  const bool wants_scalar = allowed.contains("string") || allowed.contains("number") || allowed.contains("boolean");
  if (!wants_scalar || allowed.contains(class_of(*value))) return;
  std::set<std::string> named = allowed;
  named.erase("null");
  linting.add(
      pointer, "type-contradiction",
      fmt::format("found {} where the contract says {}: {}", describe(*value), fmt::join(named, " or "), fix_for(*value, *mark, allowed)));
}

void walk_leaves(const Json& tree, const std::string& pointer, const std::function<void(const std::string&)>& visit) {
  if (tree.is_object())
    for (const auto& [name, value] : tree.items()) walk_leaves(value, join_pointer(pointer, name), visit);
  else if (tree.is_array())
    for (std::size_t i = 0; i < tree.size(); ++i) walk_leaves(tree[i], join_pointer(pointer, i), visit);
  else
    visit(pointer);
}

// `body` is what the file says, standing at `file_pointer`; only what lies below `within` is judged.
void lint_body(Linting& linting, const Operation& operation, const Json& body, const std::string& within, const std::string& file_pointer) {
  if (operation.binder == nullptr) return;
  const Bound bound = operation.binder->bind(body);  // wrapped, renamed and aliased as the vendor reads it
  const Json& document = linting.contract_of(&operation).document;
  walk_leaves(bound.body, "", [&](const std::string& pointer) {
    const std::string wire = Binder::wire_pointer(bound, pointer);
    if (!wire.starts_with(within)) return;
    if (const auto allowed = allowed_types(document, operation.body_schema, pointer))
      lint_type(linting, file_pointer + wire.substr(within.size()), *allowed);
  });
}

void lint_changes(Linting& linting, const Step& step, const Operation& operation) {
  const Step* sent = linting.sent_step(step);
  if (sent == nullptr || sent->with.body_kind != Sending::Body::json) return;
  for (const auto& [target, value] : step.change.items()) {
    Json body = sent->with.body;
    if (set_pointer(body, target, value))
      lint_body(linting, operation, body, target, join_pointer(join_pointer(step.pointer, "change"), target));
  }
}

// Where a value is sent as text, 1.50 would become 1.5.
void lint_texts(Linting& linting, const std::string& pointer) {
  const Json* pairs = linting.find(pointer);
  if (pairs == nullptr) return;
  walk_leaves(*pairs, pointer, [&](const std::string& leaf) {
    const Json* value = linting.find(leaf);
    const YamlMark* mark = plain_mark(linting, leaf);
    if (value == nullptr || mark == nullptr || !value->is_number() || render_json(*value) == mark->text) return;
    linting.add(leaf, "scalar-loses-text", fmt::format("found {}, which would be sent as {}: quote it", mark->text, render_json(*value)));
  });
}

// $words on the sending side; every other one is a matcher that slipped there.
void lint_sent_words(Linting& linting, const Json& tree, const std::string& pointer) {
  if (tree.is_object()) {
    for (const auto& [name, value] : tree.items()) {
      const std::string at = join_pointer(pointer, name);
      if (name == "$literal" && tree.size() == 1) return;
      if (name == "$absent" && tree.size() == 1 && value == true) return;
      if (name.starts_with('$'))
        linting.add_key(at, "unknown-word",
                        fmt::format("found {} in what is sent, expected {{$literal: value}} or {{$absent: true}} alone "
                                    "({{$literal: ...}} sends such a member too)",
                                    name));
      lint_sent_words(linting, value, at);
    }
  }
  if (tree.is_array())
    for (std::size_t i = 0; i < tree.size(); ++i) lint_sent_words(linting, tree[i], join_pointer(pointer, i));
}

void lint_step_scalars(Linting& linting, const Step& step) {
  for (const char* key : {"path", "query", "headers", "form"})
    if (!step.with.pointer.empty()) lint_texts(linting, join_pointer(step.with.pointer, key));
  if (step.with.body_kind == Sending::Body::json) lint_sent_words(linting, step.with.body, join_pointer(step.with.pointer, "body"));
  lint_sent_words(linting, step.change, join_pointer(step.pointer, "change"));
  const Operation* operation = linting.find_operation(step.operation);
  if (operation != nullptr && step.kind == Step::Kind::send && step.with.body_kind == Sending::Body::json)
    lint_body(linting, *operation, step.with.body, "", join_pointer(step.with.pointer, "body"));
  if (operation != nullptr && step.kind == Step::Kind::repeat) lint_changes(linting, step, *operation);
  for (const CallStep& call : step.calls) {
    const std::string params = join_pointer(join_pointer(call.pointer, "with"), "params");
    lint_sent_words(linting, call.params, params);
    const Operation* called = linting.find_operation(call.operation);
    if (called != nullptr && !call.params.is_null()) lint_body(linting, *called, call.params, "", params);
  }
}

// 00123 anywhere: a number of YAML 1.2 that hardly anybody means.
void lint_leading_zeros(Linting& linting) {
  for (const auto& [pointer, mark] : linting.file.document.marks) {
    const Json* value = linting.find(pointer);
    if (!mark.plain || value == nullptr || !value->is_number_integer()) continue;
    const std::string_view digits = std::string_view(mark.text).substr(mark.text.find_first_not_of("+-"));
    if (digits.size() < 2 || digits.front() != '0' || digits.find_first_not_of("0123456789") != std::string_view::npos) continue;
    const Place place = linting.file.document.place(pointer);
    const bool is_said =
        std::any_of(linting.problems.begin(), linting.problems.end(), [&](const Problem& problem) { return problem.place == place; });
    if (!is_said)
      linting.add(pointer, "leading-zero",
                  fmt::format("found {}, which is the number {} in YAML 1.2: quote it to keep its zeros", mark.text, render_json(*value)));
  }
}

}  // namespace

void lint_scalars(Linting& linting) {
  for (const Step& step : linting.scenario().steps) lint_step_scalars(linting, step);
  for (const Step& step : linting.scenario().cleanup) lint_step_scalars(linting, step);
  lint_leading_zeros(linting);
}

}  // namespace understudy
