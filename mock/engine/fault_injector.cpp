#include <algorithm>

#include "mock/engine/walk.h"
#include "scenarios/src/match/match.h"

namespace understudy {
namespace {

constexpr std::string_view kGarbage = "\x16\x03\x01 this is no HTTP \xff\xfe\r\n\r\n";

bool fits(const FaultSpec& spec, std::string_view operation, const Json& body) {
  if (!spec.on.empty() && spec.on != operation) return false;
  return !spec.match || match_value(*spec.match, &body, "").empty();
}

bool is_due(const ArmedFault& fault, Draws::Randomness& random) {
  const FaultSpec& spec = fault.spec();
  if (spec.times && fault.applied >= *spec.times) return false;
  if (spec.call && fault.seen != *spec.call) return false;
  if (spec.every && fault.seen % *spec.every != 0) return false;
  return !spec.probability || random.unit() < *spec.probability;
}

Response status_response(const FaultSpec& fault) {
  Response response{.status = fault.status, .reason = fault.reason};
  if (!fault.body) return response;
  response.body = as_text(*fault.body);
  const char* fallback = !fault.body->is_string()         ? "application/json; charset=utf-8"
                         : response.body.starts_with('<') ? "text/html; charset=utf-8"
                                                          : "text/plain; charset=utf-8";
  response.headers = {{"Content-Type", fault.content_type.empty() ? fallback : fault.content_type}};
  return response;
}

// Does this kind keep the real answer and only change how it is delivered?
bool is_decoration(FaultSpec::Kind kind) {
  return kind == FaultSpec::Kind::delay || kind == FaultSpec::Kind::drip || kind == FaultSpec::Kind::wrong_content_type;
}

// Kinds that need the engine (answer, expire_token, throttle) change nothing here.
void apply_fault(const FaultSpec& fault, Delivery& delivery) {
  const auto end = [&](Delivery::Ending ending, std::optional<std::size_t> after_bytes) {
    delivery.ending = ending;
    delivery.after_bytes = after_bytes;
  };
  switch (fault.kind) {
    case FaultSpec::Kind::status: delivery.response = status_response(fault); return;
    case FaultSpec::Kind::delay: delivery.delay += fault.delay; return;
    case FaultSpec::Kind::drip: delivery.drip = Delivery::Drip{.bytes = fault.drip_bytes, .every = fault.drip_every}; return;
    case FaultSpec::Kind::stall: return end(Delivery::Ending::stall, fault.after_bytes);
    case FaultSpec::Kind::reset: return end(Delivery::Ending::reset, fault.after_bytes);
    case FaultSpec::Kind::close: return end(Delivery::Ending::close, fault.after_bytes);
    case FaultSpec::Kind::truncate: return end(Delivery::Ending::close, fault.after_bytes.value_or(delivery.response.body.size() / 2));
    case FaultSpec::Kind::garbage: delivery.raw = std::string(kGarbage); return;
    case FaultSpec::Kind::malformed_chunk: delivery.malformed_chunk = true; return;
    case FaultSpec::Kind::wrong_content_type: set_header(delivery.response.headers, "Content-Type", fault.content_type); return;
    case FaultSpec::Kind::answer:
    case FaultSpec::Kind::expire_token:
    case FaultSpec::Kind::throttle: return;
  }
}

}  // namespace

FaultInjector::FaultInjector(const Call& call, const Json& body, Trace& trace) : call_(call), trace_(&trace) {
  for (const ArmedFault& fault : call.tenant.state().faults) {
    if (!fits(fault.spec(), call.operation->name, body)) continue;
    call.tenant.write(change::FaultCounted{.id = fault.id, .seen = fault.seen + 1, .applied = fault.applied});
    if (is_due(fault, call.env.random)) due_.push_back(&fault);
  }
}

void FaultInjector::record(const ArmedFault& fault) {
  call_.tenant.write(change::FaultCounted{.id = fault.id, .seen = fault.seen, .applied = fault.applied + 1});
  trace_->fault = to_string(fault.spec().kind);
  trace_->phase = to_string(fault.spec().phase);
}

// Expires the token that the request presents; all tokens of its tenant if it presents none, as a login does.
void FaultInjector::expire_tokens() const {
  const auto& tokens = call_.tenant.state().tokens;
  const Time now = call_.env.clock.now();
  const auto presented = tokens.find(call_.presented.token);
  for (const auto& [value, token] : tokens) {
    if (token.expires > now && (presented == tokens.end() || presented->first == value))
      call_.tenant.write(change::TokenExpired{.token = value, .expires = now});
  }
}

bool FaultInjector::stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done) {
  for (const ArmedFault* armed : due_) {
    const FaultSpec& fault = armed->spec();
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
      Clock clock = call_.env.clock;
      clock.advance(fault.delay);
      call_.tenant.write(change::ClockMoved{.clock = clock});
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
      delivery.response = render_response(call_, {.answer = call_.operation->refusals.unhandled});
    apply_fault(fault, delivery);
    return true;
  }
  return false;
}

const ResponseDefinition* FaultInjector::find_replacement(FaultSpec::Phase phase) {
  for (const ArmedFault* armed : due_) {
    const FaultSpec& fault = armed->spec();
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
