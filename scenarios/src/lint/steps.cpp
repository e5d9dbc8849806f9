#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "contracts/src/base/text.h"
#include "scenarios/src/lint/parts.h"

namespace understudy {
namespace {

// The operation as the file writes it: with the api only if it is written there.
void lint_operation(LintContext& context, const std::string& pointer, const std::string& operation) {
  if (operation.empty() || context.find_operation(operation) != nullptr) return;
  const Json* written = context.find(pointer);
  const std::string name = written != nullptr && written->is_string() ? written->get<std::string>() : operation;
  context.add_unknown(pointer, false, "operation", name, context.operation_names());
}

void lint_path_parameters(LintContext& context, const Step& step, const Operation& operation) {
  std::vector<std::string> known;
  for (const Parameter& parameter : operation.parameters)
    if (parameter.in == Parameter::In::path) known.push_back(parameter.name);
  for (const auto& [name, value] : step.with.path_parameters.items()) {
    if (!contains(known, name)) context.add_unknown(join_pointer(step.with.pointer, "path", name), true, "path parameter", name, known);
  }
  for (const std::string& name : known) {
    if (step.with.path_parameters.contains(name)) continue;
    context.add(join_pointer(step.pointer, "send"), "missing-path-parameter",
                fmt::format("expected with.path.{}: {} is at {}", name, operation.name, operation.path));
  }
}

void lint_query(LintContext& context, const Step& step, const Operation& operation) {
  const Contract& contract = context.contract_of(&operation);
  std::vector<std::string> known;
  for (const Parameter& parameter : operation.parameters)
    if (parameter.in == Parameter::In::query) known.push_back(parameter.name);
  for (const auto& [name, value] : step.with.query.items()) {
    const auto is_name = [&, &written = name](const Parameter& parameter) {
      return parameter.in == Parameter::In::query && contract.is_parameter_name(parameter, written);
    };
    if (std::ranges::none_of(operation.parameters, is_name))
      context.add_unknown(join_pointer(step.with.pointer, "query", name), true, "query parameter", name, known);
  }
}

void lint_send(LintContext& context, const Step& step) {
  const std::string pointer = join_pointer(step.pointer, "send");
  lint_operation(context, pointer, step.operation);
  const Operation* operation = context.find_operation(step.operation);
  if (operation == nullptr) return;
  if (!operation->call.empty()) {
    context.add(pointer, "call-outside-batch",
                fmt::format("found {}, which is a call inside a batch, expected it in 'calls'", operation->name));
    return;
  }
  lint_path_parameters(context, step, *operation);
  lint_query(context, step, *operation);
}

void lint_calls(LintContext& context, const Step& step) {
  for (const CallStep& call : step.calls) {
    const std::string pointer = join_pointer(call.pointer, call.operation.empty() ? "method" : "send");
    lint_operation(context, pointer, call.operation);
    const Operation* operation = context.find_operation(call.operation);
    if (operation != nullptr && operation->call.empty())
      context.add(pointer, "no-call", fmt::format("found {}, which is no call of a batch, expected a step of its own", operation->name));
    if (call.operation.empty() && !context.contract.batch)
      context.add(pointer, "no-call", fmt::format("found a call, but {} has no batches", context.contract.api));
    if (operation != nullptr && operation->answers_nothing && call.expect.written)
      context.add(call.expect.pointer, "no-answer", fmt::format("found an expectation, but {} answers nothing", operation->name));
  }
}

void lint_repeat(LintContext& context, const Step& step) {
  const std::string pointer = step.pointer + (step.redeliveries > 0 ? "/redeliver/of" : "/repeat");
  std::vector<std::string> earlier;
  const Step* base = nullptr;
  bool is_later = false;
  for (const Step& other : context.scenario().steps) {
    if (other.name.empty()) continue;
    if (other.number < step.number) earlier.push_back(other.name);
    if (other.name != step.repeat_of) continue;
    if (other.number < step.number) base = &other;
    is_later |= other.number >= step.number;
  }
  if (base == nullptr && is_later)
    return context.add(pointer, "later-step", fmt::format("found '{}', which is not an earlier step", step.repeat_of));
  if (base == nullptr) return context.add_unknown(pointer, false, "step", step.repeat_of, earlier);
  if (base->kind == Step::Kind::advance)
    return context.add(pointer, "nothing-to-repeat", fmt::format("found '{}', which sends nothing", step.repeat_of));
  if (!base->each.empty())
    return context.add(pointer, "nothing-to-repeat", fmt::format("found '{}', which is sent once for each of its rows", step.repeat_of));
  const Step* sent = context.sent_step(step);
  const bool has_json = sent != nullptr && (sent->kind == Step::Kind::calls || sent->with.body_kind == Sending::Body::json ||
                                            sent->with.body_kind == Sending::Body::file);
  if (!step.change.empty() && !has_json)
    context.add_key(join_pointer(step.pointer, "change"), "nothing-to-change",
                    fmt::format("found a change, but '{}' sends no JSON body", step.repeat_of));
}

// Only a batch that its caller delivers again can be redelivered.
void lint_redelivery(LintContext& context, const Step& step) {
  const Step* sent = context.sent_step(step);
  if (step.redeliveries == 0 || sent == nullptr) return;
  const std::string pointer = join_pointer(step.pointer, "redeliver");
  const Contract& contract = context.contract_of(*sent);
  if (sent->kind != Step::Kind::calls || !contract.batch || !contract.batch->redelivery)
    return context.add(pointer, "no-redelivery",
                       fmt::format("found a redelivery of '{}', expected one of calls that their caller delivers again", step.repeat_of));
  const auto limit = contract.batch->redelivery->attempts;
  if (step.redeliveries > limit)
    context.add(join_pointer(pointer, "attempts"), "too-many-attempts",
                fmt::format("found {}, but {} delivers again {} times at most", step.redeliveries, contract.api, limit));
}

void lint_auth(LintContext& context, const Step& step) {
  const Step* sent = context.sent_step(step);
  if (step.auth.kind != Auth::Kind::expired || sent == nullptr) return;
  const Contract& contract = context.contract_of(*sent);
  if (contract.credentials.kind == Credentials::Kind::bearer_token) return;
  context.add(join_pointer(step.pointer, "auth"), "no-expiry",
              fmt::format("found expired, but the credentials of {} do not expire", contract.api));
}

void lint_body_file(LintContext& context, const Step& step) {
  if (step.with.body_kind != Sending::Body::file) return;
  const auto name = step.with.body.get<std::string>();
  if (!context.file.body_files.contains(name))
    context.add(join_pointer(step.with.pointer, "body_file"), "body-file-missing",
                fmt::format("found no file '{}' beside the scenario", name));
}

void lint_rows(LintContext& context, const std::vector<EachRow>& rows, const std::string& parent) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!seen.insert(rows[i].name).second)
      context.add(join_pointer(parent, "each", i, "name"), "duplicate-row", fmt::format("found a second row named '{}'", rows[i].name));
}

void lint_step(LintContext& context, const Step& step, std::set<std::string>& names) {
  if (!step.name.empty() && !names.insert(step.name).second)
    context.add(join_pointer(step.pointer, "name"), "duplicate-step", fmt::format("found a second step named '{}'", step.name));
  if (step.kind == Step::Kind::send) lint_send(context, step);
  if (step.kind == Step::Kind::calls) lint_calls(context, step);
  if (step.kind == Step::Kind::repeat) lint_repeat(context, step);
  lint_redelivery(context, step);
  lint_auth(context, step);
  lint_body_file(context, step);
  lint_rows(context, step.each, step.pointer);
}

}  // namespace

void lint_steps(LintContext& context) {
  const Scenario& scenario = context.scenario();
  lint_rows(context, scenario.each, "");
  std::set<std::string> names;
  for (const Step& step : scenario.steps) lint_step(context, step, names);
  std::set<std::string> cleanup_names;
  for (const Step& step : scenario.cleanup) lint_step(context, step, cleanup_names);
}

}  // namespace understudy
