// Makes a scenario step from a journaled request: YAML to paste into a scenario file, so that the request can be sent again.
// Credentials are left out because the runner sends its own.
#pragma once

#include <string>

#include "mock/wiremock/near_miss.h"

namespace understudy {

// One element of `steps`, ending in a newline.
std::string render_step(const NearMiss& miss, const JournalEntry& entry);

}  // namespace understudy
