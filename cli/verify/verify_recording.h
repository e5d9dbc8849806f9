// `understudy verify --from`: judges the exchanges of a recording.
#pragma once

#include "cli/verify/verify_options.h"

namespace understudy {

// Sends nothing. Returns the exit code.
int verify_recording(const VerifyOptions& options);

}  // namespace understudy
