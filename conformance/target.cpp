#include "conformance/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace understudy {
namespace {

Problem usage(std::string code, std::string message) {
  return {.failure = Failure::usage, .code = std::move(code), .message = std::move(message), .place = {}, .source_line = {}};
}

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
    std::vector<std::string> known;
    for (const auto& contract : contracts.apis) known.push_back(contract->api);
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

std::string join_target(const Url& base, std::string_view path) {
  if (base.path.empty()) return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  if (path == "/" || path.empty()) return base.path;
  return path.starts_with("/?") ? base.path + std::string(path.substr(1)) : base.path + std::string(path);
}

std::string find_remote_host(const Target& target) {
  if (target.base && !is_loopback(target.base->host)) return target.base->host;
  for (const auto& [api, url] : target.bases) {
    if (!is_loopback(url.host)) return url.host;
  }
  if (target.admin && !is_loopback(target.admin->host)) return target.admin->host;
  return {};
}

}  // namespace understudy
