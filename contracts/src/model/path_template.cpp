#include "contracts/src/model/path_template.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

std::string canonical_segment(std::string_view segment) { return percent_encode(percent_decode(segment)); }

// Encodes what RFC 3986 section 3.3 does not allow in a path. Escapes stay as they are.
std::string encode_path(std::string_view text) {
  constexpr std::string_view kAllowed = "/!$&'()*+,;=:@%";
  std::string sent;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_stray = text[i] == '%' && (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2]));
    sent += kAllowed.find(text[i]) != std::string_view::npos && !is_stray ? std::string(1, text[i]) : percent_encode(text.substr(i, 1));
  }
  return sent;
}

std::size_t find(std::string_view text, std::string_view part, std::size_t from, bool ignore_case) {
  for (std::size_t at = from; at + part.size() <= text.size(); ++at) {
    const std::string_view here = text.substr(at, part.size());
    if (ignore_case ? equals_ignore_case(here, part) : here == part) return at;
  }
  return std::string_view::npos;
}

tl::unexpected<std::string> bad_path(std::string sentence) { return tl::unexpected(std::move(sentence)); }

// More is more specific: text alone, then text beside a parameter, then a parameter alone.
std::size_t rank(const PathSegment& segment) {
  if (segment.names.empty()) return std::string::npos;
  std::size_t length = 0;
  for (const std::string& text : segment.texts) length += text.size();
  return length;
}

tl::expected<PathSegment, std::string> parse_segment(std::string_view segment) {
  PathSegment parsed;
  for (;;) {
    const auto open = segment.find('{');
    const std::string_view text = segment.substr(0, open);
    if (text.find('}') != std::string_view::npos) return bad_path("found '}' without '{', expected {name}");
    parsed.texts.push_back(canonical_segment(text));
    if (open == std::string_view::npos) return parsed;
    const auto close = segment.find('}', open);
    const auto name = segment.substr(open + 1, std::min(close, segment.size()) - open - 1);
    if (close == std::string_view::npos || name.empty() || name.find('{') != std::string_view::npos)
      return bad_path("found '{' that begins no parameter, expected {name} inside one segment");
    if (!parsed.names.empty() && parsed.texts.back().empty())
      return bad_path(
          fmt::format("found parameters {{{}}} and {{{}}} side by side, expected text between them", parsed.names.back(), name));
    parsed.names.emplace_back(name);
    segment.remove_prefix(close + 1);
  }
}

}  // namespace

std::string canonical_path(std::string_view path) {
  std::string canonical;
  canonical.reserve(path.size());
  for (std::size_t start = 0;;) {
    const auto end = std::min(path.find('/', start), path.size());
    canonical += canonical_segment(path.substr(start, end - start));
    if (end == path.size()) return canonical;
    canonical += '/';
    start = end + 1;
  }
}

bool is_canonical_path(std::string_view path) {
  constexpr std::string_view kMarks = "/-._~";  // RFC 3986 section 2.3
  return std::ranges::all_of(path, [&](char c) { return is_letter(c) || is_digit(c) || kMarks.find(c) != std::string_view::npos; });
}

bool PathSegment::match(std::string_view segment, bool ignore_case, PathParameters& parameters) const {
  if (names.empty()) return ignore_case ? equals_ignore_case(segment, texts.front()) : segment == texts.front();
  const std::string &before = texts.front(), &after = texts.back();
  if (segment.size() < before.size() + after.size() || find(segment.substr(0, before.size()), before, 0, ignore_case) != 0 ||
      find(segment.substr(segment.size() - after.size()), after, 0, ignore_case) != 0)
    return false;
  segment = segment.substr(before.size(), segment.size() - before.size() - after.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool is_last = i + 1 == names.size();
    const auto end = is_last ? segment.size() : find(segment, texts[i + 1], 1, ignore_case);
    if (end == 0 || end == std::string_view::npos) return false;
    parameters[names[i]] = percent_decode(segment.substr(0, end));
    if (!is_last) segment.remove_prefix(end + texts[i + 1].size());
  }
  return true;
}

bool PathTemplate::is_fixed() const {
  return std::ranges::all_of(segments, [](const PathSegment& segment) { return segment.names.empty(); });
}

std::vector<std::string> PathTemplate::names() const {
  std::vector<std::string> all;
  for (const PathSegment& segment : segments) all.insert(all.end(), segment.names.begin(), segment.names.end());
  return all;
}

std::optional<PathParameters> PathTemplate::match(std::span<const std::string_view> path, bool ignore_case) const {
  if (segments.size() != path.size()) return std::nullopt;
  PathParameters parameters;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!segments[i].match(path[i], ignore_case, parameters)) return std::nullopt;
  }
  return parameters;
}

bool PathTemplate::is_more_specific(const PathTemplate& other) const {
  return std::ranges::lexicographical_compare(other.segments, segments, {}, rank, rank);
}

tl::expected<PathTemplate, std::string> parse_path_template(std::string_view path) {
  if (!path.starts_with('/')) return bad_path("expected a path that begins with '/'");
  if (path.find_first_of("?#") != std::string_view::npos)
    return bad_path("found '?' or '#', expected a path alone (parameters of the query are listed under 'parameters')");
  PathTemplate parsed;
  for (auto open = path.find('{'), done = std::size_t{0};; open = path.find('{', done)) {
    parsed.sent += encode_path(path.substr(done, open - done));
    if (open == std::string_view::npos) break;
    done = std::min(path.find('}', open), path.size() - 1) + 1;
    parsed.sent += path.substr(open, done - open);
  }
  for (const std::string_view segment : path_segments(path)) {
    auto read = parse_segment(segment);
    if (!read) return tl::unexpected(std::move(read.error()));
    parsed.segments.push_back(std::move(*read));
  }
  auto names = parsed.names();
  std::ranges::sort(names);
  if (const auto twice = std::ranges::adjacent_find(names); twice != names.end())
    return bad_path(fmt::format("found parameter {{{}}} twice, expected each once", *twice));
  return parsed;
}

}  // namespace understudy
