// Bodies next to a valid one, each wrong (or still right) in one respect that the contract speaks about: a member that is absent, a value
// at, below or above a bound, a word that is not in an enumeration, a rule that holds or is broken.
#pragma once

#include <string>
#include <vector>

#include "conformance/generate/trials.h"
#include "contracts/src/model/contract.h"

namespace understudy {

struct BodyChange {
  std::string topic;  // what kind of statement it tries: required, optional, bound, enumeration, type, rule
  std::string name;   // "/CustomerDetails/Email absent"; unique in the list
  Json body;
  Known known;
};

// The changes of one body that fits the operation, in the order of the contract, each body once. Members that the body does not have are
// tried, too, where the object that would hold them is there. Templates in the body are kept.
std::vector<BodyChange> list_body_changes(const Contract& contract, const Operation& operation, const Json& body);

}  // namespace understudy
