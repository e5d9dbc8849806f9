#include "conformance/target/target_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "contracts/src/redact/secret_names.h"
#include "contracts/src/yaml/yaml.h"
#include "scenarios/src/model/needs.h"
#include "scenarios/src/model/parse.h"
#include "scenarios/src/model/scenario_reader.h"

namespace understudy {
namespace {

const std::vector<std::string> kFileKeys = {
    "understudy", "target",  "url",      "account",  "apis",          "variables",       "profile", "tls",
    "proxy",      "headers", "timeouts", "max_wait", "known_failing", "provider_states", "admin",   "operations"};
const std::vector<std::string> kApiKeys = {"url", "account", "settings", "records"};

std::string beside(const std::string& file, const std::string& name) {
  const auto slash = file.rfind('/');
  return name.starts_with('/') || slash == std::string::npos ? name : file.substr(0, slash + 1) + name;
}

class FileReader {
 public:
  FileReader(const YamlDocument& document, const Contracts& contracts, const Environment& environment)
      : reader_(document), document_(document), contracts_(contracts), environment_(environment) {}

  Result<Target> read() {
    if (document_.root.is_object()) check_version();
    if (reader_.keys("", kFileKeys, "a target")) {
      target_.name = reader_.text("", "target", "the target's name");
      if (target_.name.empty()) target_.name = document_.file;
      target_.base = url("", "url");
      target_.account = account("", Account());
      read_apis();
      read_variables();
      read_profile();
      read_tls();
      read_proxy();
      target_.headers = headers("");
      read_times();
      read_known_failing();
      read_operations();
      read_provider_states();
      read_admin();
      if (!target_.base && target_.bases.empty()) reader_.fail("", "no-url", "found no url, expected one here or under an API of 'apis'");
    }
    if (reader_.failed()) return tl::unexpected(*reader_.problem());
    if (auto safe = check_connection(target_); !safe)
      return tl::unexpected(document_.problem("/tls/verify", safe.error().code, safe.error().message));
    return std::move(target_);
  }

 private:
  void fail(std::string_view pointer, const Problem& problem) { reader_.fail(pointer, problem.code, problem.message); }
  void fail_secret(std::string_view pointer, std::string_view key) {
    reader_.fail(pointer, "literal-secret", fmt::format("found a secret in the file, expected {}: {{ env: NAME }}", key));
  }

  void check_version() {
    const Json* version = reader_.find("/understudy");
    if (version == nullptr)
      reader_.fail("", "missing-version", "expected the line 'understudy: 1', the version of the format");
    else if (*version != 1)
      reader_.fail("/understudy", "unknown-version", fmt::format("found {}, expected 1, the version this build reads", describe(*version)));
  }

  std::optional<Url> url(const std::string& parent, const std::string& key) {
    const auto text = open_text(parent, key, "a URL");
    if (text.empty()) return std::nullopt;
    auto parsed = parse_url(text);
    if (parsed) return *parsed;
    fail(join_pointer(parent, key), parsed.error());
    return std::nullopt;
  }

  // The value of {env: NAME}. Nullopt: the value does not have this form.
  std::optional<std::string> from_environment(const std::string& pointer) {
    const Json* value = reader_.find(pointer);
    if (value == nullptr || !value->is_object() || !reader_.keys(pointer, {"env"}, "an environment value")) return std::nullopt;
    reader_.need(pointer, "env", "the name of an environment variable");
    const auto name = reader_.text(pointer, "env", "the name of an environment variable");
    if (name.empty()) return std::string();
    auto found = environment_(name);
    if (!found)
      reader_.fail(join_pointer(pointer, "env"), "env-missing", fmt::format("found {}, which is not set in the environment", name));
    if (found) target_.secrets.push_back(*found);
    return found.value_or("");
  }

  // Text, or {env: NAME}.
  std::string open_text(const std::string& parent, const std::string& key, std::string_view meaning) {
    const auto pointer = join_pointer(parent, key);
    const Json* value = reader_.find(pointer);
    if (value != nullptr && value->is_object()) return from_environment(pointer).value_or("");
    return reader_.text(parent, key, fmt::format("{}, or {{env: NAME}}", meaning));
  }

