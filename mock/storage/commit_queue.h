// Stores the commits of all tenants on one thread: what arrives while the storage is busy is stored together afterwards.
#pragma once

#include <condition_variable>
#include <deque>
#include <set>
#include <thread>

#include "mock/storage/state_queue.h"

namespace understudy {

class CommitQueue final : public StateQueue {
 public:
  explicit CommitQueue(std::unique_ptr<Storage> storage, bool keeps_journal = false);
  ~CommitQueue() override;  // stores what is left
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  Result<std::vector<StoredTenant>> load(const Contracts& contracts) override { return storage_->load(contracts); }
  void read_ahead(std::vector<std::shared_ptr<Tenant>> tenants) override;  // a few at a time, on a thread of its own
  void attach(Tenant& tenant) override;
  bool store(Tenant& tenant, const std::shared_ptr<const Commit>& commit) override;
  void introduce(Tenant& tenant, TenantIdentity identity) override;
  std::shared_ptr<Receipt> remove(Tenant& tenant) override;
  bool keeps_journal() const override { return keeps_journal_; }
  // Within a second. While the storage refuses them, the last 10,000 wait; others are dropped.
  void add_exchange(std::function<StoredExchange()> render) override;

 private:
  class Place;
  struct Waiting {
    StorageEntry entry;
    std::shared_ptr<Place> place;
    std::shared_ptr<Receipt> receipt;
  };

  std::shared_ptr<Receipt> add(Waiting waiting);
  void run();
  void drop_older_counts(const StorageEntry& entry);
  void fail(const std::vector<Waiting>& batch, const StorageOutcome& outcome);
  void store_exchanges(std::unique_lock<std::mutex>& lock);

  const std::unique_ptr<Storage> storage_;
  const bool keeps_journal_;
  std::mutex mutex_;  // guards what follows, and the lost commits of places
  std::condition_variable arrived_;
  std::vector<Waiting> waiting_;
  LimitCounts counts_;
  std::deque<std::function<StoredExchange()>> exchanges_;
  Stopwatch since_exchanges_;  // since the last ones were stored
  bool stopping_ = false;
  bool is_idle_ = false;  // the thread waits for the next commit
  std::thread thread_;
  std::jthread reader_;  // stops when it is destroyed, first
};

}  // namespace understudy
