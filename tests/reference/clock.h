// Owns the time: the system's, shifted by what the command line asks for, and the three ways in which the vendors write it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace reference {

using Time = std::chrono::system_clock::time_point;

struct Clock {
  std::chrono::seconds offset{0};
  std::optional<Time> frozen;  // for tests
  Time now() const { return frozen ? *frozen : std::chrono::system_clock::now() + offset; }
};

std::string write_seconds(Time time);       // 2026-03-02T09:00:00Z
std::string write_milliseconds(Time time);  // 2026-03-02T09:00:00.123Z
std::string write_plain(Time time);         // 2026-03-02 09:00:00

}  // namespace reference
