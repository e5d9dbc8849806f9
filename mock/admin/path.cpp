#include "mock/admin/path.h"

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {

bool is_path_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

std::string parameter_name(std::string_view segment) { return std::string(segment.substr(1, segment.size() - 2)); }

std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view path_template, std::string_view path) {
  const auto expected = path_segments(path_template), actual = path_segments(path);
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
