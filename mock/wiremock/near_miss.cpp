#include "mock/wiremock/near_miss.h"

#include <algorithm>

#include "contracts/src/model/check.h"
#include "mock/engine/exchange.h"

namespace understudy {
namespace {

constexpr std::size_t kLookedAt = 8;       // operations with the nearest paths, of which all is compared
constexpr std::size_t kMostSegments = 32;  // of a path
constexpr double kPathWeight = 10, kMethodWeight = 3, kCredentialWeight = 3, kCallWeight = 5, kBodyWeight = 3, kRuleWeight = 3;

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at < path.size() && out.size() < kMostSegments;) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_variable(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

// A parameter takes any segment, but is no reason to think that it was meant where segments lack or are too many.
double segment_distance(std::string_view wanted, std::string_view found, bool ignore_case, bool aligned) {
  if (is_variable(wanted)) return aligned ? 0 : 0.9;
  return ignore_case ? text_distance(to_lower(wanted), to_lower(found)) : text_distance(wanted, found);
}

// Segments that lack or are too many count whole.
double path_distance(std::string_view pattern, std::string_view path, bool ignore_case) {
  const auto wanted = segments_of(pattern), found = segments_of(path);
  std::vector<double> row(found.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<double>(j);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    double diagonal = row[0];
    row[0] = static_cast<double>(i) + 1;
    for (std::size_t j = 0; j < found.size(); ++j) {
      const double above = row[j + 1];
      row[j + 1] =
          std::min({above + 1, row[j] + 1, diagonal + segment_distance(wanted[i], found[j], ignore_case, wanted.size() == found.size())});
      diagonal = above;
    }
  }
  return row.back() / static_cast<double>(std::max<std::size_t>({wanted.size(), found.size(), 1}));
}

// What stands in the place of each parameter, if the paths are of one length.
std::map<std::string, std::string> path_parameters(std::string_view pattern, std::string_view path) {
  const auto wanted = segments_of(pattern), found = segments_of(path);
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_variable(wanted[i]) && wanted.size() == found.size())
      out[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = percent_decode(found[i]);
  }
  return out;
}

std::string quoted(const std::string& text) { return describe(Json(text), 200).substr(std::string_view("string ").size()); }

CriterionResult result(std::string criterion, std::string expected, std::string actual, double distance, double weight) {
  return {.criterion = std::move(criterion),
          .matched = distance == 0,
          .expected = std::move(expected),
          .actual = std::move(actual),
          .distance = distance,
          .weight = weight};
}

std::string method_of(const NearMiss& miss) {
  return miss.operation->call.empty() ? miss.operation->method : miss.contract->batch ? miss.contract->batch->method : "POST";
}
std::string pattern_of(const NearMiss& miss) {
  return miss.operation->call.empty() || !miss.contract->batch ? miss.operation->path : miss.contract->batch->path;
}

// Under the API's base, or without it: whichever is nearer.
CriterionResult compare_path(NearMiss& miss, const Engine& engine, std::string_view path) {
  const std::string bare = pattern_of(miss);
  const bool ignore_case = miss.contract->paths_ignore_case || !miss.operation->call.empty();
  std::vector<std::string> patterns = {bare};
  if (engine.options.only_api.empty()) patterns.insert(patterns.begin(), miss.contract->base + (bare == "/" ? "" : bare));
  std::string nearest;
  double distance = 2;
  for (const std::string& pattern : patterns) {
    const double here = path_distance(pattern, path, ignore_case);
    if (here >= distance) continue;
    distance = here;
    nearest = pattern;
  }
  miss.path = path_parameters(nearest, path);
  return result("path", nearest, std::string(path.substr(0, 200)), distance, kPathWeight);
}

const Decision* refusal_of(const JournalEntry& entry, const Operation& operation) {
  for (const Decision& decision : entry.decisions) {
    if (decision.operation == operation.name && !decision.rule.empty() && decision.rule != "fault") return &decision;
  }
  return nullptr;
}

bool token_holds(const Engine& engine, const std::string& token) {
  const auto name = tenant_of_token(token);
  const auto tenant = name ? engine.directory.find(*name) : nullptr;
  if (!tenant) return false;
  const std::lock_guard lock(tenant->mutex);
  const auto found = tenant->tokens.find(token);
  return found != tenant->tokens.end() && tenant->env.clock.now() < found->second.expires;
}

std::optional<CriterionResult> compare_credential(const NearMiss& miss, const Engine& engine, const JournalEntry& entry,
                                                  const Presented& presented) {
  const Credentials& credentials = miss.contract->credentials;
  const bool in_batch = credentials.kind == Credentials::Kind::in_batch;
  if (!miss.operation->secured && !in_batch) return std::nullopt;
  const Decision* refusal = refusal_of(entry, *miss.operation);
  const bool refused = refusal != nullptr && refusal->rule == "credentials";
  const auto authorization = find_header(entry.request.headers, "Authorization");
  const std::string other = authorization
                                ? "Authorization with another scheme: " + std::string(authorization->substr(0, authorization->find(' ')))
                                : std::string("absent");
  std::string expected, actual = other;
  bool holds = false;
  switch (credentials.kind) {
    case Credentials::Kind::bearer_token:
      expected = "Authorization: Bearer with a token of " + miss.contract->api + "." + credentials.operation;
      holds = !presented.token.empty() && !refused && token_holds(engine, presented.token);
      if (!presented.token.empty()) actual = holds ? "a token that holds" : "a token that does not hold";
      // What was accepted then may have expired since.
      if (!presented.token.empty() && entry.id != 0 && entry.matched && !refused) {
        holds = true;
        actual = "a token that held";
      }
      break;
    case Credentials::Kind::api_key:
      expected = credentials.header + " with a known key";
      holds = !presented.key.empty() && !refused && engine.directory.find_key(presented.key) != nullptr;
      if (!presented.key.empty()) actual = holds ? "a known key" : "an unknown key";
      break;
    case Credentials::Kind::in_batch:
      expected = "a call of '" + miss.contract->batch->credential_operation + "' in front, with a known username";
      holds = !presented.username.empty() && !refused && engine.directory.find_username(presented.username) != nullptr;
      actual = presented.username.empty() ? "absent" : holds ? "a known username" : "an unknown username";
      break;
    case Credentials::Kind::none: return std::nullopt;
  }
  return result("credential", std::move(expected), std::move(actual), holds ? 0 : 1, kCredentialWeight);
}

std::optional<CriterionResult> compare_content_type(const NearMiss& miss, const Request& request) {
  if (!miss.operation->has_body || miss.operation->media_types.empty() || request.body.empty()) return std::nullopt;
  std::string expected;
  for (const std::string& type : miss.operation->media_types) expected += (expected.empty() ? "" : " or ") + type;
  const auto header = find_header(request.headers, "Content-Type");
  const std::string actual = header ? media_type_of(*header) : "absent";
  const auto& types = miss.operation->media_types;
  // A body without a type is read as what it looks like.
  const bool holds = !header || header->empty() || std::ranges::find(types, actual) != types.end();
  return result("content type", std::move(expected), actual, holds ? 0 : 1, 1);
}

CriterionResult compare_findings(std::string criterion, std::string expected, const Findings& findings) {
  std::string actual;
  for (std::size_t i = 0; i < findings.size() && i < 5; ++i) {
    actual += (i == 0 ? "" : "; ") + (findings[i].pointer.empty() ? "" : findings[i].pointer + ": ") + findings[i].message;
  }
  if (findings.size() > 5) actual += "; and " + std::to_string(findings.size() - 5) + " more";
  const auto count = static_cast<double>(findings.size());
  return result(std::move(criterion), std::move(expected), actual.empty() ? "as expected" : std::move(actual), count / (count + 2),
                kBodyWeight);
}

// Which of the calls in a batch's body is meant for this operation: the one with its name, else the nearest name.
std::optional<CriterionResult> compare_call(const NearMiss& miss, const Json& calls) {
  const Batch& batch = *miss.contract->batch;
  double nearest = 1;
  std::string actual = "absent";
  for (const Json& call : calls) {
    const Json* method = find_pointer(call, batch.member_operation);
    const std::string name = method != nullptr && method->is_string() ? method->get<std::string>() : std::string();
    if (name == batch.credential_operation && miss.operation->call != name) continue;
    const double distance = text_distance(miss.operation->call, name);
    if (distance > nearest || (distance == nearest && actual != "absent")) continue;
    nearest = distance;
    actual = quoted(name);
  }
  return result("call", quoted(miss.operation->call), std::move(actual), nearest, kCallWeight);
}

void compare_body(NearMiss& miss, const Incoming& incoming, const JournalEntry& entry) {
  const Operation& operation = *miss.operation;
  if (!operation.has_body || entry.request_cut > 0) return;
  const std::string expected =
      operation.media_types.empty() ? "a body of the documented shape" : "a body that " + operation.name + " documents";
  switch (incoming.decoded.state) {
    case Decoded::State::unreadable: miss.criteria.push_back(result("body", expected, incoming.decoded.message, 1, kBodyWeight)); return;
    case Decoded::State::ready:
      miss.criteria.push_back(compare_findings("body", expected, check_shape(*miss.contract, operation, incoming.bound.body)));
      return;
    case Decoded::State::media_type:
    case Decoded::State::none: return;
  }
}

void compare_batch(NearMiss& miss, const Engine& engine, const JournalEntry& entry) {
  const Route route{.contract = miss.contract, .operation = nullptr, .is_batch = true, .path = {}, .allowed = {}};
  const Incoming incoming = read_incoming(route, entry.request);
  if (auto one = compare_credential(miss, engine, entry, incoming.presented)) miss.criteria.push_back(std::move(*one));
  if (entry.request_cut > 0) return;
  if (incoming.decoded.state != Decoded::State::ready) {
    miss.criteria.push_back(result("body", "a call or a list of calls", incoming.decoded.message, 1, kBodyWeight));
    return;
  }
  if (auto one = compare_call(miss, incoming.decoded.value)) miss.criteria.push_back(std::move(*one));
}

void compare_all(NearMiss& miss, const Engine& engine, const JournalEntry& entry) {
  if (!miss.operation->call.empty() && miss.contract->batch) {
    compare_batch(miss, engine, entry);
  } else {
    const Route route{.contract = miss.contract, .operation = miss.operation, .is_batch = false, .path = miss.path, .allowed = {}};
    const Incoming incoming = read_incoming(route, entry.request);
    if (auto one = compare_credential(miss, engine, entry, incoming.presented)) miss.criteria.push_back(std::move(*one));
    if (auto one = compare_content_type(miss, entry.request)) miss.criteria.push_back(std::move(*one));
    const Findings query = bind_query(*miss.contract, *miss.operation, entry.request.target).findings;
    if (!query.empty()) miss.criteria.push_back(compare_findings("query", "documented query parameters", query));
    compare_body(miss, incoming, entry);
  }
  // What needs the tenant's records was judged when the request came.
  const Decision* refusal = refusal_of(entry, *miss.operation);
  const bool told = std::ranges::any_of(miss.criteria, [](const CriterionResult& one) { return !one.matched; });
  if (refusal == nullptr || told) return;
  CriterionResult rule =
      compare_findings("rule", refusal->rule + (refusal->place.empty() ? "" : " (" + refusal->place + ")"), refusal->findings);
  rule.matched = false;
  rule.distance = 1;
  rule.weight = kRuleWeight;
  if (refusal->findings.empty()) rule.actual = "refused with " + refusal->answer;
  miss.criteria.push_back(std::move(rule));
}

bool was_meant(const NearMiss& miss, const JournalEntry& entry) {
  return std::ranges::any_of(entry.decisions, [&](const Decision& decision) { return decision.operation == miss.operation->name; });
}

}  // namespace

