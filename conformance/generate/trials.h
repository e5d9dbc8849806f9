// Values to try for one member or parameter, taken from its schema or from a rule: each is permitted, or wrong in one respect.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"

namespace understudy {

enum class Standing {
  permitted,  // by the schema or rule
  forbidden,  // or not mentioned
  unsure,     // correct servers differ: some convert values (12 for a text), read null or "" as nothing, or demand more members
};

// How well it is known what a correct server does.
struct Known {
  Evidence accepted = Evidence::assumed;  // that it accepts the request
  std::optional<Evidence> refused = {};   // that it refuses it; absent: as well as the contract says
};

struct Trial {
  std::string topic;  // required, optional, bound, enumeration, format, type, rule
  std::string says;   // "absent", "is integer 0", "of 31 characters"
  Json value;         // discarded: the member is removed
  Standing standing = Standing::forbidden;

  Known known(Evidence statement) const;  // of the schema or rule
};

std::vector<Trial> trials_of_schema(const Json& schema, bool required);
// Empty for rules that one value cannot break (unique_in).
std::vector<Trial> trials_of_rule(const Row& row);

}  // namespace understudy