  // Only {env: NAME}: everybody who can read the file could read a secret in it.
  std::string secret(const std::string& parent, const std::string& key) {
    const auto pointer = join_pointer(parent, key);
    const Json* value = reader_.find(pointer);
    if (value == nullptr) return {};
    if (value->is_object()) return from_environment(pointer).value_or("");
    fail_secret(pointer, key);
    return {};
  }

  Account account(const std::string& parent, Account account) {
    const auto pointer = parent + "/account";
    if (reader_.find(pointer) == nullptr || !reader_.keys(pointer, {"username", "password", "api_key"}, "an account")) return account;
    if (auto name = open_text(pointer, "username", "a user's name"); !name.empty()) account.username = std::move(name);
    if (auto password = secret(pointer, "password"); !password.empty()) account.password = std::move(password);
    if (auto key = secret(pointer, "api_key"); !key.empty()) account.key = std::move(key);
    return account;
  }

  void read_apis() {
    const auto apis = reader_.mapping("", "apis", "APIs: a mapping of their names");
    const std::vector<std::string> known = contracts_.api_names();
    for (const auto& [api, value] : apis.items()) {
      const auto pointer = join_pointer("/apis", api);
      const auto* contract = contracts_.find_api(api);
      if (contract == nullptr) {
        reader_.fail_key(pointer, "unknown-api",
                         fmt::format("found API '{}', expected one of {}{}", api, fmt::join(known, ", "), did_you_mean(api, known)));
        continue;
      }
      if (!reader_.keys(pointer, kApiKeys, "an API")) continue;
      if (auto base = url(pointer, "url")) target_.bases.emplace(api, *base);
      if (reader_.find(pointer, "account") != nullptr) target_.accounts.emplace(api, account(pointer, target_.account));
      read_settings(*contract, pointer);
      read_records(*contract, pointer);
    }
  }

  void read_settings(const Contract& contract, const std::string& parent) {
    const auto settings = reader_.mapping(parent, "settings", "settings: a mapping of names to true or false");
    std::vector<std::string> known;
    for (const auto& setting : contract.settings) known.push_back(setting.name);
    for (const auto& [name, value] : settings.items()) {
      const auto pointer = join_pointer(parent + "/settings", name);
      if (contract.find_setting(name) == nullptr)
        reader_.fail_key(pointer, "unknown-setting", fmt::format("found setting '{}'{}", name, did_you_mean(name, known)));
      if (!value.is_boolean()) reader_.fail_value(pointer, "true or false");
    }
    if (!settings.empty()) target_.settings[contract.api] = settings;
  }

  void read_records(const Contract& contract, const std::string& parent) {
    const auto records = reader_.mapping(parent, "records", "records: a mapping of collections to lists");
    std::vector<std::string> known;
    for (const auto& [name, collection] : contract.collections) known.push_back(name);
    for (const auto& [name, list] : records.items()) {
      if (!contract.collections.contains(name))
        reader_.fail_key(join_pointer(parent + "/records", name), "unknown-collection",
                         fmt::format("found collection '{}'{}", name, did_you_mean(name, known)));
      for (const auto& pointer : reader_.elements(parent + "/records", name, "a list of records"))
        if (!reader_.find(pointer)->is_object()) reader_.fail_value(pointer, "a record, which is a mapping");
    }
    if (!records.empty()) target_.records[contract.api] = records;
  }

  void read_variables() {
    const auto variables = reader_.mapping("", "variables", "variables: a mapping of names to values");
    for (const auto& [name, value] : variables.items()) {
      const auto pointer = join_pointer("/variables", name);
      if (!is_variable_name(name) || name.starts_with("run."))
        reader_.fail_key(pointer, "bad-variable-name",
                         fmt::format("found '{}', expected letters, digits, '_', '-' and '.', not starting with 'run.'", name));
      const bool is_environment = value.is_object() && value.size() == 1 && value.contains("env");
      target_.variables[name] = is_environment ? Json(from_environment(pointer).value_or("")) : value;
    }
  }

