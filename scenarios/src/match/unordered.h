// The matcher $unordered: every expected element matches a different actual element, in any order.
#pragma once

#include "scenarios/src/match/words.h"

namespace understudy {

bool is_unordered(const Json& argument);  // a list, or {items: list, by: member's name or JSON Pointer}
void judge_unordered(MatchWalk& walk, const Json& argument, const Json* actual, const MatchAt& at);

}  // namespace understudy
