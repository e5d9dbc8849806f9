// Guesses from paths and schemas what an API does: which records it keeps, what each operation does to them, and what it answers. The
// result are the other files of a contract (docs/contracts.md). Every statement in them is assumed.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

struct Guess {
  Json rules, answers, collections;  // as in rules.yaml, answers.yaml and collections.yaml
  std::vector<std::string> summary;  // what the API is understood to be, one sentence a line
};

// `shape` is openapi.yaml as read_api() makes it. Operations that issue OAuth tokens are added to it.
Guess guess_contract(Json& shape);

}  // namespace understudy
