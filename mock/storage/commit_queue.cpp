#include "mock/storage/commit_queue.h"

#include <algorithm>

#include "mock/history/history.h"

namespace understudy {
namespace {

constexpr std::chrono::milliseconds kCountsAtLatest{500};  // and exchanges of the journal
constexpr std::size_t kExchangesAtOnce = 500;              // so that no commit waits long for them
constexpr std::size_t kMostExchanges = 10'000;             // that wait
// Of what is read ahead, so that no request waits long for the tenant's lock.
constexpr std::size_t kRecordsAtOnce = 200;
constexpr std::chrono::milliseconds kPause{1};

// Whether the commit says nothing but how many calls were counted, and until when no record changes by itself, which is found out again.
bool only_counts(const Commit& commit) {
  return std::ranges::all_of(commit.changes(), [](const Change& change) {
    return std::holds_alternative<change::LimitCounted>(change) || std::holds_alternative<change::Settled>(change);
  });
}

// Whether earlier counts of limits still hold after it.
bool keeps_counts(const Commit& commit) {
  return std::ranges::none_of(commit.changes(), [](const Change& change) {
    return std::holds_alternative<change::Staged>(change) || std::holds_alternative<change::Restored>(change) ||
           std::holds_alternative<change::LimitSet>(change);
  });
}

}  // namespace

// Where one tenant stands. The tenant's lock guards it, except what the queue's mutex guards.
class CommitQueue::Place final : public TenantStorage, public std::enable_shared_from_this<Place> {
 public:
  Place(CommitQueue& queue, std::string tenant) : queue_(queue), tenant_(std::move(tenant)) {}

  void refresh(Tenant& tenant) override {
    if (!is_broken_.load(std::memory_order_acquire)) return;
    std::vector<std::shared_ptr<const Commit>> lost;
    {
      const std::lock_guard lock(queue_.mutex_);
      lost.swap(lost_);
      is_broken_ = false;
    }
    for (auto commit = lost.rbegin(); commit != lost.rend(); ++commit) tenant.take_back(**commit);
    if (tenant.history != nullptr) tenant.history->forget_after(tenant.number());
    last_ = nullptr;
  }

  std::shared_ptr<Receipt> receipt() override {
    if (last_ != nullptr && last_->outcome() == Receipt::Outcome::stored) last_ = nullptr;
    return last_;
  }

  void add(const std::shared_ptr<const Commit>& commit) {
    if (identity_ == nullptr && only_counts(*commit)) return count(*commit);
    last_ = queue_.add({.entry = {.tenant = tenant_, .commit = commit, .identity = std::exchange(identity_, nullptr)},
                        .place = shared_from_this(),
                        .receipt = std::make_shared<Receipt>()});
  }

  std::shared_ptr<Receipt> remove() {
    last_ = queue_.add({.entry = {.tenant = tenant_}, .place = shared_from_this(), .receipt = std::make_shared<Receipt>()});
    return last_;
  }

  void introduce(TenantIdentity identity) { identity_ = std::make_shared<const TenantIdentity>(std::move(identity)); }

  // Under the queue's mutex.
  bool is_broken() const { return is_broken_.load(std::memory_order_relaxed); }
  void lose(std::shared_ptr<const Commit> commit) {
    if (commit != nullptr) lost_.push_back(std::move(commit));  // null: the tenant was to be removed
    is_broken_.store(true, std::memory_order_release);
  }

 private:
  void count(const Commit& commit) {
    const std::lock_guard lock(queue_.mutex_);
    for (const Change& change : commit.changes()) {
      if (const auto* counted = std::get_if<change::LimitCounted>(&change))
        queue_.counts_[tenant_].insert_or_assign(std::string(counted->api), counted->count);
    }
  }

  CommitQueue& queue_;
  const std::string tenant_;
  std::shared_ptr<const TenantIdentity> identity_;
  std::shared_ptr<Receipt> last_;
  std::atomic<bool> is_broken_ = false;
  std::vector<std::shared_ptr<const Commit>> lost_;  // oldest first; guarded by the queue's mutex
};

CommitQueue::CommitQueue(std::unique_ptr<Storage> storage, bool keeps_journal)
    : storage_(std::move(storage)), keeps_journal_(keeps_journal) {
  thread_ = std::thread([this] { run(); });
}

CommitQueue::~CommitQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void CommitQueue::read_ahead(std::vector<std::shared_ptr<Tenant>> tenants) {
  reader_ = std::jthread([tenants = std::move(tenants)](const std::stop_token& stop) {
    const auto read_some = [](Tenant& tenant) {
      const TenantLock lock(tenant);
      return std::ranges::any_of(tenant.state().states_by_api, [](const auto& api) { return api.second.store.read_ahead(kRecordsAtOnce); });
    };
    const auto pause = [](const std::stop_token& until) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any never;
      never.wait_for(lock, until, kPause, [] { return false; });
    };
    for (const auto& tenant : tenants) {
      while (!stop.stop_requested() && read_some(*tenant)) pause(stop);
    }
  });
}

