// Where one tenant stands in a state that several servers share. Its exchanges run on the state of this server and are stored if no other
// server was faster; else what they did is taken back, what is missing is applied, and they run again.
#pragma once

#include "mock/storage/redis/fleet_log.h"
#include "mock/storage/state_queue.h"

namespace understudy::redis {

class SharedQueue;
class Place;

// Something that waits to be stored, or to be checked.
struct Waiting {
  FleetEntry entry;
  std::shared_ptr<Place> place;  // null: the directory
  std::shared_ptr<Receipt> receipt = std::make_shared<Receipt>();
};

// Brings the state of a tenant to what is stored: takes back, then follows.
struct Repair {
  std::vector<std::shared_ptr<const Commit>> lost;  // oldest first
  std::unique_ptr<StoredTenant> whole;              // instead of the state
  std::vector<RemoteCommit> missing;
};

class Place final : public TenantStorage, public std::enable_shared_from_this<Place> {
 public:
  Place(SharedQueue& queue, std::string tenant) : queue_(queue), tenant_(std::move(tenant)) {}

  // Under the tenant's lock.
  void refresh(Tenant& tenant) override;
  std::shared_ptr<Receipt> receipt() override;
  void expect_directory(std::uint64_t number) override { expected_directory_ = number; }
  // False: it is no commit for the others.
  bool add(Tenant& tenant, const std::shared_ptr<const Commit>& commit);
  void introduce(TenantIdentity identity) { identity_ = std::make_shared<const TenantIdentity>(std::move(identity)); }
  std::shared_ptr<Receipt> remove();
  void adopt(const SharedPosition& position) { last_ = confirmed = kept = position; }

  const std::string& tenant() const { return tenant_; }

  // The queue's mutex guards what follows.
  bool is_broken() const { return is_broken_.load(std::memory_order_relaxed); }
  // What this server did is lost, and the next exchange begins with the repair.
  void break_off() { is_broken_.store(true, std::memory_order_release); }
  SharedPosition confirmed;  // what is certainly stored
  SharedPosition kept;       // with what may be stored
  Repair repair;
  std::string history_lost;         // why no exchange can be stored until the tenant is staged again; empty: it can
  std::shared_ptr<Waiting> unsent;  // the last that waits and was not sent yet

 private:
  SharedQueue& queue_;
  const std::string tenant_;
  SharedPosition last_;  // with all that this server did
  std::shared_ptr<const TenantIdentity> identity_;
  std::shared_ptr<Receipt> made_;  // of the commit under this lock
  std::optional<std::uint64_t> expected_directory_;
  std::atomic<bool> is_broken_ = false;
};

}  // namespace understudy::redis
