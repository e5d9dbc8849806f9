#include "contracts/src/base/pairing.h"

#include <utility>

namespace understudy {
namespace {

constexpr std::size_t kMostRemembered = 16u << 20;  // bytes

class PairFinder {
 public:
  PairFinder(std::size_t left, std::size_t right, const PairFits& fits)
      : fits_(fits),
        partner_(left, kUnpaired),
        owner_(right, kUnpaired),
        known_(left <= kMostRemembered / (right + 1) ? left * right : 0) {}

  std::optional<std::vector<std::size_t>> run() {
    for (std::size_t i = 0; i < partner_.size(); ++i) {
      if (!place(i)) return std::nullopt;
    }
    return std::move(partner_);
  }

 private:
  enum : unsigned char { unknown, yes, no };

  std::optional<bool> fits(std::size_t left, std::size_t right) {
    unsigned char* const known = known_.empty() ? nullptr : &known_[left * owner_.size() + right];
    if (known != nullptr && *known != unknown) return *known == yes;
    const auto answer = fits_(left, right);
    if (known != nullptr && answer) *known = *answer ? yes : no;
    return answer;
  }

  // Finds the shortest augmenting path from a left element, breadth first. False: the search ended.
  bool place(std::size_t start) {
    std::vector<std::size_t> from(owner_.size(), kUnpaired), queue = {start};
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const auto left = queue[next];
      for (std::size_t k = 0; k < owner_.size(); ++k) {
        const auto right = (left + k) % owner_.size();  // lists in the same order need one comparison for each element
        if (from[right] != kUnpaired) continue;
        const auto answer = fits(left, right);
        if (!answer) return false;
        if (!*answer) continue;
        from[right] = left;
        if (owner_[right] == kUnpaired) {
          take(start, right, from);
          return true;
        }
        queue.push_back(owner_[right]);
      }
    }
    return true;
  }

  // Gives `right` to the element that reached it, and so on back to `start`.
  void take(std::size_t start, std::size_t right, const std::vector<std::size_t>& from) {
    while (true) {
      const auto left = from[right];
      const auto freed = std::exchange(partner_[left], right);
      owner_[right] = left;
      if (left == start) return;
      right = freed;
    }
  }

  const PairFits& fits_;
  std::vector<std::size_t> partner_, owner_;
  std::vector<unsigned char> known_;
};

}  // namespace

std::optional<std::vector<std::size_t>> pair_elements(std::size_t left, std::size_t right, const PairFits& fits) {
  return PairFinder(left, right, fits).run();
}

}  // namespace understudy
