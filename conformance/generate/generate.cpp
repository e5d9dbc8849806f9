#include "conformance/generate/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "conformance/generate/cases.h"
#include "conformance/generate/shrink.h"
#include "scenarios/src/model/variables.h"

namespace understudy {
namespace {

struct Plan {
  Base base;
  std::vector<Case> cases;
};

// Letters and digits of any text, joined by dashes: a part of a file name.
std::string as_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (is_plain) name += c;
    if (!is_plain && !name.empty() && name.back() != '-') name += '-';
  }
  return name.substr(0, name.find_last_not_of('-') + 1);
}

bool uses(const Json& step, const std::string& name) {
  return std::ranges::any_of(find_names(step), [&](const auto& used) { return used.first == name; });
}

// Keeps those captures of the message that the cleanup needs; of a message that is refused none, and no cleanup that needs them.
void limit_captures(Json& scenario, Json& message, bool is_success) {
  const Json captures = message.value("capture", Json::object());
  Json kept = Json::object();
  Json cleanup = scenario.value("cleanup", Json::array());
  for (const auto& [name, pointer] : captures.items()) {
    const auto needs_it = [&name](const Json& step) { return uses(step, name); };
    if (is_success && std::ranges::any_of(cleanup, needs_it)) kept[name] = pointer;
    if (!is_success) cleanup.erase(std::remove_if(cleanup.begin(), cleanup.end(), needs_it), cleanup.end());
  }
  message.erase("capture");
  if (!kept.empty()) message["capture"] = std::move(kept);
  scenario.erase("cleanup");
  if (!cleanup.empty()) scenario["cleanup"] = std::move(cleanup);
}

// Sets what the changed step expects: an answer, or with an empty one whatever the contract permits.
void set_expected(Json& scenario, const Base& base, const std::string& answer, bool is_success) {
  Json& step = scenario["steps"].back();
  Json& judged = base.operation->call.empty() ? step : *find_pointer(step, base.call.substr(base.step.size()));
  step.erase("expect");
  judged.erase("expect");
  if (answer.empty())
    scenario.erase("cleanup");
  else
    judged["expect"] = {{"answer", answer}};
  limit_captures(scenario, step, is_success);
  if (&judged != &step) limit_captures(scenario, judged, is_success);
}

Json make_row(const Base& base, const Case& one, bool is_success) {
  Json row = {{"name", one.name}, {kRowVariable, one.value}};
  if (is_success) row["evidence"] = to_string(weaker_of(base.evidence, one.known.accepted));
  if (!is_success && one.known.refused) row["evidence"] = to_string(*one.known.refused);
  return row;
}

// The name of a scenario of cases: <api>/generated-<operation>-<part>, then the answer if it is known, then the profile if it is pinned.
std::string make_name(const Base& base, const Case& one, const GenerateOptions& options) {
  std::string name = fmt::format("{}/generated-{}-{}", base.contract->api, base.operation->id, as_name(one.is_row() ? one.part : one.name));
  if (base.number > 1) name += fmt::format("-{}", base.number);
  if (!one.answer.empty()) name += "-" + one.answer;
  if (options.pin_profile) name += "-" + options.profile.base;
  return name;
}

class Writer {
 public:
  explicit Writer(const GenerateOptions& options) : options_(options) {}

  // One file of cases of one part with the same answer.
  Result<void> write(const Base& base, const std::vector<const Case*>& cases) {
    const Case& first = *cases.front();
    const bool is_success = first.answer == base.operation->success;
    Json scenario = apply_case(base, first);
    scenario["scenario"] = fmt::format("Generated: {} with {}: {}", base.operation->id, first.is_row() ? first.part : first.name,
                                       first.answer.empty() ? "any answer" : first.answer);
    scenario["labels"] = {"generated"};
    if (options_.pin_profile) scenario["given"]["profile"] = options_.profile.base;
    if (first.is_row()) {
      set_pointer(scenario, first.at, fmt::format("{{{{{}}}}}", kRowVariable));
      for (const Case* one : cases) scenario["each"].push_back(make_row(base, *one, is_success));
    } else if (is_success) {
      scenario["steps"].back()["evidence"] =
          to_string(first.part == "nothing" ? weaker_of(base.evidence, base.operation->fact.evidence) : Evidence::assumed);
    }
    set_expected(scenario, base, first.answer, is_success);
    auto parsed = parse_scenario(render_json_pretty(scenario) + "\n", make_name(base, first, options_) + ".yaml");
    if (!parsed) return tl::unexpected(parsed.error());
    files_.push_back(*std::move(parsed));
    return {};
  }

  std::vector<ScenarioFile> take() { return std::move(files_); }

 private:
  const GenerateOptions& options_;
  std::vector<ScenarioFile> files_;
};

// Cases with the same part and answer share a file, unless the change is no row of a table.
Result<std::vector<ScenarioFile>> write_files(const std::vector<Plan>& plans, const GenerateOptions& options) {
  Writer writer(options);
  for (const Plan& plan : plans) {
    std::map<std::vector<std::string>, std::vector<const Case*>> groups;
    for (const Case& one : plan.cases) {
      groups[{one.part, one.answer, one.is_row() ? "" : one.name}].push_back(&one);
    }
    for (const auto& [key, cases] : groups) {
      if (auto written = writer.write(plan.base, cases); !written) return tl::unexpected(written.error());
    }
  }
  return writer.take();
}

// The name of the run of a case in the files that write_files() made.
std::string run_of(const Base& base, const Case& one, const GenerateOptions& options) {
  const std::string name = make_name(base, one, options);
  return one.is_row() ? fmt::format("{} [{}]", name, one.name) : name;
}

// One decision for the step, or the same for each of its parts.
std::string only_answer(const std::vector<std::string>& answers) {
  const bool same = !answers.empty() && std::ranges::all_of(answers, [&](const std::string& one) { return one == answers.front(); });
  return same ? answers.front() : "";
}

}  // namespace

Result<std::vector<ScenarioFile>> generate_scenarios(const std::vector<ScenarioFile>& files, const Contracts& contracts,
                                                     const GenerateOptions& options, const Oracle& oracle) {
  std::vector<Plan> plans;
  std::set<std::string> known;  // names of cases of the bases of one operation
  for (Base& base : find_bases(files, contracts, options.operations)) {
    if (base.number == 1) known.clear();
    auto cases = list_cases(base, options.per_operation, options.seed, known);
    plans.push_back({std::move(base), std::move(cases)});
  }
  const auto asked = write_files(plans, options);
  if (!asked) return tl::unexpected(asked.error());
  const auto answers = oracle(*asked);
  if (!answers) return tl::unexpected(answers.error());
  for (Plan& plan : plans) {
    for (Case& one : plan.cases) {
      if (const auto found = answers->find(run_of(plan.base, one, options)); found != answers->end())
        one.answer = only_answer(found->second);
    }
    std::erase_if(plan.cases, [](const Case& one) { return one.answer.empty(); });
  }
  return write_files(plans, options);
}

}  // namespace understudy
