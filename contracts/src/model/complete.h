// `complete: true` of an answer: its template gets the members of its schema that it does not give, once, when the contract is loaded.
// So an answer can have the 180 members of a vendor's model while its template names the ten that have values.
#pragma once

#include "contracts/src/base/json.h"

namespace understudy {

// The pattern with, for each member that the schema declares and the pattern lacks, the schema's `default`, else null where the schema
// takes it, else [], an object of such members, false, 0 or "". Values whose schema has `x-date: local` become {$date: value}. An object
// that a path takes whole ({{record}}) gets its members at the first level only; null stays null.
// `schema` is a node of `document`; local references and allOf are followed.
Json complete_pattern(const Json& pattern, const Json* schema, const Json& document);

}  // namespace understudy
