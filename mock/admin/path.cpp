#include "mock/admin/path.h"

#include <algorithm>

#include "contracts/src/base/http.h"

namespace understudy {

std::vector<std::string_view> split_path(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  std::vector<std::string_view> segments;
  if (path.empty()) return segments;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    segments.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

bool is_path_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

std::string parameter_name(std::string_view segment) { return std::string(segment.substr(1, segment.size() - 2)); }

std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view path_template, std::string_view path) {
  const auto expected = split_path(path_template), actual = split_path(path);
  if (expected.size() != actual.size()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> values;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (is_path_parameter(expected[i]) && !actual[i].empty())
      values.emplace_back(parameter_name(expected[i]), percent_decode(actual[i]));
    else if (expected[i] != actual[i])
      return std::nullopt;
  }
  return values;
}

}  // namespace understudy
