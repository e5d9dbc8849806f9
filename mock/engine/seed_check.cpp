#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/hash.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/responses.h"
#include "mock/engine/engine.h"
#include "mock/engine/walk.h"

namespace understudy {
namespace {

constexpr std::size_t kMostChecked = 1000;

// The member of the record that a finding about an answer with the record in it is about; empty: the record itself.
std::string pointer_in(const Json& record, std::string_view pointer) {
  for (auto at = pointer; !at.empty(); at = at.substr(std::min(at.find('/', 1), at.size()))) {
    if (find_pointer(record, at) != nullptr) return std::string(at);
  }
  return {};
}

// Of all that check_response() looks at.
std::string digest_of(const Operation& operation, const ResponseDefinition& answer, const Switches& switches, const Response& response) {
  const ResponseVariant& variant = pick_variant(answer, switches);
  Sha256 hash;
  hash.add(fmt::format("{} {} {} {}\n{}\n", static_cast<const void*>(&operation), static_cast<const void*>(&variant),
                       status_of(variant, switches), reason_of(variant, switches), response.status));
  hash.add(response.reason);
  for (const Header& header : response.headers) hash.add(fmt::format("\n{}: {}", header.name, header.value));
  hash.add("\n\n");
  hash.add(response.body);
  return hash.finish();
}

}  // namespace

std::optional<Problem> check_seed(KnownTexts& right, Tenant& tenant, const Contract& contract, const ApiState& state,
                                  const std::string& collection, const std::vector<Record>& records) {
  std::optional<Problem> incomplete;
  TenantState scratch;  // a read may draw ids, which must not be missing later
  scratch.env = tenant.state().env;
  LiveState drawn(std::move(scratch));
  Draws env(drawn, contract.api);
  Store trial = state.store;  // reads and lists see one of the records at a time
  for (std::size_t i = 0; i < std::min(records.size(), kMostChecked); ++i) {
    trial.clear(collection);
    trial.put(collection, *records[i]);
    for (const Operation& operation : contract.operations) {
      const bool shows = operation.perform == Perform::read || operation.perform == Perform::list;
      // A record that other parameters than an id name, or that is made of others, is not checked here.
      const bool by_id = operation.perform == Perform::list || !operation.record_id.empty();
      if (!shows || !by_id || operation.from || operation.where || operation.collection != collection || !operation.call.empty()) continue;
      Route route{.contract = &contract, .operation = &operation, .is_batch = false};
      route.path[operation.record_id] = record_id(contract, collection, *records[i]);
      const Request request{.method = operation.method, .target = operation.path};
      const Policy policy;
      Json body = Json::object();
      const Call call{.request = request,
                      .route = route,
                      .contract = contract,
                      .operation = &operation,
                      .query = Json::object(),
                      .presented = {},
                      .policy = policy,
                      .tenant = tenant,
                      .state = state,
                      .env = env,
                      .body = &body};
      Transaction transaction(trial);
      CallResult result = perform(call, transaction);
      const ResponseDefinition* answer = result ? contract.find_response(result->answer) : nullptr;
      if (answer == nullptr || answer->scope != Scope::exchange) continue;
      const Response response = render_response(call, *std::move(result));
      auto digest = digest_of(operation, *answer, state.switches, response);
      if (right.contains(digest)) continue;
      const Findings findings = check_response(contract, operation, state.switches, response, answer).findings;
      if (findings.empty()) {
        right.add(std::move(digest));
        continue;
      }
      // The template of an answer shows null for a member that the record lacks.
      const auto wrong = std::ranges::find_if(findings, [&](const Finding& finding) {
        return finding.code != "required" && (finding.actual != "null" || !pointer_in(*records[i], finding.pointer).empty());
      });
      const Finding& first = wrong == findings.end() ? findings.front() : *wrong;
      Problem problem = make_problem(Failure::bad_file, wrong == findings.end() ? "seed-incomplete" : "seed-breaks-contract",
                                     fmt::format("found a record of '{}.{}' that {} cannot return: in its answer {}, {}", contract.api,
                                                 collection, operation.name, answer->name, first.message));
      problem.pointer = join_pointer("", i) + pointer_in(*records[i], first.pointer);
      if (wrong != findings.end()) return problem;
      if (!incomplete) incomplete = std::move(problem);
    }
  }
  return incomplete;
}

}  // namespace understudy
