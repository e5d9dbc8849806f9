#include "cli/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

std::size_t end_of_names(const Option& option) { return std::min(option.names.find(' '), option.names.size()); }

template <class T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, std::string>)
    return value;
  else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>)
    return value == 0 ? "" : fmt::format("{}", value);
  else
    return "";
}

}  // namespace

std::vector<std::string> option_names(const Option& option) {
  std::vector<std::string> names;
  for (const auto name : split(std::string_view(option.names).substr(0, end_of_names(option)), ',')) names.emplace_back(name);
  return names;
}

bool is_positional(const Option& option) { return !option.names.starts_with('-'); }

bool is_flag(const Option& option) { return std::holds_alternative<bool*>(option.value); }

std::string option_value(const Option& option) {
  if (is_flag(option)) return {};
  if (!option.rule.values.empty()) return fmt::format("{}", fmt::join(option.rule.values, "|"));
  if (const auto end = end_of_names(option); end < option.names.size()) return option.names.substr(end + 1);
  const bool is_text =
      std::holds_alternative<std::string*>(option.value) || std::holds_alternative<std::vector<std::string>*>(option.value);
  return is_text ? "VALUE" : "N";
}

std::string option_default(const Option& option) {
  if (!option.rule.default_text.empty()) return option.rule.default_text;
  return std::visit([](const auto* value) { return text_of(*value); }, option.value);
}

bool takes_path(const Option& option) {
  const auto value = is_positional(option) ? option_names(option).front() : option_value(option);
  return value == "scenarios" || value == "file" || value.find("FILE") != std::string::npos || value == "FOLDER";
}

std::vector<ExitMeaning> exit_meanings(const Command& command) {
  std::vector<ExitMeaning> meanings;
  for (const auto& exit : kExitMeanings) {
    const bool is_common = exit.code == kPassed || exit.code == kUsage || !command.subcommands.empty();
    if (is_common || contains(command.exits, exit.code)) meanings.push_back(exit);
  }
  return meanings;
}

}  // namespace understudy
