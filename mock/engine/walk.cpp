#include "mock/engine/walk.h"

#include <algorithm>
#include <iterator>

#include "contracts/src/model/check.h"

namespace understudy {
namespace {

CredentialState check_credential(const Call& call) {
  const PresentedCredential& presented = call.presented;
  switch (call.contract.credentials.kind) {
    case Credentials::Kind::bearer_token: {
      if (presented.token.empty()) return CredentialState::absent;
      const auto token = call.tenant.state().tokens.find(presented.token);
      if (token == call.tenant.state().tokens.end()) return CredentialState::unknown;
      return call.env.clock.now() < token->second.expires ? CredentialState::valid : CredentialState::expired;
    }
    case Credentials::Kind::api_key:
      if (presented.key.empty()) return CredentialState::absent;
      if (call.contract.credentials.any) {
        const auto token = call.tenant.state().tokens.find(presented.key);
        return token != call.tenant.state().tokens.end() && call.env.clock.now() >= token->second.expires ? CredentialState::expired
                                                                                                          : CredentialState::valid;
      }
      return presented.key == call.tenant.key ? CredentialState::valid : CredentialState::unknown;
    case Credentials::Kind::in_batch:
    case Credentials::Kind::none: break;
  }
  return CredentialState::valid;
}

std::optional<Rejection> refuse_undecodable(const Call& call, const Decoded& decoded) {
  const auto reject = [&](std::string_view code, const std::string& answer, std::string rule) {
    return Rejection{.answer = answer,
                     .findings = {{.code = std::string(code), .message = decoded.message}},
                     .rule = std::move(rule),
                     .place = call.operation->place};
  };
  const Refusals& refusals = call.operation->refusals;
  // An unknown coding is refused like an unknown media type (RFC 9110 15.5.16).
  const bool has_coding = decoded.code == "content-coding" && !refusals.media_type.empty();
  if (decoded.state == Decoded::State::unreadable)
    return reject(decoded.code, has_coding ? refusals.media_type : refusals.undecodable, "undecodable");
  // A contract without an answer for a wrong media type reads such a body as absent.
  if (decoded.state == Decoded::State::media_type && !refusals.media_type.empty())
    return reject("media-type", refusals.media_type, "media_type");
  return std::nullopt;
}

std::optional<Rejection> check_shapes(const Call& call, const Incoming& incoming) {
  const Operation& operation = *call.operation;
  const Decoded& decoded = incoming.decoded;
  Findings findings = incoming.parameters.findings;
  if (operation.has_body) {
    Findings shape = incoming.shape;
    call.policy.adjust_findings(call, shape);
    std::ranges::move(shape, std::back_inserter(findings));
  }
  if (findings.empty()) return std::nullopt;
  const Finding first = findings.front();
  const Place place = first.schema_pointer.empty() ? operation.place : call.contract.schema_place(first.schema_pointer);
  // The body was read as absent: "absent" alone would mislead, unless the vendor has a sentence of its own for it.
  if (decoded.state == Decoded::State::media_type && !call.contract.messages.contains(first.code))
    findings.insert(findings.begin(), {.code = "media-type", .message = decoded.message});
  return Rejection{.answer = operation.refusals.shape, .findings = std::move(findings), .rule = first.rule, .place = place};
}

}  // namespace

std::optional<Rejection> authenticate(const Call& call) {
  const Operation* operation = call.operation;
  const bool secured = operation == nullptr || operation->secured;
  if (!secured || call.policy.accepts_credential(call, check_credential(call))) return std::nullopt;
  return Rejection{
      .answer = call.refusals().credentials, .rule = "credentials", .place = operation == nullptr ? Place() : operation->place};
}

CredentialState check_login(const Tenant& tenant, std::string_view username, std::string_view password) {
  if (username.empty()) return CredentialState::absent;
  if (username != tenant.username) return CredentialState::unknown_user;
  return password == tenant.password ? CredentialState::valid : CredentialState::wrong_password;
}

std::optional<Rejection> throttle(const Call& call) {
  const PresentedCredential& presented = call.presented;
  const bool anonymous = presented.username.empty() && presented.token.empty() && presented.key.empty();
  if (anonymous || !call.state.limiter.limit()) return std::nullopt;
  const Limiter::Taken taken = call.state.limiter.take(call.env.clock.now());
  call.tenant.write(change::LimitCounted{.api = call.contract.api, .count = taken.count});
  if (taken.accepted) return std::nullopt;
  const auto& limit = call.contract.rate_limit;
  return Rejection{.answer = call.refusals().throttle, .rule = "rate_limit", .place = limit ? limit->place : Place()};
}

Findings check_body(const Call& call) {
  Findings findings = check_shape(call.contract, *call.operation, *call.body);
  call.policy.adjust_findings(call, findings);
  return findings;
}

CallResult run_call(const Call& call, Transaction& transaction) {
  const Record target = call.operation->looks_at_record ? find_target(call, transaction) : nullptr;
  const RuleContext context{
      .settings = call.state.settings, .switches = call.state.switches, .records = &transaction, .record = target.get()};
  EvaluatedRules evaluated;
  const auto broken = judge_rows(call.contract, *call.operation, *call.body, context, &evaluated);
  // A row about several elements counts once.
  const auto repeated = std::ranges::unique(evaluated, {}, [](const Row* row) -> const std::string& { return row->id; });
  evaluated.erase(repeated.begin(), repeated.end());
  if (broken) {
    if (!evaluated.empty()) evaluated.pop_back();  // the last one is the one that was broken
    const Row& row = *broken->row;
    return tl::unexpected(Rejection{.answer = row.refuse,
                                    .findings = {broken->finding},
                                    .rule = broken->finding.rule,
                                    .place = row.place,
                                    .evaluated_rules = std::move(evaluated)});
  }
  CallResult result = perform(call, transaction);
  (result ? result->evaluated_rules : result.error().evaluated_rules) = std::move(evaluated);
  return result;
}

std::optional<Rejection> commit(const Call& call, const Reply& reply, Transaction& transaction, Trace& trace) {
  const ResponseDefinition* answer = call.contract.find_response(reply.answer);
  if (answer == nullptr || !answer->success) return std::nullopt;
  const std::int64_t growth = transaction.growth();
  const std::size_t most = call.tenant.bounds.records;
  if (growth > 0 && record_count(call.tenant.state()) + static_cast<std::size_t>(growth) > most)
    return reject_by_limit(call, "records", most);
  const int writes = call.policy.writes_per_success(call);
  for (int i = 0; i < writes; ++i) {
    if (i > 0 && !perform(call, transaction)) break;
    auto changes = transaction.commit(call.tenant);
    if (trace.committed.empty())
      trace.committed = std::move(changes);
    else
      std::ranges::move(changes, std::back_inserter(trace.committed));
  }
  return std::nullopt;
}

Delivery walk_operation(const Call& call, const Incoming& incoming, Trace& trace) {
  Delivery delivery;
  FaultInjector faults(call, *call.body, trace);
  const auto finish = [&](const std::optional<Rejection>& rejection) {
    if (rejection) delivery.response = refuse(call, *rejection, trace);
    faults.decorate(delivery);
    return std::move(delivery);
  };

  if (faults.stop_at(FaultSpec::Phase::before, delivery)) return finish(std::nullopt);
  if (const auto rejection = authenticate(call)) return finish(rejection);
  if (const auto rejection = throttle(call)) return finish(rejection);
  if (const auto rejection = refuse_undecodable(call, incoming.decoded)) return finish(rejection);
  if (const auto rejection = check_shapes(call, incoming)) return finish(rejection);

  Transaction transaction(call.state.store);
  CallResult result = run_call(call, transaction);
  if (!result) return finish(std::move(result.error()));

  if (faults.stop_at(FaultSpec::Phase::before_commit, delivery)) return finish(std::nullopt);
  if (const auto rejection = commit(call, *result, transaction, trace)) return finish(rejection);
  trace.decisions.push_back(
      {.operation = call.operation->name, .answer = result->answer, .evaluated_rules = std::move(result->evaluated_rules)});
  delivery.response = render_response(call, *std::move(result));
  if (faults.stop_at(FaultSpec::Phase::after_commit, delivery)) trace.decisions.back().rule = "fault";
  return finish(std::nullopt);
}

}  // namespace understudy
