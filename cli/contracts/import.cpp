// `understudy import`: makes a contract and scenarios of an OpenAPI file, or a scenario of a recording.
#include "cli/commands.h"
#include "cli/contracts/import_api.h"
#include "cli/contracts/import_recording.h"
#include "cli/inputs.h"

namespace understudy {
namespace {

int import_file(const RecordingImport& options) {
  const auto text = load_text(options.file);
  if (text && is_api(*text)) return import_api({.file = options.file, .folder = options.folder, .name = options.api}, *text);
  if (options.api.empty())
    return report_problem(
        usage_problem("name-missing", "'" + options.file + "' is no OpenAPI or Swagger file; a recording needs --api with the API's name"));
  return import_recording(options);
}

}  // namespace

Command make_import_command() {
  auto options = std::make_shared<RecordingImport>();
  return {
      .name = "import",
      .about = "Make a contract and scenarios of an OpenAPI or Swagger file, or a scenario of a recording (HAR, a mock's journal).",
      .options = {{"file", &options->file, "An OpenAPI 3.0, 3.1 or Swagger 2.0 file, or a recording.", required()},
                  {"--api,--name NAME", &options->api, "The name of the API. A recording needs it. Default: the name of the file."},
                  {"--to DIR", &options->folder,
                   "The folder: DIR/scenarios/NAME is written, and DIR/contracts/NAME for an OpenAPI file or an unknown API.", required()},
                  {"--base URL", &options->base, "The base URL of the API in a recording. Default: found out."},
                  contracts_option(options->contracts)},
      .examples =
          "Examples:\n  understudy import petstore.yaml --to my\n"
          "  understudy verify my/scenarios --contracts my/contracts\n"
          "  understudy import traffic.har --api shop --to my\n",
      .exits = {kBadFile},
      .run = [options] { return import_file(*options); }};
}

}  // namespace understudy