std::vector<NearMiss> find_near_misses(const Engine& engine, const JournalEntry& entry, std::size_t most) {
  const std::string_view path = path_of(entry.request.target);
  std::vector<NearMiss> misses;
  for (const auto& contract : engine.contracts.apis) {
    if (!engine.options.only_api.empty() && contract->api != engine.options.only_api) continue;
    for (const Operation& operation : contract->operations) {
      if (operation.answers_nothing) continue;
      NearMiss miss{.contract = contract.get(), .operation = &operation, .distance = 0, .criteria = {}, .path = {}};
      miss.criteria.push_back(compare_path(miss, engine, path));
      const std::string method = method_of(miss);
      miss.criteria.push_back(result("method", method, entry.request.method, method == entry.request.method ? 0 : 1, kMethodWeight));
      miss.distance = distance_of(miss.criteria);
      // What the exchange was about comes first, whatever else is like it.
      if (was_meant(miss, entry)) miss.distance = -1;
      misses.push_back(std::move(miss));
    }
  }
  std::ranges::stable_sort(misses, {}, &NearMiss::distance);
  if (misses.size() > kLookedAt) misses.resize(kLookedAt);
  for (NearMiss& miss : misses) {
    compare_all(miss, engine, entry);
    miss.distance = distance_of(miss.criteria);
  }
  std::ranges::stable_sort(misses, [&](const NearMiss& left, const NearMiss& right) {
    const bool meant = was_meant(left, entry), other = was_meant(right, entry);
    return meant != other ? meant : left.distance < right.distance;
  });
  if (misses.size() > most) misses.resize(most);
  return misses;
}

Json render_stub_mapping(const NearMiss& miss) {
  return {{"name", miss.operation->name},
          {"request", {{"method", method_of(miss)}, {"urlPathTemplate", miss.contract->base + pattern_of(miss)}}},
          {"metadata", {{"understudy", {{"operation", miss.operation->name}, {"answers", miss.operation->answers}}}}}};
}

}  // namespace understudy
