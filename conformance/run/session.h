// Owns what one run of a scenario holds while it walks: its variables, clock, logins and tenant, and the sending of one
// message. The walk itself is runner.cpp's, judging judge.h's business.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

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
  Request request;  // as it went out, secrets included
  TransportResult result;
};

class Session {
 public:
  Session(const Run& run, const RunContext& context, Transport& transport);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // What of the stage the target lacks, each as "settings: given.settings"; empty: the run can go on.
  const std::vector<std::string>& lacks() const { return plan_.lacks; }
  // Stages the run's own tenant, where the target can; else sets its states and makes its records. What was done before a failure
  // is undone by leave().
  Result<void> arrange();
  // Undoes what arrange() did, last first. `left_behind`: what may still be there and should not; `kept`: what no operation removes.
  Result<void> leave(std::vector<std::string>& left_behind, std::vector<std::string>& kept);
  // Whether time passes only by waiting for it; else advance() moves it at once.
  bool waits() const { return plan_.waits; }
  Result<void> advance(Milliseconds by);
  // Puts a credential on the message and sends it. The failure of a login is no answer of the step.
  tl::expected<Sent, LoginFailure> send(const Message& message, const Auth& auth, const Variables& names);

  // Sets {{token}}, for a step that places it by itself.
  tl::expected<void, LoginFailure> provide_token(const Contract& contract);

  const Switches& switches(const Contract& contract);
  const Settings& settings(const Contract& contract);
  Time now() const { return clock_.now(); }
  bool has_own_tenant() const { return admin_.has_value(); }

  Variables variables;
  Secrets secrets;

 private:
  Result<void> stage_tenant();
  Result<void> set_state(const StateToSet& state);
  Result<void> set_clock(const Json& params);
  void add_headers(Headers& headers) const;
  tl::expected<Credential, LoginFailure> find_credential(const Message& message, const Auth& auth, const Variables& names);
  tl::expected<std::string, LoginFailure> find_secret(const Contract& contract, const Auth& auth, const Variables& names);
  // Sends, with the guard asked before and told after; fills in the result.
  Result<void> deliver_guarded(const Message& message, Sent& sent);
  Result<TransportResult> deliver(const Contract& contract, const Request& request, bool as_is);
  std::string address(const Contract& contract, std::string_view path) const;
  bool is_open(const Message& message) const;

  const Run& run_;
  const RunContext& context_;
  Transport& transport_;
  std::optional<Admin> admin_;
  std::optional<StateSetter> states_;
  Arrangement plan_;
  struct SetState {
    State state;
    bool is_set = false;  // false: setting it was refused, perhaps halfway
  };
  std::vector<SetState> set_;  // to be torn down
  struct Made;                 // records
  std::vector<Made> made_;
  Clock clock_;
  Logins logins_;
  std::map<std::string, Switches> switches_;
  std::map<std::string, Settings> settings_;
};

}  // namespace understudy
