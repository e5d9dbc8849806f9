// Owns a scenario step made from a request: YAML to paste into a scenario, so that what was seen once can be played again.
// Credentials are left out, the runner brings its own.
#pragma once

#include <string>

#include "mock/wiremock/near_miss.h"

namespace understudy {

// One element of `steps`, ending in a newline.
std::string render_step(const NearMiss& miss, const JournalEntry& entry);

}  // namespace understudy
