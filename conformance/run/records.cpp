#include "conformance/run/records.h"

#include <fmt/format.h>

#include "conformance/judge/judge_step.h"

namespace understudy {
namespace {

Step step_of(const Contract& contract, const std::string& operation, const std::string& pointer) {
  Step step;
  step.operation = contract.api + "." + operation;
  step.pointer = pointer;
  step.with.pointer = pointer;
  step.expect.pointer = pointer;
  return step;
}

struct Exchanged {
  Message message;
  Sent sent;
};

// A login that failed is told like any other reason why the record is not there.
Result<Exchanged> exchange(Session& session, const Run& run, const RunContext& context, const Step& step) {
  auto message = compose(step, {.contracts = context.contracts, .file = *run.file, .variables = session.variables});
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

Result<MadeRecord> make_record(Session& session, const Run& run, const RunContext& context, const RecordToMake& plan) {
  const auto& create = plan.collection->create;
  auto step = step_of(*plan.contract, create.operation, plan.pointer);
  step.with.body_kind = Sending::Body::json;
  step.with.body = plan.body;
  const auto* operation = plan.contract->find_operation(create.operation);
  step.expect.written = true;
  step.expect.answer = operation->success;
  step.capture["id"] = "$id";
  const auto done = exchange(session, run, context, step);
  if (!done) return tl::unexpected(done.error());

  const Bench bench{.contract = *plan.contract,
                    .operation = *operation,
                    .switches = session.switches(*plan.contract),
                    .settings = session.settings(*plan.contract),
                    .document = run.file->document,
                    .variables = session.variables,
                    .now = session.now(),
                    .strict = false};
  const auto judged = judge_step(bench, step, done->message, done->sent.result);
  if (!judged) return tl::unexpected(judged.error());
  const auto id = judged->captured.find("id");
  if (judged->over || id == judged->captured.end()) {
    const auto& response = done->sent.result.response;
    const auto found = done->sent.result.outcome == Outcome::answered ? fmt::format("{} {}", response.status, response.body.substr(0, 200))
                                                                      : std::string(to_string(done->sent.result.outcome));
    return tl::unexpected(run.file->document.problem(
        plan.pointer, "record-not-made",
        fmt::format("{} did not make this record: expected the answer {}, found {}", operation->name, operation->success, found)));
  }
  if (!plan.id_name.empty()) session.variables.set(plan.id_name, id->second);
  return MadeRecord{.plan = &plan, .id = id->second};
}

Removal remove_record(Session& session, const Run& run, const RunContext& context, const MadeRecord& made) {
  const auto& contract = *made.plan->contract;
  const auto& remove = made.plan->collection->create.remove;
  const auto* operation = remove.empty() ? nullptr : contract.find_operation(remove);
  if (operation == nullptr) return Removal::no_operation;
  auto step = step_of(contract, remove, made.plan->pointer);
  step.with.path_parameters[operation->record_id] = Json{{"$literal", made.id}};
  const auto done = exchange(session, run, context, step);
  if (!done || done->sent.result.outcome != Outcome::answered) return Removal::failed;
  const int status = done->sent.result.response.status;
  return status / 100 == 2 || status == 404 || status == 410 ? Removal::gone : Removal::failed;
}

}  // namespace understudy