  void read_profile() {
    const Json* profile = reader_.find("/profile");
    if (profile == nullptr) return;
    auto parsed = parse_profile(*profile, contracts_);
    if (parsed)
      target_.profile = *parsed;
    else
      fail("/profile", parsed.error());
  }

  std::string pem_file(const std::string& parent, const std::string& key, std::string_view kind) {
    const auto name = reader_.text(parent, key, "the name of a PEM file");
    if (name.empty()) return {};
    const auto path = beside(document_.file, name);
    const auto text = load_text(path);
    if (auto checked = text ? check_pem(*text, kind, path) : tl::unexpected(text.error()); !checked)
      fail(join_pointer(parent, key), checked.error());
    return path;
  }

  void read_tls() {
    auto& tls = target_.connection.tls;
    if (reader_.find("/tls") == nullptr || !reader_.keys("/tls", {"ca", "certificate", "key", "verify"}, "TLS")) return;
    tls.ca_file = pem_file("/tls", "ca", "CERTIFICATE");
    tls.certificate_file = pem_file("/tls", "certificate", "CERTIFICATE");
    tls.key_file = pem_file("/tls", "key", "PRIVATE KEY");
    if (tls.certificate_file.empty() != tls.key_file.empty())
      reader_.fail("/tls", "half-a-certificate", "found one of certificate and key, expected both");
    if (const Json* verify = reader_.find("/tls/verify")) {
      tls.verify = !verify->is_boolean() || verify->get<bool>();
      if (!verify->is_boolean()) reader_.fail_value("/tls/verify", "true or false");
    }
  }

  std::string proxy(const std::string& parent, const std::string& key) {
    auto text = open_text(parent, key, "the URL of a proxy");
    if (text.empty() || text == "none") return {};
    const auto pointer = join_pointer(parent, key);
    if (auto valid = check_proxy(text); !valid) fail(pointer, valid.error());
    if (reader_.find(pointer)->is_string() && text.find('@') != std::string::npos) fail_secret(pointer, key);
    return text;
  }

  void read_proxy() {
    auto& proxies = target_.connection.proxies;
    const Json* value = reader_.find("/proxy");
    if (value == nullptr) return;
    proxies.is_set = true;
    if (!value->is_object() || value->contains("env")) {
      proxies.http = proxies.https = proxy("", "proxy");
      return;
    }
    if (!reader_.keys("/proxy", {"http", "https", "except"}, "proxies")) return;
    proxies.http = proxy("/proxy", "http");
    proxies.https = proxy("/proxy", "https");
    for (const auto& pointer : reader_.elements("/proxy", "except", "a list of hosts")) {
      const Json& host = *reader_.find(pointer);
      if (host.is_string())
        proxies.except.push_back(host.get<std::string>());
      else
        reader_.fail_value(pointer, "a host");
    }
  }

  Headers headers(const std::string& parent) {
    Headers headers;
    const auto mapping = reader_.mapping(parent, "headers", "headers: a mapping of names to text");
    for (const auto& [name, value] : mapping.items()) {
      const auto at = parent + "/headers";
      const auto text = value.is_string() && is_secret_header(name) ? secret(at, name) : open_text(at, name, "text");
      if (!is_header(name, text))
        reader_.fail_key(join_pointer(at, name), "bad-header",
                         fmt::format("found '{}', expected a header's name, and text on one line", name));
      headers.push_back({name, text});
    }
    return headers;
  }

  void read_times() {
    if (reader_.find("/timeouts") != nullptr && reader_.keys("/timeouts", {"connect", "exchange"}, "timeouts")) {
      target_.connection.connect_deadline = reader_.duration("/timeouts", "connect").value_or(Milliseconds{0});
      target_.deadline = reader_.duration("/timeouts", "exchange").value_or(target_.deadline);
    }
    target_.max_wait = reader_.duration("", "max_wait").value_or(Milliseconds{0});
  }

