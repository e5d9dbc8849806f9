// Owns the Target: where the API under test is, who we are there, what is there already and what can be arranged. Reading a
// file about one is target_file.h's business, how requests get there http_target.h's.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "conformance/target/known_failing.h"
#include "conformance/target/reach.h"
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

// What can set the stage of a target that is not ours (docs/targets.md tells the shape of the calls).
struct ProviderStates {
  Url url;
  Headers headers;
  std::set<std::string, std::less<>> abilities;  // needs that it meets besides `given.states`
};

struct Target {
  std::string name;                  // as a person knows it
  std::optional<Url> base;           // of every API without one of its own; the vendors' paths are appended
  std::map<std::string, Url> bases;  // by API
  std::optional<Url> admin;          // can arrange everything that a scenario can ask for (our mock's admin API)
  std::string admin_token;
  std::optional<ProviderStates> provider_states;
  Account account;                          // unused with an admin: each run has its own there
  std::map<std::string, Account> accounts;  // by API, where it is another
  Reach reach;
  Headers headers;                  // on every request, unless the step has one of that name
  Milliseconds deadline{10'000};    // of one exchange
  Milliseconds max_wait{0};         // how long one scenario may wait where time cannot be moved
  std::optional<Profile> profile;   // what it is said to have
  Json settings = Json::object();   // api -> {name: true}: what is set there
  Json records = Json::object();    // api -> {collection: [...]}: what exists there
  Json variables = Json::object();  // win over the scenario's
  std::vector<KnownFailure> known_failing;
  std::vector<std::string> secrets;  // further values that no report may show

  bool can_arrange() const { return admin.has_value(); }
};

// Reads `URL` or `api=URL` into the target; may be called again. Fails with failure usage: a bad URL, an API that the contracts
// do not have, the same thing twice.
Result<void> parse_target(std::string_view text, const Contracts& contracts, Target& target);

// Where an API lies; null if the target does not have it.
const Url* find_base(const Target& target, std::string_view api);
const Account& account_at(const Target& target, std::string_view api);
// The request target of a vendor path there: the path of the base, then the vendor's; a lone "/" adds nothing to a base with a path.
std::string join_target(const Url& base, std::string_view path);

// The first host that is not this machine; empty if all are.
std::string find_remote_host(const Target& target);

// NAME: value, as --header takes it.
Result<Header> parse_header(std::string_view text);
bool is_header(std::string_view name, std::string_view value);

// Fails with failure usage where the certificate of a host that is not this machine would not be verified.
Result<void> check_reach(const Target& target);

}  // namespace understudy
