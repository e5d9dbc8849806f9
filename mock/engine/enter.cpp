// New tenants enter the directory: those that are staged, and forks.
#include "contracts/src/base/hash.h"
#include "mock/engine/engine.h"
#include "mock/history/history.h"

namespace understudy {
namespace {

Problem tenant_problem(std::string code, std::string message) {
  return make_problem(Failure::bad_file, std::move(code), std::move(message));
}

// The problem, if one of these changes was not stored.
std::optional<Problem> wait_until_stored(const Receipts& receipts) {
  for (const auto& receipt : receipts) {
    const auto outcome = receipt->wait();
    if (outcome == Receipt::Outcome::stored) continue;
    if (outcome == Receipt::Outcome::stale) return tenant_problem(std::string(kStale), "another server has changed the tenants");
    return tenant_problem(receipt->code(), "the state was not stored: " + receipt->reason());
  }
  return std::nullopt;
}

TenantIdentity identity_of(const Tenant& tenant) {
  return {.name = tenant.name,
          .api = tenant.api,
          .username = tenant.username,
          .password = tenant.password,
          .key = tenant.key,
          .staged = tenant.staged,
          .staged_digest = tenant.staged_digest};
}

// What a reset of a fork leads to: what its source was staged with, under the fork's credentials. A scenario's file stays with the source.
std::shared_ptr<const Json> staged_of_fork(const Tenant& source, const Engine::Fork& fork) {
  Json given = source.staged == nullptr ? Json::object() : *source.staged;
  given["credentials"] = {{"username", fork.username}, {"password", fork.password}, {"key", fork.key}};
  given.erase("scenario");
  return std::make_shared<const Json>(std::move(given));
}

}  // namespace

Result<void> Engine::stage(const std::string& name, const Json& given, std::string_view made_by) {
  auto staged = restage({.given = {{name, given}}}, made_by);
  if (!staged) return tl::unexpected(std::move(staged.error().problem));
  return {};
}

tl::expected<void, StagingProblem> Engine::restage(const Mock::Restaging& restaging, std::string_view made_by) {
  for (;;) {
    std::vector<std::shared_ptr<Tenant>> tenants;
    std::size_t count = directory.size();
    for (const auto& [name, given] : restaging.given) {
      if (restaging.keeps_staged && is_staged(name, given)) continue;
      if (directory.find(name) == nullptr && ++count > options.bounds.tenants)
        return tl::unexpected(StagingProblem{.tenant = name, .problem = limit_reached("tenants", options.bounds.tenants)});
      auto tenant = make_tenant(name, given);
      if (!tenant) return tl::unexpected(StagingProblem{.tenant = name, .problem = std::move(tenant.error())});
      tenants.push_back(std::move(*tenant));
    }
    const std::lock_guard lock(entering);
    if (follow_news() && restaging.keeps_staged) continue;
    auto entered = enter(tenants, restaging.removed, made_by);
    if (entered || entered.error().problem.code != kStale) return entered;
  }
}

// The new tenants and those that they replace stay locked until all is stored: an exchange that waits for a replaced one finds the new one
// afterwards. The history of a replaced tenant goes on in the new one.
tl::expected<void, StagingProblem> Engine::enter(const std::vector<std::shared_ptr<Tenant>>& tenants,
                                                 const std::vector<std::string>& removed, std::string_view made_by) {
  const auto fail = [this, &tenants](const std::string& name, Problem problem) {
    for (const auto& tenant : tenants) {
      tenant->stop_listening();
      tenant->is_replaced = true;  // it was never there
    }
    if (fleet != nullptr) fleet->finish_staging(false);
    return tl::unexpected(StagingProblem{.tenant = name, .problem = std::move(problem)});
  };
  const ReceiptCollector ignored(ReceiptCollector::What::nothing);  // it waits itself
  std::vector<std::shared_ptr<Tenant>> leaving;
  std::vector<TenantLock> locks;  // end before the tenants do
  for (const auto& tenant : tenants) locks.emplace_back(*tenant, made_by);
  if (const auto clash = directory.find_clash(tenants, removed)) {
    return fail(clash->name, tenant_problem("credential-claimed",
                                            "tenant '" + clash->owner + "' already claims the credential of '" + clash->name + "'"));
  }
  Receipts receipts;
  for (const auto& tenant : tenants) {
    if (const auto old = leaving.emplace_back(directory.find(tenant->name))) {
      locks.emplace_back(*old, kStaging);
      old->commit();
      tenant->replace(*old);
      if (old->history != nullptr) tenant->history = old->history;
    }
    if (options.storage) options.storage->introduce(*tenant, identity_of(*tenant));
    tenant->commit();
    if (options.storage) receipts.push_back(tenant->storage->receipt());
  }
  for (const auto& name : removed) {
    const auto& old = leaving.emplace_back(directory.find(name));
    if (old == nullptr) continue;
    locks.emplace_back(*old, kStaging);
    old->commit();
    if (options.storage) receipts.push_back(options.storage->remove(*old));
  }
  std::erase(receipts, nullptr);
  std::erase(leaving, nullptr);
  if (auto problem = wait_until_stored(receipts)) {
    for (const auto& old : leaving) {
      if (old->history != nullptr) old->history->forget_after(old->number());
    }
    return fail(tenants.empty() ? removed.front() : tenants.front()->name, *std::move(problem));
  }
  for (const auto& old : leaving) {
    old->stop_listening();
    old->history = nullptr;
    old->is_replaced = true;
  }
  directory.exchange(tenants, removed);
  if (fleet != nullptr) fleet->finish_staging(true);
  return {};
}

// Of everything that decides what a tenant is staged as. Servers may have the same scenario in other folders.
std::string Engine::staging_digest(const Json& given) const {
  Json decisive = given;
  if (decisive.is_object() && decisive.contains("scenario") && decisive["scenario"].is_object()) decisive["scenario"].erase("file");
  return sha256(render_json(Json::array({std::move(decisive), render_profile(options.profile)})));
}

std::shared_ptr<Tenant> Engine::make_tenant_with(const std::string& name, TenantState state) const {
  auto tenant = std::make_shared<Tenant>(name, std::move(state), options.journal_entries, options.journal_bytes, journals);
  tenant->bounds = options.bounds;
  if (options.history > 0) tenant->history = std::make_shared<History>(options.history);
  if (options.storage) options.storage->attach(*tenant);
  return tenant;
}

std::shared_ptr<Tenant> Engine::make_empty_tenant(const std::string& name) const {
  auto tenant = make_tenant_with(name, TenantState(contracts));
  listen_to(*tenant);
  if (tenant->is_kept()) tenant->write(change::Staged{});
  return tenant;
}

void Engine::listen_to(Tenant& tenant) const {
  if (!options.committed && !options.storage && options.history == 0) return;
  tenant.keep_inverse(options.history > 0 || options.storage != nullptr);
  tenant.listen([this, &tenant](const std::shared_ptr<const Commit>& commit) {
    if (options.storage && !options.storage->store(tenant, commit)) return;
    if (tenant.history != nullptr) tenant.history->add(commit);
    if (options.committed) options.committed(tenant.name, commit);
  });
}

std::shared_ptr<Tenant> Engine::make_stored_tenant(StoredTenant stored) const {
  auto tenant = make_tenant_with(stored.identity.name, std::move(stored.state));
  tenant->api = std::move(stored.identity.api);
  tenant->username = std::move(stored.identity.username);
  tenant->password = std::move(stored.identity.password);
  tenant->key = std::move(stored.identity.key);
  tenant->staged = std::move(stored.identity.staged);
  tenant->staged_digest = std::move(stored.identity.staged_digest);
  tenant->continue_after(stored.number);
  listen_to(*tenant);
  if (fleet != nullptr) fleet->adopt(*tenant, stored.position);
  return tenant;
}

Result<void> Engine::adopt(std::vector<StoredTenant> stored) {
  std::vector<std::shared_ptr<Tenant>> tenants;
  for (StoredTenant& one : stored) tenants.push_back(make_stored_tenant(std::move(one)));
  directory.exchange(tenants);
  if (options.storage) options.storage->read_ahead(std::move(tenants));
  const std::lock_guard lock(entering);
  for (;;) {
    follow_news();
    std::vector<std::shared_ptr<Tenant>> fresh;
    const auto lobby = directory.find(kDefaultTenant);
    if (lobby == nullptr || lobby->staged_digest != staging_digest(Json())) fresh.push_back(make_default_tenant());
    if (options.demo && !is_staged("demo", Json::object())) fresh.push_back(*make_tenant("demo", Json::object()));
    auto entered = enter(fresh, {}, kStaging);
    if (entered) return {};
    if (entered.error().problem.code != kStale) return tl::unexpected(std::move(entered.error().problem));
  }
}

bool Engine::is_staged(const std::string& name, const Json& given) const {
  const auto tenant = directory.find(name);
  return tenant != nullptr && tenant->staged != nullptr && tenant->staged_digest == staging_digest(given);
}

Result<void> Engine::fork(Tenant& source, std::uint64_t number, const Fork& fork, std::string_view made_by) {
  for (;;) {
    auto forked = try_fork(source, number, fork, made_by);
    if (forked || forked.error().code != kStale) return forked;
  }
}

Result<void> Engine::try_fork(Tenant& source, std::uint64_t number, const Fork& fork, std::string_view made_by) {
  auto tenant = make_empty_tenant(fork.name);
  ReceiptCollector collector;
  {
    const TenantLock lock(source);
    if (source.history == nullptr || source.history->find(number) == nullptr)
      return tl::unexpected(tenant_problem("no-such-commit", "tenant '" + source.name + "' has no commit " + std::to_string(number)));
    const auto state = std::make_shared<const TenantState>(copy_for_other_tenant(source.history->state_at(number, source.state())));
    tenant->write(change::Restored{.state = state});
    tenant->api = source.api;
    tenant->staged = staged_of_fork(source, fork);
    if (options.storage) tenant->staged_digest = staging_digest(*tenant->staged);
  }
  if (auto problem = wait_until_stored(collector.take())) return tl::unexpected(*std::move(problem));
  tenant->username = fork.username;
  tenant->password = fork.password;
  tenant->key = fork.key;
  const std::lock_guard lock(entering);
  follow_news();
  if (directory.find(fork.name) != nullptr)
    return tl::unexpected(tenant_problem("tenant-exists", "there is a tenant '" + fork.name + "' already"));
  if (directory.size() >= options.bounds.tenants) return tl::unexpected(limit_reached("tenants", options.bounds.tenants));
  auto entered = enter({tenant}, {}, made_by);
  if (!entered) return tl::unexpected(std::move(entered.error().problem));
  return {};
}

}  // namespace understudy
