// The bundled scenarios as a whole: what the mock does must not depend on what they expect, and every run of them is the same.
#include <set>

#include "cli/local_mock.h"
#include "conformance/run/suite.h"
#include "conformance/target/http_transport.h"
#include "mock/state/tenant.h"
#include "scenarios/src/model/collect.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

// One line for each exchange: what was asked and what came back, byte for byte.
using Transcript = std::vector<std::string>;

class Recorder final : public Reporter {
 public:
  std::map<std::string, Transcript> transcripts;  // by scenario and profile
  std::map<std::string, VerdictKind> kinds;
  std::map<std::string, std::string> files;

  static constexpr std::string_view kHost = "http://127.0.0.1:";

  void begin(const RunInfo&) override {}
  void end(const Summary&) override {}
  void add(const Verdict& verdict) override {
    const std::string name = verdict.name + " " + verdict.profile;
    kinds[name] = verdict.kind;
    files[name] = verdict.file;
    for (const StepReport& step : verdict.steps) {
      if (step.cleanup) continue;  // it also follows a step that ended the scenario
      std::string line = step.request.method + " " + step.request.target + " " + step.request.body + " => ";
      line += std::string(to_string(step.result.outcome)) + " ";
      line += std::to_string(step.result.response.status) + " " + step.result.response.reason;
      for (const Header& header : step.result.response.headers) line += " " + header.name + ": " + header.value;
      line += " " + step.result.response.body;
      // Some answers name the address at which the mock was asked, whose port differs between two mocks.
      for (auto at = line.find(kHost); at != std::string::npos; at = line.find(kHost, at + kHost.size())) {
        const auto port = at + kHost.size();
        line.erase(port, std::min(line.find_first_not_of("0123456789", port), line.size()) - port);
      }
      transcripts[name].push_back(std::move(line));
    }
  }
};

Recorder run_all(const std::vector<ScenarioFile>& files, std::optional<std::uint64_t> shuffle_seed, std::size_t jobs,
                 Coverage* coverage = nullptr, std::shared_ptr<Mock> mock = nullptr) {
  auto local = LocalMock::open(bundled_contracts(), Profile{}, 2);
  REQUIRE(local);
  if (mock != nullptr) (*local)->replace(std::move(mock));
  const Target target = (*local)->target();
  SuiteOptions suite;
  suite.profiles = standard_profiles();
  suite.jobs = jobs;
  suite.shuffle_seed = shuffle_seed;
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  std::vector<const ScenarioFile*> pointers;
  for (const ScenarioFile& file : files) pointers.push_back(&file);
  const auto runs = plan_runs(pointers, bundled_contracts(), suite);
  REQUIRE(runs);
  Recorder recorder;
  const RunContext context{
      .contracts = bundled_contracts(), .target = target, .variables = Json::object(), .level = Evidence::assumed, .journals = coverage};
  static_cast<void>(run_suite(*runs, context, suite, {&recorder}));
  CHECK((*local)->own_findings() == Json::array());
  return recorder;
}

// Applies each commit, once it was text, to copies of the tenants and compares them. Then takes it back from a copy.
struct Follower {
  Mock* mock = nullptr;
  std::mutex mutex;  // guards the rest
  std::map<std::string, TenantState> copies;
  std::size_t commits = 0;
  std::set<std::string> differing, not_taken_back;  // names of tenants

  void follow(const std::string& tenant, const Commit& commit) {
    const std::lock_guard lock(mutex);
    const auto text = parse_json(render_json(render_commit(commit)));
    const auto read = parse_commit(text.value_or(Json()), bundled_contracts());
    TenantState& copy = copies.try_emplace(tenant, bundled_contracts()).first->second;
    if (read) {
      const TenantState before = copy;
      for (const Change& change : (*read)->changes()) apply(copy, change);
      TenantState taken_back = copy;
      for (const Change& change : (*read)->inverse()) apply(taken_back, change);
      if (!(*read)->has_inverse || !(taken_back == before)) not_taken_back.insert(tenant);
    }
    ++commits;
    const auto live = mock == nullptr ? nullptr : mock->find_tenant(tenant);
    if (live != nullptr && !(copy == live->state())) differing.insert(tenant);
  }
};

std::vector<ScenarioFile> bundled_scenarios() {
  Collected collected = parse_scenarios(bundled_file_set());
  for (const Problem& problem : collected.problems) FAIL_CHECK(render_problem(problem));
  return std::move(collected.files);
}

