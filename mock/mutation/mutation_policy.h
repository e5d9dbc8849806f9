// The policy that makes a mock wrong in one way, and counts how often. Thread-safe.
#pragma once

#include "mock/engine/call.h"
#include "mock/mutation/mutation.h"

namespace understudy {

class MutationPolicy final : public Policy {
 public:
  explicit MutationPolicy(Mutation mutation) : mutation_(std::move(mutation)) {}

  std::uint64_t opportunities() const { return opportunities_; }  // times that the mutation could have changed something
  std::uint64_t applied() const { return applied_; }              // times that it changed what was done or sent

  bool accepts_credential(const Call& call, CredentialState state) const override;
  void adjust_findings(const Call& call, Findings& findings) const override;
  int writes_per_success(const Call& call) const override;
  bool redelivery_compares_arguments(const Call& call) const override;
  void adjust_element(const Call& call, const ResponseDefinition& answer, const ResponseVariant& variant, Json& element) const override;
  void adjust_items(const Call& call, Json& entries) const override;
  Delivery decorate(const Call& call, const Trace& trace, Delivery delivery) const override;

 private:
  bool concerns(const Call& call, std::string_view operation) const;
  bool concerns(const Call& call) const { return concerns(call, call.operation_name()); }
  void count(bool changed) const;
  std::optional<std::vector<std::string>> find_members(const ResponseDefinition& answer, const ResponseVariant& variant) const;
  void repeat_first(const Call& call, Response& response) const;

  const Mutation mutation_;
  mutable std::atomic<std::uint64_t> opportunities_{0}, applied_{0};
  mutable std::mutex mutex_;
  mutable std::map<std::string, Response> first_responses_;  // for `stale`, by tenant and target; guarded by mutex_
};

// Null: what the mutant does wrong is in its contract alone.
std::shared_ptr<const MutationPolicy> make_policy(const Mutant& mutant);

}  // namespace understudy
