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

const char* Receipt::code() const {
  switch (outcome()) {
    case Outcome::unknown: return "outcome-unknown";
    case Outcome::history_lost: return "history-lost";
    default: return "not-stored";
  }
}

Receipt::Outcome wait_for(const std::shared_ptr<Receipt>& receipt) {
  return receipt == nullptr ? Receipt::Outcome::stored : receipt->wait();
}

Response refuse_unstored(const Receipt& receipt) {
  const char* message = receipt.outcome() == Receipt::Outcome::unknown ? "It is unknown whether the change was stored: "
                        : receipt.outcome() == Receipt::Outcome::history_lost
                            ? "Nothing was done, because the stored state is not the one before: "
                            : "The change was not stored, and nothing was done: ";
  return {.status = 503,
          .headers = {{"Content-Type", "application/json"}, {"Retry-After", "1"}},
          .body = render_json({{"code", receipt.code()}, {"message", message + receipt.reason() + "."}})};
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

std::shared_ptr<Receipt> join(const Receipts& receipts) {
  if (receipts.size() < 2) return receipts.empty() ? nullptr : receipts.front();
  auto joined = std::make_shared<Receipt>();
  const auto left = std::make_shared<std::atomic<std::size_t>>(receipts.size());
  for (const auto& each : receipts) {
    each->when_settled([joined, left, receipts] {
      if (--*left > 0) return;
      const Receipt* worst = receipts.front().get();
      for (const auto& one : receipts) {
        const bool may_be_worse = worst->outcome() == Receipt::Outcome::stored || worst->outcome() == Receipt::Outcome::stale;
        if (may_be_worse && one->outcome() != Receipt::Outcome::stored) worst = one.get();
      }
      joined->settle(worst->outcome(), worst->reason());
    });
  }
  return joined;
}

ReceiptCollector::ReceiptCollector(What what) : what_(what), outer_(std::exchange(current_collector, this)) {}

ReceiptCollector::~ReceiptCollector() { current_collector = outer_; }

Receipts ReceiptCollector::take() {
  std::erase_if(receipts_, [](const auto& receipt) { return receipt->outcome() == Receipt::Outcome::stored; });
  return std::move(receipts_);
}

bool ReceiptCollector::is_active() { return current_collector != nullptr && current_collector->what_ == What::receipts; }

bool ReceiptCollector::has_failed() {
  return is_active() && std::ranges::any_of(current_collector->receipts_, [](const auto& receipt) {
           return receipt->is_settled() && receipt->outcome() != Receipt::Outcome::stored;
         });
}

void ReceiptCollector::add(std::shared_ptr<Receipt> receipt) {
  if (is_active() && receipt != nullptr) current_collector->receipts_.push_back(std::move(receipt));
}

}  // namespace understudy
