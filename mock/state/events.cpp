#include "mock/state/events.h"

#include <utility>

namespace understudy {
namespace {

constexpr int kSilentCalls = 150;  // of take(); then a comment shows whether the client is still there

std::string render_event(std::string_view name, const Json& data) {
  return "event: " + std::string(name) + "\ndata: " + render_json(data) + "\n\n";
}

}  // namespace

class Events::Listener final : public BodyStream {
 public:
  std::optional<std::string> take() override {
    const std::lock_guard lock(mutex_);
    if (const auto lost = std::exchange(lost_, 0); lost > 0) waiting_ += render_event("lost", {{"events", lost}});
    if (waiting_.empty() && has_ended_) return std::nullopt;
    silent_calls_ = waiting_.empty() ? silent_calls_ + 1 : 0;
    if (silent_calls_ < kSilentCalls) return std::exchange(waiting_, {});
    silent_calls_ = 0;
    return ":\n\n";
  }

  void add(const std::string& event) {
    const std::lock_guard lock(mutex_);
    if (lost_ > 0 || waiting_.size() + event.size() > kMostWaiting)
      ++lost_;
    else
      waiting_ += event;
  }

  void end() {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }

 private:
  std::mutex mutex_;                         // guards all below
  std::string waiting_ = "retry: 1000\n\n";  // milliseconds until a browser connects again
  std::size_t lost_ = 0;                     // since the last event in waiting_
  int silent_calls_ = 0;
  bool has_ended_ = false;
};

Events::~Events() {
  for (const auto& each : listeners_) {
    if (const auto listener = each.lock()) listener->end();
  }
}

void Events::forget_the_gone() {
  std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
  count_ = listeners_.size();
}

void Events::publish(std::string_view name, const Json& data) {
  if (!has_listeners()) return;
  const std::string event = render_event(name, data);
  const std::lock_guard lock(mutex_);
  forget_the_gone();
  for (const auto& each : listeners_) {
    if (const auto listener = each.lock()) listener->add(event);
  }
}

std::shared_ptr<BodyStream> Events::listen() {
  const std::lock_guard lock(mutex_);
  forget_the_gone();
  if (listeners_.size() >= kMostListeners) return nullptr;
  auto listener = std::make_shared<Listener>();
  listeners_.push_back(listener);
  count_ = listeners_.size();
  return listener;
}

}  // namespace understudy
