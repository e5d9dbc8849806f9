// `understudy import`: makes scenarios of a recording.
#include "cli/commands.h"
#include "cli/contracts/import_recording.h"
#include "cli/inputs.h"

namespace understudy {

Command make_import_command() {
  auto options = std::make_shared<RecordingImport>();
  return {.name = "import",
          .about = "Make a scenario of a recording (HAR, or an export of a mock's journal).",
          .options = {{"file", &options->file, "The recording.", required()},
                      {"--api,--name NAME", &options->api, "The name of the API.", required()},
                      {"--to DIR", &options->folder,
                       "The folder: DIR/scenarios/NAME is written, and DIR/contracts/NAME for an unknown API.", required()},
                      {"--base URL", &options->base, "The base URL of the API in the recording. Default: found out."},
                      contracts_option(options->contracts)},
          .examples = "Examples:\n  understudy import traffic.har --api shop --to my\n",
          .exits = {kBadFile},
          .run = [options] { return import_recording(*options); }};
}

}  // namespace understudy
