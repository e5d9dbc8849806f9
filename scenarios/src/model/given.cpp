#include "scenarios/src/model/given.h"

namespace understudy {

Result<Json> render_given(const ScenarioFile& file, const Variables& variables, const Json& profile) {
  const Given& given = file.scenario.given;
  Json document = {{"api", file.scenario.api}};
  if (const Json& chosen = profile.is_null() ? given.profile : profile; !chosen.is_null()) document["profile"] = chosen;
  if (given.clock) document["clock"] = render_rfc3339_millis(*given.clock);
  if (given.clock_runs) document["clock"] = {{"start", document["clock"]}, {"runs", true}};
  if (given.seed) document["seed"] = *given.seed;
  if (!given.ids.empty()) document["ids"] = given.ids;
  if (!given.settings.empty()) document["settings"] = given.settings;
  if (!given.limits.is_null()) document["limits"] = given.limits;
  if (!given.records.empty()) document["records"] = given.records;
  if (!given.faults.empty()) document["faults"] = given.faults;
  auto rendered = variables.render_sent(document);
  if (rendered) {
    (*rendered)["scenario"] = {{"title", file.scenario.title}, {"file", file.scenario.file}};
    return *std::move(rendered);
  }
  return tl::unexpected(
      file.document.problem(given.pointer + rendered.error().pointer, "undefined-name", render_undefined(rendered.error())));
}

}  // namespace understudy
