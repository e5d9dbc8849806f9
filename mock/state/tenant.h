// A tenant: the state of one integrator or scenario, guarded by one lock. The directory finds a tenant by the credential of a request.
#pragma once

#include <set>
#include <shared_mutex>

#include "mock/mock.h"
#include "mock/receipt.h"
#include "mock/state/draws.h"
#include "mock/state/journal.h"

namespace understudy {

class History;  // mock/history/history.h

struct Tenant;

// Where a tenant stands in the storage (mock/storage/). The tenant's lock guards it.
class TenantStorage {
 public:
  virtual ~TenantStorage() = default;
  // Before the tenant is read or written: takes back what was not stored.
  virtual void refresh(Tenant& tenant) = 0;
  // What is done under this lock is valid only while the list of tenants has this number (mock/storage/state_queue.h).
  virtual void expect_directory(std::uint64_t) {}
  // Of the last commit; null: everything that the tenant shows is stored.
  virtual std::shared_ptr<Receipt> receipt() = 0;
};

// The lock guards the state (LiveState) and what is below it.
struct Tenant : LiveState {
  Tenant(std::string tenant_name, TenantState initial, std::size_t journal_entries, std::size_t journal_bytes,
         std::shared_ptr<JournalShare> journals)
      : LiveState(std::move(initial)), name(std::move(tenant_name)), journal(journal_entries, journal_bytes, std::move(journals)) {}

  const std::string name;
  std::string api;  // the API of operations and sequences that are named without one; may be empty
  std::string username, password, key;
  Bounds bounds;
  std::shared_ptr<const Json> staged;  // the document it was made from; null: the default tenant
  std::string staged_digest;           // of what decides how it is staged; empty without a storage
  std::mutex mutex;
  Journal journal;
  std::uint64_t journal_offset = 0;        // total() of the journal when the tenant was staged or reset
  std::shared_ptr<History> history;        // its last commits; null: none are kept
  std::shared_ptr<TenantStorage> storage;  // null: memory alone
  bool is_replaced = false;                // by another with its name, or removed
};

// Holds a tenant's lock. What is written meanwhile becomes one commit at the end; its receipt goes to the collector of this thread.
class TenantLock {
 public:
  // `made_by`: of the commit (Commit::made_by). Without it: only reads.
  TenantLock(Tenant& tenant, std::string_view made_by) : TenantLock(tenant) { tenant.set_made_by(made_by); }
  explicit TenantLock(Tenant& tenant) : TenantLock(tenant, std::unique_lock(tenant.mutex)) {}
  TenantLock(Tenant& tenant, std::unique_lock<std::mutex> lock) : tenant_(&tenant), lock_(std::move(lock)) {
    if (tenant_->storage != nullptr) tenant_->storage->refresh(*tenant_);
  }
  TenantLock(TenantLock&&) = default;
  TenantLock& operator=(TenantLock&&) = delete;
  ~TenantLock() {
    if (!lock_.owns_lock()) return;
    if (tenant_->storage != nullptr && ReceiptCollector::has_failed()) tenant_->discard();
    tenant_->commit();
    if (tenant_->storage != nullptr && !tenant_->is_replaced) ReceiptCollector::add(tenant_->storage->receipt());
  }

 private:
  Tenant* tenant_;
  std::unique_lock<std::mutex> lock_;
};

// Thread-safe. A tenant that is replaced or removed lives until the exchanges that use it are done.
class Directory {
 public:
  std::shared_ptr<Tenant> find(std::string_view name) const;
  std::shared_ptr<Tenant> find_username(std::string_view username) const;
  std::shared_ptr<Tenant> find_key(std::string_view key) const;
  // The only tenant that was staged for an API, and not for no situation at all like `demo`; null: there is none, or several.
  std::shared_ptr<Tenant> find_only(std::string_view api) const;
  // Whether two tenants would have the same username or key after exchange().
  struct Clash {
    std::string name, owner;
  };
  std::optional<Clash> find_clash(const std::vector<std::shared_ptr<Tenant>>& added, const std::vector<std::string>& removed = {}) const;
  // Adds or replaces some tenants by name and removes others, in one step.
  void exchange(const std::vector<std::shared_ptr<Tenant>>& added, const std::vector<std::string>& removed = {});
  std::vector<std::shared_ptr<Tenant>> all() const;
  std::size_t size() const;

 private:
  void forget(std::string_view name);
  void enter(std::shared_ptr<Tenant> tenant);
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_name_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_username_;
  std::map<std::string, std::shared_ptr<Tenant>, std::less<>> by_key_;
  std::map<std::string, std::set<std::string>, std::less<>> names_by_api_;  // of the staged ones
};

// Tokens have three parts, as those of real services. They contain the tenant's name, so that an expired token still finds it.
std::string make_token(std::string_view tenant, Draws& env);
std::optional<std::string> tenant_of_token(std::string_view token);

}  // namespace understudy
