#include "conformance/generate/bases.h"

#include <algorithm>
#include <map>

namespace understudy {
namespace {

// Whether every part of the expectation permits the operation's success.
bool expects_success(const Expectation& expect, const Operation& operation) {
  if (!expect.transport.empty() || !expect.contract_checked) return false;
  if (!expect.answer.empty()) return expect.answer == operation.success;
  if (!expect.status) return true;
  return expect.status->is_number_integer() && *expect.status >= 200 && *expect.status < 300;
}

// Faults, limits and pinned profiles change what an answer is; a target cannot always arrange states.
bool is_plain(const Given& given) {
  return given.profile.is_null() && given.faults.empty() && given.limits.is_null() && given.states.empty() && !given.clock;
}

bool is_plain(const Step& step) { return step.each.empty() && !step.until && step.auth == Auth(); }

std::size_t count_records(const Given& given) {
  std::size_t count = 0;
  for (const Json& list : given.records) count += list.size();
  return count;
}

// The weakest evidence that the scenario, its first row and the step are given.
Evidence evidence_of(const Scenario& scenario, const Step& step) {
  Evidence weakest = scenario.evidence.value_or(Evidence::documented);
  if (step.evidence) weakest = weaker_of(weakest, *step.evidence);
  if (!scenario.each.empty() && scenario.each.front().evidence) weakest = weaker_of(weakest, *scenario.each.front().evidence);
  return weakest;
}

// Smaller is better: first what is well known, then what needs little.
long rate(const Scenario& scenario, std::size_t step, const Json* body, Evidence evidence) {
  constexpr long kMostMembers = 60;
  const long members = body == nullptr || !body->is_structured() ? 0 : static_cast<long>(body->flatten().size());
  return 1000 * static_cast<long>(evidence) + static_cast<long>(100 * step + 20 * count_records(scenario.given)) +
         (scenario.given.settings.empty() ? 0 : 50) + (scenario.each.empty() ? 0 : 30) - std::min(members, kMostMembers);
}

// The variables of the first row become those of the scenario.
void take_first_row(Json& scenario) {
  const auto rows = scenario.find("each");
  if (rows == scenario.end()) return;
  const Json row = rows->front();
  scenario.erase(rows);
  for (const auto& [name, value] : row.items()) {
    if (name != "name" && name != "evidence") scenario["given"]["variables"][name] = value;
  }
}

// What was said of the whole file holds for the steps before; the contract says how well known the answer of the last one is.
void move_evidence(Json& scenario) {
  const auto evidence = scenario.find("evidence");
  if (evidence == scenario.end()) return;
  Json& steps = scenario["steps"];
  for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
    if (!steps[i].contains("evidence") && !steps[i].contains("advance")) steps[i]["evidence"] = *evidence;
  }
  scenario.erase(evidence);
}

std::string find_body(const Json& scenario, const Contract& contract, const Operation& operation, const std::string& call) {
  const std::string at = join_pointer(call, "with", operation.call.empty() ? "body" : "params");
  const std::string wrapper = words_for(operation, contract.binding).unwrap;
  const std::string inside = join_pointer(at, wrapper);
  return !wrapper.empty() && find_pointer(scenario, inside) != nullptr ? inside : at;
}

// What a body shows: its members, truth values, and lists of several elements.
void add_features(const Json& body, const std::string& at, std::set<std::string>& features) {
  if (body.is_boolean()) features.insert(at + (body.get<bool>() ? " true" : " false"));
  if (body.is_array() && body.size() > 1) features.insert(at + " several");
  if (body.is_object()) {
    for (const auto& [name, member] : body.items()) {
      features.insert(join_pointer(at, name));
      add_features(member, join_pointer(at, name), features);
    }
  } else if (body.is_array()) {
    for (const Json& element : body) add_features(element, at + "/*", features);
  }
}

class Finder {
 public:
  Finder(const Contracts& contracts, const std::set<std::string>& operations) : contracts_(contracts), operations_(operations) {}

