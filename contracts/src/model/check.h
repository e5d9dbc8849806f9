// Owns the one checker with two users: the mock judges what it is asked and, on its own answers, itself; the runner judges
// the answers of others. Findings are data; nothing here fails.
#pragma once

#include <optional>
#include <string>

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/responses.h"
#include "contracts/src/model/rules.h"

namespace understudy {

// --- requests -------------------------------------------------------------------------------------------------------
// All schema findings of a bound body, worded and sourced for this operation: id, source, evidence, sentence.
Findings check_shape(const Contract& contract, const Operation& operation, const Json& body);
// Id of an implicit row: sellercloud.createProduct#/ProductName/required
std::string implicit_row_id(const Operation& operation, std::string_view pointer, std::string_view keyword);
// The sentence of a finding in the contract's own words (rules.yaml: messages).
std::string word_finding(const Contract& contract, const Finding& finding);

// Does the schema at `schema` (a JSON Pointer into the document) declare the member that the row pointer names?
bool declares_member(const Json& document, std::string_view schema, std::string_view member);

// --- responses ------------------------------------------------------------------------------------------------------
// Which answers were legal and how the best of them differs.
struct Judgement {
  const ResponseDefinition* answer = nullptr;  // the one the response comes nearest to; null: its status is in none
  const ResponseVariant* variant = nullptr;
  Findings findings;  // empty: the response is one that the contract allows
};

// Judges an exchange-scope response by the answers the operation may give; with `expected` only by that one.
Judgement check_response(const Contract& contract, const Operation& operation, const Switches& switches, const Response& response,
                         const ResponseDefinition* expected = nullptr);
// The same for one element of a batch: a call's (scope call) or an item's (scope item).
Judgement check_element(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope, const Json& element,
                        const ResponseDefinition* expected = nullptr);

}  // namespace understudy
