// Runs single steps of a scenario: composes the request, sends it, waits, repeats and judges the response. runner.h decides on their order.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "conformance/run/redelivery.h"
#include "conformance/run/runner.h"

namespace understudy {

struct StepOutcome {
  std::optional<StepReport> report;  // nothing: the step sent no request
  bool ends_scenario = false;
  bool is_gone = false;  // the response to a removal says that nothing is left
};

class StepRunner {
 public:
  StepRunner(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport);
  StepRunner(const StepRunner&) = delete;
  StepRunner& operator=(const StepRunner&) = delete;

  // Composes the step, sends it and judges the response. Fails where the runner cannot continue.
  Result<StepOutcome> attempt(const Step& step, bool cleanup = false);

  // Whether the target was not said to lack the operation.
  bool may_have(const std::string& operation) const;
  // Whether the step only looks at what earlier ones did.
  bool inspects(const Step& step) const;
  bool is_stopped() const { return options_.stop != nullptr && options_.stop->load(); }
  // Whether a request was sent and not refused that would give this capture.
  bool was_tried(const std::string& capture) const { return tried_.contains(capture); }

  Session session;
  std::string why_skipped;  // found out while the scenario was run; empty: nothing

 private:
  Result<StepOutcome> poll(const Step& step, const Message& message, const Variables& names);
  Result<StepOutcome> redeliver(const Step& step, const Message& message, const Variables& names);
  Result<StepOutcome> send_and_judge(const Step& step, const Message& message, const Variables& names, bool cleanup);
  tl::expected<Sent, LoginFailure> send_with_retry(const Step& step, const Message& message, const Operation& operation,
                                                   const Variables& names);
  tl::expected<void, LoginFailure> provide_token(const Step& step, Variables& names);
  Result<void> pass_time(Milliseconds time, const std::string& reason);
  void wait_for(Milliseconds time, const std::string& reason) const;

  bool gives_up(const std::string& operation);
  bool gives_up_login();
  Evidence level_of(const Operation& operation, const Contract& contract) const;
  void note_outcome(const std::string& operation, const TransportResult& result) const;
  void note_presence(const std::string& called, bool may_be_unknown, StepReport& report) const;
  void note_presence(const Step& step, const Message& message, StepReport& report) const;
  void note_tried(const Step& step, const Message& message, const tl::expected<Sent, LoginFailure>& sent);
  Result<StepOutcome> report_login(const Step& step, const LoginFailure& failure, bool cleanup);
  Difference make_difference(Finding finding) const;
  StepReport make_report(const Step& step, bool cleanup) const;

  const Run& run_;
  const RunContext& context_;
  const RunOptions& options_;
  const Scenario& scenario_;
  Messages sent_;                               // of named steps
  std::map<std::string, Delivered> delivered_;  // batches, by the name of their step
  std::set<std::string> tried_;                 // captures whose step was sent and not refused
};

}  // namespace understudy
