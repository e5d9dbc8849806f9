#include "conformance/compare/determinism.h"

#include <fmt/format.h>

namespace understudy {

void Determinism::add(const Verdict& verdict) {
  const auto name = name_without_turn(verdict.name);
  const auto [earlier, is_first] = first_.try_emplace(name + " [" + verdict.profile + "]", verdict);
  if (is_first) return;
  ++compared_;
  const bool exact = exact_.contains(name);
  const auto first = digest_of(earlier->second, exact), second = digest_of(verdict, exact);
  if (first == second) return;
  auto detail = render_comparison(compare_verdicts(earlier->second, verdict, {.reasons = true}));
  if (detail.empty()) detail = "  the bytes differ in ids, times or header values\n";
  differing_.push_back(
      fmt::format("not deterministic: {} has digest {}, {} has {}\n{}", earlier->second.name, first, verdict.name, second, detail));
}

std::string Determinism::render() const {
  std::string out;
  for (const auto& block : differing_) out += block;
  return out + fmt::format("{} repeated runs compared, {} came back differently\n", compared_, differing_.size());
}

}  // namespace understudy
