// Renders a scenario's `given` to the document that stages a tenant of a mock (PUT /__admin/tenants/{name}).
#pragma once

#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

// An undefined variable is a problem at its place. A `profile` that is not null replaces the scenario's.
Result<Json> render_given(const ScenarioFile& file, const Variables& variables, const Json& profile = nullptr);

}  // namespace understudy
