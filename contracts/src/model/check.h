// Compares requests and responses with a contract. The mock checks what it receives and, as a self-test, what it sends; the runner
// checks the responses of others. Differences are Findings; nothing here can fail.
#pragma once

#include <optional>
#include <string>

#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/responses.h"
#include "contracts/src/model/rules.h"

namespace understudy {

// Requests.
// All schema findings of a bound body, with rule id, source, evidence and sentence.
Findings check_shape(const Contract& contract, const Operation& operation, const Json& body);
// Id of an implicit row: sellercloud.createProduct#/ProductName/required
std::string implicit_row_id(const Operation& operation, std::string_view pointer, std::string_view keyword);
// The sentence of a finding in the contract's own words (rules.yaml: messages).
std::string word_finding(const Contract& contract, const Finding& finding);

// /Products/0/ProductID -> /Products/*/ProductID
std::string generalise_pointer(std::string_view pointer);

// Does the schema at `schema` (a JSON Pointer into the document) declare the member that the row pointer names?
bool declares_member(const Json& document, std::string_view schema, std::string_view member);

// Responses.
// The most similar described response and how it differs.
struct Judgement {
  const ResponseDefinition* answer = nullptr;  // the most similar one; null: none has this status
  const ResponseVariant* variant = nullptr;
  Findings findings;  // empty: the contract allows the response
};

// The body that is no JSON: the error and its place, how the body was framed, and its beginning.
std::string describe_not_json(const Response& response, const JsonError& error);

// How well known it is that this answer of the operation has its status.
Evidence evidence_of_status(const Operation& operation, const ResponseVariant& variant, const Switches& switches);

// Whether a finding contradicts a statement up to this level of evidence.
bool contradicts(const Findings& findings, Evidence level);

// Compares an exchange-scope response with all responses of the operation; with `expected` only with that one. The most similar one is the
// one with the fewest findings up to `level`. A finding of the status comes first.
// `body`: parsed before; null: it is parsed here.
Judgement check_response(const Contract& contract, const Operation& operation, const Switches& switches, const Response& response,
                         const ResponseDefinition* expected = nullptr, Evidence level = Evidence::assumed,
                         const ParsedJson* body = nullptr);
// The same for one element of a batch: a call's (scope call) or an item's (scope item).
Judgement check_element(const Contract& contract, const Operation& operation, const Switches& switches, Scope scope, const Json& element,
                        const ResponseDefinition* expected = nullptr, Evidence level = Evidence::assumed);

}  // namespace understudy
