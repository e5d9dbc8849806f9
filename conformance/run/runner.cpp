#include "conformance/run/runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conformance/judge/expected.h"
#include "conformance/judge/judge_step.h"
#include "conformance/run/patience.h"
#include "conformance/run/redelivery.h"
#include "contracts/src/model/router.h"

namespace understudy {
namespace {

bool uses_name(const Step& step, std::string_view name) {
  const auto uses = [name](const Json& tree) {
    const auto names = find_names(tree);
    return std::any_of(names.begin(), names.end(), [name](const auto& one) { return one.first == name; });
  };
  const auto& with = step.with;
  return uses(with.method) || uses(with.path) || uses(with.path_parameters) || uses(with.query) || uses(with.headers) || uses(with.body) ||
         uses(step.change) || uses(step.auth.value) ||
         std::any_of(step.calls.begin(), step.calls.end(), [&](const CallStep& call) { return uses(call.params); });
}

std::string find_line(std::string_view text, std::size_t number) {
  for (std::size_t i = 1; i < number && !text.empty(); ++i) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

class Walk {
 public:
  Walk(const Run& run, const RunContext& context, const WalkOptions& options, Transport& transport)
      : run_(run), context_(context), options_(options), scenario_(run.file->scenario), session_(run, context, transport) {
    verdict_.name = run.name;
    verdict_.title = scenario_.title;
    verdict_.api = scenario_.api;
    verdict_.file = scenario_.file;
    verdict_.profile = render_profile(run.profile);
    verdict_.labels = scenario_.labels;
    verdict_.given = describe_given(scenario_.given);
  }

  Verdict go() {
    if (auto lack = find_lack(); !lack.empty()) return skip(std::move(lack));
    if (keep(session_.arrange())) {
      for (const auto& step : run_.row.steps) {
        if (is_stopped() || !perform(step)) break;
      }
      for (auto step = scenario_.cleanup.rbegin(); step != scenario_.cleanup.rend(); ++step) clean_up(*step);
    }
    keep(session_.leave(verdict_.left_behind, verdict_.kept));
    return conclude();
  }

 private:
  // --- needs and verdicts -------------------------------------------------------------------------------------------
  // All that the target cannot do for this scenario, in one line; empty: nothing.
  std::string find_lack() const {
    const auto* base = find_base(context_.target, scenario_.api);
    if (base == nullptr) return fmt::format("the target has no {}", scenario_.api);
    for (const auto& step : run_.row.steps) {
      const bool is_straight = base->scheme == "http" && find_proxy(context_.target.reach.proxies, *base).empty();
      if (!is_straight && is_framed_by_hand(step.with))
        return fmt::format("step {} frames its request by hand, which needs plain http without a proxy", step.number);
    }
    const auto& lacks = session_.lacks();
    return lacks.empty() ? std::string() : fmt::format("the target cannot arrange {}", fmt::join(lacks, "; "));
  }

  bool is_stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  Verdict skip(std::string reason) {
    verdict_.kind = VerdictKind::skipped;
    verdict_.reason = std::move(reason);
    return conclude();
  }

  Verdict conclude() {
    if (verdict_.problem)
      verdict_.kind = VerdictKind::errored;
    else if (std::any_of(verdict_.steps.begin(), verdict_.steps.end(), has_errors))
      verdict_.kind = VerdictKind::failed;
    for (const auto& step : verdict_.steps) verdict_.elapsed += step.result.elapsed;
    session_.secrets.hide(verdict_);
    return std::move(verdict_);
  }

  // --- one step: render, send, judge --------------------------------------------------------------------------------
  // False: the scenario ends here, because of a problem or of what the step found.
  bool perform(const Step& step, bool cleanup = false) {
    if (step.kind == Step::Kind::advance) return pass_time(step.advance);
    Variables names = session_.variables;
    names.set_templates(step.variables);
    if (!provide_token(step, names)) return false;
    auto message = render(step, names);
    if (!message) return keep(tl::unexpected(message.error()));

    note_tried(step);
    const bool goes_on = step.redeliveries > 0 ? redeliver(step, *message, names)
                         : step.until          ? poll(step, *message, names)
                                               : send_and_judge(step, *message, names, cleanup);
    if (message->is_batch && step.redeliveries == 0 && !step.name.empty() && !verdict_.steps.empty())
      note_delivery(*message, verdict_.steps.back().result, delivered_[step.name]);
    if (!step.name.empty()) sent_.insert_or_assign(step.name, std::move(*message));
    return goes_on;
  }

  Result<Message> render(const Step& step, const Variables& names) const {
    const MessageContext context{.contracts = context_.contracts, .file = *run_.file, .variables = names};
    if (step.kind != Step::Kind::repeat) return compose(step, context);
    const auto found = sent_.find(step.repeat_of);
    if (found == sent_.end())
      return tl::unexpected(run_.file->document.problem(step.pointer + "/repeat", "not-sent", "the step to repeat was not sent"));
    return recompose(found->second, step, context);
  }

  // Again until the answer is right or the time is over; only the last answer is reported.
  bool poll(const Step& step, const Message& message, const Variables& names) {
    const auto every = std::max(step.until->every, Milliseconds(1));
    for (Milliseconds waited{0};; waited += every) {
      const auto before = verdict_.steps.size();
      const bool goes_on = send_and_judge(step, message, names, false);
      const bool right = goes_on && !has_errors(verdict_.steps.back());
      if (right || verdict_.problem || waited + every > step.until->within || is_stopped()) return goes_on;
      verdict_.steps.resize(before);
      if (!session_.has_own_tenant())
        wait_for(every);
      else if (!keep(session_.advance(every)))
        return false;
    }
  }

  // In real time, ended by a stop.
  void wait_for(Milliseconds time) const {
    constexpr Milliseconds kSlice{200};
    for (; options_.pause && time.count() > 0 && !is_stopped(); time -= std::min(time, kSlice)) options_.pause(std::min(time, kSlice));
  }

  bool pass_time(Milliseconds time) {
    if (!session_.waits()) return keep(session_.advance(time));
    wait_for(time);
    return !is_stopped();
  }

  // As a caller delivers a batch that was not acknowledged: by the contract's schedule, until it is or the attempts are used up.
  // Only the last delivery is reported.
  bool redeliver(const Step& step, const Message& message, const Variables& names) {
    auto& delivered = delivered_[step.repeat_of];
    for (std::size_t attempt = 1;; ++attempt) {
      if (!pass_time(delay_before(*message.contract->batch->redelivery, delivered.again++))) return false;
      const auto before = verdict_.steps.size();
      const bool goes_on = send_and_judge(step, message, names, false);
      if (verdict_.problem || verdict_.steps.size() == before) return goes_on;
      auto& report = verdict_.steps.back();
      const bool is_last = is_acknowledged(message, report.result) || attempt == step.redeliveries || is_stopped();
      if (!is_last) {
        verdict_.steps.resize(before);
        continue;
      }
      for (auto& finding : check_redelivery(message, report.result, delivered, step.place))
        report.differences.push_back(with_line(std::move(finding)));
      note_delivery(message, report.result, delivered);
      return goes_on;
    }
  }

  // Again while a live account says that it was asked too much. Whoever has their own tenant has its time, too, and never waits.
  tl::expected<Sent, LoginFailure> send_patiently(const Step& step, const Message& message, const Operation& operation,
                                                  const Variables& names) {
    auto sent = session_.send(message, step.auth, names);
    for (Milliseconds waited{0}; sent && !session_.has_own_tenant() && options_.pause && waited < kMostPatience && !is_stopped();) {
      const auto& contract = *message.contract;
      const auto pause = find_pause(contract, operation, session_.switches(contract), step.expect, sent->result);
      if (!pause) break;
      wait_for(*pause);
      waited += *pause;
      sent = session_.send(message, step.auth, names);
    }
    return sent;
  }

  bool send_and_judge(const Step& step, const Message& message, const Variables& names, bool cleanup) {
    const auto stand_in = message.operation == nullptr ? stand_in_for(message) : Operation();
    auto sent = send_patiently(step, message, message.operation != nullptr ? *message.operation : stand_in, names);
    if (!sent) return stop_at_login(step, sent.error(), cleanup);
    const Bench bench{.contract = *message.contract,
                      .operation = message.operation != nullptr ? *message.operation : stand_in,
                      .switches = session_.switches(*message.contract),
                      .settings = session_.settings(*message.contract),
                      .document = run_.file->document,
                      .variables = names,
                      .now = session_.now(),
                      .strict = context_.strict,
                      .records = &scenario_.given.records};
    auto judged = judge_step(bench, step, message, sent->result);
    if (!judged) return keep(tl::unexpected(judged.error()));
    for (const auto& [name, value] : judged->captured) {
      if (is_secret_name(name) && value.is_string()) session_.secrets.add_value(value.get<std::string>());
      session_.variables.set(name, value);
    }
    if (cleanup && !step.expect.written) check_removed(step, sent->result, judged->findings);

    auto one = make_report(step, cleanup);
    if (message.operation != nullptr) one.operation = message.operation->name;
    one.request = std::move(sent->request);
    one.result = std::move(sent->result);
    one.answer = std::move(judged->answer);
    for (auto& finding : judged->findings) one.differences.push_back(with_line(std::move(finding)));
    Variables known = names;
    for (const auto& [name, value] : judged->captured) known.set(name, value);
    one.expected = describe_expected(step, message, known, one.differences);
    verdict_.steps.push_back(std::move(one));
    return !judged->over;
  }

  // What stands for an operation where a step names none: what its route may answer, and the refusals that any request can meet.
  Operation stand_in_for(const Message& message) const {
    const auto& contract = *message.contract;
    const auto& refusals = contract.refusals;
    const auto route = Router(context_.contracts, contract.api).find(message.method, message.path);
    std::vector<std::string> answers;
    if (route.operation != nullptr && !message.is_batch) answers = route.operation->answers;
    for (const auto* name : {&refusals.path, &refusals.method, &refusals.media_type, &refusals.undecodable, &refusals.credentials,
                             &refusals.throttle, &refusals.unhandled}) {
      answers.push_back(*name);
    }
    if (contract.batch) answers.push_back(contract.batch->undecodable);
    return make_operation(contract, std::move(answers));
  }

  // --- logins -------------------------------------------------------------------------------------------------------
  bool provide_token(const Step& step, Variables& names) {
    const auto* contract = context_.contracts.find_api(scenario_.api);
    if (contract == nullptr || names.contains("token") || !uses_name(step, "token")) return true;
    if (auto done = session_.provide_token(*contract); !done) return stop_at_login(step, done.error(), false);
    if (const auto* token = session_.variables.find("token")) names.set("token", *token);
    return true;
  }

  bool stop_at_login(const Step& step, const LoginFailure& failure, bool cleanup) {
    if (const auto* problem = std::get_if<Problem>(&failure)) return keep(tl::unexpected(*problem));
    const auto& login = std::get<WrongLogin>(failure);
    auto one = make_report(step, cleanup);
    one.request = login.request;
    one.result = login.result;
    auto finding = login.finding;
    finding.place = step.place;
    one.differences.push_back(with_line(std::move(finding)));
    verdict_.steps.push_back(std::move(one));
    return false;
  }

  // --- cleanup ------------------------------------------------------------------------------------------------------
  void clean_up(const Step& step) {
    if (const auto missing = find_unset(step); !missing.empty()) {
      // A name that no step tried to set belongs to something that was never created.
      if (tried_.contains(missing)) leave_behind(step, fmt::format("{{{{{}}}}} was never captured", missing));
      return;
    }
    const auto earlier = verdict_.problem;
    const auto before = verdict_.steps.size();
    const bool done = perform(step, true) && (verdict_.steps.size() == before || !has_errors(verdict_.steps.back()));
    if (!done) leave_behind(step, verdict_.problem ? verdict_.problem->message : "its answer was wrong");
    if (earlier) verdict_.problem = earlier;  // what came first is what went wrong
  }

  // Nothing stays behind in a tenant that is deleted.
  void leave_behind(const Step& step, std::string_view why) {
    if (!session_.has_own_tenant())
      verdict_.left_behind.push_back(fmt::format("{} was not done: {}", step.operation.empty() ? "cleanup" : step.operation, why));
  }

  std::string find_unset(const Step& step) const {
    const auto& with = step.with;
    for (const Json& tree : {Json(with.path), with.path_parameters, with.query, with.headers, with.body}) {
      for (const auto& [name, pointer] : find_names(tree)) {
        if (!session_.variables.contains(name) && name != "token") return name;
      }
    }
    return {};
  }

  void note_tried(const Step& step) {
    for (const auto& [name, pointer] : step.capture) tried_.insert(name);
    for (const auto& call : step.calls) {
      for (const auto& [name, pointer] : call.capture) tried_.insert(name);
    }
  }

  // Without an expectation a cleanup must succeed, or find that the thing is gone.
  static void check_removed(const Step& step, const TransportResult& result, Findings& findings) {
    if (result.outcome != Outcome::answered) return;  // judged already
    const int status = result.response.status;
    if (status / 100 == 2 || status == 404 || status == 410) return;
    Finding finding;
    finding.code = "cleanup";
    finding.expected = "a success, or 404";
    finding.actual = fmt::format("status {}", status);
    finding.place = step.place;
    findings.push_back(std::move(finding));
  }

  // --- small things -------------------------------------------------------------------------------------------------
  bool keep(const Result<void>& result) {
    if (!result && !verdict_.problem) verdict_.problem = result.error();
    return result.has_value();
  }

  Difference with_line(Finding finding) const {
    auto line = finding.place.line > 0 ? find_line(run_.file->document.text, finding.place.line) : std::string();
    auto rule = find_rule_text(context_.contracts, finding);
    return {.finding = std::move(finding), .source_line = std::move(line), .rule = std::move(rule)};
  }

  StepReport make_report(const Step& step, bool cleanup) const {
    return {.number = step.number,
            .name = step.name,
            .cleanup = cleanup,
            .operation = step.operation,
            .place = step.place,
            .source_line = step.place.line > 0 ? find_line(run_.file->document.text, step.place.line) : std::string()};
  }

  const Run& run_;
  const RunContext& context_;
  const WalkOptions& options_;
  const Scenario& scenario_;
  Session session_;
  Verdict verdict_;
  std::map<std::string, Message> sent_;         // by the step's name
  std::map<std::string, Delivered> delivered_;  // batches, by the name of their step
  std::set<std::string> tried_;                 // captures whose step was sent
};

}  // namespace

Verdict run_scenario(const Run& run, const RunContext& context, const WalkOptions& options, Transport& transport) {
  return Walk(run, context, options, transport).go();
}

}  // namespace understudy
