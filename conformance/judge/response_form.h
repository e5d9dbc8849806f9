// What HTTP and JSON require of every response, whatever the API: checked where the contract is.
#pragma once

#include "conformance/target/transport.h"
#include "contracts/src/base/finding.h"
#include "contracts/src/base/json.h"

namespace understudy {

struct BodyForm {
  bool has_byte_order_mark = false;
  std::vector<std::string> duplicates;  // JSON Pointers of members that occur twice
};

// parse_body() that notes the form.
ParsedJson parse_answer(const std::string& body, std::size_t answer_limit, BodyForm& form);

// Codes: content-coding, repeated-header, byte-order-mark, duplicate-member.
Findings check_form(const TransportResult& result, const BodyForm& form);

// The body and why it is no JSON: string "{" (line 1, column 1: unexpected end of input)
std::string describe_not_json(const TransportResult& result, const JsonError& error);

}  // namespace understudy
