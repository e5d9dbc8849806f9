// Stores the commits of all tenants on one thread: what arrives while the storage is busy is stored together afterwards.
#pragma once

#include <condition_variable>
#include <set>
#include <thread>

#include "mock/state/tenant.h"
#include "mock/storage/storage.h"

namespace understudy {

class CommitQueue {
 public:
  explicit CommitQueue(std::unique_ptr<Storage> storage);
  ~CommitQueue();  // stores what is left
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Before the first commit.
  Result<std::vector<StoredTenant>> load(const Contracts& contracts) { return storage_->load(contracts); }

  // Reads the records of these tenants that are not read yet, a few at a time, on a thread of its own.
  void read_ahead(std::vector<std::shared_ptr<Tenant>> tenants);

  // The tenant's commits will be stored. Before its first lock.
  void attach(Tenant& tenant);
  // The next commit of a tenant that is attached. Under the tenant's lock.
  void store(Tenant& tenant, const std::shared_ptr<const Commit>& commit);
  // The next commit of the tenant is the first of a new one. Under the tenant's lock.
  void introduce(Tenant& tenant, TenantIdentity identity);
  // Removes the tenant. Under its lock.
  std::shared_ptr<Receipt> remove(Tenant& tenant);

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

  const std::unique_ptr<Storage> storage_;
  std::mutex mutex_;  // guards what follows, and the lost commits of places
  std::condition_variable arrived_;
  std::vector<Waiting> waiting_;
  LimitCounts counts_;
  bool stopping_ = false;
  bool is_idle_ = false;  // the thread waits for the next commit
  std::thread thread_;
  std::jthread reader_;  // stops when it is destroyed, first
};

}  // namespace understudy
