#include "mock/receipt.h"

#include "contracts/src/base/json.h"
#include "mock/delivery.h"

#include <algorithm>
#include <utility>

namespace understudy {
namespace {

thread_local ReceiptCollector* current_collector = nullptr;

}  // namespace

const std::string Receipt::kNone;

Receipt::Outcome Receipt::wait() const {
  outcome_.wait(Outcome::pending, std::memory_order_acquire);
  return outcome();
}

Response refuse_unstored(const Receipt& receipt) {
  const bool is_unknown = receipt.outcome() == Receipt::Outcome::unknown;
  const std::string message =
      is_unknown ? "It is unknown whether the change was stored: " : "The change was not stored, and nothing was done: ";
  return {.status = 503,
          .headers = {{"Content-Type", "application/json"}, {"Retry-After", "1"}},
          .body = render_json({{"code", is_unknown ? "outcome-unknown" : "not-stored"}, {"message", message + receipt.reason() + "."}})};
}

void Receipt::when_settled(std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_settled()) {
      waiting_.push_back(std::move(done));
      return;
    }
  }
  done();
}

void Receipt::settle(Outcome outcome, std::string reason) {
  std::vector<std::function<void()>> waiting;
  {
    const std::lock_guard lock(mutex_);
    reason_ = std::move(reason);
    outcome_.store(outcome, std::memory_order_release);
    waiting.swap(waiting_);
  }
  outcome_.notify_all();
  for (const auto& done : waiting) done();
}

ReceiptCollector::ReceiptCollector() : outer_(std::exchange(current_collector, this)) {}

ReceiptCollector::~ReceiptCollector() { current_collector = outer_; }

Receipts ReceiptCollector::take() {
  std::erase_if(receipts_, [](const auto& receipt) { return receipt->outcome() == Receipt::Outcome::stored; });
  return std::move(receipts_);
}

void ReceiptCollector::add(std::shared_ptr<Receipt> receipt) {
  if (current_collector != nullptr && receipt != nullptr) current_collector->receipts_.push_back(std::move(receipt));
}

}  // namespace understudy
