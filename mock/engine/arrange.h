// Owns what staging and the admin API put on a tenant alike: faults and limits, read and judged by the contracts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/problem.h"
#include "contracts/src/model/contract.h"
#include "mock/state/tenant.h"

namespace understudy {

// The faults of a list, ready to be armed; operations without an API are `default_api`'s. Fails with the first one that means
// nothing or could never strike: bad-fault, unknown-operation, unknown-answer, impossible-fault.
Result<std::vector<ArmedFault>> read_faults(const Json& faults, const Contracts& contracts, const std::string& default_api);
// Arms them behind those that are; returns their numbers. Under the tenant's lock.
std::vector<std::uint64_t> arm_faults(Tenant& tenant, const std::vector<ArmedFault>& faults);

// Puts limits in place of those the tenant has, and counts from nothing; or says what is wrong and changes nothing. Under the
// tenant's lock.
std::optional<Problem> set_limits(Tenant& tenant, const Json& limits, const Contracts& contracts, const std::string& default_api);

}  // namespace understudy
