// Where operations of one API get ids, randomness and the time of a tenant. Each draw is written as a change.
#pragma once

#include "mock/state/live_state.h"

namespace understudy {

class Draws {
 public:
  class Ids {
   public:
    Ids(LiveState& live, std::string_view api) : live_(live), api_(api) {}
    std::int64_t next(std::string_view sequence);  // of the API; a number is drawn once, even if its transaction is discarded

   private:
    LiveState& live_;
    std::string_view api_;
  };
  class Randomness {
   public:
    explicit Randomness(LiveState& live) : live_(live) {}
    std::uint64_t next();
    double unit();  // [0, 1)
    std::string text(std::size_t length, std::string_view alphabet);

   private:
    LiveState& live_;
  };

  // Both arguments outlive it.
  Draws(LiveState& live, std::string_view api) : ids(live, api), random(live), clock(live.state().env.clock) {}

  Ids ids;
  Randomness random;
  const Clock& clock;
};

}  // namespace understudy
