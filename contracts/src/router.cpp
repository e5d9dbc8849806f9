#include "contracts/src/router.h"

#include <algorithm>
#include <optional>

#include "contracts/src/http.h"

namespace understudy {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

// The path parameters if `path` is what the template means; fixed segments win over parameters by being tried first.
std::optional<std::map<std::string, std::string>> match_template(std::string_view pattern, std::string_view path, bool ignore_case) {
  if (ignore_case && path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (ignore_case && pattern.size() > 1 && pattern.ends_with('/')) pattern.remove_suffix(1);
  const auto want = segments_of(pattern);
  const auto have = segments_of(path);
  if (want.size() != have.size()) return std::nullopt;
  std::map<std::string, std::string> found;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i].starts_with('{') && want[i].ends_with('}')) {
      if (have[i].empty()) return std::nullopt;
      found[std::string(want[i].substr(1, want[i].size() - 2))] = percent_decode(have[i]);
    } else if (ignore_case ? !equals_ignore_case(want[i], have[i]) : want[i] != have[i]) {
      return std::nullopt;
    }
  }
  return found;
}

bool is_fixed(std::string_view pattern) { return pattern.find('{') == std::string_view::npos; }

Route match_contract(const Contract& contract, std::string_view method, std::string_view path) {
  Route route{.contract = &contract, .operation = nullptr, .is_batch = false, .path = {}, .allowed = {}};
  bool fixed_path = false;
  for (const bool fixed : {true, false}) {
    for (const Operation& operation : contract.operations) {
      if (!operation.call.empty() || is_fixed(operation.path) != fixed) continue;
      auto found = match_template(operation.path, path, contract.paths_ignore_case);
      if (!found || (fixed_path && !fixed)) continue;
      if (operation.method == method) {
        route.operation = &operation;
        route.path = std::move(*found);
        return route;
      }
      fixed_path = fixed_path || fixed;
      if (std::find(route.allowed.begin(), route.allowed.end(), operation.method) == route.allowed.end())
        route.allowed.push_back(operation.method);
    }
  }
  if (contract.batch && match_template(contract.batch->path, path, true)) {
    route.is_batch = contract.batch->method == method;
    if (!route.is_batch) route.allowed.push_back(contract.batch->method);
  }
  return route;
}

bool knows_path(const Route& route) { return route.operation != nullptr || route.is_batch || !route.allowed.empty(); }

// The part after the base, or nullopt when the path is not under it.
std::optional<std::string_view> below(std::string_view path, std::string_view base) {
  if (base.empty() || base == "/" || path.size() < base.size() || !equals_ignore_case(path.substr(0, base.size()), base))
    return std::nullopt;
  const std::string_view rest = path.substr(base.size());
  if (rest.empty()) return "/";
  if (rest.front() != '/') return std::nullopt;
  return rest;
}

}  // namespace

Router::Router(const Contracts& contracts, std::string only) : contracts_(&contracts), only_(std::move(only)) {}

Route Router::find(std::string_view method, std::string_view target, const Contract* hint) const {
  const std::string_view path = path_of(target);
  for (const auto& contract : contracts_->apis) {
    if (!only_.empty() && contract->api != only_) continue;
    if (const auto rest = below(path, contract->base)) return match_contract(*contract, method, *rest);
  }
  if (!only_.empty()) {
    const Contract* contract = contracts_->find_api(only_);
    return contract == nullptr ? Route{} : match_contract(*contract, method, path);
  }
  // The vendors' own paths without a base; the credential decides where two vendors know the path, or none does.
  std::vector<Route> routes;
  for (const auto& contract : contracts_->apis) {
    if (Route route = match_contract(*contract, method, path); knows_path(route)) routes.push_back(std::move(route));
  }
  for (Route& route : routes) {
    if (route.contract == hint) return std::move(route);
  }
  if (!routes.empty()) return std::move(routes.front());
  Route none;
  none.contract = hint;
  return none;
}

}  // namespace understudy
