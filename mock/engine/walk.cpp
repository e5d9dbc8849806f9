// One operation of one exchange: the list of design.md 4 from decode to delivery, each line a step that may refuse or be struck.
#include "mock/engine/exchange.h"

namespace understudy {
namespace {

Finding plain_finding(std::string code, std::string message, std::string pointer = {}) {
  Finding finding;
  finding.code = std::move(code);
  finding.message = std::move(message);
  finding.pointer = std::move(pointer);
  return finding;
}

std::optional<Rejection> authenticate(const Exchange& exchange, const Operation& operation) {
  if (!operation.secured) return std::nullopt;
  const Presented& presented = exchange.incoming.presented;
  bool known = true;
  switch (exchange.contract.credentials.kind) {
    case Credentials::Kind::bearer_token: {
      const auto token = exchange.tenant.tokens.find(presented.token);
      known = token != exchange.tenant.tokens.end() &&
              (exchange.tenant.env.clock.now() < token->second.expires || is_deviant(exchange, Deviation::Kind::no_expiry));
      break;
    }
    case Credentials::Kind::api_key: known = !presented.key.empty() && presented.key == exchange.tenant.key; break;
    case Credentials::Kind::in_batch:
    case Credentials::Kind::none: break;
  }
  const bool presented_any = !presented.token.empty() || !presented.key.empty();
  if (known || (presented_any && is_deviant(exchange, Deviation::Kind::any_credential))) return std::nullopt;
  return Rejection{.answer = operation.refusals.credentials, .rule = "credentials", .place = operation.place};
}

std::optional<Rejection> refuse_undecodable(const Operation& operation, const Decoded& decoded) {
  if (decoded.state == Decoded::State::unreadable) {
    return Rejection{.answer = operation.refusals.undecodable,
                     .findings = {plain_finding("body-not-readable", decoded.message)},
                     .rule = "undecodable",
                     .place = operation.place};
  }
  // A contract without an answer for a wrong media type reads such a body as absent.
  if (decoded.state == Decoded::State::media_type && !operation.refusals.media_type.empty()) {
    return Rejection{.answer = operation.refusals.media_type,
                     .findings = {plain_finding("media-type", decoded.message)},
                     .rule = "media_type",
                     .place = operation.place};
  }
  return std::nullopt;
}

std::optional<Rejection> check_shapes(Exchange& exchange, const Operation& operation, Bound& bound) {
  BoundQuery query = bind_query(exchange.contract, operation, exchange.request.target);
  exchange.query = std::move(query.values);
  Findings findings = std::move(query.findings);
  if (operation.has_body) {
    Findings of_body = check_shape(exchange.contract, operation, bound.body);
    waive(exchange, operation, of_body, bound.body);
    for (Finding& finding : of_body) findings.push_back(std::move(finding));
  }
  if (findings.empty()) return std::nullopt;
  const std::string rule = findings.front().rule;
  const std::string& schema_pointer = findings.front().schema_pointer;
  const Place place = schema_pointer.empty() ? operation.place : exchange.contract.schema_place(schema_pointer);
  return Rejection{.answer = operation.refusals.shape, .findings = std::move(findings), .rule = rule, .place = place};
}

}  // namespace

std::optional<Rejection> throttle(Exchange& exchange, const Refusals& refusals) {
  const Presented& presented = exchange.incoming.presented;
  const bool is_anybodys = presented.username.empty() && presented.token.empty() && presented.key.empty();
  if (is_anybodys || exchange.state.limiter.take(exchange.tenant.env.clock.now())) return std::nullopt;
  const auto& limit = exchange.contract.rate_limit;
  return Rejection{.answer = refusals.throttle, .rule = "rate_limit", .place = limit ? limit->place : Place()};
}

std::optional<Rejection> check_rows(Exchange& exchange, const Operation& operation, Json& body, const Transaction& transaction,
                                    std::vector<std::string>& asked_ids) {
  const RuleContext context{.settings = exchange.state.settings, .switches = exchange.state.switches, .records = &transaction};
  EvaluatedRules asked;
  auto broken = judge_rows(exchange.contract, operation, body, context, &asked);
  for (const Row* row : asked) {
    if (asked_ids.empty() || asked_ids.back() != row->id) asked_ids.push_back(row->id);
  }
  if (!broken) return std::nullopt;
  if (!asked_ids.empty()) asked_ids.pop_back();  // the last one asked is the one that broke
  return Rejection{.answer = broken->row->refuse, .findings = {broken->finding}, .rule = broken->finding.rule, .place = broken->row->place};
}

Delivery walk_operation(Exchange& exchange, const Operation& operation) {
  Delivery delivery;
  const Decoded& decoded = exchange.incoming.decoded;
  Bound& bound = exchange.incoming.bound;
  exchange.bound = &bound.body;
  Strikes faults(exchange, operation, bound.body);

  const auto finish = [&](std::optional<Rejection> refusal) {
    if (refusal) delivery.response = refuse(exchange, &operation, *refusal);
    faults.decorate(delivery);
    return delivery;
  };

  if (faults.stop_at(FaultSpec::Phase::before, delivery)) return finish(std::nullopt);
  if (auto refusal = authenticate(exchange, operation)) return finish(std::move(refusal));
  if (auto refusal = throttle(exchange, operation.refusals)) return finish(std::move(refusal));
  if (auto refusal = refuse_undecodable(operation, decoded)) return finish(std::move(refusal));
  if (auto refusal = check_shapes(exchange, operation, bound)) return finish(std::move(refusal));

  Transaction transaction(exchange.state.store);
  std::vector<std::string> asked;
  if (auto refusal = check_rows(exchange, operation, bound.body, transaction, asked)) return finish(std::move(refusal));
  Performed performed = perform(exchange, operation, bound.body, bound.body, exchange.query, transaction);
  if (performed.refusal) return finish(std::move(performed.refusal));

  if (faults.stop_at(FaultSpec::Phase::before_commit, delivery)) return finish(std::nullopt);
  // What a handler refuses leaves nothing behind, whatever it wrote on the way.
  const ResponseDefinition* answer = exchange.contract.find_response(performed.reply.answer);
  const bool is_kept = answer != nullptr && answer->success && !is_deviant(exchange, Deviation::Kind::write_lost, &operation);
  if (is_kept) exchange.entry.committed = transaction.commit();
  if (is_kept && is_deviant(exchange, Deviation::Kind::written_twice, &operation))
    perform_again(exchange, operation, bound.body, bound.body);
  exchange.entry.decisions.push_back({.operation = operation.name, .answer = performed.reply.answer, .asked = std::move(asked)});
  delivery.response = render_exchange(exchange, performed.reply.answer, std::move(performed.reply.context));
  if (faults.stop_at(FaultSpec::Phase::after_commit, delivery)) exchange.entry.decisions.back().rule = "fault";
  return finish(std::nullopt);
}

}  // namespace understudy