  void look_at(const ScenarioFile& file) {
    const Scenario& scenario = file.scenario;
    if (!is_plain(scenario.given)) return;
    for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
      const Step& step = scenario.steps[i];
      if (!is_plain(step)) continue;
      const std::string pointer = join_pointer("/steps", i);
      if (step.kind == Step::Kind::send) consider(file, i, step.operation, pointer, step.expect);
      for (std::size_t n = 0; step.kind == Step::Kind::calls && n < step.calls.size(); ++n) {
        const CallStep& call = step.calls[n];
        if (call.expect.items.empty()) consider(file, i, call.operation, join_pointer(pointer, "calls", n), call.expect);
      }
    }
  }

  std::vector<Base> take() {
    std::vector<Base> bases;
    for (auto& [name, candidates] : found_) choose(candidates, bases);
    return bases;
  }

 private:
  struct Candidate {
    long rating = 0;
    const ScenarioFile* file = nullptr;
    std::size_t step = 0;
    std::set<std::string> features;
    Base base;  // without its scenario
  };

  // The best candidate, then those that show the most that is new.
  static void choose(std::vector<Candidate>& candidates, std::vector<Base>& bases) {
    constexpr std::size_t kMostBases = 3;
    std::set<std::string> shown;
    std::ranges::stable_sort(candidates, {}, &Candidate::rating);
    for (std::size_t number = 1; number <= kMostBases && !candidates.empty(); ++number) {
      const auto news = [&shown](const Candidate& one) {
        return std::ranges::count_if(one.features, [&shown](const std::string& feature) { return !shown.contains(feature); });
      };
      const auto chosen = number == 1 ? candidates.begin() : std::ranges::max_element(candidates, {}, news);
      if (number > 1 && news(*chosen) == 0) return;
      shown.insert(chosen->features.begin(), chosen->features.end());
      chosen->base.number = number;
      bases.push_back(complete(*chosen));
      candidates.erase(chosen);
    }
  }

  static Base complete(Candidate& candidate) {
    Base base = std::move(candidate.base);
    base.scenario = candidate.file->document.root;
    Json& steps = base.scenario["steps"];
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(candidate.step) + 1, steps.end());
    take_first_row(base.scenario);
    move_evidence(base.scenario);
    return base;
  }

  void consider(const ScenarioFile& file, std::size_t step, const std::string& name, const std::string& call, const Expectation& expect) {
    const Operation* operation = contracts_.find_operation(name, file.scenario.api);
    if (operation == nullptr || operation->answers_nothing || !expects_success(expect, *operation)) return;
    if (!operations_.empty() && !operations_.contains(operation->name)) return;
    Base base{.contract = contracts_.contract_of(*operation), .operation = operation, .step = join_pointer("/steps", step), .call = call};
    base.body = find_body(file.document.root, *base.contract, *operation, call);
    const Json* body = find_pointer(file.document.root, base.body);
    if (operation->has_body && (body == nullptr || !body->is_structured())) return;
    base.evidence = evidence_of(file.scenario, file.scenario.steps[step]);
    Candidate candidate{.rating = rate(file.scenario, step, body, base.evidence), .file = &file, .step = step};
    if (body != nullptr) add_features(*body, "", candidate.features);
    candidate.base = std::move(base);
    found_[operation->name].push_back(std::move(candidate));
  }

  const Contracts& contracts_;
  const std::set<std::string>& operations_;
  std::map<std::string, std::vector<Candidate>> found_;
};

}  // namespace

std::vector<Base> find_bases(const std::vector<ScenarioFile>& files, const Contracts& contracts, const std::set<std::string>& operations) {
  Finder finder(contracts, operations);
  for (const ScenarioFile& file : files) finder.look_at(file);
  return finder.take();
}

}  // namespace understudy
