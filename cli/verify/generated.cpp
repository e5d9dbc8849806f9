#include "cli/verify/generated.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <mutex>

#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/local_mock.h"
#include "conformance/generate/generate.h"
#include "conformance/generate/shrink.h"
#include "conformance/run/runner.h"
#include "conformance/target/http_transport.h"

namespace understudy {
namespace {

constexpr std::string_view kGeneratedStem = "generated-";
constexpr std::size_t kMostShrunk = 5;     // failures that are made smaller
constexpr std::size_t kShrinkBudget = 30;  // runs for each of them

bool is_generated(const std::string& file) { return std::filesystem::path(file).filename().string().starts_with(kGeneratedStem); }

// The answers of the last exchange with an operation, by run.
class AnswerReader final : public JournalReader {
 public:
  explicit AnswerReader(const Contracts& contracts) : contracts_(contracts) {}

  void add(const std::string& run, const Scenario&, const Profile&, const Json& journal) override {
    std::vector<std::string> answers;
    for (auto entry = journal.rbegin(); entry != journal.rend() && answers.empty(); ++entry) {
      for (const Json& decision : entry->value("decisions", Json::array())) {
        const auto* operation = contracts_.find_operation(decision.value("operation", ""));
        if (operation == nullptr || !operation->answers_nothing) answers.push_back(decision.value("answer", ""));
      }
    }
    const std::lock_guard lock(mutex_);
    answers_[run] = std::move(answers);
  }

  AnswersByRun take() { return std::move(answers_); }

