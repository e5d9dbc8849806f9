#include "mock/storage/redis/shared_queue.h"

#include <algorithm>

namespace understudy::redis {
namespace {

using Outcome = Receipt::Outcome;

constexpr const char* kOtherEpoch = "Redis has other data than before: what was acknowledged is lost; stage the tenant again";

Place& place_of(Tenant& tenant) { return static_cast<Place&>(*tenant.storage); }

bool is_about_directory(const FleetEntry& entry) { return entry.kind != FleetEntry::Kind::check && entry.kind != FleetEntry::Kind::commit; }

}  // namespace

SharedQueue::SharedQueue(std::unique_ptr<FleetLog> log) : log_(std::move(log)) {}

SharedQueue::~SharedQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<std::vector<StoredTenant>> SharedQueue::load(const Contracts& contracts) {
  log_->use(contracts);
  auto directory = log_->read_directory(0);
  if (!directory)
    return tl::unexpected(make_problem(understudy::Failure::bad_file, "state-damaged", "the state cannot be read: " + log_->failure()));
  applied_ = fetched_ = directory->number;
  thread_ = std::thread([this] { run(); });
  return std::move(directory->entered);
}

void SharedQueue::attach(Tenant& tenant) { tenant.storage = std::make_shared<Place>(*this, tenant.name); }

bool SharedQueue::store(Tenant& tenant, const std::shared_ptr<const Commit>& commit) { return place_of(tenant).add(tenant, commit); }

void SharedQueue::introduce(Tenant& tenant, TenantIdentity identity) { place_of(tenant).introduce(std::move(identity)); }

std::shared_ptr<Receipt> SharedQueue::remove(Tenant& tenant) { return place_of(tenant).remove(); }

void SharedQueue::adopt(Tenant& tenant, const SharedPosition& position) {
  const std::lock_guard lock(mutex_);
  place_of(tenant).adopt(position);
  places_[tenant.name] = std::static_pointer_cast<Place>(tenant.storage);
}

std::shared_ptr<Receipt> SharedQueue::check_directory() {
  auto waiting = std::make_shared<Waiting>(Waiting{.entry = {.kind = FleetEntry::Kind::check_directory, .directory = directory()}});
  auto receipt = waiting->receipt;
  add(std::move(waiting));
  return receipt;
}

FleetNews SharedQueue::take_news() {
  const std::lock_guard lock(mutex_);
  FleetNews news = std::exchange(news_, {});
  news.directory = fetched_;
  return news;
}

void SharedQueue::finish_news(std::uint64_t directory) {
  const std::lock_guard lock(mutex_);
  applied_ = directory;
  has_news_ = fetched_ != directory || !news_.entered.empty() || !news_.removed.empty();
}

std::uint64_t SharedQueue::expect_staging() { return applied_ + staging_++; }

void SharedQueue::finish_staging(bool is_stored) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t count = std::exchange(staging_, 0);
  if (!is_stored) return;
  applied_ += count;
  fetched_ = std::max(fetched_, applied_.load());
}

void SharedQueue::add(std::shared_ptr<Waiting> waiting) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    Place* place = waiting->place.get();
    if (place != nullptr && place->is_broken()) {
      if (waiting->entry.commit != nullptr) place->repair.lost.push_back(waiting->entry.commit);
      waiting->receipt->settle(Outcome::stale);
      return;
    }
    if (place != nullptr && !is_about_directory(waiting->entry)) place->unsent = waiting;
    waiting_.push_back(std::move(waiting));
    wakes = std::exchange(is_idle_, false);
  }
  if (wakes) arrived_.notify_one();
}

// Waits with what the tenant has waiting already, because that is sent after this call.
std::shared_ptr<Receipt> SharedQueue::check(std::shared_ptr<Waiting> waiting) {
  {
    const std::lock_guard lock(mutex_);
    Place& place = *waiting->place;
    if (place.unsent != nullptr && !place.is_broken()) {
      auto& expected = place.unsent->entry.directory;
      if (const auto& mine = waiting->entry.directory) expected = expected ? std::min(*expected, *mine) : *mine;
      return place.unsent->receipt;
    }
  }
  auto receipt = waiting->receipt;
  add(std::move(waiting));
  return receipt;
}

void SharedQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    is_idle_ = waiting_.empty();
    arrived_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    is_idle_ = false;
    if (waiting_.empty()) return;
    // First, because what waits may follow what is unknown and was not done: then it is lost, too.
    lock.unlock();
    const bool is_known = settle_unknown();
    lock.lock();
    const Batch batch = std::exchange(waiting_, {});
    for (const auto& each : batch) {
      if (each->place != nullptr) each->place->unsent = nullptr;
    }
    lock.unlock();
    store_batch(batch, is_known);
    lock.lock();
  }
}

