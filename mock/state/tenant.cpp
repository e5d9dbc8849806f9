#include "mock/state/tenant.h"

#include <fmt/format.h>

#include <iterator>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kTokenHead = "us1";
constexpr std::string_view kTokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::optional<std::string> from_hex(std::string_view text) {
  std::string out;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::shared_ptr<Tenant> find_in(const std::map<std::string, std::shared_ptr<Tenant>, std::less<>>& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

std::string make_token(std::string_view tenant, Draws& env) {
  std::string token = std::string(kTokenHead) + ".";
  for (const char c : tenant) fmt::format_to(std::back_inserter(token), "{:02x}", static_cast<unsigned char>(c));
  return token + "." + env.random.text(32, kTokenAlphabet);
}

std::optional<std::string> tenant_of_token(std::string_view token) {
  const auto first = token.find('.');
  const auto second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos || token.substr(0, first) != kTokenHead) return std::nullopt;
  return from_hex(token.substr(first + 1, second - first - 1));
}

std::shared_ptr<Tenant> Directory::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  return find_in(by_name_, name);
}

std::shared_ptr<Tenant> Directory::find_username(std::string_view username) const {
  const std::shared_lock lock(mutex_);
  return find_in(by_username_, username);
}

std::shared_ptr<Tenant> Directory::find_key(std::string_view key) const {
  const std::shared_lock lock(mutex_);
  return find_in(by_key_, key);
}

std::optional<Directory::Clash> Directory::find_clash(const std::vector<std::shared_ptr<Tenant>>& added,
                                                      const std::vector<std::string>& removed) const {
  const std::shared_lock lock(mutex_);
  std::set<std::string, std::less<>> leaving(removed.begin(), removed.end());
  for (const auto& tenant : added) leaving.insert(tenant->name);
  std::map<std::string, std::string> usernames, keys;  // of the added tenants, with their names
  for (const auto& tenant : added) {
    const auto& name = tenant->name;
    for (const auto& owner : {find_in(by_username_, tenant->username), find_in(by_key_, tenant->key)}) {
      if (owner != nullptr && !leaving.contains(owner->name)) return Clash{.name = name, .owner = owner->name};
    }
    if (const auto [first, is_new] = usernames.emplace(tenant->username, name); !is_new) return Clash{.name = name, .owner = first->second};
    if (const auto [first, is_new] = keys.emplace(tenant->key, name); !is_new) return Clash{.name = name, .owner = first->second};
  }
  return std::nullopt;
}

void Directory::exchange(const std::vector<std::shared_ptr<Tenant>>& added, const std::vector<std::string>& removed) {
  const std::unique_lock lock(mutex_);
  for (const auto& name : removed) forget(name);
  for (const auto& tenant : added) enter(tenant);
}

std::shared_ptr<Tenant> Directory::find_only(std::string_view api) const {
  const std::shared_lock lock(mutex_);
  const auto found = names_by_api_.find(api);
  return found != names_by_api_.end() && found->second.size() == 1 ? find_in(by_name_, *found->second.begin()) : nullptr;
}

std::vector<std::shared_ptr<Tenant>> Directory::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<Tenant>> tenants;
  for (const auto& [name, tenant] : by_name_) tenants.push_back(tenant);
  return tenants;
}

std::size_t Directory::size() const {
  const std::shared_lock lock(mutex_);
  return by_name_.size();
}

void Directory::enter(std::shared_ptr<Tenant> tenant) {
  forget(tenant->name);
  if (!tenant->username.empty()) by_username_[tenant->username] = tenant;
  if (!tenant->key.empty()) by_key_[tenant->key] = tenant;
  if (tenant->staged != nullptr && !tenant->staged->empty()) names_by_api_[tenant->api].insert(tenant->name);
  by_name_[tenant->name] = std::move(tenant);
}

void Directory::forget(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  by_username_.erase(found->second->username);
  by_key_.erase(found->second->key);
  names_by_api_[found->second->api].erase(found->second->name);
  by_name_.erase(found);
}

}  // namespace understudy
