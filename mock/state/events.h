// What happens in the mock, for those who listen: server-sent events (text/event-stream, HTML standard 9.2). Each listener has a bounded
// queue, so a slow one loses events and gets their number, and no request waits for it. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "contracts/src/base/json.h"
#include "mock/delivery.h"

namespace understudy {

class Events {
 public:
  static constexpr std::size_t kMostListeners = 32;
  static constexpr std::size_t kMostWaiting = 1u << 20;  // bytes of one listener; beyond: the event `lost` in their place

  Events() = default;
  ~Events();  // ends every stream
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  // False: publish() would do nothing. It costs one atomic load, so that nothing is rendered without a listener.
  bool has_listeners() const { return count_.load(std::memory_order_relaxed) > 0; }
  // `name`: one word.
  void publish(std::string_view name, const Json& data);
  // Hears what is published from now on, until it is destroyed; null: there are too many.
  std::shared_ptr<BodyStream> listen();

 private:
  class Listener;
  void forget_the_gone();  // under mutex_

  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;  // guards listeners_
  std::vector<std::weak_ptr<Listener>> listeners_;
};

}  // namespace understudy
