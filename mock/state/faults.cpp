#include "mock/state/faults.h"

#include "scenarios/src/match/match.h"

namespace understudy {
namespace {

constexpr std::string_view kGarbage = "\x16\x03\x01 this is no HTTP \xff\xfe\r\n\r\n";

bool fits(const FaultSpec& spec, std::string_view operation, const Json& body) {
  if (!spec.on.empty() && spec.on != operation) return false;
  return !spec.match || match_value(*spec.match, &body, "").empty();
}

bool is_due(const ArmedFault& fault, Random& random) {
  const FaultSpec& spec = fault.spec;
  if (spec.times && fault.applied >= *spec.times) return false;
  if (spec.call && fault.seen != *spec.call) return false;
  if (spec.every && fault.seen % *spec.every != 0) return false;
  return !spec.probability || random.unit() < *spec.probability;
}

Response status_response(const FaultSpec& fault) {
  Response response;
  response.status = fault.status;
  response.reason = fault.reason;
  if (!fault.body) return response;
  const bool is_text = fault.body->is_string();
  response.body = as_text(*fault.body);
  const bool looks_like_html = is_text && response.body.starts_with('<');
  const std::string fallback = !is_text          ? "application/json; charset=utf-8"
                               : looks_like_html ? "text/html; charset=utf-8"
                                                 : "text/plain; charset=utf-8";
  response.headers.push_back({"Content-Type", fault.content_type.empty() ? fallback : fault.content_type});
  return response;
}

}  // namespace

std::vector<ArmedFault*> find_due_faults(std::vector<ArmedFault>& armed, std::string_view operation, const Json& body, Random& random) {
  std::vector<ArmedFault*> due;
  for (ArmedFault& fault : armed) {
    if (!fits(fault.spec, operation, body)) continue;
    ++fault.seen;
    if (is_due(fault, random)) due.push_back(&fault);
  }
  return due;
}

bool is_decoration(FaultSpec::Kind kind) {
  switch (kind) {
    case FaultSpec::Kind::delay:
    case FaultSpec::Kind::drip:
    case FaultSpec::Kind::wrong_content_type:
    case FaultSpec::Kind::expire_token: return true;
    default: return false;
  }
}

void apply_fault(const FaultSpec& fault, Delivery& delivery) {
  switch (fault.kind) {
    case FaultSpec::Kind::status: delivery.response = status_response(fault); return;
    case FaultSpec::Kind::delay:
      if (!fault.is_virtual) delivery.delay += fault.delay;
      return;
    case FaultSpec::Kind::drip: delivery.drip = Delivery::Drip{.bytes = fault.drip_bytes, .every = fault.drip_every}; return;
    case FaultSpec::Kind::stall:
      delivery.ending = Delivery::Ending::stall;
      delivery.after_bytes = fault.after_bytes;
      return;
    case FaultSpec::Kind::reset:
      delivery.ending = Delivery::Ending::reset;
      delivery.after_bytes = fault.after_bytes;
      return;
    case FaultSpec::Kind::close:
      delivery.ending = Delivery::Ending::close;
      delivery.after_bytes = fault.after_bytes;
      return;
    case FaultSpec::Kind::truncate:
      delivery.ending = Delivery::Ending::close;
      delivery.after_bytes = fault.after_bytes.value_or(delivery.response.body.size() / 2);
      return;
    case FaultSpec::Kind::garbage: delivery.raw = std::string(kGarbage); return;
    case FaultSpec::Kind::malformed_chunk: delivery.malformed_chunk = true; return;
    case FaultSpec::Kind::wrong_content_type: set_header(delivery.response.headers, "Content-Type", fault.content_type); return;
    case FaultSpec::Kind::answer:
    case FaultSpec::Kind::expire_token:
    case FaultSpec::Kind::throttle: return;
  }
}

}  // namespace understudy
