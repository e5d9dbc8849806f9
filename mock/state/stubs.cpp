#include "mock/state/stubs.h"

#include <algorithm>

namespace understudy {

bool Stubs::put(Stub stub) {
  const std::lock_guard lock(mutex_);
  const auto old = std::ranges::find(stubs_, stub.id, &Stub::id);
  if (old == stubs_.end() && stubs_.size() >= kMost) return false;
  if (old != stubs_.end()) stubs_.erase(old);
  const auto behind = std::ranges::lower_bound(stubs_, stub.priority, {}, &Stub::priority);
  stubs_.insert(behind, std::make_shared<const Stub>(std::move(stub)));
  size_ = stubs_.size();
  return true;
}

bool Stubs::remove(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto removed = std::erase_if(stubs_, [&](const auto& stub) { return stub->id == id; });
  size_ = stubs_.size();
  return removed > 0;
}

void Stubs::clear() {
  const std::lock_guard lock(mutex_);
  stubs_.clear();
  size_ = 0;
}

std::vector<std::shared_ptr<const Stub>> Stubs::all() const {
  const std::lock_guard lock(mutex_);
  return stubs_;
}

std::shared_ptr<const Stub> Stubs::find(std::string_view id) const {
  for (auto& stub : all()) {
    if (stub->id == id) return std::move(stub);
  }
  return nullptr;
}

std::shared_ptr<const Stub> Stubs::match(const JournalEntry& entry) const {
  for (auto& stub : all()) {
    if (stub->matches(entry)) return std::move(stub);
  }
  return nullptr;
}

}  // namespace understudy