  void read_known_failing() {
    for (const auto& pointer : reader_.elements("", "known_failing", "a list of {scenario, reason}")) {
      if (!reader_.keys(pointer, {"scenario", "reason"}, "a known failure")) continue;
      reader_.need(pointer, "scenario", "a pattern over api/name");
      reader_.need(pointer, "reason", "why it fails");
      target_.known_failing.push_back({.pattern = reader_.text(pointer, "scenario", "a pattern over api/name"),
                                       .reason = reader_.text(pointer, "reason", "why it fails"),
                                       .place = reader_.place(pointer)});
    }
  }

  void read_operations() {
    for (const auto& pointer : reader_.elements("", "operations", "a list of operations")) {
      const Json& value = *reader_.find(pointer);
      const auto* operation = value.is_string() ? contracts_.find_operation(value.get<std::string>()) : nullptr;
      if (operation == nullptr)
        reader_.fail(pointer, "unknown-operation",
                     fmt::format("found {}, expected an operation, with the name of its API: api.createOrder{}", describe(value),
                                 value.is_string() ? contracts_.did_you_mean_operation(value.get<std::string>()) : ""));
      else
        target_.operations.insert(operation->name);
    }
  }

  std::set<std::string, std::less<>> abilities(const std::string& parent) {
    std::set<std::string, std::less<>> set;
    const auto& known = all_needs();
    for (const auto& pointer : reader_.elements(parent, "abilities", "a list of abilities")) {
      const Json& value = *reader_.find(pointer);
      const auto word = value.is_string() ? value.get<std::string>() : std::string();
      if (std::find(known.begin(), known.end(), word) == known.end())
        reader_.fail(pointer, "unknown-ability",
                     fmt::format("found {}, expected one of {}{}", describe(value), fmt::join(known, ", "), did_you_mean(word, known)));
      set.insert(word);
    }
    return set;
  }

  void read_provider_states() {
    const std::string pointer = "/provider_states";
    if (reader_.find(pointer) == nullptr || !reader_.keys(pointer, {"url", "abilities", "headers"}, "provider states")) return;
    reader_.need(pointer, "url", "where states are set");
    const auto where = url(pointer, "url");
    ProviderStates states{.url = where.value_or(Url()), .headers = headers(pointer), .abilities = abilities(pointer)};
    target_.provider_states = std::move(states);
  }

  void read_admin() {
    const Json* value = reader_.find("/admin");
    if (value == nullptr) return;
    if (!value->is_object() || value->contains("env")) {
      target_.admin = url("", "admin");
      return;
    }
    if (!reader_.keys("/admin", {"url", "token"}, "an admin API")) return;
    reader_.need("/admin", "url", "where the mock's admin API is");
    target_.admin = url("/admin", "url");
    target_.admin_token = secret("/admin", "token");
  }

  ScenarioReader reader_;
  const YamlDocument& document_;
  const Contracts& contracts_;
  const Environment& environment_;
  Target target_;
};

}  // namespace

bool is_target_file(std::string_view argument) {
  return argument.find("://") == std::string_view::npos && (argument.ends_with(".yaml") || argument.ends_with(".yml"));
}

Result<Target> parse_target_file(std::string_view text, const std::string& file, const Contracts& contracts,
                                 const Environment& environment) {
  const auto document = parse_yaml(text, file);
  if (!document) return tl::unexpected(document.error());
  return FileReader(*document, contracts, environment).read();
}

Result<Target> load_target_file(const std::string& path, const Contracts& contracts, const Environment& environment) {
  const auto text = load_text(path);
  if (!text) return tl::unexpected(text.error());
  return parse_target_file(*text, path, contracts, environment);
}

Result<void> check_proxy(std::string_view url) {
  const auto scheme = url.find("://");
  const auto at = url.rfind('@');
  const bool has_user = scheme != std::string_view::npos && at != std::string_view::npos && at > scheme;
  const auto rest = has_user ? std::string(url.substr(0, scheme + 3)) + std::string(url.substr(at + 1)) : std::string(url);
  if (auto parsed = parse_url(rest); !parsed) return tl::unexpected(parsed.error());
  return {};
}

}  // namespace understudy
