#include "conformance/measure/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <ostream>

namespace understudy {
namespace {

std::string shown(double score) { return fmt::format("{:.2f}", std::floor(score * 100 + 1e-9) / 100); }

std::string fact_of(const MutantResult& result) { return fmt::format("{}, {}", to_string(result.evidence), result.source); }

void render_result(std::ostream& out, const MutantResult& result) {
  out << to_string(result.outcome) << " " << result.id << "\n    " << result.what << " [" << fact_of(result) << "]\n";
  if (result.outcome == MutantResult::Outcome::killed)
    out << "    by " << result.scenario << " " << result.step << ": " << result.finding << "\n";
  else
    out << "    why: " << result.reason << "\n";
}

using Groups = std::vector<std::pair<std::string, ScoreCounts>>;

Groups group(const Score& score, const std::function<std::string(const MutantResult&)>& key) {
  Groups groups;
  for (const auto& result : score.results) {
    const auto name = key(result);
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == name; });
    if (found == groups.end()) found = groups.insert(groups.end(), {name, {}});
    found->second.add(result.outcome);
  }
  return groups;
}

void render_groups(std::ostream& out, const Groups& groups) {
  for (const auto& [name, counts] : groups)
    out << fmt::format("  {:<28} {:>6} {:>9} {:>11} {:>6}\n", name, counts.killed, counts.survived, counts.equivalent,
                       shown(counts.score()));
}

Json to_json(const ScoreCounts& counts) {
  return {{"killed", counts.killed}, {"survived", counts.survived}, {"equivalent", counts.equivalent}, {"score", counts.score()}};
}

Json to_json(const Groups& groups) {
  Json out = Json::object();
  for (const auto& [name, counts] : groups) out[name] = to_json(counts);
  return out;
}

std::string api_of(const MutantResult& result) { return result.api; }
std::string kind_of(const MutantResult& result) { return result.kind; }
std::string evidence_of(const MutantResult& result) { return std::string(to_string(result.evidence)); }

}  // namespace

std::string_view to_string(MutantResult::Outcome outcome) {
  switch (outcome) {
    case MutantResult::Outcome::killed: return "killed";
    case MutantResult::Outcome::survived: return "survived";
    case MutantResult::Outcome::equivalent: return "equivalent";
  }
  return "";
}

void ScoreCounts::add(MutantResult::Outcome outcome) {
  switch (outcome) {
    case MutantResult::Outcome::killed: ++killed; break;
    case MutantResult::Outcome::survived: ++survived; break;
    case MutantResult::Outcome::equivalent: ++equivalent; break;
  }
}

double ScoreCounts::score() const {
  const auto all = killed + survived;
  return all == 0 ? 1 : static_cast<double>(killed) / static_cast<double>(all);
}

ScoreCounts Score::counts() const {
  ScoreCounts counts;
  for (const auto& result : results) counts.add(result.outcome);
  return counts;
}

void render_score(std::ostream& out, const Score& score, bool every) {
  for (const auto& result : score.results) {
    if (every || result.outcome != MutantResult::Outcome::killed) render_result(out, result);
  }
  out << fmt::format("  {:<28} {:>6} {:>9} {:>11} {:>6}\n", "", "killed", "survived", "equivalent", "score");
  render_groups(out, group(score, api_of));
  render_groups(out, group(score, evidence_of));
  const auto counts = score.counts();
  out << counts.killed << " killed, " << counts.survived << " survived, score " << shown(counts.score()) << "\n";
}

Json render_score_json(const Score& score) {
  Json mutants = Json::array();
  for (const auto& result : score.results) {
    Json mutant = {{"id", result.id},
                   {"kind", result.kind},
                   {"api", result.api},
                   {"operation", result.operation.empty() ? Json() : Json(result.operation)},
                   {"what", result.what},
                   {"source", result.source},
                   {"evidence", to_string(result.evidence)},
                   {"outcome", to_string(result.outcome)},
                   {"scenarios", result.scenarios}};
    if (result.outcome == MutantResult::Outcome::killed)
      mutant["killed_by"] = {{"scenario", result.scenario}, {"step", result.step}, {"finding", result.finding}};
    else
      mutant["reason"] = result.reason;
    mutants.push_back(std::move(mutant));
  }
  return {{"understudy", 1},
          {"interrupted", score.interrupted},
          {"sum", to_json(score.counts())},
          {"by_api", to_json(group(score, api_of))},
          {"by_evidence", to_json(group(score, evidence_of))},
          {"by_kind", to_json(group(score, kind_of))},
          {"mutants", std::move(mutants)}};
}

}  // namespace understudy
