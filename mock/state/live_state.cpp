#include "mock/state/live_state.h"

namespace understudy {

void LiveState::listen(Listener listener) {
  listener_ = std::move(listener);
  commit_ = listener_ ? std::make_unique<Commit>() : nullptr;
}

void LiveState::stop_listening() { listen(nullptr); }

void LiveState::commit() {
  if (commit_ == nullptr || commit_->changes().empty()) return;
  commit_->number = ++number_;
  listener_(std::shared_ptr<const Commit>(std::exchange(commit_, std::make_unique<Commit>())));
}

}  // namespace understudy
