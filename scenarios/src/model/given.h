// Owns what a scenario's `given` comes to: the document that stages a tenant of a mock (PUT /__admin/tenants/{name}). Who
// sets the variables, and which tenant it is, is the caller's business.
#pragma once

#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// The names that are filled in come from `variables`; one that is undefined is a problem at its place. A `profile` that is not
// null takes the place of the scenario's own.
Result<Json> render_given(const ScenarioFile& file, const Variables& variables, const Json& profile = nullptr);

}  // namespace understudy
