#include "contracts/src/model/router.h"

#include <algorithm>
#include <optional>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// A path as it is compared: without the first slash; where case is ignored also without the last one, in lower case.
std::string normalise(std::string_view path, bool ignore_case) {
  if (ignore_case && path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.starts_with('/')) path.remove_prefix(1);
  return ignore_case ? to_lower(path) : std::string(path);
}

bool is_fixed(std::string_view pattern) { return pattern.find('{') == std::string_view::npos; }

void allow(Route& route, const std::string& method) {
  if (!contains(route.allowed, method)) route.allowed.push_back(method);
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

Router::Router(const Contracts& contracts, std::string_view only) : alone_(!only.empty()) {
  for (const auto& contract : contracts.apis) {
    if (alone_ && contract->api != only) continue;
    Paths paths{.contract = contract.get()};
    for (const Operation& operation : contract->operations) {
      if (!operation.call.empty()) continue;
      if (is_fixed(operation.path)) {
        paths.fixed[normalise(operation.path, contract->paths_ignore_case)].push_back(&operation);
        continue;
      }
      Template one{.operation = &operation};
      std::string_view pattern = operation.path;
      if (contract->paths_ignore_case && pattern.ends_with('/')) pattern.remove_suffix(1);
      for (const std::string_view segment : path_segments(pattern)) {
        const bool is_parameter = segment.starts_with('{') && segment.ends_with('}');
        one.segments.push_back({std::string(is_parameter ? segment.substr(1, segment.size() - 2) : segment), is_parameter});
      }
      paths.templates.push_back(std::move(one));
    }
    if (contract->batch) paths.batch = normalise(contract->batch->path, true);
    apis_.push_back(std::move(paths));
  }
}

bool Router::match_segments(const Template& one, const std::vector<std::string_view>& have, bool ignore_case) {
  if (one.segments.size() != have.size()) return false;
  for (std::size_t i = 0; i < have.size(); ++i) {
    const Segment& want = one.segments[i];
    if (want.is_parameter ? have[i].empty() : ignore_case ? !equals_ignore_case(want.text, have[i]) : want.text != have[i]) return false;
  }
  return true;
}

std::map<std::string, std::string> Router::read_parameters(const Template& one, const std::vector<std::string_view>& have) {
  std::map<std::string, std::string> parameters;
  for (std::size_t i = 0; i < have.size(); ++i) {
    if (one.segments[i].is_parameter) parameters[one.segments[i].text] = percent_decode(have[i]);
  }
  return parameters;
}

// Fixed paths have precedence over paths with parameters, even if their method differs.
Route Router::match(const Paths& paths, std::string_view method, std::string_view path) {
  const Contract& contract = *paths.contract;
  Route route{.contract = &contract, .operation = nullptr, .is_batch = false};
  const bool ignore_case = contract.paths_ignore_case;
  if (const auto fixed = paths.fixed.find(normalise(path, ignore_case)); fixed != paths.fixed.end()) {
    for (const Operation* operation : fixed->second) {
      if (operation->method == method) {
        route.operation = operation;
        route.allowed.clear();
        return route;
      }
      allow(route, operation->method);
    }
  } else if (!paths.templates.empty()) {
    if (ignore_case && path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    const auto have = path_segments(path);
    for (const Template& one : paths.templates) {
      if (!match_segments(one, have, ignore_case)) continue;
      if (one.operation->method == method) {
        route.operation = one.operation;
        route.path = read_parameters(one, have);
        route.allowed.clear();
        return route;
      }
      allow(route, one.operation->method);
    }
  }
  if (contract.batch && normalise(path, true) == paths.batch) {
    route.is_batch = contract.batch->method == method;
    if (!route.is_batch) route.allowed.push_back(contract.batch->method);
  }
  return route;
}

Route Router::find(std::string_view method, std::string_view target, const Contract* hint) const {
  const std::string_view path = path_of(target);
  for (const Paths& paths : apis_) {
    if (const auto rest = below(path, paths.contract->base)) return match(paths, method, *rest);
  }
  if (alone_) return apis_.empty() ? Route{} : match(apis_.front(), method, path);
  // The vendors' own paths without a base; the credential decides where two vendors know the path, or none does.
  std::vector<Route> routes;
  for (const Paths& paths : apis_) {
    if (Route route = match(paths, method, path); knows_path(route)) routes.push_back(std::move(route));
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
