#include "cli/verify/target_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "cli/options.h"
#include "conformance/target/target_file.h"

namespace understudy {
namespace {

std::optional<std::string> find_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string first_of(const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (auto value = find_variable(name); value && !value->empty()) return *value;
  return {};
}

// What every other client of this machine obeys, but never on the way to the machine itself.
Proxies proxies_of_environment() {
  Proxies proxies{.http = first_of({"http_proxy", "all_proxy", "ALL_PROXY"}),
                  .https = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
                  .for_loopback = false};
  const auto except = first_of({"no_proxy", "NO_PROXY"});
  for (std::size_t start = 0; start < except.size();) {
    const auto end = std::min(except.find(',', start), except.size());
    auto host = except.substr(start, end - start);
    std::erase(host, ' ');
    if (!host.empty()) {
      if (host != "*" && !host.starts_with('.')) proxies.except.push_back("." + host);  // a name stands for all below it, too
      proxies.except.push_back(std::move(host));
    }
    start = end + 1;
  }
  return proxies;
}

Result<void> set_duration(const std::string& text, const char* option, Milliseconds& value) {
  if (text.empty()) return {};
  const auto duration = parse_duration(text);
  if (!duration)
    return tl::unexpected(usage("bad-duration", "found " + std::string(option) + " " + text + ", expected a duration such as 10s"));
  value = *duration;
  return {};
}

Result<void> set_url(const std::string& text, std::optional<Url>& url) {
  if (text.empty()) return {};
  auto parsed = parse_url(text);
  if (!parsed) return tl::unexpected(parsed.error());
  url = *parsed;
  return {};
}

Result<void> set_proxy(const TargetOptions& options, Proxies& proxies) {
  if (options.proxy == "none") {
    proxies = Proxies();
  } else if (!options.proxy.empty()) {
    if (auto right = check_proxy(options.proxy); !right) return right;
    proxies = {.http = options.proxy, .https = options.proxy, .except = proxies.except, .for_loopback = true};
  } else if (!proxies.is_said) {
    proxies = proxies_of_environment();
  }
  return {};
}

Result<void> set_files(const TargetOptions& options, Tls& tls) {
  for (const auto& [name, text, file] : {std::tuple{"--ca-cert", &options.ca_file, &tls.ca_file},
                                         {"--client-cert", &options.certificate_file, &tls.certificate_file},
                                         {"--client-key", &options.key_file, &tls.key_file}}) {
    if (text->empty()) continue;
    if (const auto read = load_text(*text); !read)
      return tl::unexpected(usage(read.error().code, std::string(name) + ": " + read.error().message));
    *file = *text;
  }
  if (tls.certificate_file.empty() != tls.key_file.empty())
    return tl::unexpected(usage("half-a-certificate", "found one of --client-cert and --client-key, expected both"));
  if (options.insecure) tls.verify = false;
  return {};
}

void set_account(const TargetOptions& options, Account& account) {
  if (!options.username.empty()) account.username = options.username;
  if (!options.password.empty()) account.password = options.password;
  if (!options.api_key.empty()) account.key = options.api_key;
}

// Files first: what else is named goes on top.
Result<Target> read_named(const std::vector<std::string>& texts, const Contracts& contracts) {
  Target target;
  const auto is_file = [](const std::string& text) { return is_target_file(text); };
  if (std::count_if(texts.begin(), texts.end(), is_file) > 1)
    return tl::unexpected(usage("second-target", "found two target files, expected one"));
  const auto file = std::find_if(texts.begin(), texts.end(), is_file);
  if (file != texts.end()) {
    auto read = load_target_file(*file, contracts, find_variable);
    if (!read) return read;
    target = std::move(*read);
  }
  Target typed;
  for (const auto& text : texts) {
    if (is_file(text)) continue;
    if (auto done = parse_target(text, contracts, typed); !done) return tl::unexpected(done.error());
  }
  if (typed.base) target.base = typed.base;
  for (const auto& [api, url] : typed.bases) target.bases.insert_or_assign(api, url);
  if (target.name.empty()) target.name = typed.name;
  return target;
}

}  // namespace

void add_target_options(CLI::App& app, TargetOptions& options) {
  const std::string group = "Target";
  app.add_option("--target", options.targets,
                 "URL of the implementation under test, api=URL for one API, or a target file (.yaml); may be repeated. Left out: a mock "
                 "in this process")
      ->type_name("URL|FILE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--admin", options.admin, "URL of the target's admin API, if it is an understudy mock: then everything can be arranged")
      ->type_name("URL")
      ->group(group);
  app.add_option("--admin-token", options.admin_token, "What that admin API asks for")->envname("UNDERSTUDY_ADMIN_TOKEN")->group(group);
  app.add_option("--provider-states", options.provider_states, "URL that sets states of the target up and tears them down, in Pact's shape")
      ->type_name("URL")
      ->group(group);
  app.add_option("--username", options.username, "Of the account on the target [demo]")->envname("UNDERSTUDY_USERNAME")->group(group);
  app.add_option("--password", options.password, "Of the account on the target")->envname("UNDERSTUDY_PASSWORD")->group(group);
  app.add_option("--api-key", options.api_key, "Of the account on the target")->envname("UNDERSTUDY_API_KEY")->group(group);
  app.add_option("--header", options.headers, "NAME: value, on every request; may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--ca-cert", options.ca_file, "PEM file of whom to trust, instead of those that the system trusts")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--client-cert", options.certificate_file, "PEM file with the runner's own certificate")->type_name("FILE")->group(group);
  app.add_option("--client-key", options.key_file, "PEM file with its key")->type_name("FILE")->group(group);
  app.add_flag("--insecure", options.insecure, "Do not verify certificates; only where every host is this machine")->group(group);
  app.add_option("--proxy", options.proxy,
                 "URL of a proxy, or none. Left out: what http_proxy, https_proxy, all_proxy and no_proxy say, but never for this machine")
      ->type_name("URL")
      ->group(group);
  app.add_option("--timeout", options.deadline, "For one exchange, from connecting to the last byte [10s]")->group(group);
  app.add_option("--connect-timeout", options.connect_deadline, "For connecting alone, TLS included")->group(group);
  app.add_option("--max-wait", options.max_wait, "How long one scenario may really wait where the target's time cannot be moved [0s]")
      ->group(group);
}

Result<Target> read_target(const TargetOptions& options, const Contracts& contracts) {
  auto target = read_named(options.targets, contracts);
  if (!target) return target;
  set_account(options, target->account);
  for (auto& [api, account] : target->accounts) set_account(options, account);
  if (!options.admin_token.empty()) target->admin_token = options.admin_token;
  for (const auto& text : options.headers) {
    auto header = parse_header(text);
    if (!header) return tl::unexpected(header.error());
    set_header(target->headers, header->name, header->value);
  }
  std::optional<Url> states;
  for (const auto& done : {set_url(options.admin, target->admin), set_url(options.provider_states, states),
                           set_duration(options.deadline, "--timeout", target->deadline),
                           set_duration(options.connect_deadline, "--connect-timeout", target->reach.connect_deadline),
                           set_duration(options.max_wait, "--max-wait", target->max_wait), set_proxy(options, target->reach.proxies),
                           set_files(options, target->reach.tls)}) {
    if (!done) return tl::unexpected(done.error());
  }
  if (states && target->provider_states)
    target->provider_states->url = *states;
  else if (states)
    target->provider_states = ProviderStates{.url = *states};
  if (auto safe = check_reach(*target); !safe) return tl::unexpected(safe.error());
  return target;
}

}  // namespace understudy