void CommitQueue::attach(Tenant& tenant) { tenant.storage = std::make_shared<Place>(*this, tenant.name); }

bool CommitQueue::store(Tenant& tenant, const std::shared_ptr<const Commit>& commit) {
  static_cast<Place&>(*tenant.storage).add(commit);
  return true;
}

void CommitQueue::introduce(Tenant& tenant, TenantIdentity identity) {
  static_cast<Place&>(*tenant.storage).introduce(std::move(identity));
}

std::shared_ptr<Receipt> CommitQueue::remove(Tenant& tenant) { return static_cast<Place&>(*tenant.storage).remove(); }

std::shared_ptr<Receipt> CommitQueue::add(Waiting waiting) {
  auto receipt = waiting.receipt;
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting.place->is_broken()) {
      waiting.place->lose(std::move(waiting.entry.commit));
      receipt->settle(Receipt::Outcome::not_stored, "an earlier change of this tenant was not stored");
      return receipt;
    }
    drop_older_counts(waiting.entry);
    waiting_.push_back(std::move(waiting));
    wakes = std::exchange(is_idle_, false);
  }
  if (wakes) arrived_.notify_one();
  return receipt;
}

// Under the mutex. Counts that stay are newer than the commits that are waiting.
void CommitQueue::drop_older_counts(const StorageEntry& entry) {
  const auto of_tenant = counts_.find(entry.tenant);
  if (of_tenant == counts_.end()) return;
  if (entry.commit == nullptr || entry.identity != nullptr || !keeps_counts(*entry.commit)) {
    counts_.erase(of_tenant);
    return;
  }
  for (const Change& change : entry.commit->changes()) {
    if (const auto* counted = std::get_if<change::LimitCounted>(&change)) of_tenant->second.erase(std::string(counted->api));
  }
}

void CommitQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    is_idle_ = waiting_.empty();
    arrived_.wait_for(lock, kCountsAtLatest, [this] { return !waiting_.empty() || stopping_; });
    is_idle_ = false;
    store_exchanges(lock);
    if (waiting_.empty() && counts_.empty()) {
      if (stopping_) return;
      continue;
    }
    const auto batch = std::exchange(waiting_, {});
    const auto counts = std::exchange(counts_, {});
    lock.unlock();
    std::vector<StorageEntry> entries;
    for (const Waiting& each : batch) entries.push_back(each.entry);
    const StorageOutcome outcome = storage_->append(entries, counts);
    if (outcome.outcome == Receipt::Outcome::stored) {
      for (const Waiting& each : batch) each.receipt->settle(Receipt::Outcome::stored);
    } else {
      fail(batch, outcome);
    }
    lock.lock();
  }
}

void CommitQueue::add_exchange(std::function<StoredExchange()> render) {
  const std::lock_guard lock(mutex_);
  if (exchanges_.size() == kMostExchanges) exchanges_.pop_front();
  exchanges_.push_back(std::move(render));
}

// If they have waited long enough. Under the mutex, which is free while they are stored.
void CommitQueue::store_exchanges(std::unique_lock<std::mutex>& lock) {
  const auto at_latest = static_cast<std::uint64_t>(std::chrono::microseconds(kCountsAtLatest).count());
  const bool is_due = stopping_ || since_exchanges_.microseconds() >= at_latest || exchanges_.size() >= kMostExchanges / 2;
  if (exchanges_.empty() || !is_due) return;
  std::deque<std::function<StoredExchange()>> due;
  while (!exchanges_.empty() && (stopping_ || due.size() < kExchangesAtOnce)) {
    due.push_back(std::move(exchanges_.front()));
    exchanges_.pop_front();
  }
  lock.unlock();
  std::vector<StoredExchange> rendered;
  for (const auto& render : due) rendered.push_back(render());
  const bool is_stored = storage_->append_journal(rendered).outcome == Receipt::Outcome::stored;
  lock.lock();
  if (exchanges_.empty() || !is_stored) since_exchanges_ = Stopwatch();
  if (is_stored || stopping_) return;
  while (!due.empty() && exchanges_.size() < kMostExchanges) {
    exchanges_.push_front(std::move(due.back()));
    due.pop_back();
  }
}

// The tenants of these commits are as before; what they have done since then is lost, too.
void CommitQueue::fail(const std::vector<Waiting>& batch, const StorageOutcome& outcome) {
  std::vector<Waiting> after;
  {
    const std::lock_guard lock(mutex_);
    for (const Waiting& each : batch) each.place->lose(each.entry.commit);
    const auto is_lost = [](const Waiting& each) { return each.place->is_broken(); };
    for (Waiting& each : waiting_) {
      if (!is_lost(each)) continue;
      each.place->lose(each.entry.commit);
      after.push_back(each);
    }
    std::erase_if(waiting_, is_lost);
  }
  for (const auto& lost : {std::span<const Waiting>(batch), std::span<const Waiting>(after)}) {
    for (const Waiting& each : lost) each.receipt->settle(outcome.outcome, outcome.reason);
  }
}

}  // namespace understudy