void SharedQueue::store_batch(const Batch& batch, bool is_reachable) {
  std::vector<FleetOutcome> outcomes(batch.size(), FleetOutcome::unreachable);
  if (is_reachable) {
    std::vector<FleetEntry> entries;
    for (const auto& each : batch) entries.push_back(each->entry);
    outcomes = log_->append(entries);
  }
  finish(batch, outcomes, false);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i] == FleetOutcome::done && batch[i]->entry.image != nullptr) log_->store_image(batch[i]->entry);
  }
}

// Finds out what happened to entries that may have been done. False: Redis still does not answer.
bool SharedQueue::settle_unknown() {
  if (unknown_.empty()) return true;
  const Batch batch = std::exchange(unknown_, {});
  std::vector<FleetEntry> entries;
  for (const auto& each : batch) entries.push_back(each->entry);
  const auto outcomes = log_->settle(entries);
  finish(batch, outcomes, true);
  return unknown_.empty();
}

// `is_again`: the receipts of the entries say already that their outcome was unknown.
void SharedQueue::finish(const Batch& batch, std::span<const FleetOutcome> outcomes, bool is_again) {
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < batch.size(); ++i) accept(*batch[i], outcomes[i], is_again);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i] == FleetOutcome::unknown) unknown_.push_back(batch[i]);
    if (is_again) continue;
    if (outcomes[i] == FleetOutcome::done) batch[i]->receipt->settle(Outcome::stored);
    if (outcomes[i] == FleetOutcome::unknown) batch[i]->receipt->settle(Outcome::unknown, log_->failure());
  }
  const bool is_complete = std::ranges::none_of(
      outcomes, [](FleetOutcome outcome) { return outcome == FleetOutcome::behind || outcome == FleetOutcome::unreachable; });
  if (is_complete) return;
  for (const auto& [receipt, failure] : break_places(batch, outcomes, find_failures(batch, outcomes))) {
    if (!receipt->is_settled()) receipt->settle(failure.outcome, failure.reason);
  }
}

// Under the mutex.
void SharedQueue::accept(Waiting& waiting, FleetOutcome outcome, bool is_again) {
  const FleetEntry& entry = waiting.entry;
  if (!entry.writes() || (outcome != FleetOutcome::done && outcome != FleetOutcome::unknown)) {
    if (is_again && waiting.place != nullptr) waiting.place->kept = waiting.place->confirmed;
    return;
  }
  if (entry.kind == FleetEntry::Kind::remove) {
    if (outcome == FleetOutcome::done) places_.erase(entry.tenant);
    return;
  }
  if (!is_again) waiting.place->kept = entry.then;
  if (outcome == FleetOutcome::unknown) return;
  waiting.place->confirmed = entry.then;
  if (entry.kind == FleetEntry::Kind::introduce) places_[entry.tenant] = waiting.place;
}

SharedQueue::Failures SharedQueue::find_failures(const Batch& batch, std::span<const FleetOutcome> outcomes) {
  Failures failures;
  const Failure unreachable{.outcome = Outcome::not_stored, .reason = log_->failure()};
  bool is_behind = false;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const bool may_go_on = outcomes[i] == FleetOutcome::behind;
    if (!may_go_on && outcomes[i] != FleetOutcome::unreachable) continue;
    is_behind = is_behind || may_go_on;
    if (is_about_directory(batch[i]->entry)) {
      if (!may_go_on) failures.of_directory = unreachable;
    } else if (failures.of.emplace(batch[i]->place, may_go_on ? Failure{} : unreachable).second && may_go_on) {
      failures.behind.push_back(batch[i]->place);
    }
  }
  if (is_behind) read_missing(failures);
  return failures;
}

void SharedQueue::read_missing(Failures& failures) {
  std::vector<std::pair<std::string, SharedPosition>> known;
  std::uint64_t fetched = 0;
  {
    const std::lock_guard lock(mutex_);
    fetched = fetched_;
    for (const auto& place : failures.behind) known.emplace_back(place->tenant(), place->confirmed);
  }
  Readings readings = log_->read(known);
  const bool is_other = readings.epoch && *readings.epoch != log_->epoch();
  const bool is_older = readings.epoch && !is_other && readings.directory < applied_;
  bool is_read = readings.epoch.has_value();
  if (is_other)
    is_read = begin_again();
  else if (is_read && (is_older || readings.directory != fetched))
    is_read = read_directory(is_older ? 0 : fetched);
  const Failure unreachable{.outcome = Outcome::not_stored, .reason = log_->failure()};
  if (!is_read) failures.of_directory = unreachable;
  if (is_read && !is_other) failures.readings = std::move(readings);
  for (const auto& place : failures.behind) {
    if (!is_read) failures.of[place] = unreachable;
    if (is_read && is_other) failures.of[place] = {.outcome = Outcome::history_lost, .reason = kOtherEpoch};
  }
}

