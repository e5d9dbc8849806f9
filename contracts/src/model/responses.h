// Owns how a named answer becomes a response: which variant the profile picks, and its templates filled from a context.
// Pure; the engine sends the result, the checker judges by the same variants.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The first variant whose switches all hold; every answer has one for each profile (the loader checks).
const ResponseVariant& pick_variant(const ResponseDefinition& answer, const Switches& switches);
int status_of(const ResponseVariant& variant, const Switches& switches);
std::string reason_of(const ResponseVariant& variant, const Switches& switches);  // empty: the registered phrase

// Makes what is rendered from what the contract says: body, text and headers. Whoever changes one of them calls it again.
void compile_templates(ResponseVariant& variant);

// The exchange-scope response of a variant. `context` holds what the templates name (docs/contracts.md lists it).
Response render_response(const ResponseVariant& variant, const Switches& switches, const Json& context);

}  // namespace understudy
