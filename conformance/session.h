// Owns what one run of a scenario holds while it walks: its variables, clock, logins and tenant, and the sending of one
// message. The walk itself is runner.cpp's, judging judge.h's business.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "conformance/admin.h"
#include "conformance/coverage.h"
#include "conformance/credential.h"
#include "conformance/message.h"
#include "conformance/secrets.h"
#include "conformance/target.h"
#include "conformance/verdict.h"
#include "contracts/src/profile.h"
#include "scenarios/src/expand.h"

namespace understudy {

// One row of one scenario under one profile.
struct Run {
  const ScenarioFile* file = nullptr;
  ScenarioRun row;
  std::string name;        // sellercloud/create-order [two letters]
  Profile profile;         // judged by; the scenario's own if it pins one
  Profile asked;           // what the target is said to have; only one that can arrange can have another
  std::string tenant;      // on a target that can arrange
  std::uint64_t seed = 1;  // of run ids on a target that is not staged for this run
};

// What all runs share.
struct RunContext {
  const Contracts& contracts;
  const Target& target;
  Json variables = Json::object();  // of the command line: they win over the scenario's
  bool strict = false;
  Coverage* coverage = nullptr;  // gathers what the runs exercise, if wanted
};

struct Sent {
  Request request;  // as it went out, secrets included
  TransportResult result;
};

class Session {
 public:
  Session(const Run& run, const RunContext& context, Transport& transport);

  // Stages the run's own tenant, where the target can.
  Result<void> arrange();
  Result<void> leave();
  // Moves the scenario's time: on the mock at once. Waiting on a live target is not for now: find_needs has skipped it.
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
  tl::expected<Credential, LoginFailure> find_credential(const Message& message, const Auth& auth, const Variables& names);
  tl::expected<std::string, LoginFailure> find_secret(const Contract& contract, const Auth& auth, const Variables& names);
  Result<TransportResult> deliver(const Contract& contract, const Request& request, bool as_is);
  std::string address(const Contract& contract, std::string_view path) const;
  bool is_open(const Message& message) const;

  const Run& run_;
  const RunContext& context_;
  Transport& transport_;
  std::optional<Admin> admin_;
  Clock clock_;
  Logins logins_;
  std::map<std::string, Switches> switches_;
  std::map<std::string, Settings> settings_;
};

}  // namespace understudy
