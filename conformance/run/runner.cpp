#include "conformance/run/runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "conformance/judge/expected.h"
#include "conformance/live/guard.h"
#include "conformance/run/implemented.h"
#include "conformance/run/step_runner.h"

namespace understudy {
namespace {

class ScenarioRunner {
 public:
  ScenarioRunner(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport)
      : run_(run), context_(context), options_(options), scenario_(run.file->scenario), steps_(run, context, options, transport) {
    verdict_.name = run.name;
    verdict_.title = scenario_.title;
    verdict_.api = scenario_.api;
    verdict_.file = scenario_.file;
    verdict_.profile = render_profile(run.profile);
    verdict_.labels = scenario_.labels;
    verdict_.given = describe_given(scenario_.given);
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
      if (!steps_.may_have(step.operation) && !steps_.inspects(step))
        return fmt::format("the target does not implement {}", step.operation);
      for (const auto& call : step.calls) {
        if (!steps_.may_have(call.operation)) return fmt::format("the target does not implement {}", call.operation);
      }
    }
    const auto& unsupported = session_.arrangement().unsupported;
    return unsupported.empty() ? std::string() : fmt::format("the target cannot arrange {}", fmt::join(unsupported, "; "));
  }

  // A value to capture was not where it is assumed, and the scenario goes on.
  static bool lacks_capture(const StepReport& report) {
    return std::ranges::any_of(report.differences, [](const Difference& one) { return one.finding.code == "capture"; });
  }

  // An earlier answer would have given the value, or an earlier step was left out for that.
  static bool is_follow_up(const Problem& problem) { return problem.code == "undefined-name" || problem.code == "not-sent"; }

  void run_steps() {
    for (const auto& step : run_.row.steps) {
      if (steps_.is_stopped()) {
        stopped_at_ = &step;
        return;
      }
      if (!steps_.may_have(step.operation) && steps_.inspects(step)) continue;
      auto outcome = steps_.attempt(step);
      // Without its reader, what a scenario does can still be judged.
      const bool lacks_reader =
          outcome && outcome->report && outcome->report->inspects && outcome->report->looks_missing && !outcome->report->expects_missing;
      if (lacks_reader) outcome->ends_scenario = false;
      lacks_value_ = lacks_value_ || lacks_reader || (outcome && outcome->report && lacks_capture(*outcome->report));
      if (!outcome && lacks_value_ && is_follow_up(outcome.error())) continue;
      if (step.kind == Step::Kind::advance && steps_.is_stopped()) stopped_at_ = &step;  // its wait was cut short
      if (!outcome && outcome.error().code == "token-lives-long") {
        steps_.why_skipped = outcome.error().message;
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
    if (!steps_.why_skipped.empty() && verdict_.kind == VerdictKind::passed) {
      verdict_.kind = VerdictKind::skipped;
      verdict_.reason = steps_.why_skipped;
    }
    for (const auto& step : verdict_.steps) verdict_.elapsed += step.result.elapsed;
    const auto has_differences = [](const StepReport& step) { return !step.differences.empty(); };
    if (!options_.keeps_passed_messages && verdict_.kind == VerdictKind::passed && std::ranges::none_of(verdict_.steps, has_differences))
      drop_messages();
    session_.secrets.hide(verdict_);
    return std::move(verdict_);
  }

  // What nothing shows need not be searched for secrets, which costs more than the exchanges.
  void drop_messages() {
    verdict_.given = Json::object();
    for (auto& step : verdict_.steps) {
      step.request = {};
      step.result.response = {.status = step.result.response.status};
      step.source_line.clear();
      step.expected.clear();
    }
  }

  void clean_up(const Step& step) {
    if (const auto missing = find_unset(step); !missing.empty()) {
      // Without a request that may have made its record, there is none.
      if (steps_.was_tried(missing)) note_orphan(step, fmt::format("{{{{{}}}}} was never captured", missing));
      return;
    }
    auto outcome = steps_.attempt(step, true);
    // An operation that is not declared is tried, because it may be there, but not judged.
    if (outcome && outcome->report && !steps_.may_have(step.operation)) outcome->report->differences.clear();
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

  const Run& run_;
  const RunContext& context_;
  const RunOptions& options_;
  const Scenario& scenario_;
  StepRunner steps_;
  Session& session_ = steps_.session;
  Verdict verdict_;
  bool lacks_value_ = false;          // that an earlier step should have given
  const Step* stopped_at_ = nullptr;  // by a signal
};

}  // namespace

Verdict run_scenario(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport) {
  return ScenarioRunner(run, context, options, transport).run();
}

}  // namespace understudy
