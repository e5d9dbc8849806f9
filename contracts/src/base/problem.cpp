#include "contracts/src/base/problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/terminal.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kShownWidth = 120;  // of a longer line only the surroundings of the caret are shown

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The line and the caret under byte `column`; control characters would move the caret, or the terminal.
std::string render_caret(std::string_view line, std::size_t column) {
  std::size_t caret = std::min(column - 1, line.size());
  std::string before, after;
  if (line.size() > kShownWidth) {
    std::size_t first = caret > kShownWidth / 2 ? caret - kShownWidth / 2 : 0;
    while (first > 0 && continues_character(line[first])) --first;
    std::size_t last = std::min(first + kShownWidth, line.size());
    while (last < line.size() && continues_character(line[last])) ++last;
    before = first > 0 ? "..." : "";
    after = last < line.size() ? "..." : "";
    line = line.substr(first, last - first);
    caret -= first;
  }
  std::string shown = before;
  std::string margin(before.size(), ' ');
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool is_control = static_cast<unsigned char>(line[i]) < 0x20 || line[i] == 0x7F;
    shown += is_control && line[i] != '\t' ? ' ' : line[i];
    if (i < caret && !continues_character(line[i])) margin += line[i] == '\t' ? '\t' : ' ';
  }
  return fmt::format("    {}{}\n    {}^", shown, after, margin);
}

// Optimal string alignment distance without case: 'capture' for 'Capture' is no difference.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) { return ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]); };
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same(i, j) ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && ascii_lower(a[i - 1]) == ascii_lower(b[j - 2]) && ascii_lower(a[i - 2]) == ascii_lower(b[j - 1]);
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string render_place(const Place& place) {
  std::string text = place.file;
  if (place.line == 0) return text;
  text += fmt::format("{}{}", text.empty() ? "" : ":", place.line);
  if (place.column != 0) text += fmt::format(":{}", place.column);
  return text;
}

Problem make_problem(Failure failure, std::string code, std::string message, Place place, std::string source_line) {
  return {failure, std::move(code), std::move(message), std::move(place), std::move(source_line)};
}

std::string render_problem(const Problem& problem) {
  const std::string place = render_place(problem.place);
  std::string text = fmt::format("{}{}error: {} [{}]", place, place.empty() ? "" : ": ", problem.message, problem.code);
  if (!problem.source_line.empty() && problem.place.column != 0) text += "\n" + render_caret(problem.source_line, problem.place.column);
  return escape_for_terminal(text);
}

std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string> known) {
  constexpr std::size_t kLongestWord = 100;  // longer words are no typing slips, and the distance costs the product of both lengths
  if (word.size() > kLongestWord) return std::nullopt;
  std::optional<std::string> nearest;
  std::size_t best = word.size() / 3 + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> known) {
  const auto nearest = find_nearest(word, known);
  return nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "";
}

}  // namespace understudy
