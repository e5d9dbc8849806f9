// What a recorded body makes a scenario expect: equal values where another run has them, too, else matchers.
#pragma once

#include "scenarios/src/write/known_values.h"

namespace understudy {

struct RecordedBody {
  const Json& body;
  bool is_view = false;  // of data that other clients change, too: a list, a report
};

// `known` has the values of the request already.
Json make_expected_body(const RecordedBody& recorded, KnownValues& known);

}  // namespace understudy
