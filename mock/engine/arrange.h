// Reads faults and limits that staging or the admin API puts on a tenant, and checks them against the contracts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contracts/src/base/problem.h"
#include "contracts/src/model/contract.h"
#include "mock/state/tenant.h"

namespace understudy {

// The faults of a list, ready to be armed. Operations named without an API belong to `default_api`. Fails with the first fault that
// is invalid or could never apply: bad-fault, unknown-operation, unknown-answer, impossible-fault.
Result<std::vector<ArmedFault>> read_faults(const Json& faults, const Contracts& contracts, const std::string& default_api);
// Arms them after those that are armed already; returns their numbers. The caller holds the tenant's lock.
std::vector<std::uint64_t> arm_faults(Tenant& tenant, const std::vector<ArmedFault>& faults);
// The problem limit-reached, if the tenant would have more faults than its bound. Under the tenant's lock.
std::optional<Problem> check_fault_count(const Tenant& tenant, std::size_t added);
Problem limit_reached(const std::string& what, std::size_t most);

// Replaces the tenant's limits and starts to count from 0. On a problem nothing changes. The caller holds the tenant's lock.
std::optional<Problem> set_limits(Tenant& tenant, const Json& limits, const Contracts& contracts, const std::string& default_api);

}  // namespace understudy
