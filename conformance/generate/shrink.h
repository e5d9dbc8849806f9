// Makes a generated case that fails smaller, so that what matters for the failure is seen.
#pragma once

#include <functional>
#include <string>

#include "scenarios/src/model/parse.h"

namespace understudy {

inline constexpr const char* kRowVariable = "sent";  // what the rows of a generated file differ in

// The file with this row alone.
Result<ScenarioFile> keep_row(const ScenarioFile& file, const std::string& row);

// Removes members and elements of what the row sends as long as `still_fails` holds for the smaller file, which is asked at most `budget`
// times. Returns the smallest file; the one that was given if the row sends no object or list.
ScenarioFile shrink_row(const ScenarioFile& one_row, const std::function<bool(const ScenarioFile&)>& still_fails, std::size_t budget);

}  // namespace understudy
