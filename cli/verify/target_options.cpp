#include "cli/verify/target_options.h"

#include <algorithm>
#include <cstdlib>

#include "cli/inputs.h"
#include "conformance/target/target_file.h"

namespace understudy {
namespace {

std::optional<std::string> find_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string first_of(const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (auto value = read_environment(name); !value.empty()) return value;
  return {};
}

// The usual proxy variables. A proxy is never used for this machine.
Proxies read_proxy_variables() {
  Proxies proxies{.http = first_of({"http_proxy", "all_proxy", "ALL_PROXY"}),
                  .https = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
                  .for_loopback = false};
  const auto except = first_of({"no_proxy", "NO_PROXY"});
  for (std::size_t start = 0; start < except.size();) {
    const auto end = std::min(except.find(',', start), except.size());
    auto host = except.substr(start, end - start);
    std::erase(host, ' ');
    if (!host.empty()) {
      if (host != "*" && !host.starts_with('.')) proxies.except.push_back("." + host);  // a domain includes its subdomains
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
    return tl::unexpected(usage_problem("bad-duration", "found " + std::string(option) + " " + text + ", expected a duration such as 10s"));
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
  } else if (!proxies.is_set) {
    proxies = read_proxy_variables();
  }
  return {};
}

Result<void> set_files(const TargetOptions& options, Tls& tls) {
  for (const auto& [name, kind, text, file] : {std::tuple{"--ca-cert", "CERTIFICATE", &options.ca_file, &tls.ca_file},
                                               {"--client-cert", "CERTIFICATE", &options.certificate_file, &tls.certificate_file},
                                               {"--client-key", "PRIVATE KEY", &options.key_file, &tls.key_file}}) {
    if (text->empty()) continue;
    const auto read = load_text(*text);
    const auto checked = read ? check_pem(*read, kind, *text) : tl::unexpected(read.error());
    if (!checked)
      return tl::unexpected(
          usage_problem(checked.error().code, std::string(name) + ": " + (read ? "" : *text + ": ") + checked.error().message));
    *file = *text;
  }
  if (tls.certificate_file.empty() != tls.key_file.empty())
    return tl::unexpected(usage_problem("half-a-certificate", "found one of --client-cert and --client-key, expected both"));
  if (options.insecure) tls.verify = false;
  return {};
}

void set_account(const TargetOptions& options, Account& account) {
  if (!options.username.empty()) account.username = options.username;
  if (!options.password.empty()) account.password = options.password;
  if (!options.api_key.empty()) account.key = options.api_key;
}

// The target file first; URLs override it.
Result<Target> read_target_names(const std::vector<std::string>& texts, const Contracts& contracts) {
  Target target;
  const auto is_file = [](const std::string& text) { return is_target_file(text); };
  if (std::count_if(texts.begin(), texts.end(), is_file) > 1)
    return tl::unexpected(usage_problem("second-target", "found two target files, expected at most one"));
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

Options account_options(TargetOptions& options) {
  return {
      {"--username", &options.username, "The user name of the account on the target. Default: demo.", from_variable("UNDERSTUDY_USERNAME")},
      {"--password", &options.password, "The password of the account on the target. Default: demo.", from_variable("UNDERSTUDY_PASSWORD")},
      {"--api-key", &options.api_key, "The API key of the account on the target. Default: demo.", from_variable("UNDERSTUDY_API_KEY")},
      {"--admin-token", &options.admin_token, "The token that the admin API of the target needs.", from_variable("UNDERSTUDY_ADMIN_TOKEN")},
      {"--timeout", &options.deadline, "The time limit for one exchange, from connecting to the last byte. Default: 10s."},
      {"--answer-limit BYTES", &options.answer_limit, "Fail a step whose answer has a body of more bytes, also after decoding.",
       in_range(1, 1 << 30)},
  };
}

Options target_options(TargetOptions& options) {
  const Options places = {
      {"--target URL|FILE", &options.targets,
       "The implementation under test: its URL, api=URL for one API, or a target file (.yaml). May be repeated. Default: a mock in "
       "this process."},
      {"--admin URL", &options.admin,
       "The URL of the target's admin API, if the target is an understudy mock. Scenarios can then set up everything."},
      {"--provider-states URL", &options.provider_states, "The URL that sets up and tears down states of the target, as Pact defines it."},
  };
  return group_options("Target", places + account_options(options) + connection_options(options) +
                                     Options{{"--max-wait", &options.max_wait,
                                              "How long one scenario may wait in real time, if the target's clock cannot be moved. "
                                              "Default: 0s."}});
}

Options connection_options(TargetOptions& options) {
  return {
      {"--header HEADER", &options.headers, "Send this header with every request, as 'Name: value'. May be repeated."},
      {"--ca-cert FILE", &options.ca_file, "Trust the certificates of this PEM file instead of those that the system trusts."},
      {"--client-cert FILE", &options.certificate_file, "Present the client certificate of this PEM file."},
      {"--client-key FILE", &options.key_file, "The PEM key of that certificate."},
      {"--insecure", &options.insecure, "Do not verify certificates. Allowed only if every host is this machine."},
      {"--proxy URL", &options.proxy,
       "The URL of a proxy, or none. Default: http_proxy, https_proxy, all_proxy and no_proxy, but never for this machine."},
      {"--connect-timeout", &options.connect_deadline, "The time limit for connecting, TLS included."},
  };
}

Result<Target> read_target(const TargetOptions& options, const Contracts& contracts) {
  auto target = read_target_names(options.targets, contracts);
  if (!target) return target;
  set_account(options, target->account);
  target->answer_limit = options.answer_limit;
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
                           set_duration(options.connect_deadline, "--connect-timeout", target->connection.connect_deadline),
                           set_duration(options.max_wait, "--max-wait", target->max_wait), set_proxy(options, target->connection.proxies),
                           set_files(options, target->connection.tls)}) {
    if (!done) return tl::unexpected(done.error());
  }
  if (states && target->provider_states)
    target->provider_states->url = *states;
  else if (states)
    target->provider_states = ProviderStates{.url = *states};
  if (auto safe = check_connection(*target); !safe) return tl::unexpected(safe.error());
  return target;
}

}  // namespace understudy
