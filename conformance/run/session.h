// The state of one run on its target: variables, clock, logins, tenant, and what was arranged and must be undone. It sends single
// messages; step_runner.h runs the steps.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/judge/judge.h"
#include "conformance/judge/message.h"
#include "conformance/judge/secrets.h"
#include "conformance/judge/verdict.h"
#include "conformance/run/arrange.h"
#include "conformance/run/provider_states.h"
#include "conformance/run/run.h"
#include "conformance/target/admin.h"
#include "conformance/target/credential.h"

namespace understudy {

struct Sent {
  Request request;  // as it was sent, with secrets
  TransportResult result;
};

class Session {
 public:
  Session(const Run& run, const RunContext& context, Transport& transport);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Arrangement& arrangement() const { return plan_; }
  // Stages the run's own tenant, where the target can; else sets its states and makes its records. finish() undoes what was done before
  // a failure.
  Result<void> arrange();
  // Undoes what arrange() did, last first. `orphaned`: what may still exist and should not; `not_removable`: what no operation removes.
  Result<void> finish(std::vector<std::string>& orphaned, std::vector<std::string>& not_removable);
  // Moves the scenario's time at once (where the arrangement waits, the caller waits).
  Result<void> advance(Milliseconds by);
  // Puts a credential on the message and sends it. A failed login is no response to the step.
  tl::expected<Sent, LoginFailure> send(const Message& message, const Auth& auth, const Variables& names);

  // Sets {{token}}, for a step that uses it.
  tl::expected<void, LoginFailure> provide_token(const Contract& contract);

  const Switches& switches(const Contract& contract);
  const Settings& settings(const Contract& contract);
  // For the message's contract and operation, with this session's variables; level, evidence and records are left out.
  JudgeContext judge_context(const Message& message);
  Account account(std::string_view api) const { return logins_.account(api); }
  // Whether a record that `removal` (a qualified operation) did not remove may stay: it is on this machine, and the target was not said to
  // have that operation.
  bool may_stay(const std::string& removal) const;
  bool has_own_tenant() const { return admin_.has_value(); }

  Variables variables;
  Secrets secrets;
  std::function<void(Milliseconds)> wait;  // in real time, until a token has expired; empty: that is not possible

 private:
  bool sets_states() const { return !admin_ && context_.target.provider_states.has_value(); }
  Result<void> stage_tenant();
  Result<void> set_state(const StateToSet& state);
  Result<void> set_clock(const Json& params);
  Result<void> outlive(const Token& token);
  tl::expected<Credential, LoginFailure> find_credential(const Message& message, const Auth& auth, const Variables& names);
  tl::expected<std::string, LoginFailure> find_secret(const Contract& contract, const Auth& auth, const Variables& names);
  // Sends, with the guard before and after; fills in the result.
  Result<void> deliver_guarded(const Message& message, Sent& sent);
  Result<TransportResult> deliver(const Contract& contract, const Request& request, bool as_is);

  const Run& run_;
  const RunContext& context_;
  Transport& transport_;
  std::optional<Admin> admin_;
  Arrangement plan_;
  struct SetState {
    State state;
    bool is_set = false;  // false: setting it was refused, perhaps halfway
  };
  std::vector<SetState> set_states_;  // to be torn down
  std::vector<MadeRecord> made_records_;
  Clock clock_;
  std::size_t received_ = 0;  // bytes of all bodies
  Logins logins_;
  std::map<std::string, Switches> switches_;
  std::map<std::string, Settings> settings_;
};

}  // namespace understudy
