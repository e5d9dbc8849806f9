#include "conformance/run/step_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/judge/expected.h"
#include "conformance/judge/judge_step.h"
#include "conformance/live/guard.h"
#include "conformance/run/implemented.h"
#include "conformance/run/rate_limit_wait.h"
#include "conformance/run/unfinished.h"
#include "scenarios/src/model/summary.h"

namespace understudy {
namespace {

std::string find_line(std::string_view text, std::size_t number) {
  if (number == 0) return {};
  for (std::size_t i = 1; i < number && !text.empty(); ++i) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

// For a step that names no operation: the answers of its route, and the refusals that any request can get.
Operation make_operation_for(const Message& message) {
  const auto& contract = *message.contract;
  const auto& refusals = contract.refusals;
  const auto* reached = message.reached;
  std::vector<std::string> answers = reached != nullptr ? reached->answers : std::vector<std::string>();
  for (const auto* name : {&refusals.path, &refusals.method, &refusals.media_type, &refusals.undecodable, &refusals.credentials,
                           &refusals.throttle, &refusals.unhandled}) {
    answers.push_back(*name);
  }
  if (contract.batch) answers.push_back(contract.batch->undecodable);
  auto operation = make_operation(contract, std::move(answers));
  if (reached == nullptr) return operation;
  auto known = *reached;
  known.answers = std::move(operation.answers);
  return known;
}

// The operation that the request reaches, qualified; of a batch the last one. Empty: none.
std::string reached(const Message& message) {
  const Operation* reached = message.reached;
  for (const auto& call : message.calls) {
    if (call.is_answered() && call.operation != nullptr) reached = call.operation;
  }
  return reached != nullptr ? reached->name : std::string();
}

// A cleanup without an expectation must succeed, or find that the record is gone.
void check_removed(const Step& step, const TransportResult& result, Findings& findings) {
  if (result.outcome != Outcome::answered || is_gone(result)) return;  // other outcomes have a finding already
  findings.push_back(make_finding(step.place, "cleanup", "", "a success, or 404", fmt::format("status {}", result.response.status)));
}

}  // namespace

StepRunner::StepRunner(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport)
    : session(run, context, transport), run_(run), context_(context), options_(options), scenario_(run.file->scenario) {
  if (options.pause) session.wait = [this](Milliseconds time) { wait_for(time, "a token must expire"); };
}

bool StepRunner::may_have(const std::string& operation) const {
  return operation.empty() || context_.implemented == nullptr || context_.implemented->may_have(operation);
}

// Earlier answers of this operation did not arrive, so the scenario is not played further.
bool StepRunner::gives_up(const std::string& operation) {
  if (context_.unfinished == nullptr || !context_.unfinished->is_given_up(operation)) return false;
  why_skipped = fmt::format("earlier answers of {} did not arrive", operation);
  return true;
}
bool StepRunner::gives_up_login() {
  const auto* contract = context_.contracts.find_api(scenario_.api);
  return contract != nullptr && gives_up(contract->api + "." + contract->credentials.operation);
}
void StepRunner::note_outcome(const std::string& operation, const TransportResult& result) const {
  if (context_.unfinished != nullptr && !operation.empty()) context_.unfinished->note(operation, result.outcome);
}

bool StepRunner::inspects(const Step& step) const { return only_inspects(step, run_.row.steps, scenario_.api, context_.contracts); }

// Says in the report whether the target seems to have the operation.
void StepRunner::note_presence(const std::string& called, bool may_be_unknown, StepReport& report) const {
  if (context_.implemented == nullptr) return;
  report.called = called;
  report.looks_missing = looks_missing(report.result, may_be_unknown);
}

void StepRunner::note_presence(const Step& step, const Message& message, StepReport& report) const {
  // The first answered call decides whether -32601 is the right answer.
  const auto answered = std::ranges::find_if(message.calls, &SentCall::is_answered);
  const bool may_be_unknown = answered == message.calls.end() || answered->operation != nullptr;
  note_presence(reached(message), may_be_unknown, report);
  report.inspects = inspects(step);
  const auto expects = [&](int status) { report.expects_missing = status == 404 || status == 405 || status == 501; };
  const auto* expected = message.contract->find_response(step.expect.answer);
  if (expected != nullptr && expected->scope == Scope::exchange) {
    const auto switches = resolve_profile(run_.profile, *message.contract);
    expects(status_of(pick_variant(*expected, switches), switches));
  }
  if (step.expect.status && step.expect.status->is_number_integer()) expects(step.expect.status->get<int>());
}

Result<StepOutcome> StepRunner::attempt(const Step& step, bool cleanup) {
  if (step.kind == Step::Kind::advance)
    return pass_time(step.advance, fmt::format("step {} lets time pass", step.number)).map([] { return StepOutcome(); });
  if (gives_up_login()) return StepOutcome{.ends_scenario = true};
  Variables names = session.variables;
  names.set_templates(step.variables);
  if (auto done = provide_token(step, names); !done) return report_login(step, done.error(), cleanup);
  auto message =
      compose(step, {.contracts = context_.contracts, .routers = *context_.routers, .file = *run_.file, .variables = names}, sent_);
  if (!message) return tl::unexpected(message.error());
  if (gives_up(reached(*message))) return StepOutcome{.ends_scenario = true};
  if (!cleanup && step.operation.empty() && !message->is_batch && !may_have(reached(*message))) {
    why_skipped = fmt::format("the target does not implement {}", reached(*message));
    return StepOutcome{.ends_scenario = true};
  }

  auto outcome = step.redeliveries > 0 ? redeliver(step, *message, names)
                 : step.until          ? poll(step, *message, names)
                                       : send_and_judge(step, *message, names, cleanup);
  if (message->is_batch && step.redeliveries == 0 && !step.name.empty() && outcome && outcome->report)
    note_delivery(*message, outcome->report->result, delivered_[step.name]);
  if (!step.name.empty()) sent_.insert_or_assign(step.name, std::move(*message));
  return outcome;
}

// Sends again until the response is right or the time is over; the outcome is that of the last attempt.
Result<StepOutcome> StepRunner::poll(const Step& step, const Message& message, const Variables& names) {
  const auto every = std::max(step.until->every, Milliseconds(1));
  for (Milliseconds waited{0};; waited += every) {
    auto outcome = send_and_judge(step, message, names, false);
    const bool is_right = outcome && !outcome->ends_scenario && !has_errors(*outcome->report);
    if (!outcome || is_right || waited + every > step.until->within || is_stopped()) return outcome;
    if (!session.has_own_tenant())
      wait_for(every, fmt::format("step {} asks again until its answer is right, for at most {}", step.number,
                                  render_duration(step.until->within)));
    else if (auto done = session.advance(every); !done)
      return tl::unexpected(done.error());
  }
}

// Delivers by the contract's schedule, like a caller whose batch was not acknowledged, until it is or all attempts are used. The outcome
// is that of the last delivery.
Result<StepOutcome> StepRunner::redeliver(const Step& step, const Message& message, const Variables& names) {
  auto& delivered = delivered_[step.repeat_of];
  for (std::size_t attempt = 1;; ++attempt) {
    const auto number = delivered.again++;
    const auto passed = pass_time(delay_before(*message.contract->batch->redelivery, number),
                                  fmt::format("redelivery {} of step {}", number + 1, step.number));
    if (!passed) return tl::unexpected(passed.error());
    if (session.arrangement().waits && is_stopped()) return StepOutcome{.ends_scenario = true};
    auto outcome = send_and_judge(step, message, names, false);
    if (!outcome) return outcome;
    auto& report = *outcome->report;
    const bool is_last = is_acknowledged(message, report.result) || attempt == step.redeliveries || is_stopped();
    if (!is_last) continue;
    for (auto& finding : check_redelivery(message, report.result, delivered, step.place))
      report.differences.push_back(make_difference(std::move(finding)));
    note_delivery(message, report.result, delivered);
    return outcome;
  }
}

// In real time; a stop ends the wait.
void StepRunner::wait_for(Milliseconds time, const std::string& reason) const {
  if (!options_.pause || time.count() <= 0) return;
  constexpr Milliseconds kSlice{200};
  const auto notify = [&](Milliseconds left) {
    if (options_.progress != nullptr) options_.progress->wait({.scenario = run_.name, .reason = reason, .time = time, .left = left});
  };
  for (auto left = time; left.count() > 0 && !is_stopped(); left -= std::min(left, kSlice)) {
    notify(left);
    options_.pause(std::min(left, kSlice));
  }
  notify(Milliseconds(0));
}

Result<void> StepRunner::pass_time(Milliseconds time, const std::string& reason) {
  if (!session.arrangement().waits) return session.advance(time);
  wait_for(time, reason);
  return {};
}

// Retries while the target answers "rate limited". Mock tenants advance their clock instead of waiting.
tl::expected<Sent, LoginFailure> StepRunner::send_with_retry(const Step& step, const Message& message, const Operation& operation,
                                                             const Variables& names) {
  auto sent = session.send(message, step.auth, names);
  for (Milliseconds waited{0}; sent && !session.has_own_tenant() && options_.pause && waited < kMostRateLimitWait && !is_stopped();) {
    const auto& contract = *message.contract;
    const auto wait = find_rate_limit_wait(contract, operation, session.switches(contract), step.expect, sent->result);
    if (!wait) break;
    wait_for(*wait, "the rate limit of the target is reached");
    waited += *wait;
    sent = session.send(message, step.auth, names);
  }
  return sent;
}

// The outcome always has a report.
Result<StepOutcome> StepRunner::send_and_judge(const Step& step, const Message& message, const Variables& names, bool cleanup) {
  const auto made = message.operation == nullptr ? make_operation_for(message) : Operation();
  const auto& operation = message.operation != nullptr ? *message.operation : made;
  auto sent = send_with_retry(step, message, operation, names);
  note_tried(step, message, sent);
  if (!sent) return report_login(step, sent.error(), cleanup);
  if (step.expect.transport.empty()) note_outcome(reached(message), sent->result);
  auto context = session.judge_context(message);
  context.operation = &operation;
  context.variables = &names;
  context.records = &scenario_.given.records;
  context.level = level_of(operation, *message.contract);
  context.evidence = step.evidence ? step.evidence : scenario_.evidence;
  context.own_credential = step.auth.kind == Auth::Kind::automatic && find_credential_form(message, step.auth) == CredentialForm::header;
  auto judged = judge_step(context, step, message, sent->result);
  if (!judged) return tl::unexpected(judged.error());
  Variables known = names;
  for (const auto& [name, value] : judged->captured) {
    if (is_secret_name(name) && value.is_string()) session.secrets.add_value(value.get<std::string>());
    session.variables.set(name, value);
    known.set(name, value);
  }
  if (cleanup && !step.expect.written) check_removed(step, sent->result, judged->findings);
  // The status of a batch says nothing about its calls.
  const bool gone = is_gone(sent->result) && (!message.is_batch || judged->findings.empty());

  auto report = make_report(step, cleanup);
  if (message.operation != nullptr) report.operation = message.operation->name;
  report.request = std::move(sent->request);
  report.result = std::move(sent->result);
  report.answer = std::move(judged->answer);
  for (auto& finding : judged->findings) report.differences.push_back(make_difference(std::move(finding)));
  report.expected = describe_expected(step, message, known, report.differences);
  note_presence(step, message, report);
  return StepOutcome{.report = std::move(report), .ends_scenario = judged->ends_scenario, .is_gone = gone};
}

// No document of an API describes its login, each refers to it, and without a token nothing else can be judged. So the operation that
// issues tokens is judged by all that is known about it.
Evidence StepRunner::level_of(const Operation& operation, const Contract& contract) const {
  const bool is_login = !operation.id.empty() && operation.id == contract.credentials.operation;
  return is_login ? std::max(context_.level, Evidence::observed) : context_.level;
}

tl::expected<void, LoginFailure> StepRunner::provide_token(const Step& step, Variables& names) {
  const auto* contract = context_.contracts.find_api(scenario_.api);
  if (contract == nullptr || names.contains("token") || !uses_name(step, "token")) return {};
  auto done = session.provide_token(*contract);
  if (const auto* token = session.variables.find("token")) names.set("token", *token);
  return done;
}

Result<StepOutcome> StepRunner::report_login(const Step& step, const LoginFailure& failure, bool cleanup) {
  if (const auto* problem = std::get_if<Problem>(&failure)) return tl::unexpected(*problem);
  const auto& login = std::get<WrongLogin>(failure);
  auto report = make_report(step, cleanup);
  report.request = login.request;
  report.result = login.result;
  auto finding = login.finding;
  finding.place = step.place;
  report.differences.push_back(make_difference(std::move(finding)));
  const auto* contract = context_.contracts.find_api(scenario_.api);
  const auto name = fmt::format("{}.{}", scenario_.api, contract->credentials.operation);
  note_outcome(name, login.result);
  note_presence(name, true, report);
  return StepOutcome{.report = std::move(report), .ends_scenario = true};
}

// Remembers the captures of a request that may have made what they name.
void StepRunner::note_tried(const Step& step, const Message& message, const tl::expected<Sent, LoginFailure>& sent) {
  const auto& contract = *message.contract;
  const auto* problem = sent ? nullptr : std::get_if<Problem>(&sent.error());
  if (sent ? !may_have_made(contract, message.reached, session.switches(contract), sent->result)
           : problem == nullptr || problem->failure == Failure::unreachable)
    return;
  for (const auto& [name, pointer] : step.capture) tried_.insert(name);
  for (const auto& call : step.calls) {
    for (const auto& [name, pointer] : call.capture) tried_.insert(name);
  }
}

Difference StepRunner::make_difference(Finding finding) const {
  auto line = find_line(run_.file->document.text, finding.place.line);
  auto rule = find_rule_text(context_.contracts, finding);
  return {.finding = std::move(finding), .source_line = std::move(line), .rule = std::move(rule)};
}

StepReport StepRunner::make_report(const Step& step, bool cleanup) const {
  return {.number = step.number,
          .name = step.name,
          .cleanup = cleanup,
          .operation = step.operation,
          .place = step.place,
          .source_line = find_line(run_.file->document.text, step.place.line)};
}

}  // namespace understudy
