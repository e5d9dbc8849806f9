#include <algorithm>

#include "mock/engine/exchange.h"

namespace understudy {

Strikes::Strikes(Exchange& exchange, const Operation& operation, const Json& body) : exchange_(&exchange), operation_(&operation) {
  if (exchange.tenant.faults.empty()) return;
  striking_ = strike_faults(exchange.tenant.faults, operation.name, body, exchange.tenant.env.random);
}

// The token that the caller presents; all of its tenant's where it presents none, as when it has just been given one.
void Strikes::expire_tokens() const {
  Tenant& tenant = exchange_->tenant;
  const Time now = tenant.env.clock.now();
  const auto presented = tenant.tokens.find(exchange_->incoming.presented.token);
  for (auto& [value, token] : tenant.tokens) {
    if (presented == tenant.tokens.end() || presented->first == value) token.expires = std::min(token.expires, now);
  }
}

bool Strikes::stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done) {
  for (ArmedFault* armed : striking_) {
    const FaultSpec& fault = armed->spec;
    if (fault.phase != phase || (phase == FaultSpec::Phase::between_items && fault.after_items != items_done)) continue;
    if (fault.kind == FaultSpec::Kind::answer) {
      const ResponseDefinition* answer = exchange_->contract.find_response(fault.answer);
      if (answer != nullptr && answer->scope != Scope::exchange) continue;  // answer_instead's
    }
    ++armed->applied;
    exchange_->entry.fault = to_string(fault.kind);
    exchange_->entry.phase = to_string(fault.phase);
    if (fault.kind == FaultSpec::Kind::expire_token) {
      expire_tokens();
      continue;
    }
    if (fault.kind == FaultSpec::Kind::delay && fault.is_virtual) {
      exchange_->tenant.env.clock.advance(fault.delay);
      continue;
    }
    if (is_decoration(fault.kind)) {
      decorations_.push_back(fault);
      continue;
    }
    if (fault.kind == FaultSpec::Kind::answer || fault.kind == FaultSpec::Kind::throttle) {
      const std::string& answer = fault.kind == FaultSpec::Kind::answer ? fault.answer : operation_->refusals.throttle;
      delivery.response = refuse(*exchange_, operation_, {.answer = answer, .rule = "fault"});
      return true;
    }
    // A cut needs an answer to cut: before there is one, it is the API's own server error.
    const bool cuts = fault.kind == FaultSpec::Kind::truncate || fault.kind == FaultSpec::Kind::malformed_chunk || fault.after_bytes;
    if (cuts && phase != FaultSpec::Phase::after_commit) {
      delivery.response = render_exchange(*exchange_, operation_->refusals.unhandled, Json::object());
    }
    apply_fault(fault, delivery);
    return true;
  }
  return false;
}

const ResponseDefinition* Strikes::answer_instead(FaultSpec::Phase phase) {
  for (ArmedFault* armed : striking_) {
    const FaultSpec& fault = armed->spec;
    if (fault.phase != phase || fault.kind != FaultSpec::Kind::answer) continue;
    const ResponseDefinition* answer = exchange_->contract.find_response(fault.answer);
    if (answer == nullptr || answer->scope == Scope::exchange) continue;
    ++armed->applied;
    exchange_->entry.fault = to_string(fault.kind);
    exchange_->entry.phase = to_string(fault.phase);
    return answer;
  }
  return nullptr;
}

void Strikes::decorate(Delivery& delivery) const {
  for (const FaultSpec& fault : decorations_) apply_fault(fault, delivery);
}

}  // namespace understudy
