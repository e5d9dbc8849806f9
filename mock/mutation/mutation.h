// The mutants of a contract: servers that are wrong in one statement of it. They are derived from the contract alone, so that an
// API that is only data has its own. See also: mutation_policy.h, conformance/measure/score.h.
#pragma once

#include "contracts/src/model/contract.h"

namespace understudy {

// What is wrong in the engine: plain data.
struct Mutation {
  enum class Kind {
    none,
    // decisions of the engine
    finding_suppressed,  // findings of the implicit rule `name` are dropped, with the members that broke it
    any_credential,      // every token or key is accepted
    no_credential,       // a batch needs no login
    any_password,        // a login succeeds with every password
    no_expiry,           // tokens do not expire
    write_lost,          // success is answered, nothing is stored
    written_twice,       // what is created is created twice
    redelivery_by_id,    // a call with the id of an earlier one is a redelivery, whatever its arguments
    stale,               // a read repeats its first response to the same target
    // the response of an exchange
    status,          // `value` instead
    reason,          // `value` instead, in phrase and body
    header_missing,  // `name`
    content_type,    // `value` instead; null: none
    body,            // `value` (a text) instead
    wrapped,         // {"data": body}
    cut_short,       // half of the body, its length right
    cut_off,         // half of the body, then the connection ends
    // members of an answer
    member_missing,
    member_value,    // `value` instead
    member_as_text,  // a number as a string
    member_other,    // another value of the same type
    // the list of a batch
    elements_reversed,
    element_dropped,
    bare_element,  // a list of one as its element
    items_reversed,
    item_dropped,
  };
  Kind kind = Kind::none;
  std::string api;
  std::string operation;  // api.operation; empty: any of the API
  // Which answers, and which members of them. Empty: the whole response of a batch, or no answer at all.
  struct Where {
    std::string answer;
    std::optional<std::size_t> variant{};  // index in the answer; absent: any
    std::string member{};                  // JSON Pointer, '*' matches every element
  };
  std::vector<Where> where{};
  std::string name{};  // a header, a rule; in the list of a batch a member
  Json value{};
};

struct Mutant {
  std::string id;          // sellercloud.createOrder/row-not-enforced/company-positive; stable and unique
  std::string kind;        // row-not-enforced
  std::string api;         // sellercloud
  std::string operation;   // sellercloud.createOrder; empty: what the operations of the API share is wrong
  std::string what;        // what this server does, in one line
  Fact fact;               // of the statement that it breaks
  std::string equivalent;  // why no client can detect it; empty: a client can
  // Names of rules that refuse (as in the journal), rows, answers and members (as in coverage): scenarios that exercise one of them
  // are tried first. Best first.
  std::vector<std::string> hints;
  std::function<void(Contract&)> edit;  // what is wrong in the contract; empty: nothing
  Mutation mutation;                    // what is wrong in the engine; kind none: nothing
};

// In the order of the contract: operation by operation, then what they share. The contract must outlive the mutants.
std::vector<Mutant> find_mutants(const Contract& contract);

// The contracts that the mutant serves: the edited one, and the others shared with `contracts`.
Contracts apply_mutant(const Contracts& contracts, const Mutant& mutant);

}  // namespace understudy
