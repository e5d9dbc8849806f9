// A Target: where the API under test is, the accounts to use there, what exists there and what can be set up. See also: target_file.h reads
// one from a file, http_transport.h sends requests to it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "conformance/target/connection_options.h"
#include "conformance/target/known_failing.h"
#include "conformance/target/transport.h"
#include "contracts/src/base/env.h"
#include "contracts/src/base/http.h"
#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"

namespace understudy {

struct Account {
  std::string username = "demo";
  std::string password = "demo";
  std::string key = "demo";
};

// An endpoint that prepares a target without our admin API (docs/targets.md describes the calls).
struct ProviderStates {
  Url url;
  Headers headers;
  std::set<std::string, std::less<>> abilities;  // needs that it meets in addition to `given.states`
};

struct Target {
  std::string name;                  // for reports
  std::optional<Url> base;           // for APIs that are not in `bases`; the vendor's paths are appended
  std::map<std::string, Url> bases;  // by API
  std::optional<Url> admin;          // our mock's admin API: can set up everything that a scenario needs
  std::string admin_token;
  std::optional<ProviderStates> provider_states;
  Account account;                          // unused with `admin`, where each run has its own
  std::map<std::string, Account> accounts;  // by API, where it differs from `account`
  ConnectionOptions connection;
  Headers headers;                          // for every request, unless the step sets the same header
  Milliseconds deadline{10'000};            // of one exchange
  std::size_t answer_limit = kAnswerLimit;  // bytes of the body of one response
  Milliseconds max_wait{0};                 // per scenario, if the clock of the target cannot be moved
  std::optional<Profile> profile;           // the profile that it claims
  Json settings = Json::object();           // api -> {name: true}: settings there
  Json records = Json::object();            // api -> {collection: [...]}: records that exist there
  Json variables = Json::object();          // override those of the scenario
  std::vector<KnownFailure> known_failing;
  std::set<std::string> operations;  // qualified names of those that it implements; empty: not known
  std::vector<std::string> secrets;  // further values that reports must not show

  bool can_arrange() const { return admin.has_value(); }
};

// Reads `URL` or `api=URL` into the target; may be called repeatedly. Fails with failure usage: an invalid URL, an unknown API, a
// duplicate.
Result<void> parse_target(std::string_view text, const Contracts& contracts, Target& target);

// The base URL of an API; null if the target has none.
const Url* find_base(const Target& target, std::string_view api);
const Account& account_at(const Target& target, std::string_view api);
// The request target of a vendor path: the path of the base, then the vendor's path; a lone "/" adds nothing to a base with a path.
std::string join_target(const Url& base, std::string_view path);
// The reverse: what follows the path of a base, beginning with "/"; absent: the path is not below it.
std::optional<std::string> below_base(std::string_view base_path, std::string_view path);

// The first host that is not this machine; empty if there is none.
std::string find_remote_host(const Target& target);

// "NAME: value", the form of --header.
Result<Header> parse_header(std::string_view text);
bool is_header(std::string_view name, std::string_view value);

// Fails with failure usage if certificates of a remote host would not be verified.
Result<void> check_connection(const Target& target);

}  // namespace understudy
