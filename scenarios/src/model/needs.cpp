#include "scenarios/src/model/needs.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {
namespace {

// Why the scenario needs control of time; empty if it does not.
std::string clock_reason(const Scenario& scenario) {
  if (scenario.given.clock) return "given.clock";
  for (const Step& step : scenario.steps) {
    if (step.kind == Step::Kind::advance) return fmt::format("step {} advances it", step.number);
    if (step.redeliveries > 0) return fmt::format("step {} delivers again, which takes time", step.number);
    if (step.auth.kind == Auth::Kind::expired) return fmt::format("step {} sends an expired token", step.number);
  }
  return {};
}

bool is_pinned_apart(const Scenario& scenario, const Contracts& contracts, const Profile* target) {
  if (scenario.given.profile.is_null()) return false;
  if (target == nullptr) return true;
  const auto pinned = parse_profile(scenario.given.profile, contracts);
  if (!pinned) return true;
  return std::ranges::any_of(
      contracts.apis, [&](const auto& contract) { return resolve_profile(*pinned, *contract) != resolve_profile(*target, *contract); });
}

}  // namespace

const std::vector<std::string>& all_needs() {
  static const std::vector<std::string> kNeeds = {"records", "settings", "faults", "clock", "profile", "ids", "limits", "alone", "states"};
  return kNeeds;
}

std::vector<std::string> find_needs(const Scenario& scenario, const Contracts& contracts, const Profile* target) {
  std::vector<std::string> needs;
  const auto add = [&](bool is_needed, const char* need) {
    if (is_needed) needs.emplace_back(need);
  };
  add(!scenario.given.records.empty(), "records");
  add(!scenario.given.settings.empty(), "settings");
  add(!scenario.given.faults.empty(), "faults");
  add(!clock_reason(scenario).empty(), "clock");
  add(is_pinned_apart(scenario, contracts, target), "profile");
  add(!scenario.given.ids.empty(), "ids");
  add(!scenario.given.limits.is_null(), "limits");
  add(scenario.given.alone, "alone");
  add(!scenario.given.states.empty(), "states");
  return needs;
}

std::string explain_need(const Scenario& scenario, std::string_view need) {
  return fmt::format("{}: {}", need, need == "clock" ? clock_reason(scenario) : fmt::format("given.{}", need));
}

std::optional<Milliseconds> find_waits(const Scenario& scenario, const Contracts& contracts) {
  if (scenario.given.clock) return std::nullopt;
  Milliseconds waits{0};
  std::map<std::string, std::size_t> delivered;  // by the name of the step
  for (const Step& step : scenario.steps) {
    if (step.auth.kind == Auth::Kind::expired) waits += Milliseconds(1000);  // at least: as long as a token lives there
    const auto times = static_cast<std::int64_t>(std::max<std::size_t>(step.each.size(), 1));
    waits += step.advance * times;
    const auto* contract = contracts.find_api(scenario.api);
    if (step.redeliveries == 0 || contract == nullptr || !contract->batch || !contract->batch->redelivery) continue;
    for (std::size_t i = 0; i < step.redeliveries; ++i) waits += delay_before(*contract->batch->redelivery, delivered[step.repeat_of]++);
  }
  return waits;
}

}  // namespace understudy
