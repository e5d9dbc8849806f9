#include "mock/storage/redis/place.h"

#include "mock/history/history.h"
#include "mock/storage/redis/shared_queue.h"

namespace understudy::redis {
namespace {

constexpr std::uint64_t kCommitsPerImage = 1000;

// A state of n records is written after n commits, so that its cost for each commit stays the same.
bool wants_image(std::uint64_t number, const TenantState& state) {
  if (number % kCommitsPerImage != 0) return false;
  std::uint64_t interval = kCommitsPerImage;
  while (interval < record_count(state)) interval *= 2;
  return number % interval == 0;
}

std::shared_ptr<const TenantState> copy_of(const TenantState& state) {
  auto copy = std::make_shared<TenantState>(state);
  for (auto& [api, of_api] : copy->states_by_api) of_api.store.copy_shared_tables();  // another thread reads them
  return copy;
}

}  // namespace

void Place::refresh(Tenant& tenant) {
  if (!is_broken_.load(std::memory_order_acquire)) return;
  Repair due;
  {
    const std::lock_guard lock(queue_.mutex_);
    due = std::exchange(repair, {});
    last_ = kept;
    is_broken_ = false;
  }
  History* history = tenant.history.get();
  for (auto commit = due.lost.rbegin(); commit != due.lost.rend(); ++commit) tenant.take_back(**commit);
  if (history != nullptr) history->forget_after(due.whole == nullptr ? tenant.number() : 0);
  if (due.whole != nullptr) tenant.follow(std::move(due.whole->state), due.whole->number);
  for (const RemoteCommit& each : due.missing) {
    auto followed = tenant.follow(*each.commit, each.at, history != nullptr);
    if (history != nullptr) history->add(std::move(followed));
  }
}

std::shared_ptr<Receipt> Place::receipt() {
  const auto directory = std::exchange(expected_directory_, std::nullopt);
  if (made_ != nullptr) return std::exchange(made_, nullptr);
  if (!ReceiptCollector::is_active()) return nullptr;
  auto waiting = std::make_shared<Waiting>(Waiting{
      .entry = {.kind = FleetEntry::Kind::check, .tenant = tenant_, .after = last_, .directory = directory}, .place = shared_from_this()});
  return queue_.check(std::move(waiting));
}

bool Place::add(Tenant& tenant, const std::shared_ptr<const Commit>& commit) {
  if (identity_ == nullptr && commit->is_note()) {  // each server finds that out itself
    tenant.continue_after(commit->number - 1);
    return false;
  }
  auto waiting = std::make_shared<Waiting>();
  FleetEntry& entry = waiting->entry;
  entry = {.kind = identity_ == nullptr ? FleetEntry::Kind::commit : FleetEntry::Kind::introduce,
           .tenant = tenant_,
           .after = last_,
           .directory = std::exchange(expected_directory_, std::nullopt),
           .then = {.origin = last_.origin, .entered = last_.entered, .number = commit->number, .id = queue_.log_->new_id()},
           .commit = commit,
           .identity = std::exchange(identity_, nullptr)};
  if (entry.kind == FleetEntry::Kind::introduce) {
    entry.directory = queue_.expect_staging();
    entry.then.origin = entry.then.id;
    entry.then.entered = *entry.directory + 1;
  } else if (wants_image(commit->number, tenant.state())) {
    entry.image = copy_of(tenant.state());
  }
  last_ = entry.then;
  waiting->place = shared_from_this();
  made_ = waiting->receipt;
  queue_.add(std::move(waiting));
  return true;
}

std::shared_ptr<Receipt> Place::remove() {
  auto waiting = std::make_shared<Waiting>(
      Waiting{.entry = {.kind = FleetEntry::Kind::remove, .tenant = tenant_, .after = last_, .directory = queue_.expect_staging()},
              .place = shared_from_this()});
  auto receipt = waiting->receipt;
  queue_.add(std::move(waiting));
  return receipt;
}

}  // namespace understudy::redis
