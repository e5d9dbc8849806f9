// Owns Rules: which of its own rules a server keeps. The right server keeps all of them; each server of tests/broken forgets
// some, by name. Nothing else in this folder knows that there are broken servers.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

class Rules {
 public:
  Rules() = default;
  explicit Rules(std::vector<std::string> forgotten) : forgotten_(std::move(forgotten)) {}

  bool keeps(std::string_view rule) const { return std::find(forgotten_.begin(), forgotten_.end(), rule) == forgotten_.end(); }

 private:
  std::vector<std::string> forgotten_;
};

}  // namespace reference
