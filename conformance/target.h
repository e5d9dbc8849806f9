// Owns the Target: where the API under test is, who we are there, and what can be arranged. How requests get there is
// http_target.h's business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/url.h"
#include "contracts/src/contract.h"
#include "contracts/src/env.h"

namespace understudy {

struct Account {
  std::string username = "demo";
  std::string password = "demo";
  std::string key = "demo";
};

struct Target {
  std::string name;                  // as a person knows it
  std::optional<Url> base;           // of every API without one of its own; the vendors' paths are appended
  std::map<std::string, Url> bases;  // by API
  std::optional<Url> admin;          // can arrange everything that a scenario can ask for (our mock's admin API)
  std::string admin_token;
  Account account;                // unused with an admin: each run has its own there
  Milliseconds deadline{10'000};  // of one exchange

  bool can_arrange() const { return admin.has_value(); }
};

// Reads `URL` or `api=URL` into the target; may be called again. Fails with failure usage: a bad URL, an API that the contracts
// do not have, the same thing twice.
Result<void> parse_target(std::string_view text, const Contracts& contracts, Target& target);

// Where an API lies; null if the target does not have it.
const Url* find_base(const Target& target, std::string_view api);
// The request target of a vendor path there: the path of the base, then the vendor's; a lone "/" adds nothing to a base with a path.
std::string join_target(const Url& base, std::string_view path);

// The first host that is not this machine; empty if all are.
std::string find_remote_host(const Target& target);

}  // namespace understudy