 private:
  const Contracts& contracts_;
  std::mutex mutex_;
  AnswersByRun answers_;
};

std::vector<const ScenarioFile*> pointers_to(const std::vector<ScenarioFile>& files) {
  std::vector<const ScenarioFile*> pointers;
  for (const ScenarioFile& file : files) pointers.push_back(&file);
  return pointers;
}

Result<AnswersByRun> ask_mock(const std::vector<ScenarioFile>& files, const Contracts& contracts, const Profile& profile) {
  auto local = LocalMock::open(contracts, profile, 2);
  if (!local) return tl::unexpected(local.error());
  const Target target = (*local)->target();
  SuiteOptions suite;
  suite.profiles = {profile};
  suite.jobs = 2;
  suite.make_transport = [] { return std::make_unique<HttpTransport>(); };
  const auto runs = plan_runs(pointers_to(files), contracts, suite);
  if (!runs) return tl::unexpected(runs.error());
  AnswerReader answers(contracts);
  const RunContext context{.contracts = contracts, .target = target, .journals = &answers};
  static_cast<void>(run_suite(*runs, context, suite, {}));
  return answers.take();
}

Oracle mock_oracle(const Contracts& contracts, const Profile& profile) {
  return [&contracts, profile](const std::vector<ScenarioFile>& files) { return ask_mock(files, contracts, profile); };
}

// For which operations cases are made: those that the target is known to have, or that answer when each is called once. Empty: all.
Result<std::set<std::string>> find_operations(const SuiteOptions& suite, const Target& target, const Inputs& inputs) {
  if (!suite.operations.empty() || target.can_arrange() || !find_remote_host(target).empty()) return suite.operations;
  const GenerateOptions once{.per_operation = 1, .seed = suite.seed, .operations = {}, .profile = suite.profiles.front()};
  const auto files = generate_scenarios(inputs.collected.files, inputs.contracts, once, mock_oracle(inputs.contracts, once.profile));
  if (!files) return tl::unexpected(files.error());
  const auto runs = plan_runs(pointers_to(*files), inputs.contracts, suite);
  if (!runs) return tl::unexpected(runs.error());
  const RunContext context{.contracts = inputs.contracts, .target = target, .variables = inputs.variables};
  const auto summary = run_suite(*runs, context, suite, {});
  std::set<std::string> operations;
  for (const auto& name : inputs.contracts.operation_names()) {
    if (!summary.missing.contains(name)) operations.insert(name);
  }
  return operations;
}

// The verdicts of a few files on the target.
std::vector<Verdict> run_on_target(const ScenarioFile& file, const RunContext& context, const SuiteOptions& suite) {
  std::vector<Verdict> verdicts;
  const auto runs = plan_runs({&file}, context.contracts, suite);
  const auto transport = suite.make_transport();
  for (const Run& run : runs.value_or(std::vector<Run>()))
    verdicts.push_back(run_scenario(run, context, {.stop = suite.stop, .pause = suite.pause}, *transport));
  return verdicts;
}

// What identifies a failure: the operation, the code and the member of its first error.
std::string failure_of(const Verdict& verdict) {
  for (const StepReport& step : verdict.steps) {
    if (const Difference* error = find_error(step)) return step.operation + " " + error->finding.code + " " + error->finding.pointer;
  }
  return "";
}

// "a/b [the row]" -> the row
std::string row_of(const std::string& name) {
  const auto begin = name.find(" [");
  return begin == std::string::npos ? "" : name.substr(begin + 2, name.size() - begin - 3);
}

}  // namespace

Result<void> add_generated(const VerifyOptions& options, const SuiteOptions& suite, const Target& target, Inputs& inputs) {
  // --plan sends nothing
  const auto operations = options.plan ? Result<std::set<std::string>>(suite.operations) : find_operations(suite, target, inputs);
  if (!operations) return tl::unexpected(operations.error());
  std::vector<ScenarioFile> made;
  for (const Profile& profile : suite.profiles) {
    const GenerateOptions generate{.per_operation = options.generate_limit,
                                   .seed = suite.seed,
                                   .operations = *operations,
                                   .profile = profile,
                                   .pin_profile = suite.profiles.size() > 1};
    auto files = generate_scenarios(inputs.collected.files, inputs.contracts, generate, mock_oracle(inputs.contracts, profile));
    if (!files) return tl::unexpected(files.error());
    std::ranges::move(*files, std::back_inserter(made));
  }
  std::erase_if(inputs.collected.files,
                [](const ScenarioFile& file) { return is_generated(file.scenario.file); });  // saved by an earlier run
  std::ranges::move(made, std::back_inserter(inputs.collected.files));
  return {};
}

void GeneratedFailures::add(const Verdict& verdict) {
  if (verdict.kind != VerdictKind::failed || !is_generated(verdict.file) || row_of(verdict.name).empty()) return;
  first_.try_emplace(failure_of(verdict), Failed{verdict.file, row_of(name_without_turn(verdict.name)), verdict.profile});
}

void GeneratedFailures::shrink(Inputs& inputs, const RunContext& context, const SuiteOptions& suite) const {
  std::size_t left = kMostShrunk;
  for (const auto& [failure, failed] : first_) {
    if (left-- == 0) return;
    const auto file = std::ranges::find(inputs.collected.files, failed.file, [](const ScenarioFile& one) { return one.scenario.file; });
    const auto profile = std::ranges::find(suite.profiles, failed.profile, &Profile::base);
    const auto alone = keep_row(*file, failed.row);
    if (!alone || profile == suite.profiles.end()) continue;
    const auto expected = [&](const ScenarioFile& one) {
      auto answers = ask_mock({one}, context.contracts, *profile);
      return answers ? answers->begin()->second : std::vector<std::string>();
    };
    const auto right = expected(*alone);
    const auto smallest = shrink_row(
        *alone,
        [&](const ScenarioFile& smaller) {
          const auto verdicts = run_on_target(smaller, context, suite);
          return !verdicts.empty() && failure_of(verdicts.front()) == failure && expected(smaller) == right;
        },
        kShrinkBudget);
    const Json& row = smallest.document.root["each"][0];
    std::cerr << fmt::format("smallest request that fails: {} [{}]: {}\n", scenario_name(file->scenario), failed.row,
                             render_json(row[kRowVariable]));
    Json root = file->document.root;
    for (Json& one : root["each"]) {
      if (one.value("name", "") == failed.row) one = row;
    }
    if (auto again = parse_scenario(render_json_pretty(root) + "\n", file->document.file)) *file = *std::move(again);
  }
}

Result<void> save_generated(const std::string& folder, const Inputs& inputs) {
  std::size_t saved = 0;
  for (const ScenarioFile& file : inputs.collected.files) {
    if (!is_generated(file.scenario.file)) continue;
    const auto path = std::filesystem::path(folder) / file.scenario.file;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error)
      return tl::unexpected(
          usage_problem("output-unwritable", fmt::format("cannot make the folder {}: {}", path.parent_path().string(), error.message())));
    auto out = open_report(path);
    if (!out) return tl::unexpected(out.error());
    *out << file.document.text;
    if (auto closed = close_report(*out, path); !closed) return closed;
    ++saved;
  }
  std::cerr << fmt::format("{} generated scenario files are in {}\n", saved, folder);
  return {};
}

}  // namespace understudy
