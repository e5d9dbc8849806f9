// Paths with parameters, such as /tenants/{tenant}: routes of the admin API, URL templates of request patterns, paths of operations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

// Whether a segment of a template is a parameter, such as {tenant}, and its name.
bool is_path_parameter(std::string_view segment);
std::string parameter_name(std::string_view segment);

// The decoded value of each parameter; nullopt if the path does not match. A parameter matches one segment that is not empty.
std::optional<std::vector<std::pair<std::string, std::string>>> match_path(std::string_view path_template, std::string_view path);

}  // namespace understudy
