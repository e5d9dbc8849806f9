// Sleeps in real time: the only place where the runner sleeps, between two requests to a live target.
#pragma once

#include "contracts/src/base/env.h"

namespace understudy {

void wait(Milliseconds time);

}  // namespace understudy
