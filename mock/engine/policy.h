// The decisions of the engine that its owner may replace: each function takes the regular decision, MockOptions::policy may hold
// a class that overrides some. Called under the lock of the call's tenant, from several threads at a time for different tenants.
#pragma once

#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"
#include "contracts/src/model/contract.h"
#include "mock/delivery.h"

namespace understudy {

struct Call;
struct Trace;

// What a presented credential is worth.
enum class CredentialState {
  valid,
  absent,
  unknown,  // a token or key that was never issued
  expired,  // a token
  unknown_user,
  wrong_password,
};

class Policy {
 public:
  virtual ~Policy() = default;

  virtual bool accepts_credential(const Call&, CredentialState state) const { return state == CredentialState::valid; }
  // After the shape of call.body was checked: may change the findings and the body.
  virtual void adjust_findings(const Call&, Findings&) const {}
  // How often a successful call is performed and committed.
  virtual int writes_per_success(const Call&) const { return 1; }
  // Is a call of a batch a redelivery only if its arguments are the same, too? (Its id always must be.)
  virtual bool redelivery_compares_arguments(const Call&) const { return true; }
  // The rendered answer of one call or item of a batch, and the rendered entries of all items of a call.
  virtual void adjust_element(const Call&, const ResponseDefinition&, const ResponseVariant&, Json& /*element*/) const {}
  virtual void adjust_items(const Call&, Json& /*entries*/) const {}
  // The delivery of the whole exchange, before it is logged and sent.
  virtual Delivery decorate(const Call&, const Trace&, Delivery delivery) const { return delivery; }
};

}  // namespace understudy
