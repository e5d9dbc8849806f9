// Runs one scenario (a row of it, under one profile) from arranging to cleaning up and returns its Verdict. suite.h runs many.
#pragma once

#include <atomic>
#include <functional>

#include "conformance/run/progress.h"
#include "conformance/run/session.h"

namespace understudy {

struct RunOptions {
  const std::atomic<bool>* stop = nullptr;  // set: no further step begins, cleanup still runs
  std::function<void(Milliseconds)> pause;  // waits in real time; empty: never wait
  Progress* progress = nullptr;             // of the waits; may be null
  bool keeps_passed_messages = true;        // false: the verdict of a scenario that passes without a note has no messages
};

// The verdict, without secrets. Never fails: a problem is part of the verdict.
Verdict run_scenario(const Run& run, const RunContext& context, const RunOptions& options, Transport& transport);

}  // namespace understudy
