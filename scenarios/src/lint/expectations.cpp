#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/lint/parts.h"

namespace understudy {
namespace {

// Every status that a response can have: in the pinned profile, or else in any.
std::set<int> statuses_of(const ResponseDefinition& answer, const Contract& contract, const std::optional<Switches>& pinned) {
  std::set<int> statuses;
  const auto add = [&](const Json& status) {
    if (status.is_number_integer()) statuses.insert(status.get<int>());
  };
  for (const ResponseVariant& variant : answer.variants) {
    const bool holds = !pinned || std::ranges::all_of(variant.when_switch, [&](const auto& when) {
      const auto found = pinned->find(when.first);
      return found != pinned->end() && json_equal(found->second, when.second);
    });
    if (!holds) continue;
    if (!variant.status.is_object()) {
      add(variant.status);
      continue;
    }
    const Switch* decides = variant.status.contains("switch") && variant.status.at("switch").is_string()
                                ? contract.find_switch(variant.status.at("switch").get_ref<const std::string&>())
                                : nullptr;
    if (decides == nullptr) continue;
    if (pinned) {
      const auto found = pinned->find(decides->name);
      if (found != pinned->end()) add(found->second);
      continue;
    }
    for (const Json& value : decides->values()) add(value);
  }
  return statuses;
}

std::optional<Switches> pinned_switches(const LintContext& context, const Contract& contract) {
  const Json& written = context.scenario().given.profile;
  if (written.is_null()) return std::nullopt;
  const auto profile = parse_profile(written, context.contracts);
  return profile ? std::optional<Switches>(resolve_profile(*profile, contract)) : std::nullopt;
}

void lint_status(LintContext& context, const Expectation& expect, const Operation& operation, const Contract& contract) {
  if (!expect.status || !expect.status->is_number_integer() || !expect.contract_checked) return;
  const int status = expect.status->get<int>();
  const std::string pointer = join_pointer(expect.pointer, "status");
  const auto pinned = pinned_switches(context, contract);
  const std::vector<std::string> names = expect.answer.empty() ? operation.answers : std::vector<std::string>{expect.answer};
  std::set<int> possible, beside;  // beside: what the answers that may have this status have in other profiles
  std::vector<std::string> those;
  bool is_certain = false;
  for (const std::string& name : names) {
    const ResponseDefinition* answer = contract.find_response(name);
    if (answer == nullptr || answer->scope != Scope::exchange) continue;
    const std::set<int> statuses = statuses_of(*answer, contract, pinned);
    possible.insert(statuses.begin(), statuses.end());
    if (!statuses.contains(status)) continue;
    is_certain |= statuses.size() == 1;
    beside.insert(statuses.begin(), statuses.end());
    those.push_back(name);
  }
  if (is_certain || possible.empty()) return;
  if (!possible.contains(status)) {
    const std::string who = expect.answer.empty() ? fmt::format("no answer of {} has it", operation.name)
                                                  : fmt::format("answer {} never has it", expect.answer);
    context.add(pointer, "impossible-status",
                fmt::format("found status {}, but {} (it may be {}); contract: unchecked expects an undocumented one", status, who,
                            fmt::join(possible, ", ")));
    return;
  }
  beside.erase(status);
  context.add(pointer, "status-of-one-profile",
              fmt::format("found status {}, which does not hold in every profile: {} may have {} too; expect the answer by name, "
                          "or pin given.profile",
                          status, fmt::join(those, ", "), fmt::join(beside, ", ")));
}

std::vector<std::string> answers_of_scope(const Contract& contract, const std::vector<std::string>* among, bool (*fits)(Scope)) {
  std::vector<std::string> names;
  for (const auto& [name, answer] : contract.answers)
    if (fits(answer.scope) && (among == nullptr || std::find(among->begin(), among->end(), name) != among->end())) names.push_back(name);
  return names;
}

bool is_exchange(Scope scope) { return scope == Scope::exchange; }
bool is_element(Scope scope) { return scope != Scope::exchange; }
bool is_item(Scope scope) { return scope == Scope::item; }

// `operation` may be null: then any answer of the contract is possible.
void lint_answer(LintContext& context, const std::string& pointer, const std::string& name, const Contract& contract,
                 const Operation* operation, bool (*fits)(Scope)) {
  if (name.empty()) return;
  const auto possible = answers_of_scope(contract, operation == nullptr ? nullptr : &operation->answers, fits);
  if (contains(possible, name)) return;
  const ResponseDefinition* answer = contract.find_response(name);
  if (answer == nullptr) return context.add_unknown(pointer, false, "answer", name, possible);
  if (!fits(answer->scope)) {
    const char* where = answer->scope == Scope::exchange ? "of the whole exchange: expect it in the step"
                        : answer->scope == Scope::call   ? "of a call: expect it there"
                                                         : "of an item: expect it in the call, or in its items";
    return context.add(pointer, "answer-elsewhere", fmt::format("found {}, which is an answer {}", name, where));
  }
  context.add(pointer, "impossible-answer",
              fmt::format("found {}, but {} never answers that, expected one of: {}", name, operation->name, fmt::join(possible, ", ")));
}

void lint_trees(LintContext& context, const Expectation& expect) {
  const auto check = [&](const std::optional<Json>& tree, const char* key) {
    if (tree) context.add_matchers(*tree, join_pointer(expect.pointer, key));
  };
  check(expect.status, "status");
  check(expect.reason, "reason");
  check(expect.headers, "headers");
  check(expect.body, "body");
  check(expect.text, "text");
  for (std::size_t i = 0; i < expect.items.size(); ++i) {
    const auto body = expect.items[i].find("body");
    if (body != expect.items[i].end()) context.add_matchers(*body, join_pointer(expect.pointer, "items", i, "body"));
  }
}

// $id needs a response that describes where the created record's id is.
bool has_id(const Contract& contract, const std::string& answer) {
  const ResponseDefinition* found = contract.find_response(answer);
  return found != nullptr && std::ranges::any_of(found->variants, [](const ResponseVariant& variant) { return variant.id.has_value(); });
}

void lint_captures(LintContext& context, const std::map<std::string, std::string>& captures, const std::string& parent,
                   const Contract& contract, const std::string& answer) {
  for (const auto& [name, pointer] : captures) {
    const std::string at = join_pointer(parent, "capture", name);
    if (pointer == "$id") {
      if (!has_id(contract, answer))
        context.add(at, "no-id", fmt::format("found $id, but {} has no id of a created record", answer.empty() ? "this answer" : answer));
    } else if (!is_json_pointer(pointer)) {
      const bool needs_slash = is_json_pointer("/" + pointer) && !pointer.starts_with('$');
      context.add(at, "bad-pointer",
                  fmt::format("found '{}', expected a JSON Pointer such as /id, or $id{}", pointer,
                              needs_slash ? fmt::format(" (did you mean '/{}'?)", pointer) : ""));
    }
  }
}

void lint_call(LintContext& context, const CallStep& call) {
  const Operation* operation = context.find_operation(call.operation);
  if (operation == nullptr && !call.operation.empty()) return;  // reported by lint_steps
  const Contract& contract = context.contract_of(operation);
  lint_answer(context, join_pointer(call.expect.pointer, "answer"), call.expect.answer, contract, operation, is_element);
  for (std::size_t i = 0; i < call.expect.items.size(); ++i) {
    const auto answer = call.expect.items[i].find("answer");
    if (answer != call.expect.items[i].end() && answer->is_string())
      lint_answer(context, join_pointer(call.expect.pointer, "items", i, "answer"), answer->get<std::string>(), contract, operation,
                  is_item);
  }
  lint_trees(context, call.expect);
  const std::string success = operation == nullptr ? "" : operation->success;
  lint_captures(context, call.capture, call.pointer, contract, call.expect.answer.empty() ? success : call.expect.answer);
}

void lint_step_expectations(LintContext& context, const Step& step) {
  lint_trees(context, step.expect);
  for (const CallStep& call : step.calls) lint_call(context, call);
  const Step* sent = context.sent_step(step);
  if (sent == nullptr || step.kind == Step::Kind::advance) return;
  const Operation* operation = context.find_operation(sent->operation);
  if (operation == nullptr && sent->kind == Step::Kind::send) return;  // reported by lint_steps
  const Contract& contract = context.contract_of(*sent);
  lint_answer(context, join_pointer(step.expect.pointer, "answer"), step.expect.answer, contract, operation, is_exchange);
  if (operation != nullptr) lint_status(context, step.expect, *operation, contract);
  const std::string success = operation == nullptr ? "" : operation->success;
  lint_captures(context, step.capture, step.pointer, contract, step.expect.answer.empty() ? success : step.expect.answer);
}

}  // namespace

void lint_expectations(LintContext& context) {
  for (const Step& step : context.scenario().steps) lint_step_expectations(context, step);
  for (const Step& step : context.scenario().cleanup) lint_step_expectations(context, step);
}

}  // namespace understudy
