#include "mock/engine/fault_injector.h"

#include <algorithm>

#include "mock/engine/respond.h"

namespace understudy {

FaultInjector::FaultInjector(const Call& call, const Json& body, Trace& trace) : call_(call), trace_(&trace) {
  Tenant& tenant = call.tenant;
  if (!tenant.faults.empty()) due_ = find_due_faults(tenant.faults, call.operation->name, body, tenant.env.random);
}

void FaultInjector::record(ArmedFault& fault) {
  ++fault.applied;
  trace_->fault = to_string(fault.spec.kind);
  trace_->phase = to_string(fault.spec.phase);
}

// Expires the token that the request presents; all tokens of its tenant if it presents none, as a login does.
void FaultInjector::expire_tokens() const {
  auto& tokens = call_.tenant.tokens;
  const Time now = call_.tenant.env.clock.now();
  const auto presented = tokens.find(call_.presented.token);
  for (auto& [value, token] : tokens) {
    if (presented == tokens.end() || presented->first == value) token.expires = std::min(token.expires, now);
  }
}

bool FaultInjector::stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done) {
  for (ArmedFault* armed : due_) {
    const FaultSpec& fault = armed->spec;
    if (fault.phase != phase || (phase == FaultSpec::Phase::between_items && fault.after_items != items_done)) continue;
    if (fault.kind == FaultSpec::Kind::answer) {
      const ResponseDefinition* answer = call_.contract.find_response(fault.answer);
      if (answer != nullptr && answer->scope != Scope::exchange) continue;  // see find_replacement()
    }
    record(*armed);
    if (fault.kind == FaultSpec::Kind::expire_token) {
      expire_tokens();
      continue;
    }
    if (fault.kind == FaultSpec::Kind::delay && fault.is_virtual) {
      call_.tenant.env.clock.advance(fault.delay);
      continue;
    }
    if (is_decoration(fault.kind)) {
      decorations_.push_back(fault);
      continue;
    }
    if (fault.kind == FaultSpec::Kind::answer || fault.kind == FaultSpec::Kind::throttle) {
      const std::string& answer = fault.kind == FaultSpec::Kind::answer ? fault.answer : call_.operation->refusals.throttle;
      delivery.response = refuse(call_, {.answer = answer, .rule = "fault"}, *trace_);
      return true;
    }
    // Only an answer can be cut. Before there is one, the API's own server error is.
    const bool cuts = fault.kind == FaultSpec::Kind::truncate || fault.kind == FaultSpec::Kind::malformed_chunk || fault.after_bytes;
    if (cuts && phase != FaultSpec::Phase::after_commit)
      delivery.response = render_response(call_, call_.operation->refusals.unhandled, Json::object());
    apply_fault(fault, delivery);
    return true;
  }
  return false;
}

const ResponseDefinition* FaultInjector::find_replacement(FaultSpec::Phase phase) {
  for (ArmedFault* armed : due_) {
    const FaultSpec& fault = armed->spec;
    if (fault.phase != phase || fault.kind != FaultSpec::Kind::answer) continue;
    const ResponseDefinition* answer = call_.contract.find_response(fault.answer);
    if (answer == nullptr || answer->scope == Scope::exchange) continue;
    record(*armed);
    return answer;
  }
  return nullptr;
}

void FaultInjector::decorate(Delivery& delivery) const {
  for (const FaultSpec& fault : decorations_) apply_fault(fault, delivery);
}

}  // namespace understudy
