// Limits the work of one journal query, so that no expression can occupy the server. Each function that searches takes steps from the
// budget; when it is spent, it returns any value at once, and the handler answers `query-too-expensive` instead of a result.
#pragma once

#include <cstdint>
#include <string_view>

namespace understudy {

class StepBudget {
 public:
  explicit StepBudget(std::uint64_t steps) : left_(steps) {}

  // False, now and from then on: the budget is spent. A step is one JSON value that is visited or compared.
  bool take(std::uint64_t steps = 1) {
    if (steps > left_) spent_ = true;
    left_ -= spent_ ? left_ : steps;
    return !spent_;
  }
  // For reading a text from its beginning to its end.
  bool take_text(std::string_view text) { return take(1 + text.size() / 16); }
  bool is_spent() const { return spent_; }

 private:
  std::uint64_t left_;
  bool spent_ = false;
};

}  // namespace understudy
