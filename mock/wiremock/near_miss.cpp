#include "mock/wiremock/near_miss.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "mock/admin/admin.h"
#include "mock/engine/decode.h"

namespace understudy {
namespace {

constexpr std::size_t kMostCompared = 8;   // operations with the nearest paths: only these are compared completely
constexpr std::size_t kMostSegments = 32;  // of a path
constexpr std::size_t kMostFindings = 5;   // in one criterion
constexpr double kPathWeight = 10, kMethodWeight = 3, kCredentialWeight = 3, kCallWeight = 5, kBodyWeight = 3, kRuleWeight = 3;

TextParts segments_of(std::string_view path) {
  auto segments = path_segments(path);
  segments.erase(std::remove(segments.begin(), segments.end(), std::string_view()), segments.end());
  if (segments.size() > kMostSegments) segments.resize(kMostSegments);
  return segments;
}

// Each missing or extra segment adds distance 1. A parameter matches every segment, but costs 0.9 where the numbers of segments differ:
// it is then unlikely that the client meant it.
double path_distance(std::string_view pattern, std::string_view path, bool ignore_case, StepBudget& budget) {
  const auto expected = segments_of(pattern), actual = segments_of(path);
  const double edits = edit_distance(expected.size(), actual.size(), [&](std::size_t i, std::size_t j) {
    if (is_path_parameter(expected[i])) return expected.size() == actual.size() ? 0.0 : 0.9;
    return ignore_case ? text_distance(to_lower(expected[i]), to_lower(actual[j]), budget) : text_distance(expected[i], actual[j], budget);
  });
  return edits / static_cast<double>(std::max<std::size_t>({expected.size(), actual.size(), 1}));
}

// The value in place of each parameter, if the paths have the same length; other segments may differ.
PathParameters path_parameters(std::string_view pattern, std::string_view path) {
  const auto expected = segments_of(pattern), actual = segments_of(path);
  PathParameters values;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (is_path_parameter(expected[i]) && expected.size() == actual.size()) values[parameter_name(expected[i])] = percent_decode(actual[i]);
  }
  return values;
}

CriterionResult result(std::string criterion, std::string expected, std::string actual, double distance, double weight) {
  return {std::move(criterion), distance == 0, std::move(expected), std::move(actual), distance, weight};
}

bool is_batch_call(const NearMiss& miss) { return !miss.operation->call.empty() && miss.contract->batch; }

std::string method_of(const NearMiss& miss) {
  return miss.operation->call.empty() ? miss.operation->method : miss.contract->batch ? miss.contract->batch->method : "POST";
}

std::string pattern_of(const NearMiss& miss) { return is_batch_call(miss) ? miss.contract->batch->path : miss.operation->path; }

// Compares the path with and without the API's base and takes the nearer one.
CriterionResult compare_path(NearMiss& miss, const Engine& engine, std::string_view path, StepBudget& budget) {
  const std::string bare = pattern_of(miss);
  const bool ignore_case = miss.contract->paths_ignore_case || !miss.operation->call.empty();
  std::string nearest = bare;
  double distance = path_distance(bare, path, ignore_case, budget);
  if (engine.options.only_api.empty()) {
    const std::string with_base = miss.contract->base + (bare == "/" ? "" : bare);
    if (const double other = path_distance(with_base, path, ignore_case, budget); other <= distance) {
      nearest = with_base;
      distance = other;
    }
  }
  miss.path = path_parameters(nearest, path);
  return result("path", nearest, std::string(path.substr(0, 200)), distance, kPathWeight);
}

// The decision that rejected the request in this operation; null: there is none, or a fault was applied.
const Decision* rejection_of(const JournalEntry& entry, const Operation& operation) {
  for (const Decision& decision : entry.decisions) {
    if (decision.operation == operation.name && !decision.rule.empty() && decision.rule != "fault") return &decision;
  }
  return nullptr;
}

bool is_token_valid(const Engine& engine, std::string_view token) {
  const auto name = tenant_of_token(token);
  const auto tenant = name ? engine.directory.find(*name) : nullptr;
  if (!tenant) return false;
  const TenantLock lock(*tenant);
  const TenantState& state = tenant->state();
  const auto found = state.tokens.find(token);
  return found != state.tokens.end() && state.env.clock.now() < found->second.expires;
}

std::optional<CriterionResult> compare_credential(const NearMiss& miss, const Engine& engine, const JournalEntry& entry,
                                                  const PresentedCredential& presented) {
  const Credentials& credentials = miss.contract->credentials;
  const bool in_batch = credentials.kind == Credentials::Kind::in_batch;
  if (!miss.operation->secured && !in_batch) return std::nullopt;
  const Decision* rejection = rejection_of(entry, *miss.operation);
  const bool rejected = rejection != nullptr && rejection->rule == "credentials";
  const auto authorization = find_header(entry.request.headers, "Authorization");
  std::string expected, actual = "absent";
  if (authorization && !in_batch)
    actual = "Authorization with another scheme: " + std::string(authorization->substr(0, authorization->find(' ')));
  bool valid = false;
  switch (credentials.kind) {
    case Credentials::Kind::bearer_token: {
      expected = "Authorization: Bearer with a token of " + miss.contract->api + "." + credentials.operation;
      if (presented.token.empty()) break;
      // A token that was accepted may have expired since.
      const bool was_accepted = entry.id != 0 && entry.matched && !rejected;
      valid = was_accepted || (!rejected && is_token_valid(engine, presented.token));
      actual = was_accepted ? "a token that was valid" : valid ? "a valid token" : "an invalid token";
      break;
    }
    case Credentials::Kind::api_key:
      expected = credentials.header + " with a known key";
      if (presented.key.empty()) break;
      valid = !rejected && engine.directory.find_key(presented.key) != nullptr;
      actual = valid ? "a known key" : "an unknown key";
      break;
    case Credentials::Kind::in_batch:
      expected = "first a call of '" + miss.contract->batch->credential_operation + "' with a known username";
      if (presented.username.empty()) break;
      valid = !rejected && engine.directory.find_username(presented.username) != nullptr;
      actual = valid ? "a known username" : "an unknown username";
      break;
    case Credentials::Kind::none: return std::nullopt;
  }
  return result("credential", std::move(expected), std::move(actual), valid ? 0 : 1, kCredentialWeight);
}

std::optional<CriterionResult> compare_content_type(const NearMiss& miss, const Request& request) {
  if (!miss.operation->has_body || miss.operation->media_types.empty() || request.body.empty()) return std::nullopt;
  const auto& types = miss.operation->media_types;
  const auto header = find_header(request.headers, "Content-Type");
  const std::string actual = header ? media_type_of(*header) : "absent";
  // The engine accepts a body without a type.
  const bool matches = !header || header->empty() || contains(types, actual);
  return result("content type", fmt::format("{}", fmt::join(types, " or ")), actual, matches ? 0 : 1, 1);
}

CriterionResult compare_findings(std::string criterion, std::string expected, const Findings& findings) {
  std::string actual;
  for (std::size_t i = 0; i < std::min(findings.size(), kMostFindings); ++i)
    actual += (i == 0 ? "" : "; ") + (findings[i].pointer.empty() ? "" : findings[i].pointer + ": ") + findings[i].message;
  if (findings.size() > kMostFindings) actual += "; and " + std::to_string(findings.size() - kMostFindings) + " more";
  const auto count = static_cast<double>(findings.size());
  return result(std::move(criterion), std::move(expected), actual.empty() ? "as expected" : std::move(actual), count / (count + 2),
                kBodyWeight);
}

// Compares with the call of the batch whose name is nearest to this operation's.
CriterionResult compare_call(const NearMiss& miss, const Json& calls, StepBudget& budget) {
  const Batch& batch = *miss.contract->batch;
  double nearest = 1;
  std::string actual = "absent";
  for (const Json& call : calls) {
    const std::string name = text_at(call, batch.member_operation);
    if (name == batch.credential_operation && miss.operation->call != name) continue;
    const double distance = text_distance(miss.operation->call, name, budget);
    if (distance > nearest || (distance == nearest && actual != "absent")) continue;
    nearest = distance;
    actual = quote(name);
  }
  return result("call", quote(miss.operation->call), std::move(actual), nearest, kCallWeight);
}

void compare_body(NearMiss& miss, const Incoming& incoming, const JournalEntry& entry) {
  const Operation& operation = *miss.operation;
  if (!operation.has_body || entry.request_cut > 0) return;
  const std::string expected = "a body as " + operation.name + " documents it";
  if (incoming.decoded.state == Decoded::State::unreadable)
    miss.criteria.push_back(result("body", expected, incoming.decoded.message, 1, kBodyWeight));
  else if (incoming.decoded.state == Decoded::State::ready)
    miss.criteria.push_back(compare_findings("body", expected, check_shape(*miss.contract, operation, incoming.body)));
}

void add(NearMiss& miss, std::optional<CriterionResult> criterion) {
  if (criterion) miss.criteria.push_back(*std::move(criterion));
}

void compare_batch(NearMiss& miss, const Engine& engine, const JournalEntry& entry, StepBudget& budget) {
  const Route route{.contract = miss.contract, .is_batch = true};
  const Incoming incoming = read_incoming(route, entry.request, engine.options.batch_calls);
  add(miss, compare_credential(miss, engine, entry, incoming.presented));
  if (entry.request_cut > 0) return;
  if (incoming.decoded.state != Decoded::State::ready) {
    miss.criteria.push_back(result("body", "a call or a list of calls", incoming.decoded.message, 1, kBodyWeight));
    return;
  }
  miss.criteria.push_back(compare_call(miss, incoming.decoded.value, budget));
}

void compare_all(NearMiss& miss, const Engine& engine, const JournalEntry& entry, StepBudget& budget) {
  constexpr std::size_t kFixedSteps = 100;
  if (!budget.take(kFixedSteps) || !budget.take_text(entry.request.body) || !budget.take_text(entry.request.target)) return;
  if (is_batch_call(miss)) {
    compare_batch(miss, engine, entry, budget);
  } else {
    const Route route{.contract = miss.contract, .operation = miss.operation, .is_batch = false, .path = miss.path};
    const Incoming incoming = read_incoming(route, entry.request, engine.options.batch_calls);
    add(miss, compare_credential(miss, engine, entry, incoming.presented));
    add(miss, compare_content_type(miss, entry.request));
    const Findings& wrong = incoming.parameters.findings;
    if (!wrong.empty()) miss.criteria.push_back(compare_findings("query", "documented parameters", wrong));
    compare_body(miss, incoming, entry);
  }
  // A rule about the tenant's records cannot be checked here: take the decision from the journal.
  const Decision* rejection = rejection_of(entry, *miss.operation);
  if (rejection == nullptr || !std::ranges::all_of(miss.criteria, &CriterionResult::matched)) return;
  CriterionResult rule =
      compare_findings("rule", rejection->rule + (rejection->place.empty() ? "" : " (" + rejection->place + ")"), rejection->findings);
  rule.matched = false;
  rule.distance = 1;
  rule.weight = kRuleWeight;
  if (rejection->findings.empty()) rule.actual = "rejected with " + rejection->answer;
  miss.criteria.push_back(std::move(rule));
}

bool was_addressed(const NearMiss& miss, const JournalEntry& entry) {
  return std::ranges::any_of(entry.decisions, [&](const Decision& decision) { return decision.operation == miss.operation->name; });
}

}  // namespace

