// Stores and checks what the exchanges of this server did, on one thread: what arrives while Redis is busy is sent together afterwards.
// What other servers did in between is read and given back to the tenants (place.h) and to the mock (Fleet).
#pragma once

#include <condition_variable>
#include <thread>

#include "mock/storage/redis/place.h"

namespace understudy::redis {

class SharedQueue final : public StateQueue, public Fleet {
 public:
  explicit SharedQueue(std::unique_ptr<FleetLog> log);
  ~SharedQueue() override;  // stores what is left
  SharedQueue(const SharedQueue&) = delete;
  SharedQueue& operator=(const SharedQueue&) = delete;

  Result<std::vector<StoredTenant>> load(const Contracts& contracts) override;
  void attach(Tenant& tenant) override;
  bool store(Tenant& tenant, const std::shared_ptr<const Commit>& commit) override;
  void introduce(Tenant& tenant, TenantIdentity identity) override;
  std::shared_ptr<Receipt> remove(Tenant& tenant) override;
  Fleet* fleet() override { return this; }

  void adopt(Tenant& tenant, const SharedPosition& position) override;
  std::uint64_t directory() const override { return applied_.load(std::memory_order_acquire); }
  std::shared_ptr<Receipt> check_directory() override;
  bool has_news() const override { return has_news_.load(std::memory_order_acquire); }
  FleetNews take_news() override;
  void finish_news(std::uint64_t directory) override;
  void finish_staging(bool is_stored) override;

 private:
  friend class Place;
  using Batch = std::vector<std::shared_ptr<Waiting>>;
  // How what was not done ends.
  struct Failure {
    Receipt::Outcome outcome = Receipt::Outcome::stale;
    std::string reason{};
  };
  struct Failures {
    std::map<std::shared_ptr<Place>, Failure> of;  // places that begin again with a repair
    std::vector<std::shared_ptr<Place>> behind;    // those of them that were read
    Readings readings;
    Failure of_directory;
  };
  using Settled = std::vector<std::pair<std::shared_ptr<Receipt>, Failure>>;

  void add(std::shared_ptr<Waiting> waiting);
  std::shared_ptr<Receipt> check(std::shared_ptr<Waiting> waiting);
  // The number of the directory that the next introduction or removal expects.
  std::uint64_t expect_staging();

  // On the thread.
  void run();
  void store_batch(const Batch& batch, bool is_reachable);
  bool settle_unknown();
  void finish(const Batch& batch, std::span<const FleetOutcome> outcomes, bool is_again);
  void accept(Waiting& waiting, FleetOutcome outcome, bool is_again);
  Failures find_failures(const Batch& batch, std::span<const FleetOutcome> outcomes);
  void read_missing(Failures& failures);
  Failure take_reading(Place& place, Reading reading, std::uint64_t directory);
  bool read_directory(std::uint64_t since);
  bool begin_again();
  void add_news(Directory directory);
  Settled break_places(const Batch& batch, std::span<const FleetOutcome> outcomes, Failures failures);

  const std::unique_ptr<FleetLog> log_;
  std::uint64_t staging_ = 0;  // introductions and removals of the staging that is being made; one at a time
  std::atomic<std::uint64_t> applied_ = 0;
  std::atomic<bool> has_news_ = false;

  std::mutex mutex_;  // guards what follows, and parts of places
  std::condition_variable arrived_;
  Batch waiting_;
  std::map<std::string, std::weak_ptr<Place>> places_;  // of the tenants of the fleet that this server knows
  FleetNews news_;
  std::uint64_t fetched_ = 0;  // the number of the directory with the news
  bool stopping_ = false;
  bool is_idle_ = false;
  Batch unknown_;  // used on the thread only
  std::thread thread_;
};

}  // namespace understudy::redis
