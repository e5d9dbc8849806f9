// Tells when the changes of an exchange are stored: nothing is acknowledged before. Only a mock with a storage has receipts.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace understudy {

// Thread-safe. Settled once, with an outcome.
class Receipt {
 public:
  enum class Outcome {
    pending,
    stored,
    not_stored,    // nothing was done, and the tenant is as before
    unknown,       // it may have been stored: the storage does not answer
    stale,         // another mock that shares the storage was faster; nothing was done, and the call is to be made again
    history_lost,  // the storage has lost what was acknowledged; nothing was done
  };
  Outcome outcome() const { return outcome_.load(std::memory_order_acquire); }
  bool is_settled() const { return outcome() != Outcome::pending; }
  Outcome wait() const;  // blocks until it is settled
  // What clients see if it was not stored: not-stored, outcome-unknown, history-lost.
  const char* code() const;
  // Calls `done` once: at once if it is settled, else on the thread that settles it.
  void when_settled(std::function<void()> done);
  // Why it was not stored, as a sentence; empty before it is settled.
  const std::string& reason() const { return is_settled() ? reason_ : kNone; }
  void settle(Outcome outcome, std::string reason = {});

 private:
  static const std::string kNone;
  std::atomic<Outcome> outcome_ = Outcome::pending;
  std::mutex mutex_;  // guards what follows until it is settled
  std::string reason_;
  std::vector<std::function<void()>> waiting_;
};

using Receipts = std::vector<std::shared_ptr<Receipt>>;

// As receipt->wait(); `stored` where there is none.
Receipt::Outcome wait_for(const std::shared_ptr<Receipt>& receipt);

// Settled when all of them are: with the first outcome that is not `stored`; `stale` counts last. Null if there are none.
std::shared_ptr<Receipt> join(const Receipts& receipts);

// Collects, on one thread, what the locks of tenants (mock/state/tenant.h) give while it lives: the receipts of all that was read or
// written. One at a time for each thread; an inner one collects alone.
class ReceiptCollector {
 public:
  enum class What { receipts, nothing };
  explicit ReceiptCollector(What what = What::receipts);  // `nothing`: what is done meanwhile waits for nothing
  ~ReceiptCollector();
  ReceiptCollector(const ReceiptCollector&) = delete;
  ReceiptCollector& operator=(const ReceiptCollector&) = delete;

  // Those that are not settled, or were not stored.
  Receipts take();
  static bool is_active();                            // on this thread
  static bool has_failed();                           // on this thread: something cannot be read, or was not stored
  static void add(std::shared_ptr<Receipt> receipt);  // to the collector of this thread; without one it is dropped

 private:
  const What what_;
  ReceiptCollector* outer_;
  Receipts receipts_;
};

}  // namespace understudy
