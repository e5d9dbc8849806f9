// The rule about the state of a tenant: one function changes it.
#include <algorithm>
#include <array>
#include <regex>

#include "tests/support/architecture.h"

namespace understudy::architecture {
namespace {

// The writer, the class that calls it, and what makes new states of documents.
constexpr std::array kWriters = {"mock/state/change.h",       "mock/state/apply.cpp",           "mock/state/live_state.h",
                                 "mock/state/state_json.cpp", "mock/storage/sqlite/reader.cpp", "mock/engine/snapshot.cpp"};

}  // namespace

Violations check_state_writers(const SourceFile& file) {
  static const std::regex kMutable(R"((\bconst\s+)?\b(TenantState|ApiState)\s*[&*]|\bconst_cast\b)");
  if (!file.path.starts_with("mock/") || !is_cpp(file) || std::ranges::find(kWriters, file.path) != kWriters.end()) return {};
  Violations violations;
  const std::string code = blank_out(file.text, true);
  for (std::sregex_iterator match(code.begin(), code.end(), kMutable); match != std::sregex_iterator(); ++match) {
    if ((*match)[1].matched) continue;
    const auto line = 1 + std::count(code.begin(), code.begin() + match->position(), '\n');
    violations.push_back({file.path, static_cast<std::size_t>(line), "can change a state: " + match->str()});
  }
  return violations;
}

}  // namespace understudy::architecture
