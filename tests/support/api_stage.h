// Owns a stage for one API with the bundled contracts; in the end, everything the mock answered was what its own contract says.
#pragma once

#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {

class ApiStage : public Stage {
 public:
  // `given` of a scenario, as JSON.
  explicit ApiStage(const std::string& api, const std::string& given = "{}") : Stage(bundled_contracts(), with_api(api, given)) {}
  ~ApiStage() { CHECK(mock().own_findings().empty()); }
  ApiStage(const ApiStage&) = delete;
  ApiStage& operator=(const ApiStage&) = delete;

 private:
  static Json with_api(const std::string& api, const std::string& given) {
    Json out = *parse_json(given);
    out["api"] = api;
    return out;
  }
};

}  // namespace understudy
