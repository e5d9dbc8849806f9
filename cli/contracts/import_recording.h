// `understudy import` of a recording: a scenario that can be played again, and for an API that no contract describes one without
// operations.
#pragma once

#include <string>

namespace understudy {

struct RecordingImport {
  std::string file, folder, api;
  std::string base;       // URL of the API in the recording; empty: found out
  std::string contracts;  // a folder with further contracts
};

// Writes FOLDER/scenarios/API/<name of the file>.yaml. Returns the exit code; problems are reported.
int import_recording(const RecordingImport& options);

}  // namespace understudy
