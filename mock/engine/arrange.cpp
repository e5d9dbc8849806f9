#include "mock/engine/arrange.h"

#include <fmt/format.h>

#include <utility>

#include "scenarios/src/model/limit_words.h"

namespace understudy {
namespace {

Problem bad(std::string code, std::string message) { return make_problem(Failure::bad_file, std::move(code), std::move(message)); }

// Why this fault can never apply to the operation; empty if it can.
std::string find_impossible(const FaultSpec& fault, const Contract& contract, const Operation& operation) {
  if (fault.phase == FaultSpec::Phase::between_items && operation.items.empty()) return operation.name + " has no items";
  if (fault.kind == FaultSpec::Kind::expire_token && contract.credentials.kind != Credentials::Kind::bearer_token)
    return contract.api + " has no tokens that expire";
  if (fault.kind == FaultSpec::Kind::throttle && operation.refusals.throttle.empty())
    return contract.api + " has no answer to a throttled call";
  return {};
}

std::optional<Problem> place_fault(FaultSpec& spec, const Contracts& contracts, const std::string& default_api) {
  if (spec.on.empty()) return std::nullopt;
  const Operation* operation = contracts.find_operation(spec.on, default_api);
  if (operation == nullptr) {
    const bool is_bare = spec.on.find('.') == std::string::npos;
    const std::string hint = is_bare && default_api.empty()
                                 ? ", expected one with its API, as in api.operation"
                                 : did_you_mean(is_bare ? default_api + "." + spec.on : spec.on, contracts.operation_names());
    return bad("unknown-operation", "found fault on unknown operation '" + spec.on + "'" + hint);
  }
  spec.on = operation->name;
  const Contract& contract = *contracts.contract_of(*operation);
  if (!spec.answer.empty() && contract.find_response(spec.answer) == nullptr)
    return bad("unknown-answer", contract.api + " has no answer '" + spec.answer + "'");
  const std::string impossible = find_impossible(spec, contract, *operation);
  if (!impossible.empty()) return bad("impossible-fault", "found a fault that can never apply: " + impossible);
  return std::nullopt;
}

}  // namespace

Result<std::vector<ArmedFault>> read_faults(const Json& faults, const Contracts& contracts, const std::string& default_api) {
  if (!faults.is_array()) return tl::unexpected(bad("wrong-type", "'faults' is not a list"));
  std::vector<ArmedFault> read;
  for (const Json& fault : faults) {
    auto spec = parse_fault(fault);
    if (!spec) return tl::unexpected(bad("bad-fault", spec.error()));
    if (auto problem = place_fault(*spec, contracts, default_api)) return tl::unexpected(std::move(*problem));
    read.push_back({.spec = std::move(*spec), .written = fault});
  }
  return read;
}

Problem limit_reached(const std::string& what, std::size_t most) {
  return bad("limit-reached", fmt::format("the limit of {} {} is reached", most, what));
}

std::optional<Problem> check_fault_count(const Tenant& tenant, std::size_t added) {
  if (tenant.faults.size() + added <= tenant.bounds.faults) return std::nullopt;
  return limit_reached("faults of tenant '" + tenant.name + "'", tenant.bounds.faults);
}

std::vector<std::uint64_t> arm_faults(Tenant& tenant, const std::vector<ArmedFault>& faults) {
  std::vector<std::uint64_t> numbers;
  for (const ArmedFault& fault : faults) {
    tenant.faults.push_back(fault);
    tenant.faults.back().id = tenant.next_fault_id++;
    numbers.push_back(tenant.faults.back().id);
  }
  return numbers;
}

std::optional<Problem> set_limits(Tenant& tenant, const Json& limits, const Contracts& contracts, const std::string& default_api) {
  const auto specs = parse_limits(limits, default_api);
  const auto wrong = [](const BadLimit& one) { return bad(one.code, "limits" + one.pointer + ": " + one.message); };
  if (!specs) return wrong(specs.error());
  std::vector<std::pair<std::string, Limiter>> limiters;
  for (const auto& [api, spec] : *specs) {
    const Contract* contract = contracts.find_api(api);
    if (contract == nullptr) {
      return bad("unknown-api", api.empty() ? "limits: name the API, as in {\"limits\": {\"api\": {\"requests\": 3}}}"
                                            : "limits: found unknown API '" + api + "'");
    }
    const auto limit = resolve_limit(spec, *contract);
    if (!limit) return wrong(limit.error());
    limiters.emplace_back(api, Limiter(*limit));
  }
  for (auto& [api, limiter] : limiters) tenant.states_by_api.at(api)->limiter = limiter;
  return std::nullopt;
}

}  // namespace understudy
