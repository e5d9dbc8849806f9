#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/src/lint/parts.h"
#include "scenarios/src/model/variables.h"

namespace understudy {
namespace {

const std::set<std::string> kOfTheRunner = {"run.id", "run.number", "token", "username", "password", "api_key"};

struct KnownNames {
  std::set<std::string> names;
  const std::vector<EachRow>* rows = nullptr;       // of the scenario
  const std::vector<EachRow>* step_rows = nullptr;  // of the step

  bool contains(const std::string& name) const { return names.contains(name) || has_row(rows, name) || has_row(step_rows, name); }
  // A row without a variable that other rows have; null: all rows have it, or none.
  const EachRow* row_without(const std::string& name) const {
    if (names.contains(name)) return nullptr;
    for (const auto* list : {rows, step_rows}) {
      if (!has_row(list, name)) continue;
      for (const EachRow& row : *list)
        if (!row.variables.contains(name)) return &row;
      return nullptr;
    }
    return nullptr;
  }

 private:
  static bool has_row(const std::vector<EachRow>* list, const std::string& name) {
    return list != nullptr && std::any_of(list->begin(), list->end(), [&](const EachRow& row) { return row.variables.contains(name); });
  }
};

void add_rows(std::set<std::string>& names, const std::vector<EachRow>* rows) {
  for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i)
    for (const auto& [name, value] : (*rows)[i].variables.items()) names.insert(name);
}

void lint_braces(LintContext& context, const Json& tree, const std::string& pointer) {
  if (tree.is_object() && tree.size() == 1 && tree.contains("$literal")) return;
  if (tree.is_string()) {
    if (const auto bad = find_bad_braces(tree.get_ref<const std::string&>()))
      context.add(pointer, "bad-template",
                  fmt::format("found {}, expected a variable's name between the braces ({{$literal: ...}} means them as they are)", *bad));
  }
  if (tree.is_object())
    for (const auto& [key, value] : tree.items()) lint_braces(context, value, join_pointer(pointer, key));
  if (tree.is_array())
    for (std::size_t i = 0; i < tree.size(); ++i) lint_braces(context, tree[i], join_pointer(pointer, i));
}

// Every name used below the pointer is known there.
void lint_uses(LintContext& context, const std::string& pointer, const KnownNames& known, bool is_cleanup = false) {
  const Json* tree = context.find(pointer);
  if (tree == nullptr) return;
  lint_braces(context, *tree, pointer);
  for (const auto& [name, inner] : find_names(*tree)) {
    if (const EachRow* row = known.row_without(name)) {
      context.add(pointer + inner, "undefined-variable",
                  fmt::format("found {{{{{}}}}}, which the row '{}' does not have", name, row->name));
      continue;
    }
    if (known.contains(name)) continue;
    std::set<std::string> names = known.names;
    add_rows(names, known.rows);
    add_rows(names, known.step_rows);
    const std::vector<std::string> list(names.begin(), names.end());
    context.add(pointer + inner, "undefined-variable",
                fmt::format("found {{{{{}}}}}, which {}{}", name, is_cleanup ? "no step captures" : "nothing defines up to here",
                            did_you_mean(name, list)));
  }
}

void add_captures(KnownNames& known, const Step& step) {
  for (const auto& [name, pointer] : step.capture) known.names.insert(name);
  for (const CallStep& call : step.calls)
    for (const auto& [name, pointer] : call.capture) known.names.insert(name);
}

void lint_step(LintContext& context, const Step& step, KnownNames& known, bool is_cleanup) {
  known.step_rows = &step.each;
  for (std::size_t i = 0; i < step.each.size(); ++i) lint_uses(context, join_pointer(step.pointer, "each", i), known, is_cleanup);
  for (const char* key : {"with", "request", "change", "auth"}) lint_uses(context, join_pointer(step.pointer, key), known, is_cleanup);
  for (const CallStep& call : step.calls)
    for (const char* key : {"id", "with"}) lint_uses(context, join_pointer(call.pointer, key), known, is_cleanup);
  add_captures(known, step);
  lint_uses(context, step.expect.pointer, known, is_cleanup);
  for (const CallStep& call : step.calls) lint_uses(context, call.expect.pointer, known, is_cleanup);
  known.step_rows = nullptr;
}

}  // namespace

void lint_variables(LintContext& context) {
  const Scenario& scenario = context.scenario();
  KnownNames known{.names = kOfTheRunner, .rows = &scenario.each, .step_rows = nullptr};
  for (const auto& [name, value] : scenario.given.variables.items()) known.names.insert(name);
  for (const char* key : {"variables", "states"}) lint_uses(context, join_pointer("/given", key), known);
  for (const GivenState& state : scenario.given.states) known.names.insert(state.returns.begin(), state.returns.end());
  for (const char* key : {"records", "faults"}) lint_uses(context, join_pointer("/given", key), known);
  KnownNames anywhere = known;  // a row is filled where a step uses it, so it may use what a step before that captures
  for (const Step& step : scenario.steps) add_captures(anywhere, step);
  for (std::size_t i = 0; i < scenario.each.size(); ++i) lint_uses(context, join_pointer("/each", i), anywhere);
  for (const Step& step : scenario.steps) lint_step(context, step, known, false);
  for (const Step& step : scenario.cleanup) lint_step(context, step, known, true);
}

}  // namespace understudy
