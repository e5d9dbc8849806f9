// The stages of a call in order. Read walk_operation() first; walk_batch() takes each call of a batch through the same stages.
// The caller holds the tenant's lock.
#pragma once

#include "mock/engine/decode.h"

namespace understudy {

Delivery walk_operation(const Call& call, const Incoming& incoming, Trace& trace);
Delivery walk_batch(const Call& exchange, Decoded& decoded, Trace& trace);  // takes the arguments of the calls

// --- the stages that both share ----------------------------------------------------------------------------------------
// A rejection if the credential is not accepted. A call without an operation needs one.
std::optional<Rejection> authenticate(const Call& call);
CredentialState check_login(const Tenant& tenant, std::string_view username, std::string_view password);
// Counts the exchange against the rate limit; a rejection if it is one too many. Exchanges without any credential are not counted.
std::optional<Rejection> throttle(const Call& call);
// What is wrong with the shape of the call's body, after the policy.
Findings check_body(const Call& call);
// Judges the rows, then performs the operation. Writes go into `transaction` only.
CallResult run_call(const Call& call, Transaction& transaction);
// Performs the operation by its vendor's handler, or else by its verb (perform.cpp).
CallResult perform(const Call& call, Transaction& transaction);

// The stored records and sequences, as templates read them. All arguments outlive it.
class StoredValues final : public TemplateSource {
 public:
  StoredValues(const Transaction& records, Draws& env) : records_(records), env_(env) {}
  std::vector<Record> select(const std::string& collection, const Json& where, std::size_t most) const override {
    return records_.select(collection, where, most);
  }
  std::vector<Record> select(const std::string& collection, const std::string& member, const Json& value, std::size_t most) const override {
    return records_.select(collection, member, value, most);
  }
  std::int64_t next(const std::string& sequence) const override { return env_.ids.next(sequence); }

 private:
  const Transaction& records_;
  Draws& env_;
};
// Adds those names of the request, the account and the time to `names` that are in `used`.
void add_request_names(const Call& call, const std::set<std::string, std::less<>>& used, Json& names);
// The stored record that the operation is about; null: there is none (perform.cpp).
Record find_target(const Call& call, const Transaction& transaction);
// Makes the operation's changes in order (change.cpp). `names` has what their templates may name; `record` in it and the names of
// `called` are kept up to date. A rejection at the first change that refuses.
std::optional<Rejection> make_changes(const Call& call, Transaction& transaction, Json& names);

// Stores the writes of a successful call; those of a call that its handler refused are dropped. A rejection, and nothing is stored, if
// the tenant would have too many records.
std::optional<Rejection> commit(const Call& call, const Reply& reply, Transaction& transaction, Trace& trace);

// Applies the armed faults that match one call, phase by phase (fault_injector.cpp). Construct it once for each call: that counts the
// call as seen. See also: scenarios/src/model/fault_words.h (how a fault is written), mock/wire/ (how it is sent).
class FaultInjector {
 public:
  // `body` is what faults match; it is not kept. The trace outlives the injector.
  FaultInjector(const Call& call, const Json& body, Trace& trace);

  // Applies the faults of the phase. True: processing stops here and `delivery` goes out.
  bool stop_at(FaultSpec::Phase phase, Delivery& delivery, std::size_t items_done = 0);
  // Applies what only changes how the final answer is delivered. Call it last.
  void decorate(Delivery& delivery) const;
  // In a batch: the answer of scope call or item that a fault of this phase puts in place of the real one; null if none does.
  const ResponseDefinition* find_replacement(FaultSpec::Phase phase);

 private:
  void record(const ArmedFault& fault);
  void expire_tokens() const;

  const Call call_;
  Trace* trace_;
  std::vector<const ArmedFault*> due_;
  std::vector<FaultSpec> decorations_;
};

// --- answers: the response of an exchange, or one element of a batch's response ---------------------------------------

// An answer of scope exchange, with the names of the reply besides those that every template may use.
Response render_response(const Call& call, Reply reply);
// An answer of scope call or item.
Json render_element(const Call& call, Reply reply);

// The rejection of what would pass a bound. No contract has an answer for it, so that refuse() and walk_batch() answer 507.
Rejection reject_by_limit(const Call& call, const std::string& what, std::size_t most);
Response limit_response(const std::string& message);
Response json_answer(int status, const Json& body);

// Record the rejection in the trace and render its answer.
Response refuse(const Call& call, const Rejection& rejection, Trace& trace);
Json refuse_element(const Call& call, const Rejection& rejection, Trace& trace);

}  // namespace understudy
