// Owns the runner's walk: one scenario (a row of it, under one profile) from arranging to cleaning up, ending in a Verdict.
// Many of them are suite.h's business, judging is judge_step.h's.
#pragma once

#include <atomic>
#include <functional>

#include "conformance/run/session.h"

namespace understudy {

struct WalkOptions {
  const std::atomic<bool>* stop = nullptr;  // set: no further step is begun, cleanup still runs
  std::function<void(Milliseconds)> pause;  // between two polls of `until` in real time; empty: none
};

// The verdict, secrets removed. Never fails: what stops it is in the verdict.
Verdict run_scenario(const Run& run, const RunContext& context, const WalkOptions& options, Transport& transport);

}  // namespace understudy
