#include "conformance/select.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy {
namespace {

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// Where a '*' was met last is the only place worth going back to.
bool matches_whole(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return matches_pattern(pattern, name); });
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view name) {
  return pattern.find('*') == std::string_view::npos ? name.find(pattern) != std::string_view::npos : matches_whole(pattern, name);
}

bool is_selected(const Selection& selection, const Scenario& scenario) {
  const auto name = scenario_name(scenario);
  if (!selection.run.empty() && !any_matches(selection.run, name)) return false;
  if (any_matches(selection.skip, name)) return false;
  if (selection.labels.empty()) return true;
  return std::any_of(selection.labels.begin(), selection.labels.end(), [&](const std::string& label) {
    return std::find(scenario.labels.begin(), scenario.labels.end(), label) != scenario.labels.end();
  });
}

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
      return tl::unexpected(Problem{.failure = Failure::bad_file,
                                    .code = "reason-missing",
                                    .message = fmt::format("found '{}' without a reason, expected '{} # why it fails'", pattern, pattern),
                                    .place = place,
                                    .source_line = std::string(line)});
    }
    list.push_back({.pattern = std::string(pattern), .reason = std::string(reason), .place = place});
  }
  return list;
}

const KnownFailure* find_known_failure(const std::vector<KnownFailure>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const KnownFailure& one) { return matches_pattern(one.pattern, name); });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace understudy
