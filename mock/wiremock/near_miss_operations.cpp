// The operations of the admin API that answer near misses.
#include <algorithm>

#include "mock/wiremock/near_miss.h"
#include "mock/wiremock/requests.h"

namespace understudy {
namespace {

constexpr std::size_t kMostRequests = 100;  // compared by one call without ?limit=
constexpr std::size_t kMostMisses = 3;      // of one request or pattern, as with WireMock

// `id`: of the exchange; empty for a request that is in no journal.
void add_misses(const AdminCall& call, const JournalEntry& entry, const std::string& id, StepBudget& budget, Json& out) {
  for (const NearMiss& miss : find_near_misses(call.engine, entry, kMostMisses, budget)) {
    if (budget.is_spent()) return;
    Json own = {{"operation", miss.operation->name}, {"criteria", render_criteria(miss.criteria)}, {"step", render_step(miss, entry)}};
    if (!id.empty()) own["id"] = id;
    out.push_back({{"request", render_logged_request(entry)},
                   {"stubMapping", render_stub_mapping(miss)},
                   {"matchResult", {{"distance", miss.distance}}},
                   {"understudy", std::move(own)}});
  }
}

Response misses_response(const AdminCall& call, const StepBudget& budget, Json misses) {
  return budget.is_spent() ? too_expensive(call) : json_response(200, {{"nearMisses", std::move(misses)}});
}

Response misses_of_exchanges(const AdminCall& call, const std::vector<Logged>& logged) {
  StepBudget budget = budget_of(call);
  Json misses = Json::array();
  for (const Logged& exchange : logged) {
    add_misses(call, *exchange.entry, exchange_id(exchange.tenant, exchange.entry->id), budget, misses);
    if (budget.is_spent()) break;
  }
  return misses_response(call, budget, std::move(misses));
}

Response unmatched_near_misses(const AdminCall& call) {
  auto selected = select_requests(call);
  if (!selected) return selected.error();
  if (call.parameter("refused") != "true") std::erase_if(selected->logged, [](const Logged& exchange) { return exchange.entry->matched; });
  if (!call.parameter("limit") && selected->logged.size() > kMostRequests) selected->logged.resize(kMostRequests);
  return misses_of_exchanges(call, selected->logged);
}

Response near_misses_of_id(const AdminCall& call) {
  const auto found = find_request(call);
  return found ? misses_of_exchanges(call, {*found}) : found.error();
}

Response near_misses_of_request(const AdminCall& call) {
  const auto body = parse_json(call.request.body);
  if (!body) return journal_error("", "the body is not JSON: " + body.error().message);
  const auto entry = parse_logged_request(*body);
  if (!entry) return journal_error("", entry.error());
  StepBudget budget = budget_of(call);
  Json misses = Json::array();
  add_misses(call, *entry, {}, budget, misses);
  return misses_response(call, budget, std::move(misses));
}

Response near_misses_of_pattern(const AdminCall& call) {
  StepBudget budget = budget_of(call);
  const auto pattern = read_pattern(call, budget);
  if (!pattern) return pattern.error();
  const auto all = all_requests(call);
  if (!all) return all.error();
  struct Compared {
    const Logged* logged;
    std::vector<CriterionResult> criteria;
    double distance;
  };
  std::vector<Compared> compared;
  // Backwards: of two requests with the same distance, the newer one comes first.
  for (auto logged = all->rbegin(); logged != all->rend(); ++logged) {
    if (pattern->match(*logged, budget)) continue;
    auto criteria = pattern->compare(*logged, budget);
    if (budget.is_spent()) return too_expensive(call);
    const double distance = distance_of(criteria);
    compared.push_back({.logged = &*logged, .criteria = std::move(criteria), .distance = distance});
  }
  std::ranges::stable_sort(compared, {}, &Compared::distance);
  if (compared.size() > kMostMisses) compared.resize(kMostMisses);
  const Json given = call.request.body.empty() ? Json::object() : *parse_json(call.request.body);
  Json misses = Json::array();
  for (const auto& [logged, criteria, distance] : compared) {
    misses.push_back(
        {{"request", render_logged_request(*logged->entry)},
         {"requestPattern", given},
         {"matchResult", {{"distance", distance}}},
         {"understudy",
          {{"id", exchange_id(logged->tenant, logged->entry->id)}, {"tenant", logged->tenant}, {"criteria", render_criteria(criteria)}}}});
  }
  return misses_response(call, budget, std::move(misses));
}

constexpr AdminShape kOfRequest = {.body = "Object", .result = "NearMisses", .only_reads = true};
constexpr AdminShape kOfPattern = {.query = "tenant", .body = "RequestPattern", .result = "NearMisses", .only_reads = true};
constexpr std::string_view kAlias = "The same, at the path that wiremock-rest-client uses";
constexpr AdminOperation kNearMissOperations[] = {
    row("GET", "/requests/unmatched/near-misses", unmatched_near_misses, "unmatchedNearMisses", "The operations nearest to each of those",
        {.query = "tenant since limit", .result = "NearMisses"}),
    row("POST", "/near-misses/request", near_misses_of_request, "nearMissesOfRequest", "The operations nearest to a request", kOfRequest),
    row("POST", "/near-misses/request-pattern", near_misses_of_pattern, "nearMissesOfPattern", "The requests nearest to a pattern",
        kOfPattern),
    row("POST", "/requests/near-misses/request", near_misses_of_request, "nearMissesOfRequestToo", kAlias, kOfRequest),
    row("POST", "/requests/near-misses/request-pattern", near_misses_of_pattern, "nearMissesOfPatternToo", kAlias, kOfPattern),
    row("GET", "/requests/{id}/near-misses", near_misses_of_id, "nearMissesOfId", "The operations nearest to one exchange",
        {.query = "tenant", .result = "NearMisses"}),
};

}  // namespace

AdminTable near_miss_operations() { return {"journal", kNearMissOperations}; }

}  // namespace understudy