std::vector<NearMiss> find_near_misses(const Engine& engine, const JournalEntry& entry, std::size_t most, StepBudget& budget) {
  const std::string_view path = path_of(entry.request.target);
  std::vector<NearMiss> misses;
  for (const auto& contract : engine.contracts.apis) {
    if (!engine.options.only_api.empty() && contract->api != engine.options.only_api) continue;
    for (const Operation& operation : contract->operations) {
      if (operation.answers_nothing) continue;
      NearMiss miss{.contract = contract.get(), .operation = &operation};
      miss.criteria.push_back(compare_path(miss, engine, path, budget));
      const std::string method = method_of(miss);
      miss.criteria.push_back(result("method", method, entry.request.method, method == entry.request.method ? 0 : 1, kMethodWeight));
      miss.distance = distance_of(miss.criteria);
      // The operations that the exchange was routed to come first.
      if (was_addressed(miss, entry)) miss.distance = -1;
      misses.push_back(std::move(miss));
    }
  }
  std::ranges::stable_sort(misses, {}, &NearMiss::distance);
  if (misses.size() > kMostCompared) misses.resize(kMostCompared);
  for (NearMiss& miss : misses) {
    compare_all(miss, engine, entry, budget);
    miss.distance = distance_of(miss.criteria);
  }
  std::ranges::stable_sort(misses, [&](const NearMiss& left, const NearMiss& right) {
    const bool addressed = was_addressed(left, entry);
    return addressed != was_addressed(right, entry) ? addressed : left.distance < right.distance;
  });
  if (misses.size() > most) misses.resize(most);
  return misses;
}

