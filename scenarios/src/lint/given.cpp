#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/lint/parts.h"
#include "scenarios/src/model/fault_words.h"
#include "scenarios/src/model/limit_words.h"

namespace understudy {
namespace {

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

std::vector<std::string> sequences_of(const Contract& contract) {
  std::set<std::string> names;
  for (const auto& [name, first] : contract.sequences) names.insert(name);
  for (const auto& [name, collection] : contract.collections)
    if (!collection.sequence.empty()) names.insert(collection.sequence);
  return {names.begin(), names.end()};
}

// Every name of a mapping under `given` belongs to the scenario's contract, or with "api." in front to another one.
template <class NamesOf>
void lint_names(LintContext& context, const Json& mapping, const char* key, std::string_view what, const NamesOf& names_of_contract) {
  const std::string parent = join_pointer("/given", key);
  for (const auto& [name, value] : mapping.items()) {
    const auto [contract, own_name] = context.split(name);
    const std::vector<std::string> known = contract == nullptr ? std::vector<std::string>{} : names_of_contract(*contract);
    if (!contains(known, own_name)) context.add_unknown(join_pointer(parent, name), true, what, name, known);
  }
}

void lint_profile(LintContext& context) {
  const Json& profile = context.scenario().given.profile;
  const auto check = [&](const Json& part, const std::string& pointer) {
    if (const auto parsed = parse_profile(part, context.contracts); !parsed)
      context.add(pointer, parsed.error().code, parsed.error().message);
  };
  if (!profile.is_object()) return check(profile, "/given/profile");
  // Each member alone, so that each mistake has its own place.
  for (const auto& [name, value] : profile.items()) check(Json{{name, value}}, join_pointer("/given/profile", name));
}

void lint_limits(LintContext& context) {
  const Json& limits = context.scenario().given.limits;
  if (limits.is_null()) {
    if (context.find("/given/limits") != nullptr) context.add("/given/limits", "bad-limit", "found null, expected none or {requests: n}");
    return;
  }
  const auto add = [&](const BadLimit& bad, std::string_view parent) {
    const std::string pointer = "/given/limits" + std::string(parent) + bad.pointer;
    bad.code == "unknown-key" ? context.add_key(pointer, bad.code, bad.message) : context.add(pointer, bad.code, bad.message);
  };
  const auto specs = parse_limits(limits, context.contract.api);
  if (!specs) return add(specs.error(), "");
  for (const auto& [api, spec] : *specs) {
    const Contract* contract = context.contracts.find_api(api);
    const std::string parent = limits.is_object() && limits.contains(api) ? join_pointer("", api) : "";
    if (contract == nullptr) {
      context.add_unknown("/given/limits" + parent, true, "api", api, context.contracts.api_names());
    } else if (const auto limit = resolve_limit(spec, *contract); !limit) {
      add(limit.error(), parent);
    }
  }
}

void lint_fault(LintContext& context, const FaultSpec& fault, const std::string& pointer) {
  const Operation* operation = context.find_operation(fault.on);
  if (!fault.on.empty() && operation == nullptr)
    context.add_unknown(join_pointer(pointer, "on"), false, "operation", fault.on, context.operation_names());
  const Contract& contract = context.contract_of(operation);
  if (!fault.answer.empty() && contract.find_response(fault.answer) == nullptr)
    context.add_unknown(join_pointer(pointer, "answer"), false, "answer", fault.answer, keys_of(contract.answers));
  if (fault.phase == FaultSpec::Phase::between_items && operation != nullptr && operation->items.empty())
    context.add(join_pointer(pointer, "phase"), "impossible-fault",
                fmt::format("found between_items, but {} has no items", operation->name));
  if (fault.kind == FaultSpec::Kind::expire_token && contract.credentials.kind != Credentials::Kind::bearer_token)
    context.add(join_pointer(pointer, "kind"), "impossible-fault",
                fmt::format("found expire_token, but {} has no tokens that expire", contract.api));
  if (fault.kind == FaultSpec::Kind::throttle && (operation == nullptr ? contract.refusals : operation->refusals).throttle.empty())
    context.add(join_pointer(pointer, "kind"), "impossible-fault",
                fmt::format("found throttle, but {} has no answer to a throttled call", contract.api));
  if (fault.match) context.add_matchers(*fault.match, join_pointer(pointer, "match"));
}

// A target without states is staged with records and settings; the values that a state would return come from variables.
void lint_states(LintContext& context) {
  const Given& given = context.scenario().given;
  if (given.records.empty() && given.settings.empty()) return;
  for (const GivenState& state : given.states) {
    for (const std::string& name : state.returns) {
      if (!given.variables.contains(name))
        context.add(state.pointer + "/returns", "no-value-here",
                    fmt::format("found {{{{{}}}}}, expected a value in given.variables too: targets that are staged with records have no "
                                "state that returns it",
                                name));
    }
  }
}

}  // namespace

void lint_given(LintContext& context) {
  const Given& given = context.scenario().given;
  lint_names(context, given.settings, "settings", "setting", [](const Contract& contract) { return names_of(contract.settings); });
  lint_names(context, given.ids, "ids", "sequence", sequences_of);
  lint_names(context, given.records, "records", "collection", [](const Contract& contract) { return keys_of(contract.collections); });
  lint_profile(context);
  lint_states(context);
  lint_limits(context);
}

void lint_faults(LintContext& context) {
  const Json& faults = context.scenario().given.faults;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string pointer = join_pointer("/given/faults", i);
    const auto fault = parse_fault(faults[i]);
    if (fault)
      lint_fault(context, *fault, pointer);
    else
      context.add(pointer, "bad-fault", fault.error());
  }
}

}  // namespace understudy
