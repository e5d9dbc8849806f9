// Reads `steps`, `cleanup` and the rows of `each`; parse.cpp reads the rest of a scenario file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/src/model/scenario.h"
#include "scenarios/src/model/scenario_reader.h"

namespace understudy {

std::vector<Step> read_steps(ScenarioReader& reader, const std::string& api);
// Steps of `cleanup` have no repeat, change, advance, capture, each and until.
std::vector<Step> read_cleanup(ScenarioReader& reader, const std::string& api);
std::vector<EachRow> read_rows(ScenarioReader& reader, std::string_view parent);
Expectation read_expectation(ScenarioReader& reader, std::string_view parent, bool is_call);
Sending read_sending(ScenarioReader& reader, const std::string& pointer, bool is_request);

}  // namespace understudy
