#include "conformance/run/runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "conformance/judge/expected.h"
#include "conformance/judge/judge_step.h"
#include "conformance/live/guard.h"
#include "conformance/run/implemented.h"
#include "conformance/run/rate_limit_wait.h"
#include "conformance/run/redelivery.h"
#include "conformance/run/unfinished.h"
#include "scenarios/src/model/summary.h"

namespace understudy {
namespace {

struct StepOutcome {
  std::optional<StepReport> report;  // nothing: the step sent no request
  bool ends_scenario = false;
  bool is_gone = false;  // the response to a removal says that nothing is left
};

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

// A cleanup without an expectation must succeed, or find that the record is gone.
void check_removed(const Step& step, const TransportResult& result, Findings& findings) {
  if (result.outcome != Outcome::answered || is_gone(result)) return;  // other outcomes have a finding already
  findings.push_back(make_finding(step.place, "cleanup", "", "a success, or 404", fmt::format("status {}", result.response.status)));
}

class ScenarioRunner {
 public:
  ScenarioRunner(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport)
      : run_(run), context_(context), options_(options), scenario_(run.file->scenario), session_(run, context, transport) {
    verdict_.name = run.name;
    verdict_.title = scenario_.title;
    verdict_.api = scenario_.api;
    verdict_.file = scenario_.file;
    verdict_.profile = render_profile(run.profile);
    verdict_.labels = scenario_.labels;
    verdict_.given = describe_given(scenario_.given);
    if (options.pause) session_.wait = [this](Milliseconds time) { wait_for(time, "a token must expire"); };
  }

  Verdict run() {
    verdict_.reason = find_unsupported();
    if (!verdict_.reason.empty()) {
      verdict_.kind = VerdictKind::skipped;
      return conclude();
    }
    if (const auto arranged = session_.arrange()) {
      run_steps();
      for (const auto& step : std::views::reverse(scenario_.cleanup)) clean_up(step);
    } else {
      note_problem(arranged.error());
    }
    if (const auto finished = session_.finish(verdict_.orphaned, verdict_.not_removable); !finished) note_problem(finished.error());
    if (stopped_at_ != nullptr && context_.guard != nullptr) {
      for (const auto& what : context_.guard->take_leftovers(run_.name))
        verdict_.orphaned.push_back(fmt::format("{} was not removed: the run was stopped", what));
    }
    return conclude();
  }

 private:
  // Everything that the target does not support of this scenario, in one line; empty: nothing.
  std::string find_unsupported() const {
    const auto* base = find_base(context_.target, scenario_.api);
    if (base == nullptr) return fmt::format("the target has no {}", scenario_.api);
    if (context_.implemented != nullptr && !context_.implemented->may_have_api(scenario_.api))
      return fmt::format("the target does not implement {}", scenario_.api);
    const bool is_direct = base->scheme == "http" && find_proxy(context_.target.connection.proxies, *base).empty();
    for (const auto& step : run_.row.steps) {
      if (!is_direct && is_framed_by_hand(step.with))
        return fmt::format("step {} frames its request by hand, which needs plain http without a proxy", step.number);
    }
    for (const auto& step : run_.row.steps) {
      if (!may_have(step.operation) && !inspects(step)) return fmt::format("the target does not implement {}", step.operation);
      for (const auto& call : step.calls) {
        if (!may_have(call.operation)) return fmt::format("the target does not implement {}", call.operation);
      }
    }
    const auto& unsupported = session_.arrangement().unsupported;
    return unsupported.empty() ? std::string() : fmt::format("the target cannot arrange {}", fmt::join(unsupported, "; "));
  }

  bool may_have(const std::string& operation) const {
    return operation.empty() || context_.implemented == nullptr || context_.implemented->may_have(operation);
  }

  // Earlier answers of this operation did not arrive, so the scenario is not played further.
  bool gives_up(const std::string& operation) {
    if (context_.unfinished == nullptr || !context_.unfinished->is_given_up(operation)) return false;
    why_skipped_ = fmt::format("earlier answers of {} did not arrive", operation);
    return true;
  }
  bool gives_up_login() {
    const auto* contract = context_.contracts.find_api(scenario_.api);
    return contract != nullptr && gives_up(contract->api + "." + contract->credentials.operation);
  }
  void note_outcome(const std::string& operation, const TransportResult& result) const {
    if (context_.unfinished != nullptr && !operation.empty()) context_.unfinished->note(operation, result.outcome);
  }

