#include "conformance/run/records.h"

#include <fmt/format.h>

#include "conformance/judge/judge_step.h"
#include "conformance/live/guard.h"

namespace understudy {
namespace {

Step make_step(const Contract& contract, const std::string& operation, const std::string& pointer) {
  Step step;
  step.operation = contract.api + "." + operation;
  step.pointer = step.with.pointer = step.expect.pointer = pointer;
  return step;
}

struct Exchanged {
  Message message;
  Sent sent;
};

Result<Exchanged> exchange(Session& session, const Run& run, const RunContext& context, const Step& step) {
  auto message =
      compose(step, {.contracts = context.contracts, .routers = *context.routers, .file = *run.file, .variables = session.variables});
  if (!message) return tl::unexpected(message.error());
  auto sent = session.send(*message, Auth(), session.variables);
  if (sent) return Exchanged{.message = std::move(*message), .sent = std::move(*sent)};
  if (const auto* problem = std::get_if<Problem>(&sent.error())) return tl::unexpected(*problem);
  const auto& finding = std::get<WrongLogin>(sent.error()).finding;
  return tl::unexpected(
      run.file->document.problem(step.pointer, "record-not-made",
                                 fmt::format("the runner could not log in: expected {}, found {}", finding.expected, finding.actual)));
}

}  // namespace

Step create_step(const RecordToMake& plan) {
  auto step = make_step(*plan.contract, plan.collection->create.operation, plan.pointer);
  step.with.body_kind = Sending::Body::json;
  step.with.body = plan.body;
  step.expect.written = true;
  step.expect.answer = plan.contract->find_operation(plan.collection->create.operation)->success;
  step.capture["id"] = "$id";
  return step;
}

Result<MadeRecord> make_record(Session& session, const Run& run, const RunContext& context, const RecordToMake& plan) {
  const auto step = create_step(plan);
  const auto done = exchange(session, run, context, step);
  if (!done) return tl::unexpected(done.error());

  const auto judged = judge_step(session.judge_context(done->message), step, done->message, done->sent.result);
  if (!judged) return tl::unexpected(judged.error());
  const auto id = judged->captured.find("id");
  if (judged->ends_scenario || id == judged->captured.end()) {
    const auto& result = done->sent.result;
    const auto found = result.outcome == Outcome::answered
                           ? fmt::format("{} {}", result.response.status, result.response.body.substr(0, 200))
                           : std::string(to_string(result.outcome));
    return tl::unexpected(run.file->document.problem(plan.pointer, "record-not-made",
                                                     fmt::format("{} did not make this record: expected the answer {}, found {}",
                                                                 done->message.operation->name, step.expect.answer, found)));
  }
  if (!plan.id_name.empty()) session.variables.set(plan.id_name, id->second);
  return MadeRecord{.plan = &plan, .id = id->second};
}

Removal remove_record(Session& session, const Run& run, const RunContext& context, const MadeRecord& made) {
  const auto& contract = *made.plan->contract;
  const auto& remove = made.plan->collection->create.remove;
  const auto* operation = remove.empty() ? nullptr : contract.find_operation(remove);
  if (operation == nullptr) return Removal::no_operation;
  auto step = make_step(contract, remove, made.plan->pointer);
  step.with.path_parameters[operation->record_id] = Json{{"$literal", made.id}};
  const auto done = exchange(session, run, context, step);
  return done && is_gone(done->sent.result) ? Removal::gone : Removal::failed;
}

}  // namespace understudy
