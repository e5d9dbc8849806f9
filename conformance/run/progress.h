// What a run is doing now, for people who watch it. Verdicts are a Reporter's; this tells what happens between them.
#pragma once

#include <string>

#include "contracts/src/base/env.h"

namespace understudy {

// A wait in real time.
struct Waiting {
  std::string scenario;
  std::string reason;    // "step 4 lets time pass", "the rate limit of the target"
  Milliseconds time{0};  // how long it lasts
  Milliseconds left{0};  // `time` when it begins, 0 when it is over
};

// Called by any worker, also by several at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void begin_scenario(const std::string& name) = 0;
  virtual void end_scenario(const std::string& name) = 0;
  virtual void wait(const Waiting& waiting) = 0;  // several times for each wait, the last time with 0 left
};

}  // namespace understudy