  bool inspects(const Step& step) const { return only_inspects(step, run_.row.steps, scenario_.api, context_.contracts); }

  // Says in the report whether the target seems to have the operation.
  void note_presence(const std::string& called, bool may_be_unknown, StepReport& report) const {
    if (context_.implemented == nullptr) return;
    report.called = called;
    report.looks_missing = looks_missing(report.result, may_be_unknown);
  }

  // The operation that the request reaches, qualified; of a batch the last one. Empty: none.
  std::string reached(const Message& message) const {
    const Operation* reached = message.reached;
    for (const auto& call : message.calls) {
      if (call.is_answered() && call.operation != nullptr) reached = call.operation;
    }
    return reached != nullptr ? reached->name : std::string();
  }

  void note_presence(const Step& step, const Message& message, StepReport& report) const {
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

  // A value to capture was not where it is assumed, and the scenario goes on.
  static bool lacks_capture(const StepReport& report) {
    return std::ranges::any_of(report.differences, [](const Difference& one) { return one.finding.code == "capture"; });
  }

  // An earlier answer would have given the value, or an earlier step was left out for that.
  static bool is_follow_up(const Problem& problem) { return problem.code == "undefined-name" || problem.code == "not-sent"; }

  bool is_stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  void run_steps() {
    for (const auto& step : run_.row.steps) {
      if (is_stopped()) {
        stopped_at_ = &step;
        return;
      }
      if (!may_have(step.operation) && inspects(step)) continue;
      auto outcome = attempt(step);
      // Without its reader, what a scenario does can still be judged.
      const bool lacks_reader =
          outcome && outcome->report && outcome->report->inspects && outcome->report->looks_missing && !outcome->report->expects_missing;
      if (lacks_reader) outcome->ends_scenario = false;
      lacks_value_ = lacks_value_ || lacks_reader || (outcome && outcome->report && lacks_capture(*outcome->report));
      if (!outcome && lacks_value_ && is_follow_up(outcome.error())) continue;
      if (step.kind == Step::Kind::advance && is_stopped()) stopped_at_ = &step;  // its wait was cut short
      if (!outcome && outcome.error().code == "token-lives-long") {
        why_skipped_ = outcome.error().message;
        return;
      }
      const bool ends = !outcome || outcome->ends_scenario;
      append(std::move(outcome));
      if (ends) return;
    }
  }

  // The only place that adds to the verdict's steps.
  void append(Result<StepOutcome> outcome) {
    if (!outcome)
      note_problem(outcome.error());
    else if (outcome->report)
      verdict_.steps.push_back(std::move(*outcome->report));
  }

  // The first problem is the cause of later ones.
  void note_problem(const Problem& problem) {
    if (!verdict_.problem) verdict_.problem = problem;
  }

  Verdict conclude() {
    if (verdict_.problem)
      verdict_.kind = VerdictKind::errored;
    else if (std::ranges::any_of(verdict_.steps, has_errors))
      verdict_.kind = VerdictKind::failed;
    else if (stopped_at_ != nullptr) {
      verdict_.kind = VerdictKind::skipped;
      verdict_.reason = fmt::format("stopped at step {}", stopped_at_->number);
    }
    if (!why_skipped_.empty() && verdict_.kind == VerdictKind::passed) {
      verdict_.kind = VerdictKind::skipped;
      verdict_.reason = why_skipped_;
    }
    for (const auto& step : verdict_.steps) verdict_.elapsed += step.result.elapsed;
    session_.secrets.hide(verdict_);
    return std::move(verdict_);
  }

  // --- one step -----------------------------------------------------------------------------------------------------
  // Composes the step, sends it and judges the response. Fails where the runner cannot continue.
  Result<StepOutcome> attempt(const Step& step, bool cleanup = false) {
    if (step.kind == Step::Kind::advance)
      return pass_time(step.advance, fmt::format("step {} lets time pass", step.number)).map([] { return StepOutcome(); });
    if (gives_up_login()) return StepOutcome{.ends_scenario = true};
    Variables names = session_.variables;
    names.set_templates(step.variables);
    if (auto done = provide_token(step, names); !done) return report_login(step, done.error(), cleanup);
    auto message = compose(step, {.contracts = context_.contracts, .file = *run_.file, .variables = names}, sent_);
    if (!message) return tl::unexpected(message.error());
    if (gives_up(reached(*message))) return StepOutcome{.ends_scenario = true};
    if (!cleanup && step.operation.empty() && !message->is_batch && !may_have(reached(*message))) {
      why_skipped_ = fmt::format("the target does not implement {}", reached(*message));
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
  Result<StepOutcome> poll(const Step& step, const Message& message, const Variables& names) {
    const auto every = std::max(step.until->every, Milliseconds(1));
    for (Milliseconds waited{0};; waited += every) {
      auto outcome = send_and_judge(step, message, names, false);
      const bool is_right = outcome && !outcome->ends_scenario && !has_errors(*outcome->report);
      if (!outcome || is_right || waited + every > step.until->within || is_stopped()) return outcome;
      if (!session_.has_own_tenant())
        wait_for(every, fmt::format("step {} asks again until its answer is right, for at most {}", step.number,
                                    render_duration(step.until->within)));
      else if (auto done = session_.advance(every); !done)
        return tl::unexpected(done.error());
    }
  }

  // Delivers by the contract's schedule, like a caller whose batch was not acknowledged, until it is or all attempts are used. The outcome
  // is that of the last delivery.
  Result<StepOutcome> redeliver(const Step& step, const Message& message, const Variables& names) {
    auto& delivered = delivered_[step.repeat_of];
    for (std::size_t attempt = 1;; ++attempt) {
      const auto number = delivered.again++;
      const auto passed = pass_time(delay_before(*message.contract->batch->redelivery, number),
                                    fmt::format("redelivery {} of step {}", number + 1, step.number));
      if (!passed) return tl::unexpected(passed.error());
      if (session_.arrangement().waits && is_stopped()) return StepOutcome{.ends_scenario = true};
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
  void wait_for(Milliseconds time, const std::string& reason) const {
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

  Result<void> pass_time(Milliseconds time, const std::string& reason) {
    if (!session_.arrangement().waits) return session_.advance(time);
    wait_for(time, reason);
    return {};
  }

  // Retries while the target answers "rate limited". Mock tenants advance their clock instead of waiting.
  tl::expected<Sent, LoginFailure> send_with_retry(const Step& step, const Message& message, const Operation& operation,
                                                   const Variables& names) {
    auto sent = session_.send(message, step.auth, names);
    for (Milliseconds waited{0}; sent && !session_.has_own_tenant() && options_.pause && waited < kMostRateLimitWait && !is_stopped();) {
      const auto& contract = *message.contract;
      const auto wait = find_rate_limit_wait(contract, operation, session_.switches(contract), step.expect, sent->result);
      if (!wait) break;
      wait_for(*wait, "the rate limit of the target is reached");
      waited += *wait;
      sent = session_.send(message, step.auth, names);
    }
    return sent;
  }

  // The outcome always has a report.
  Result<StepOutcome> send_and_judge(const Step& step, const Message& message, const Variables& names, bool cleanup) {
    const auto made = message.operation == nullptr ? make_operation_for(message) : Operation();
    const auto& operation = message.operation != nullptr ? *message.operation : made;
    auto sent = send_with_retry(step, message, operation, names);
    note_tried(step, message, sent);
    if (!sent) return report_login(step, sent.error(), cleanup);
    if (step.expect.transport.empty()) note_outcome(reached(message), sent->result);
    auto context = session_.judge_context(message);
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
      if (is_secret_name(name) && value.is_string()) session_.secrets.add_value(value.get<std::string>());
      session_.variables.set(name, value);
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
  Evidence level_of(const Operation& operation, const Contract& contract) const {
    const bool is_login = !operation.id.empty() && operation.id == contract.credentials.operation;
    return is_login ? std::max(context_.level, Evidence::observed) : context_.level;
  }

  // --- logins -------------------------------------------------------------------------------------------------------
  tl::expected<void, LoginFailure> provide_token(const Step& step, Variables& names) {
    const auto* contract = context_.contracts.find_api(scenario_.api);
    if (contract == nullptr || names.contains("token") || !uses_name(step, "token")) return {};
    auto done = session_.provide_token(*contract);
    if (const auto* token = session_.variables.find("token")) names.set("token", *token);
    return done;
  }

  Result<StepOutcome> report_login(const Step& step, const LoginFailure& failure, bool cleanup) {
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

  // --- cleanup ------------------------------------------------------------------------------------------------------
  void clean_up(const Step& step) {
    if (const auto missing = find_unset(step); !missing.empty()) {
      // Without a request that may have made its record, there is none.
      if (tried_.contains(missing)) note_orphan(step, fmt::format("{{{{{}}}}} was never captured", missing));
      return;
    }
    auto outcome = attempt(step, true);
    // An operation that is not declared is tried, because it may be there, but not judged.
    if (outcome && outcome->report && !may_have(step.operation)) outcome->report->differences.clear();
    if (!outcome)
      note_orphan(step, outcome.error().message);
    else if (outcome->report && !is_removed(step, *outcome))
      note_orphan(step, "its answer was wrong");
    append(std::move(outcome));
  }

  // A response in a wrong form is a finding, but the record is gone. What is no removal is right if it is as expected.
  bool is_removed(const Step& step, const StepOutcome& outcome) const {
    const auto* operation = context_.contracts.find_operation(step.operation, scenario_.api);
    const bool removes = operation != nullptr && operation->perform == Perform::remove;
    return removes || !step.expect.written ? outcome.is_gone : !outcome.ends_scenario && !has_errors(*outcome.report);
  }

  // Deleting a tenant removes everything in it.
  void note_orphan(const Step& step, std::string_view why) {
    if (session_.has_own_tenant()) return;
    auto& records = session_.may_stay(step.operation) ? verdict_.not_removable : verdict_.orphaned;
    records.push_back(fmt::format("{} was not done: {}", step.operation.empty() ? "cleanup" : step.operation, why));
  }

  std::string find_unset(const Step& step) const {
    for (const auto& name : names_in(step.with)) {
      if (!session_.variables.contains(name) && name != "token") return name;
    }
    return {};
  }

  // Remembers the captures of a request that may have made what they name.
  void note_tried(const Step& step, const Message& message, const tl::expected<Sent, LoginFailure>& sent) {
    const auto& contract = *message.contract;
    const auto* problem = sent ? nullptr : std::get_if<Problem>(&sent.error());
    if (sent ? !may_have_made(contract, message.reached, session_.switches(contract), sent->result)
             : problem == nullptr || problem->failure == Failure::unreachable)
      return;
    for (const auto& [name, pointer] : step.capture) tried_.insert(name);
    for (const auto& call : step.calls) {
      for (const auto& [name, pointer] : call.capture) tried_.insert(name);
    }
  }

  // --- reports ------------------------------------------------------------------------------------------------------
  Difference make_difference(Finding finding) const {
    auto line = find_line(run_.file->document.text, finding.place.line);
    auto rule = find_rule_text(context_.contracts, finding);
    return {.finding = std::move(finding), .source_line = std::move(line), .rule = std::move(rule)};
  }

  StepReport make_report(const Step& step, bool cleanup) const {
    return {.number = step.number,
            .name = step.name,
            .cleanup = cleanup,
            .operation = step.operation,
            .place = step.place,
            .source_line = find_line(run_.file->document.text, step.place.line)};
  }

  const Run& run_;
  const RunContext& context_;
  const RunOptions& options_;
  const Scenario& scenario_;
  Session session_;
  Verdict verdict_;
  bool lacks_value_ = false;                    // that an earlier step should have given
  std::string why_skipped_;                     // found out while it was played
  Messages sent_;                               // of named steps
  std::map<std::string, Delivered> delivered_;  // batches, by the name of their step
  std::set<std::string> tried_;                 // captures whose step was sent and not refused
  const Step* stopped_at_ = nullptr;            // by a signal
};

}  // namespace

Verdict run_scenario(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport) {
  return ScenarioRunner(run, context, options, transport).run();
}

}  // namespace understudy
