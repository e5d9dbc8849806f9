#include "contracts/src/base/finding.h"

#include <array>

namespace understudy {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 4> kEvidenceWords = {"documented", "published", "observed", "assumed"};

}  // namespace

std::string_view to_string(Evidence evidence) { return kEvidenceWords.at(static_cast<std::size_t>(evidence)); }

std::optional<Evidence> parse_evidence(std::string_view word) {
  for (std::size_t i = 0; i < kEvidenceWords.size(); ++i)
    if (kEvidenceWords[i] == word) return static_cast<Evidence>(i);
  return std::nullopt;
}

}  // namespace understudy
