#include "tests/support/audition.h"

#include <algorithm>
#include <map>

#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "contracts/src/model/router.h"
#include "scenarios/src/model/collect.h"
#include "scenarios/src/model/summary.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy::test {
namespace {

class Listener final : public Reporter {
 public:
  explicit Listener(Audition& audition) : audition_(audition) {}
  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override { audition_.verdicts.push_back(verdict); }
  void end(const Summary& summary) override { audition_.counts = summary.counts; }

 private:
  Audition& audition_;
};

// The operations whose calls a batch holds, as far as the contract knows them.
std::vector<std::string> operations_of_calls(const Contract& contract, const Json& calls) {
  std::vector<std::string> names;
  for (const Json& call : calls) {
    const Json* method = find_pointer(call, contract.batch->member_operation);
    for (const auto& operation : contract.operations) {
      const bool is_it = method != nullptr && method->is_string() && operation.call == method->get<std::string>();
      if (is_it && !operation.answers_nothing) names.push_back(operation.name);
    }
  }
  return names;
}

// A wrong method belongs to whatever its path answers.
std::vector<std::string> operations_at(const std::string& path, const std::string& api) {
  static std::map<std::string, Router> routers;  // by API: making one takes longer than a request
  const Router& router = routers.try_emplace(api, bundled_contracts(), api).first->second;
  std::vector<std::string> names;
  for (const char* method : {"GET", "POST", "PUT", "DELETE"}) {
    const auto route = router.find(method, path);
    if (route.operation != nullptr) names.push_back(route.operation->name);
  }
  return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether a step without an operation can reach `about`.
bool can_reach(const Step& step, const Contract& contract, const std::string& about) {
  if (step.kind != Step::Kind::request) return false;
  const bool can_tell = !contract.batch && step.with.path.find("{{") == std::string::npos;
  return !can_tell || holds(operations_at(step.with.path, contract.api), about);
}

// Scenarios that test the operation. A scenario that only looks at the result with it counts if the operation reads.
bool is_about(const Scenario& scenario, const std::string& about) {
  if (about.empty() || about == scenario.api) return true;
  if (!about.starts_with(scenario.api + ".")) return false;
  const Contract& contract = *bundled_contracts().find_api(scenario.api);
  const ScenarioSummary summary = summarize(scenario, bundled_contracts());
  const Operation* operation = bundled_contracts().find_operation(about);
  return summary.operations.contains(about) || (operation->method == "GET" && summary.inspecting.contains(about)) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) { return can_reach(step, contract, about); });
}

}  // namespace

const std::vector<ScenarioFile>& bundled_scenarios() {
  static const std::vector<ScenarioFile> kFiles = [] {
    Collected collected = parse_scenarios(bundled_file_set());
    for (const Problem& problem : collected.problems) FAIL_CHECK(render_problem(problem));
    return std::move(collected.files);
  }();
  return kFiles;
}

const std::vector<std::string>& beyond_the_documents() {
  static const std::vector<std::string> kNames = {"order-further-members", "order-model-members", "order-price-of-product",
                                                  "veeqo-unknown-paths"};
  return kNames;
}

Audition hold_audition(const std::string& url, const std::string& about, bool strict) {
  const Contracts& contracts = bundled_contracts();
  Target target;
  REQUIRE(parse_target(url, contracts, target));
  SuiteOptions suite;
  suite.profiles = {Profile{}};
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  std::vector<const ScenarioFile*> files;
  for (const ScenarioFile& file : bundled_scenarios()) {
    if (is_about(file.scenario, about) && !holds(beyond_the_documents(), file.scenario.stem)) files.push_back(&file);
  }
  const auto runs = plan_runs(files, contracts, suite);
  REQUIRE(runs);
  Audition audition;
  Listener listener(audition);
  const RunContext context{.contracts = contracts,
                           .target = target,
                           .variables = Json::object(),
                           .level = strict ? Evidence::assumed : Evidence::observed,
                           .journals = nullptr};
  static_cast<void>(run_suite(*runs, context, suite, {&listener}));
  return audition;
}

std::vector<std::string> operations_of(const StepReport& step, const std::string& api) {
  if (!step.operation.empty()) return {step.operation};
  const Contract* contract = bundled_contracts().find_api(api);
  REQUIRE(contract != nullptr);
  if (contract->batch) {
    const auto calls = parse_json(step.request.body);
    return calls ? operations_of_calls(*contract, calls->is_array() ? *calls : Json::array({*calls})) : std::vector<std::string>();
  }
  return operations_at(step.request.target, api);
}

}  // namespace understudy::test
