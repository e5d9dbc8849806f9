#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/src/lint/parts.h"

namespace understudy {
namespace {

// The operation as the file writes it: with the api only if it is written there.
void lint_operation(Linting& linting, const std::string& pointer, const std::string& operation) {
  if (operation.empty() || linting.find_operation(operation) != nullptr) return;
  const Json* written = linting.find(pointer);
  const std::string name = written != nullptr && written->is_string() ? written->get<std::string>() : operation;
  linting.add_unknown(pointer, false, "operation", name, linting.operation_names());
}

void lint_path_parameters(Linting& linting, const Step& step, const Operation& operation) {
  std::vector<std::string> known;
  for (const Parameter& parameter : operation.parameters)
    if (parameter.in == Parameter::In::path) known.push_back(parameter.name);
  for (const auto& [name, value] : step.with.path_parameters.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      linting.add_unknown(join_pointer(join_pointer(step.with.pointer, "path"), name), true, "path parameter", name, known);
  }
  for (const std::string& name : known) {
    if (step.with.path_parameters.contains(name)) continue;
    linting.add(join_pointer(step.pointer, "send"), "missing-path-parameter",
                fmt::format("expected with.path.{}: {} is at {}", name, operation.name, operation.path));
  }
}

void lint_send(Linting& linting, const Step& step) {
  const std::string pointer = join_pointer(step.pointer, "send");
  lint_operation(linting, pointer, step.operation);
  const Operation* operation = linting.find_operation(step.operation);
  if (operation == nullptr) return;
  if (!operation->call.empty()) {
    linting.add(pointer, "call-outside-batch",
                fmt::format("found {}, which is a call inside a batch, expected it in 'calls'", operation->name));
    return;
  }
  lint_path_parameters(linting, step, *operation);
}

void lint_calls(Linting& linting, const Step& step) {
  for (const CallStep& call : step.calls) {
    const std::string pointer = join_pointer(call.pointer, call.operation.empty() ? "method" : "send");
    lint_operation(linting, pointer, call.operation);
    const Operation* operation = linting.find_operation(call.operation);
    if (operation != nullptr && operation->call.empty())
      linting.add(pointer, "no-call", fmt::format("found {}, which is no call of a batch, expected a step of its own", operation->name));
    if (call.operation.empty() && !linting.contract.batch)
      linting.add(pointer, "no-call", fmt::format("found a call, but {} has no batches", linting.contract.api));
    if (operation != nullptr && operation->answers_nothing && call.expect.written)
      linting.add(call.expect.pointer, "no-answer", fmt::format("found an expectation, but {} answers nothing", operation->name));
  }
}

void lint_repeat(Linting& linting, const Step& step) {
  const std::string pointer = step.pointer + (step.redeliveries > 0 ? "/redeliver/of" : "/repeat");
  std::vector<std::string> earlier;
  const Step* base = nullptr;
  bool is_later = false;
  for (const Step& other : linting.scenario().steps) {
    if (other.name.empty()) continue;
    if (other.number < step.number) earlier.push_back(other.name);
    if (other.name != step.repeat_of) continue;
    if (other.number < step.number) base = &other;
    is_later |= other.number >= step.number;
  }
  if (base == nullptr && is_later)
    return linting.add(pointer, "later-step", fmt::format("found '{}', which is not an earlier step", step.repeat_of));
  if (base == nullptr) return linting.add_unknown(pointer, false, "step", step.repeat_of, earlier);
  if (base->kind == Step::Kind::advance)
    return linting.add(pointer, "nothing-to-repeat", fmt::format("found '{}', which sends nothing", step.repeat_of));
  if (!base->each.empty())
    return linting.add(pointer, "nothing-to-repeat", fmt::format("found '{}', which is sent once for each of its rows", step.repeat_of));
  const Step* sent = linting.sent_step(step);
  const bool has_json = sent != nullptr && (sent->kind == Step::Kind::calls || sent->with.body_kind == Sending::Body::json ||
                                            sent->with.body_kind == Sending::Body::file);
  if (!step.change.empty() && !has_json)
    linting.add_key(join_pointer(step.pointer, "change"), "nothing-to-change",
                    fmt::format("found a change, but '{}' sends no JSON body", step.repeat_of));
}

// What is delivered again must be a batch whose caller does so.
void lint_redelivery(Linting& linting, const Step& step) {
  const Step* sent = linting.sent_step(step);
  if (step.redeliveries == 0 || sent == nullptr) return;
  const std::string pointer = join_pointer(step.pointer, "redeliver");
  const Contract& contract = linting.contract_of(*sent);
  if (sent->kind != Step::Kind::calls || !contract.batch || !contract.batch->redelivery)
    return linting.add(pointer, "no-redelivery",
                       fmt::format("found a redelivery of '{}', expected one of calls that their caller delivers again", step.repeat_of));
  const auto limit = contract.batch->redelivery->attempts;
  if (step.redeliveries > limit)
    linting.add(join_pointer(pointer, "attempts"), "too-many-attempts",
                fmt::format("found {}, but {} delivers again {} times at most", step.redeliveries, contract.api, limit));
}

void lint_auth(Linting& linting, const Step& step) {
  const Step* sent = linting.sent_step(step);
  if (step.auth.kind != Auth::Kind::expired || sent == nullptr) return;
  const Contract& contract = linting.contract_of(*sent);
  if (contract.credentials.kind == Credentials::Kind::bearer_token) return;
  linting.add(join_pointer(step.pointer, "auth"), "no-expiry",
              fmt::format("found expired, but the credentials of {} do not expire", contract.api));
}

void lint_body_file(Linting& linting, const Step& step) {
  if (step.with.body_kind != Sending::Body::file) return;
  const auto name = step.with.body.get<std::string>();
  if (!linting.file.body_files.contains(name))
    linting.add(join_pointer(step.with.pointer, "body_file"), "body-file-missing",
                fmt::format("found no file '{}' beside the scenario", name));
}

void lint_rows(Linting& linting, const std::vector<EachRow>& rows, const std::string& parent) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!seen.insert(rows[i].name).second)
      linting.add(join_pointer(join_pointer(join_pointer(parent, "each"), i), "name"), "duplicate-row",
                  fmt::format("found a second row named '{}'", rows[i].name));
}

void lint_step(Linting& linting, const Step& step, std::set<std::string>& names) {
  if (!step.name.empty() && !names.insert(step.name).second)
    linting.add(join_pointer(step.pointer, "name"), "duplicate-step", fmt::format("found a second step named '{}'", step.name));
  if (step.kind == Step::Kind::send) lint_send(linting, step);
  if (step.kind == Step::Kind::calls) lint_calls(linting, step);
  if (step.kind == Step::Kind::repeat) lint_repeat(linting, step);
  lint_redelivery(linting, step);
  lint_auth(linting, step);
  lint_body_file(linting, step);
  lint_rows(linting, step.each, step.pointer);
}

}  // namespace

void lint_steps(Linting& linting) {
  const Scenario& scenario = linting.scenario();
  lint_rows(linting, scenario.each, "");
  std::set<std::string> names;
  for (const Step& step : scenario.steps) lint_step(linting, step, names);
  std::set<std::string> cleanup_names;
  for (const Step& step : scenario.cleanup) lint_step(linting, step, cleanup_names);
}

}  // namespace understudy