Json render_stub_mapping(const NearMiss& miss) {
  return {{"name", miss.operation->name},
          {"request", {{"method", method_of(miss)}, {"urlPathTemplate", miss.contract->base + pattern_of(miss)}}},
          {"metadata", {{"understudy", {{"operation", miss.operation->name}, {"answers", miss.operation->answers}}}}}};
}

std::vector<std::string> nearest_operations(const Engine& engine, const Contract* contract, const Request& request) {
  constexpr std::uint64_t kSteps = 100'000;  // an unknown path must not be expensive
  constexpr std::size_t kMost = 3;
  constexpr double kTooFar = 0.7;
  StepBudget budget(kSteps);
  std::vector<std::pair<double, const Operation*>> found;
  for (const auto& one : engine.contracts.apis) {
    if (contract != nullptr && one.get() != contract) continue;
    if (!engine.options.only_api.empty() && one->api != engine.options.only_api) continue;
    for (const Operation& operation : one->operations) {
      if (!operation.call.empty()) continue;
      NearMiss miss{.contract = one.get(), .operation = &operation};
      const double path = compare_path(miss, engine, path_of(request.target), budget).distance;
      const bool is_other_method = operation.method != request.method;
      if (path < kTooFar) found.emplace_back(path * kPathWeight + (is_other_method ? 1 : 0), &operation);
    }
  }
  std::ranges::stable_sort(found, {}, &std::pair<double, const Operation*>::first);
  std::vector<std::string> names;
  std::set<std::string_view> paths;  // of several methods of a path, the nearest one
  for (const auto& [distance, operation] : found) {
    if (names.size() < kMost && paths.insert(operation->path).second) names.push_back(operation->name);
  }
  return names;
}

}  // namespace understudy
