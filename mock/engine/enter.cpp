// New tenants enter the directory: those that are staged, and forks.
#include "mock/engine/engine.h"
#include "mock/history/history.h"

namespace understudy {
namespace {

// Ends the commits of a tenant that is replaced: an exchange that is still with it changes nothing that stays. Its history goes on.
void replace(Tenant& replaced, Tenant& tenant) {
  const TenantLock lock(replaced, kStaging);
  replaced.commit();
  replaced.stop_listening();
  tenant.replace(replaced);
  if (replaced.history != nullptr) tenant.history = std::exchange(replaced.history, nullptr);
}

Problem tenant_problem(std::string code, std::string message) {
  return make_problem(Failure::bad_file, std::move(code), std::move(message));
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
  std::vector<std::shared_ptr<Tenant>> tenants;
  std::size_t count = directory.size();
  for (const auto& [name, given] : restaging.given) {
    if (directory.find(name) == nullptr && ++count > options.bounds.tenants)
      return tl::unexpected(StagingProblem{.tenant = name, .problem = limit_reached("tenants", options.bounds.tenants)});
    auto tenant = make_tenant(name, given);
    if (!tenant) return tl::unexpected(StagingProblem{.tenant = name, .problem = std::move(tenant.error())});
    tenants.push_back(std::move(*tenant));
  }
  const std::lock_guard lock(entering);
  return enter(tenants, restaging.removed, made_by);
}

tl::expected<void, StagingProblem> Engine::enter(const std::vector<std::shared_ptr<Tenant>>& tenants,
                                                 const std::vector<std::string>& removed, std::string_view made_by) {
  // Locked until the commits of the staging have the numbers after those of the replaced tenants.
  std::vector<TenantLock> locks;
  std::vector<std::shared_ptr<Tenant>> replaced;
  for (const auto& tenant : tenants) {
    locks.emplace_back(*tenant, made_by);
    replaced.push_back(directory.find(tenant->name));
  }
  const auto clash = directory.exchange(tenants, removed);
  if (!clash) {
    for (std::size_t i = 0; i < tenants.size(); ++i) {
      if (replaced[i] != nullptr) replace(*replaced[i], *tenants[i]);
    }
    return {};
  }
  for (const auto& tenant : tenants) tenant->stop_listening();
  auto problem =
      tenant_problem("credential-claimed", "tenant '" + clash->owner + "' already claims the credential of '" + clash->name + "'");
  return tl::unexpected(StagingProblem{.tenant = clash->name, .problem = std::move(problem)});
}

Result<void> Engine::fork(Tenant& source, std::uint64_t number, const Fork& fork, std::string_view made_by) {
  auto tenant = make_empty_tenant(fork.name);
  {
    const std::lock_guard lock(source.mutex);
    if (source.history == nullptr || source.history->find(number) == nullptr)
      return tl::unexpected(tenant_problem("no-such-commit", "tenant '" + source.name + "' has no commit " + std::to_string(number)));
    const auto state = std::make_shared<const TenantState>(copy_for_other_tenant(source.history->state_at(number, source.state())));
    tenant->write(change::Restored{.state = state});
    tenant->api = source.api;
    tenant->staged = staged_of_fork(source, fork);
  }
  tenant->username = fork.username;
  tenant->password = fork.password;
  tenant->key = fork.key;
  const std::lock_guard lock(entering);
  if (directory.find(fork.name) != nullptr)
    return tl::unexpected(tenant_problem("tenant-exists", "there is a tenant '" + fork.name + "' already"));
  if (directory.size() >= options.bounds.tenants) return tl::unexpected(limit_reached("tenants", options.bounds.tenants));
  auto entered = enter({tenant}, {}, made_by);
  if (!entered) return tl::unexpected(std::move(entered.error().problem));
  return {};
}

}  // namespace understudy
