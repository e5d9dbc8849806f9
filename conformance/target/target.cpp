#include "conformance/target/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

Problem usage(std::string code, std::string message) { return make_problem(Failure::usage, std::move(code), std::move(message)); }

bool is_api_name(std::string_view text) { return text.find_first_of(":/.") == std::string_view::npos; }

}  // namespace

Result<void> parse_target(std::string_view text, const Contracts& contracts, Target& target) {
  const auto equals = text.find('=');
  const bool named = equals != std::string_view::npos && is_api_name(text.substr(0, equals));
  const auto api = named ? std::string(text.substr(0, equals)) : std::string();
  auto url = parse_url(named ? text.substr(equals + 1) : text);
  if (!url) return tl::unexpected(url.error());
  if (!named) {
    if (target.base) return tl::unexpected(usage("second-target", "found two targets for all APIs, expected one (or api=URL)"));
    target.base = *url;
  } else if (contracts.find_api(api) == nullptr) {
    const std::vector<std::string> known = contracts.api_names();
    return tl::unexpected(usage("unknown-api", fmt::format("found API '{}' in --target, expected one of {}{}", api, fmt::join(known, ", "),
                                                           did_you_mean(api, known))));
  } else if (!target.bases.emplace(api, *url).second) {
    return tl::unexpected(usage("second-target", fmt::format("found two targets for {}, expected one", api)));
  }
  target.name += (target.name.empty() ? "" : ", ") + std::string(text);
  return {};
}

const Url* find_base(const Target& target, std::string_view api) {
  const auto found = target.bases.find(std::string(api));
  if (found != target.bases.end()) return &found->second;
  return target.base ? &*target.base : nullptr;
}

const Account& account_at(const Target& target, std::string_view api) {
  const auto found = target.accounts.find(std::string(api));
  return found == target.accounts.end() ? target.account : found->second;
}

std::string join_target(const Url& base, std::string_view path) {
  if (base.path.empty()) return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  if (path == "/" || path.empty()) return base.path;
  return path.starts_with("/?") ? base.path + std::string(path.substr(1)) : base.path + std::string(path);
}

std::optional<std::string> below_base(std::string_view base_path, std::string_view path) {
  if (!path.starts_with(base_path)) return std::nullopt;
  const auto rest = path.substr(base_path.size());
  if (rest.empty() || rest.front() == '?') return "/" + std::string(rest);
  return rest.front() == '/' ? std::optional(std::string(rest)) : std::nullopt;
}

std::string find_remote_host(const Target& target) {
  if (target.base && !is_loopback(target.base->host)) return target.base->host;
  for (const auto& [api, url] : target.bases) {
    if (!is_loopback(url.host)) return url.host;
  }
  if (target.admin && !is_loopback(target.admin->host)) return target.admin->host;
  if (target.provider_states && !is_loopback(target.provider_states->url.host)) return target.provider_states->url.host;
  return {};
}

bool is_header(std::string_view name, std::string_view value) {
  const auto is_text = [](char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; };
  return is_token(name) && std::ranges::all_of(value, is_text);
}

Result<Header> parse_header(std::string_view text) {
  const auto colon = text.find(':');
  const auto value =
      colon == std::string_view::npos ? std::string_view() : text.substr(std::min(text.find_first_not_of(" \t", colon + 1), text.size()));
  if (colon == std::string_view::npos || !is_header(text.substr(0, colon), value))
    return tl::unexpected(usage("bad-header", fmt::format("found header '{}', expected NAME: value", text.substr(0, colon))));
  return Header{std::string(text.substr(0, colon)), std::string(value)};
}

Result<void> check_connection(const Target& target) {
  const auto remote = find_remote_host(target);
  if (target.connection.tls.verify || remote.empty()) return {};
  return tl::unexpected(usage("insecure-remote", fmt::format("found {}, which is not this machine, with its certificate not verified; "
                                                             "expected a CA file for it (--ca-cert, or tls.ca)",
                                                             remote)));
}

}  // namespace understudy
