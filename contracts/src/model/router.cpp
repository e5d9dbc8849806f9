#include "contracts/src/model/router.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

std::string_view trim_slash(std::string_view path) {
  return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// Without the last slash and the extension that the API accepts behind a path.
std::string_view trim(std::string_view path, const Contract& contract) {
  const bool trims_slash = contract.paths_ignore_case || contract.trailing_slash;
  if (trims_slash) path = trim_slash(path);
  const std::string& extension = contract.extension;
  if (!extension.empty() && path.size() > extension.size() + 1 && path.ends_with(extension)) path.remove_suffix(extension.size());
  return path;
}

std::string_view trim_first_slash(std::string_view path) { return path.starts_with('/') ? path.substr(1) : path; }

// A path as it is compared: without the first slash; where case is ignored in lower case.
std::string normalise(std::string_view path, bool ignore_case) {
  path = trim_first_slash(path);
  return ignore_case ? to_lower(path) : std::string(path);
}

void allow(Route& route, std::string_view method) {
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

// Whether the numbers in the path are of their schemas, where the API demands it.
bool fits(const Contract& contract, const Operation& operation, const PathParameters& path) {
  if (!contract.paths_typed) return true;
  return std::ranges::all_of(operation.parameters, [&](const Parameter& one) {
    const auto found = path.find(one.name);
    if (one.in != Parameter::In::path || !one.number || found == path.end()) return true;
    const auto number = read_number(found->second);
    return contract.schemas->accepts(one.schema, number ? *number : Json(found->second));
  });
}

}  // namespace

Router::Router(const Contracts& contracts, std::string_view only) : alone_(!only.empty()) {
  for (const auto& contract : contracts.apis) {
    if (alone_ && contract->api != only) continue;
    const bool ignore_case = contract->paths_ignore_case;
    Paths paths{.contract = contract.get(), .base = canonical_path(contract->base)};
    for (const Operation& operation : contract->operations) {
      if (!operation.call.empty()) continue;
      const std::string_view pattern = trim(operation.path, *contract);
      auto path = parse_path_template(pattern);
      if (!path) continue;  // the loader refuses it
      if (path->is_fixed())
        paths.fixed[normalise(canonical_path(pattern), ignore_case)].push_back(&operation);
      else
        paths.templates.push_back({.path = std::move(*path), .operation = &operation});
    }
    std::ranges::stable_sort(paths.templates,
                             [](const Template& left, const Template& right) { return left.path.is_more_specific(right.path); });
    if (contract->batch) paths.batch = normalise(trim_slash(canonical_path(contract->batch->path)), true);
    apis_.push_back(std::move(paths));
  }
  std::ranges::stable_sort(apis_, std::greater{}, [](const Paths& paths) { return paths.base.size(); });
}

// Fixed paths have precedence over paths with parameters, even if their method differs.
Route Router::match(const Paths& paths, std::string_view method, std::string_view path) {
  const Contract& contract = *paths.contract;
  Route route{.contract = &contract, .operation = nullptr, .is_batch = false};
  const bool ignore_case = contract.paths_ignore_case;
  const std::string_view as_sent = path;
  path = trim(path, contract);
  const std::string_view sent = trim_first_slash(path);
  std::array<char, 200> buffer{};
  const bool fits_buffer = ignore_case && sent.size() <= buffer.size();
  if (fits_buffer) std::ranges::transform(sent, buffer.begin(), ascii_lower);
  const auto fixed = fits_buffer   ? paths.fixed.find(std::string_view(buffer.data(), sent.size()))
                     : ignore_case ? paths.fixed.find(to_lower(sent))
                                   : paths.fixed.find(sent);
  if (fixed != paths.fixed.end()) {
    const auto meant = std::ranges::find(fixed->second, method, &Operation::method);
    if (meant != fixed->second.end()) {
      route.operation = *meant;
      return route;
    }
    for (const Operation* operation : fixed->second) allow(route, operation->method);
  } else if (!paths.templates.empty()) {
    const auto have = path_segments(path);
    for (const Template& one : paths.templates) {
      auto parameters = one.path.match(have, ignore_case);
      if (!parameters || !fits(contract, *one.operation, *parameters)) continue;
      if (one.operation->method == method) {
        route.operation = one.operation;
        route.path = std::move(*parameters);
        route.allowed.clear();
        return route;
      }
      allow(route, one.operation->method);
    }
  }
  if (contract.batch && equals_ignore_case(trim_first_slash(trim_slash(as_sent)), paths.batch)) {
    route.is_batch = contract.batch->method == method;
    if (!route.is_batch) route.allowed.push_back(contract.batch->method);
  }
  return route;
}

Route Router::find(std::string_view method, std::string_view target, const Contract* hint) const {
  const std::string_view sent = path_of(target);
  const std::string encoded = is_canonical_path(sent) ? std::string() : canonical_path(sent);
  const std::string_view path = encoded.empty() ? sent : std::string_view(encoded);
  std::optional<Route> best;
  const auto consider = [&](Route route) {
    const bool is_better = !best || (knows_path(route) && (!knows_path(*best) || (route.contract == hint && best->contract != hint)));
    if (is_better) best = std::move(route);
  };
  // Those with a base that the path is below; the longest base decides where none of them knows the path.
  for (const Paths& paths : apis_) {
    if (const auto rest = below(path, paths.base)) consider(match(paths, method, *rest));
  }
  if (best) return *std::move(best);
  if (alone_) return apis_.empty() ? Route{} : match(apis_.front(), method, path);
  // The vendors' own paths without a base; the credential decides where two vendors know the path, or none does.
  for (const Paths& paths : apis_) consider(match(paths, method, path));
  if (best && knows_path(*best)) return *std::move(best);
  return {.contract = hint};
}

const Router& Routers::of(const Contract& contract) const {
  const std::lock_guard lock(mutex_);
  return made_.try_emplace(contract.api, contracts_, contract.api).first->second;
}

}  // namespace understudy
