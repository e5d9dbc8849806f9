// The calls of the admin API about near misses: what a request came nearest to, what came nearest to a pattern.
#include <algorithm>

#include "mock/wiremock/near_miss.h"
#include "mock/wiremock/requests.h"
#include "mock/wiremock/scenario_export.h"

namespace understudy {
namespace {

constexpr std::size_t kMostRequests = 100;  // looked at by one call, unless it says `limit`
constexpr std::size_t kMostMisses = 3;      // of one request or pattern, as with WireMock

Json render_miss(const NearMiss& miss, const JournalEntry& entry) {
  return {{"request", render_logged_request(entry)},
          {"stubMapping", render_stub_mapping(miss)},
          {"matchResult", {{"distance", miss.distance}}},
          {"understudy",
           {{"operation", miss.operation->name}, {"criteria", render_criteria(miss.criteria)}, {"step", render_step(miss, entry)}}}};
}

void add_misses(const AdminCall& call, const JournalEntry& entry, const std::string& id, Json& out) {
  for (const NearMiss& miss : find_near_misses(call.engine, entry, kMostMisses)) {
    out.push_back(render_miss(miss, entry));
    if (!id.empty()) out.back()["understudy"]["id"] = id;
  }
}

Response answer(Json misses) { return json_response(200, {{"nearMisses", std::move(misses)}}); }

}  // namespace

Response unmatched_near_misses(const AdminCall& call) {
  auto chosen = choose_requests(call);
  if (!chosen) return chosen.error();
  const bool refused = call.parameter("refused") == "true";
  std::erase_if(chosen->logged, [&](const Logged& one) { return !refused && one.entry->matched; });
  if (!call.parameter("limit") && chosen->logged.size() > kMostRequests) chosen->logged.resize(kMostRequests);
  Json misses = Json::array();
  for (const Logged& one : chosen->logged) add_misses(call, *one.entry, exchange_id(one.tenant, one.entry->id), misses);
  return answer(std::move(misses));
}

Response near_misses_of_id(const AdminCall& call) {
  const auto found = find_request(call);
  if (!found) return found.error();
  Json misses = Json::array();
  add_misses(call, *found->entry, exchange_id(found->tenant, found->entry->id), misses);
  return answer(std::move(misses));
}

Response near_misses_of_request(const AdminCall& call) {
  const auto body = parse_json(call.request.body);
  if (!body) return journal_failure("", "the body is not JSON: " + body.error().message);
  const auto entry = parse_logged_request(*body);
  if (!entry) return journal_failure("", entry.error());
  Json misses = Json::array();
  add_misses(call, *entry, {}, misses);
  return answer(std::move(misses));
}

Response near_misses_of_pattern(const AdminCall& call) {
  return with_pattern(call, [&](const RequestPattern& pattern, const Json& given) {
    const auto all = all_requests(call);
    if (!all) return all.error();
    struct Compared {
      const Logged* logged;
      std::vector<CriterionResult> criteria;
      double distance;
    };
    std::vector<Compared> compared;
    // The newest first among equals; what fits is no miss.
    for (auto one = all->rbegin(); one != all->rend(); ++one) {
      if (pattern.match(*one)) continue;
      auto criteria = pattern.compare(*one);
      const double distance = distance_of(criteria);
      compared.push_back({.logged = &*one, .criteria = std::move(criteria), .distance = distance});
    }
    std::ranges::stable_sort(compared, {}, &Compared::distance);
    if (compared.size() > kMostMisses) compared.resize(kMostMisses);
    Json misses = Json::array();
    for (const Compared& one : compared) {
      misses.push_back({{"request", render_logged_request(*one.logged->entry)},
                        {"requestPattern", given},
                        {"matchResult", {{"distance", one.distance}}},
                        {"understudy",
                         {{"id", exchange_id(one.logged->tenant, one.logged->entry->id)},
                          {"tenant", one.logged->tenant},
                          {"criteria", render_criteria(one.criteria)}}}});
    }
    return answer(std::move(misses));
  });
}

}  // namespace understudy
