#include "conformance/run/implemented.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// The body without the path that was asked for.
std::string body_without(std::string body, std::string_view path) {
  for (auto at = body.find(path); !path.empty() && at != std::string::npos; at = body.find(path, at)) body.erase(at, path.size());
  return body;
}

bool is_unknown_call(const Response& response) {
  if (response.body.find("-32601") == std::string::npos) return false;
  const auto body = parse_body(response.body);
  if (!body || !body->is_array() || body->empty()) return false;
  const Json* code = find_pointer(*body, "/0/error/code");
  return code != nullptr && *code == -32601;
}

std::string api_of(const std::string& operation) { return operation.substr(0, operation.find('.')); }

}  // namespace

bool looks_missing(const TransportResult& result, bool counts_unknown_call) {
  if (result.outcome != Outcome::answered) return false;
  const auto status = result.response.status;
  return status == 404 || status == 405 || status == 501 || (counts_unknown_call && is_unknown_call(result.response));
}

Implemented::Implemented(std::set<std::string> declared, const Contracts& contracts, std::set<std::string> perhaps)
    : declared_(std::move(declared)), perhaps_(std::move(perhaps)) {
  for (const auto& contract : contracts.apis) {
    const auto is_of_api = [&](const std::string& name) { return name.starts_with(contract->api + "."); };
    const bool is_used = std::ranges::any_of(declared_, is_of_api);
    if (!is_used || contract->credentials.operation.empty()) continue;
    const auto login = contract->api + "." + contract->credentials.operation;
    // Where every operation of the API is in doubt, so is its login.
    if (std::ranges::all_of(declared_, [&](const std::string& name) { return !is_of_api(name) || perhaps_.contains(name); }))
      perhaps_.insert(login);
    declared_.insert(login);
  }
}

bool Implemented::may_have_api(const std::string& api) const {
  return declared_.empty() || std::ranges::any_of(declared_, [&](const std::string& name) { return api_of(name) == api; });
}

void Implemented::set_unknown_answer(const std::string& api, std::string path, Response response) {
  unknown_[api] = {.path = std::move(path), .response = std::move(response)};
}

std::set<std::string> Implemented::apis_to_ask() const {
  std::set<std::string> apis;
  for (const auto& [name, seen] : seen_) {
    if (!seen.answered && !seen.wrong.empty()) apis.insert(api_of(name));
  }
  return apis;
}

bool Implemented::is_unknown_answer(const StepReport& step) const {
  const auto found = unknown_.find(api_of(step.called));
  if (found == unknown_.end() || step.result.outcome != Outcome::answered) return false;
  const auto& unknown = found->second;
  if (step.result.response.status / 100 == 4) return false;  // a refusal, unless looks_missing() knows it
  return step.result.response.status == unknown.response.status &&
         body_without(step.result.response.body, path_of(step.request.target)) == body_without(unknown.response.body, unknown.path);
}

bool Implemented::says_missing(const StepReport& step) const {
  return !step.called.empty() && !step.expects_missing && (step.looks_missing || (has_errors(step) && is_unknown_answer(step)));
}

void Implemented::observe(const Verdict& verdict) {
  for (const auto& step : verdict.steps) {
    if (step.called.empty() || step.expects_missing || step.result.outcome != Outcome::answered) continue;
    auto& seen = seen_[step.called];
    const auto status = step.result.response.status;
    if (step.looks_missing)
      seen.refused = true;
    else if (!has_errors(step) || status == 401 || status == 403 || status == 429)  // a refused credential says: it is there
      seen.answered = true;
    else if (seen.wrong.size() < 2)
      seen.wrong.push_back({.request = step.request, .result = step.result, .called = step.called});
  }
}

bool Implemented::is_undecided(const Verdict& verdict) const {
  return std::ranges::any_of(verdict.steps, [this](const StepReport& step) {
    const auto found = seen_.find(step.called);
    const bool is_bad = step.looks_missing || has_errors(step);
    return !step.expects_missing && is_bad && found != seen_.end() && !found->second.answered;
  });
}

std::set<std::string> Implemented::missing() const {
  std::set<std::string> names;
  for (const auto& [name, seen] : seen_) {
    const bool is_known = std::ranges::any_of(seen.wrong, [this](const StepReport& step) { return !is_unknown_answer(step); });
    const bool is_in_doubt = !is_declared() || perhaps_.contains(name);
    if (is_in_doubt && !seen.answered && !is_known && (seen.refused || !seen.wrong.empty())) names.insert(name);
  }
  return names;
}

void Implemented::settle(Verdict& verdict, bool is_local) const {
  const auto names = missing();
  std::string needed;
  bool lacks_removal = false;
  for (auto& step : verdict.steps) {
    if (!says_missing(step) || !names.contains(step.called)) continue;
    if (step.cleanup || step.inspects) {
      lacks_removal = lacks_removal || step.cleanup;
      step.differences.clear();
      verdict.not_judged.insert(step.called);
    } else if (needed.empty()) {
      needed = step.called;
    }
  }
  if (verdict.problem && verdict.problem->code == "record-not-made") {
    for (const auto& name : names) {
      const bool is_login = verdict.problem->message.find("a token from " + name) != std::string::npos;
      if (is_login || verdict.problem->message.starts_with(name + " ")) needed = name;
    }
  }
  // What stays here because no removal ever worked is no harm on this machine.
  const auto is_harmless = [&](const std::string& orphan) {
    const auto done = orphan.find(" was not done");
    const auto by = orphan.find(" was not removed by ");
    if (lacks_removal) return true;
    if (done == std::string::npos && by == std::string::npos) return false;
    const auto found = seen_.find(done != std::string::npos ? orphan.substr(0, done) : verdict.api + "." + orphan.substr(by + 20));
    return found == seen_.end() || !found->second.answered;
  };
  if (is_local) {
    const auto kept = std::ranges::stable_partition(verdict.orphaned, std::not_fn(is_harmless));
    std::ranges::copy(kept, std::back_inserter(verdict.not_removable));
    verdict.orphaned.erase(kept.begin(), kept.end());
  }
  if (needed.empty() && verdict.problem && verdict.problem->code == "record-not-made") {
    verdict.kind = VerdictKind::skipped;
    verdict.reason = "the target cannot arrange records: " + verdict.problem->message;
    verdict.problem.reset();
  } else if (!needed.empty()) {
    verdict.kind = VerdictKind::skipped;
    verdict.reason = fmt::format("the target does not implement {}", needed);
    verdict.not_judged = {needed};
    verdict.steps.clear();
    verdict.problem.reset();
    verdict.known_failing = false;
  } else if (verdict.kind == VerdictKind::failed && std::ranges::none_of(verdict.steps, has_errors)) {
    verdict.kind = VerdictKind::passed;
  }
}

}  // namespace understudy