// Only scenarios whose bytes do not depend on the system's clock can be compared between two runs. Each that has none gets one of
// its own.
std::vector<ScenarioFile> with_clock(std::vector<ScenarioFile> files) {
  Time clock = *parse_rfc3339("2026-03-02T09:00:00Z");
  for (ScenarioFile& file : files) {
    if (!file.scenario.given.clock) file.scenario.given.clock = clock += std::chrono::minutes(17);
  }
  return files;
}

std::vector<ScenarioFile> stripped(std::vector<ScenarioFile> files) {
  for (ScenarioFile& file : files) {
    for (Step& step : file.scenario.steps) {
      step.expect = Expectation();
      for (CallStep& call : step.calls) call.expect = Expectation();
    }
  }
  return files;
}

}  // namespace

// One case, because each run of all scenarios takes its time: the first run is what the others are compared with.
TEST_CASE("the bundled scenarios pass, cover what is documented, and give the same bytes in each run", "[bundled][tenants]") {
  static const auto files = with_clock(bundled_scenarios());
  static const auto coverage = std::make_shared<Coverage>(bundled_contracts());
  static const Recorder parallel = run_all(files, 7, 16, coverage.get());

  SECTION("each passes in both profiles, many at a time") {
    CHECK(files.size() >= 200);
    for (const auto& [name, kind] : parallel.kinds) {
      INFO(name);
      CHECK(kind == VerdictKind::passed);
    }
  }
  SECTION("one at a time, in their order and without their expectations") {
    const Recorder bare = run_all(stripped(files), std::nullopt, 1);
    REQUIRE(bare.transcripts.size() == parallel.transcripts.size());
    // Without its expectation a step that meets a fault or an undocumented answer ends the scenario: what came before is compared, and
    // the scenario is run once more with its expectations.
    std::set<std::string> cut;
    std::size_t exchanges = 0;
    for (const auto& [name, transcript] : bare.transcripts) {
      INFO(name);
      const Transcript& full = parallel.transcripts.at(name);
      REQUIRE(transcript.size() <= full.size());
      CHECK(std::ranges::equal(transcript, std::span(full).first(transcript.size())));
      exchanges += transcript.size();
      if (transcript.size() < full.size()) cut.insert(bare.files.at(name));
    }
    CHECK(exchanges > 500);
    auto again = files;
    std::erase_if(again, [&](const ScenarioFile& file) { return !cut.contains(file.scenario.file); });
    for (const auto& [name, transcript] : run_all(again, std::nullopt, 1).transcripts) {
      INFO(name);
      CHECK(parallel.transcripts.at(name) == transcript);
    }
  }
  SECTION("every rule and every answer has a source, evidence and a scenario") {
    std::map<std::string, bool> answers;  // by api and name: some operation was seen to give it
    for (const CoverageItem& item : coverage->items()) {
      if (item.kind == CoverageItem::Kind::answer) answers[item.api + item.id.substr(item.id.find(" -> "))] |= item.is_exercised();
      if (item.kind != CoverageItem::Kind::row) continue;
      INFO(item.id);
      CHECK(item.is_exercised());
    }
    for (const auto& [name, seen] : answers) {
      INFO(name);
      CHECK(seen);
    }
    for (const auto& contract : bundled_contracts().apis) {
      for (const auto& [name, answer] : contract->answers) {
        INFO(contract->api << "." << name);
        for (const ResponseVariant& variant : answer.variants) CHECK_FALSE(variant.fact.source.empty());
        CHECK(answers.contains(contract->api + " -> " + name));
      }
      for (const Operation& operation : contract->operations) {
        INFO(operation.name);
        CHECK_FALSE(operation.fact.source.empty());
        for (const Row& row : operation.rows) CHECK_FALSE(row.fact.source.empty());
      }
    }
    const auto [done, all] = coverage->count("", Evidence::documented);
    CHECK(done == all);
    CHECK(all > 200);
  }
}

TEST_CASE("every commit of the bundled scenarios makes of a copy what the tenant is, and its inverse what it was", "[bundled][commits]") {
  Follower follower;
  MockOptions options;
  options.history = 1;
  options.committed = [&](const std::string& tenant, const auto& commit) { follower.follow(tenant, *commit); };
  const auto mock = std::make_shared<Mock>(bundled_contracts(), options);
  follower.mock = mock.get();

  const Recorder recorder = run_all(with_clock(bundled_scenarios()), 3, 4, nullptr, mock);

  CHECK(follower.commits > recorder.transcripts.size());
  for (const std::string& tenant : follower.differing) FAIL_CHECK(tenant << " differs from what its commits make");
  for (const std::string& tenant : follower.not_taken_back) FAIL_CHECK(tenant << ": the inverse of a commit does not take it back");
}

}  // namespace understudy
