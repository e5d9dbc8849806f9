// `understudy import` of an OpenAPI or Swagger file: its contract and starter scenarios, for people to refine.
#pragma once

#include <string>

namespace understudy {

struct ApiImport {
  std::string file, folder, name;  // name of the API; empty: that of the file
};

// Writes FOLDER/contracts/NAME and FOLDER/scenarios/NAME. Files that were edited since an earlier import stay, and what would change in
// them is reported. Returns the exit code; problems are reported.
int import_api(const ApiImport& options, const std::string& text);

}  // namespace understudy
