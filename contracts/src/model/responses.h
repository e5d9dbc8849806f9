// How a described response becomes an HTTP response: the profile selects a variant, a context fills its templates. No side effects.
// The engine sends the result; check.h compares received responses with the same variants.
#pragma once

#include <string>
#include <string_view>

#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// The first variant whose switches all match; the loader ensures that each response has one for each profile.
const ResponseVariant& pick_variant(const ResponseDefinition& answer, const Switches& switches);
int status_of(const ResponseVariant& variant, const Switches& switches);
std::string reason_of(const ResponseVariant& variant, const Switches& switches);  // empty: the registered phrase

// Compiles the templates of body, text and headers. Call it again after changing one of them. `document`: the contract's, with the schemas.
void compile_templates(ResponseVariant& variant, const Json& document);

// The exchange-scope response of a variant. `scope` holds what the templates name (docs/contracts.md lists it).
Response render_response(const ResponseVariant& variant, const Switches& switches, const TemplateScope& scope);

}  // namespace understudy
