// Several mocks share a storage: how this one learns of tenants that others enter, replace and remove.
#include "mock/engine/engine.h"

namespace understudy {

void Engine::follow_fleet() {
  if (fleet == nullptr || !fleet->has_news()) return;
  const std::lock_guard lock(entering);
  follow_news();
}

// Under `entering`. False: there are none.
bool Engine::follow_news() {
  if (fleet == nullptr || !fleet->has_news()) return false;
  FleetNews news = fleet->take_news();
  std::vector<std::shared_ptr<Tenant>> tenants;
  std::vector<std::string> leaving = news.removed;
  for (StoredTenant& stored : news.entered) {
    leaving.push_back(stored.identity.name);
    tenants.push_back(make_stored_tenant(std::move(stored)));
  }
  for (const std::string& name : leaving) {
    const auto old = directory.find(name);
    if (old == nullptr) continue;
    const std::lock_guard lock(old->mutex);
    old->stop_listening();
    old->is_replaced = true;
  }
  directory.exchange(tenants, news.removed);
  fleet->finish_news(news.directory);
  return true;
}

std::shared_ptr<Receipt> Engine::refresh_directory() {
  if (fleet == nullptr) return nullptr;
  for (;;) {
    auto receipt = fleet->check_directory();
    const auto outcome = receipt->wait();
    if (outcome == Receipt::Outcome::stored) return nullptr;
    if (outcome != Receipt::Outcome::stale) return receipt;
    follow_fleet();
  }
}

}  // namespace understudy
