#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "contracts/src/base/number.h"
#include "contracts/src/model/binding.h"
#include "scenarios/src/lint/parts.h"
#include "scenarios/src/lint/types.h"

namespace understudy {
namespace {

const YamlMark* plain_mark(const LintContext& context, const std::string& pointer) {
  const auto found = context.file.document.marks.find(pointer);
  return found == context.file.document.marks.end() || !found->second.plain ? nullptr : &found->second;
}

bool is_template(const YamlMark& mark) { return mark.text.find("{{") != std::string::npos; }

// Integers and other numbers are one class.
std::string class_of(const Json& value) { return is_number(value) ? "number" : std::string(type_name(value)); }

std::string fix_for(const Json& value, const YamlMark& mark, const std::set<std::string>& allowed) {
  const std::string on_purpose = fmt::format("({{$literal: {}}} sends the {} on purpose)", mark.text, class_of(value));
  if (value.is_string()) return fmt::format("quote it to send this text on purpose: \"{}\"", mark.text);
  if (allowed.contains("string")) return fmt::format("quote it: \"{}\" {}", mark.text, on_purpose);
  if (allowed.contains("boolean")) return fmt::format("write true or false {}", on_purpose);
  return fmt::format("write a number {}", on_purpose);
}

// A plain scalar whose YAML type differs from the type in the contract.
void lint_type(LintContext& context, const std::string& pointer, const std::set<std::string>& allowed) {
  const Json* value = context.find(pointer);
  const YamlMark* mark = plain_mark(context, pointer);
  if (value == nullptr || mark == nullptr || value->is_null() || value->is_structured() || is_template(*mark)) return;
  const bool wants_scalar = allowed.contains("string") || allowed.contains("number") || allowed.contains("boolean");
  if (!wants_scalar || allowed.contains(class_of(*value))) return;
  std::set<std::string> named = allowed;
  named.erase("null");
  context.add(
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
void lint_body(LintContext& context, const Operation& operation, const Json& body, const std::string& within,
               const std::string& file_pointer) {
  if (operation.binder == nullptr) return;
  const Bound bound = operation.binder->bind_with_spelling(body);  // wrapped, renamed and aliased as the vendor reads it
  const Json& document = context.contract_of(&operation).document;
  walk_leaves(bound.body, "", [&](const std::string& pointer) {
    const std::string wire = Binder::wire_pointer(bound, pointer);
    if (!wire.starts_with(within)) return;
    if (const auto allowed = allowed_types(document, operation.body_schema, pointer))
      lint_type(context, file_pointer + wire.substr(within.size()), *allowed);
  });
}

void lint_changes(LintContext& context, const Step& step, const Operation& operation) {
  const Step* sent = context.sent_step(step);
  if (sent == nullptr || sent->with.body_kind != Sending::Body::json) return;
  for (const auto& [target, value] : step.change.items()) {
    Json body = sent->with.body;
    if (set_pointer(body, target, value)) lint_body(context, operation, body, target, join_pointer(step.pointer, "change", target));
  }
}

// Where a value is sent as text, 1.50 would become 1.5.
void lint_texts(LintContext& context, const std::string& pointer) {
  const Json* pairs = context.find(pointer);
  if (pairs == nullptr) return;
  walk_leaves(*pairs, pointer, [&](const std::string& leaf) {
    const Json* value = context.find(leaf);
    const YamlMark* mark = plain_mark(context, leaf);
    if (value == nullptr || mark == nullptr || !is_number(*value) || render_json(*value) == mark->text) return;
    context.add(leaf, "scalar-loses-text", fmt::format("found {}, which would be sent as {}: quote it", mark->text, render_json(*value)));
  });
}

// Only $literal and $absent may be sent; other $words are matchers in the wrong place.
void lint_sent_words(LintContext& context, const Json& tree, const std::string& pointer) {
  if (tree.is_object()) {
    for (const auto& [name, value] : tree.items()) {
      const std::string at = join_pointer(pointer, name);
      if (name == "$literal" && tree.size() == 1) return;
      if (name == "$absent" && tree.size() == 1 && value == true) return;
      if (name.starts_with('$'))
        context.add_key(at, "unknown-word",
                        fmt::format("found {} in what is sent, expected {{$literal: value}} or {{$absent: true}} alone "
                                    "({{$literal: ...}} sends such a member too)",
                                    name));
      lint_sent_words(context, value, at);
    }
  }
  if (tree.is_array())
    for (std::size_t i = 0; i < tree.size(); ++i) lint_sent_words(context, tree[i], join_pointer(pointer, i));
}

void lint_step_scalars(LintContext& context, const Step& step) {
  for (const char* key : {"path", "query", "headers", "form"})
    if (!step.with.pointer.empty()) lint_texts(context, join_pointer(step.with.pointer, key));
  if (step.with.body_kind == Sending::Body::json) lint_sent_words(context, step.with.body, join_pointer(step.with.pointer, "body"));
  lint_sent_words(context, step.change, join_pointer(step.pointer, "change"));
  const Operation* operation = context.find_operation(step.operation);
  if (operation != nullptr && step.kind == Step::Kind::send && step.with.body_kind == Sending::Body::json)
    lint_body(context, *operation, step.with.body, "", join_pointer(step.with.pointer, "body"));
  if (operation != nullptr && step.kind == Step::Kind::repeat) lint_changes(context, step, *operation);
  for (const CallStep& call : step.calls) {
    const std::string params = join_pointer(call.pointer, "with", "params");
    lint_sent_words(context, call.params, params);
    const Operation* called = context.find_operation(call.operation);
    if (called != nullptr && !call.params.is_null()) lint_body(context, *called, call.params, "", params);
  }
}

// 00123 is the number 123 in YAML 1.2, which is hardly ever meant.
void lint_leading_zeros(LintContext& context) {
  for (const auto& [pointer, mark] : context.file.document.marks) {
    const Json* value = context.find(pointer);
    if (!mark.plain || value == nullptr || !is_written_as_integer(*value)) continue;
    const std::string_view digits = std::string_view(mark.text).substr(mark.text.find_first_not_of("+-"));
    if (digits.size() < 2 || digits.front() != '0' || digits.find_first_not_of("0123456789") != std::string_view::npos) continue;
    const Place place = context.file.document.place(pointer);
    const bool is_reported = std::ranges::any_of(context.problems, [&](const Problem& problem) { return problem.place == place; });
    if (!is_reported)
      context.add(pointer, "leading-zero",
                  fmt::format("found {}, which is the number {} in YAML 1.2: quote it to keep its zeros", mark.text, render_json(*value)));
  }
}

}  // namespace

void lint_scalars(LintContext& context) {
  for (const Step& step : context.scenario().steps) lint_step_scalars(context, step);
  for (const Step& step : context.scenario().cleanup) lint_step_scalars(context, step);
  lint_leading_zeros(context);
}

}  // namespace understudy
