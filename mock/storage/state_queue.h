// What a mock needs of a storage: its commits are stored in order, each with a receipt. A storage that several mocks share has a Fleet.
#pragma once

#include "mock/state/tenant.h"
#include "mock/storage/storage.h"

namespace understudy {

// What other mocks did to the tenants of a storage that they share.
struct FleetNews {
  std::vector<StoredTenant> entered;  // new, or in place of those with their names
  std::vector<std::string> removed;
  std::uint64_t directory = 0;  // the number of the directory with these
};

// Several mocks act as one. Their directory, the list of tenants, has a number that grows with each tenant that is entered or removed.
class Fleet {
 public:
  virtual ~Fleet() = default;
  // The tenant continues what is stored. Before its first lock.
  virtual void adopt(Tenant& tenant, const SharedPosition& position) = 0;
  // The number of the directory that this mock has.
  virtual std::uint64_t directory() const = 0;
  // Stored if that is the number of the fleet, else stale, after there are news.
  virtual std::shared_ptr<Receipt> check_directory() = 0;
  virtual bool has_news() const = 0;
  // One staging at a time calls these three. Between the first two, the mock enters and removes the tenants.
  virtual FleetNews take_news() = 0;
  virtual void finish_news(std::uint64_t directory) = 0;
  // After tenants were introduced or removed. True: all were stored, and the mock has them in its directory.
  virtual void finish_staging(bool is_stored) = 0;
};

class StateQueue {
 public:
  virtual ~StateQueue() = default;
  // Before the first commit.
  virtual Result<std::vector<StoredTenant>> load(const Contracts& contracts) = 0;
  // The tenant's commits will be stored. Before its first lock.
  virtual void attach(Tenant& tenant) = 0;
  // Reads what load() has left out of these tenants.
  virtual void read_ahead(std::vector<std::shared_ptr<Tenant>>) {}
  // The next commit of a tenant that is attached. Under the tenant's lock. False: it only notes what everybody can find out, is not
  // stored, and does not count as a commit.
  virtual bool store(Tenant& tenant, const std::shared_ptr<const Commit>& commit) = 0;
  // The next commit of the tenant is the first of a new one. Under the tenant's lock.
  virtual void introduce(Tenant& tenant, TenantIdentity identity) = 0;
  // Removes the tenant. Under its lock.
  virtual std::shared_ptr<Receipt> remove(Tenant& tenant) = 0;
  // Whether exchanges are stored, too, and one for it; `render` is called later, on another thread.
  virtual bool keeps_journal() const { return false; }
  virtual void add_exchange(std::function<StoredExchange()> /*render*/) {}
  virtual Fleet* fleet() { return nullptr; }  // null: no other mock uses the storage
};

}  // namespace understudy
