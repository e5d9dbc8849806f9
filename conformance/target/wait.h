// Owns waiting in real time: the one place where the runner sleeps (between two polls on a live target).
#pragma once

#include "contracts/src/base/env.h"

namespace understudy {

void wait(Milliseconds time);

}  // namespace understudy
