// Parts of a contract as text for people.
#pragma once

#include <string>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/members.h"

namespace understudy {

std::string render_fact(const Fact& fact);  // "[documented; shop-orders:12]", kept on one line unless it is long
std::string render_condition(const Condition& condition);
std::string render_demand(const Row& row);  // what the row demands: "/Copies must be more than 0"
// What a change does, without its templates: "for each of a list, stock: adds to /Physical, at least 0".
std::string render_change(const RecordChange& change);
std::string render_member(const Member& member);  // "/Copies: integer, required, at least 1"

}  // namespace understudy
