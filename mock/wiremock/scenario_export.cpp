#include "mock/wiremock/near_miss.h"
#include "scenarios/src/write/step.h"

namespace understudy {

std::string render_step(const NearMiss& miss, const JournalEntry& entry) {
  const bool is_cut = entry.request_cut > 0;
  const std::string comment =
      is_cut ? "# the body is left out: it was " + std::to_string(entry.request_cut) + " bytes longer than the journal keeps\n" : "";
  return comment +
         render_step(make_step(
             {.contract = *miss.contract, .operation = miss.operation, .path = miss.path, .request = entry.request, .is_cut = is_cut}));
}

}  // namespace understudy