// Under the mutex.
SharedQueue::Failure SharedQueue::take_reading(Place& place, Reading reading, std::uint64_t directory) {
  if (std::holds_alternative<reading::Unreachable>(reading)) return {.outcome = Outcome::not_stored, .reason = log_->failure()};
  if (std::holds_alternative<reading::Replaced>(reading)) return {};
  if (auto* lost = std::get_if<reading::Lost>(&reading); lost != nullptr && place.history_lost.empty()) {
    place.history_lost = lost->reason;
    place.confirmed.entered = place.kept.entered = directory;
  }
  if (!place.history_lost.empty()) return {.outcome = Outcome::history_lost, .reason = place.history_lost};
  if (auto* follows = std::get_if<reading::Follows>(&reading)) {
    std::ranges::move(follows->commits, std::back_inserter(place.repair.missing));  // after those of an earlier reading
    place.confirmed = place.kept = follows->position;
  } else if (auto* whole = std::get_if<reading::Whole>(&reading)) {
    if (whole->tenant->position.origin != place.confirmed.origin) return {};  // replaced meanwhile
    place.confirmed = place.kept = whole->tenant->position;
    place.repair.whole = std::move(whole->tenant);
    place.repair.missing.clear();
  }
  return {};
}

bool SharedQueue::read_directory(std::uint64_t since) {
  auto directory = log_->read_directory(since);
  if (!directory || directory->epoch != log_->epoch()) return false;
  add_news(*std::move(directory));
  return true;
}

// Redis has data that do not continue what this server knows.
bool SharedQueue::begin_again() {
  if (!log_->join()) return false;
  auto directory = log_->read_directory(0);
  if (!directory) return false;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, weak] : places_) {
    const auto place = weak.lock();
    if (place == nullptr) continue;
    place->history_lost = kOtherEpoch;
    place->confirmed.entered = place->kept.entered = directory->number;
    std::erase_if(directory->entered, [&](const StoredTenant& tenant) { return tenant.identity.name == name; });
  }
  news_ = {.entered = std::move(directory->entered)};
  fetched_ = applied_ = directory->number;
  has_news_ = !news_.entered.empty();
  return true;
}

void SharedQueue::add_news(Directory directory) {
  const std::lock_guard lock(mutex_);
  if (directory.number < applied_) applied_ = directory.number;  // it was moved back
  if (directory.is_whole) {
    for (const auto& [name, place] : places_) {
      const auto is_it = [&](const StoredTenant& tenant) { return tenant.identity.name == name; };
      if (std::ranges::none_of(directory.entered, is_it)) directory.removed.push_back(name);
    }
  }
  const auto drop = [this](const std::string& name) {
    std::erase_if(news_.entered, [&](const StoredTenant& tenant) { return tenant.identity.name == name; });
    std::erase(news_.removed, name);
  };
  for (const std::string& name : directory.removed) {
    drop(name);
    if (const auto found = places_.find(name); found != places_.end()) {
      places_.erase(found);
      news_.removed.push_back(name);
    }
  }
  for (StoredTenant& tenant : directory.entered) {
    const std::string& name = tenant.identity.name;
    const auto known = places_.find(name);
    const auto place = known == places_.end() ? nullptr : known->second.lock();
    if (place != nullptr && place->confirmed.origin == tenant.position.origin) continue;
    if (place != nullptr && !place->history_lost.empty() && tenant.position.entered <= place->confirmed.entered) continue;
    drop(name);
    news_.entered.push_back(std::move(tenant));
  }
  fetched_ = directory.number;
  has_news_ = true;
}

// What was not done is taken back, with what the same tenants did afterwards.
SharedQueue::Settled SharedQueue::break_places(const Batch& batch, std::span<const FleetOutcome> outcomes, Failures failures) {
  Settled settled;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < failures.readings.of.size(); ++i) {
    Place& place = *failures.behind[i];
    failures.of[failures.behind[i]] = take_reading(place, std::move(failures.readings.of[i]), failures.readings.directory);
  }
  const auto lose = [&](const Waiting& waiting) {
    const auto failure = failures.of.find(waiting.place);
    if (failure == failures.of.end()) return false;
    auto& lost = waiting.place->repair.lost;
    if (waiting.entry.commit != nullptr) lost.push_back(waiting.entry.commit);
    settled.emplace_back(waiting.receipt, failure->second);
    return true;
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i] == FleetOutcome::done || outcomes[i] == FleetOutcome::unknown) continue;
    if (is_about_directory(batch[i]->entry))
      settled.emplace_back(batch[i]->receipt, outcomes[i] == FleetOutcome::behind || failures.of_directory.outcome != Outcome::stale
                                                  ? failures.of_directory
                                                  : Failure{.outcome = Outcome::not_stored, .reason = log_->failure()});
    else
      lose(*batch[i]);
  }
  std::erase_if(waiting_, [&](const auto& waiting) { return waiting->place != nullptr && lose(*waiting); });
  for (const auto& [place, failure] : failures.of) {
    std::ranges::sort(place->repair.lost, {}, [](const auto& commit) { return commit->number; });
    place->unsent = nullptr;
    place->break_off();
  }
  return settled;
}

}  // namespace understudy::redis
