#include "conformance/target/known_failing.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/text.h"
#include "scenarios/src/model/collect.h"

namespace understudy {

Result<std::vector<KnownFailure>> parse_known_failures(std::string_view text, const std::string& file) {
  std::vector<KnownFailure> list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto hash = line.find('#');
    const auto pattern = trim(line.substr(0, hash));
    if (pattern.empty()) continue;
    const auto reason = hash == std::string_view::npos ? std::string_view() : trim(line.substr(hash + 1));
    const Place place{.file = file, .line = number, .column = 1};
    if (reason.empty()) {
      return tl::unexpected(make_problem(Failure::bad_file, "reason-missing",
                                         fmt::format("found '{}' without a reason, expected '{} # why it fails'", pattern, pattern), place,
                                         std::string(line)));
    }
    list.push_back({.pattern = std::string(pattern), .reason = std::string(reason), .place = place});
  }
  return list;
}

bool matches_known_failure(const KnownFailure& known, std::string_view verdict_name) {
  const auto row = verdict_name.find(" [");
  const bool names_row = known.pattern.find(" [") != std::string::npos;
  const auto name = names_row ? verdict_name : verdict_name.substr(0, row);
  const bool whole = known.pattern.find('/') != std::string::npos;
  return matches_glob(known.pattern, whole ? name : name.substr(name.find('/') + 1));
}

}  // namespace understudy
