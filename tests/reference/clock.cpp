#include "tests/reference/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace reference {
namespace {

std::string write_with(const char* format, Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string write_seconds(Time time) { return write_with("%Y-%m-%dT%H:%M:%SZ", time); }

std::string write_plain(Time time) { return write_with("%Y-%m-%d %H:%M:%S", time); }

std::string write_milliseconds(Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), ".%03dZ", static_cast<int>(rest));
  return write_with("%Y-%m-%dT%H:%M:%S", whole) + text.data();
}

}  // namespace reference
