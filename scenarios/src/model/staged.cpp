#include "scenarios/src/model/staged.h"

namespace understudy {

Variables staged_variables(const Scenario& scenario) {
  Variables variables;
  variables.set_run(scenario.given.seed.value_or(1));
  variables.set("username", scenario.stem);
  variables.set("password", "demo");
  variables.set("api_key", scenario.stem);
  variables.set_templates(scenario.given.variables);
  return variables;
}

}  // namespace understudy
