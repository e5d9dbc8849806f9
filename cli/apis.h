// OpenAPI files as arguments: which of the paths are APIs, and what a file was understood to be.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/load/load.h"

namespace understudy {

// The paths of the command line by what their files are. Of a folder with OpenAPI files these, and the scenarios beside them; any other
// path is one of scenarios.
struct Sources {
  std::vector<std::string> apis, scenarios;
};
Sources sort_sources(const std::vector<std::string>& paths);

// Adds the contract of an API. Fails with code duplicate-api if one of its name is there.
Result<void> add_api(Contracts& contracts, const ApiContract& api, const std::string& path);

// Lines for people: operations, security, collections, and what was ignored, one line for each kind.
std::string describe_api(const ApiContract& api);

}  // namespace understudy
