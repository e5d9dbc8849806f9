// Decides by name what carries a secret (a password, a token, a key): members, variables, headers, parameters. The one list of names:
// exports of the journal, the access log, reports, target files and the ledger all use it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace understudy {

// Members of JSON and XML, and variables. Secret: password, access_token, apiKey, X-Client-Secret. Not: token_type, expires_in, key.
bool is_secret_name(std::string_view name);
// Those, and for headers: X-Auth, X-Session-Id, X-Signature, X-Shop-Key. Not: WWW-Authenticate, Idempotency-Key.
bool is_secret_header(std::string_view name);
// Those of members, and in queries and forms: auth, session, signature, key.
bool is_secret_parameter(std::string_view name);

// The names above, and those that the contract of an API adds.
struct SecretNames {
  std::set<std::string, std::less<>> members, headers;  // lower case

  void add_header(std::string_view name);
  void add_member_at(std::string_view pointer);  // the last name of a JSON Pointer
  bool has_member(std::string_view name) const;
  bool has_header(std::string_view name) const;
  bool has_parameter(std::string_view name) const;
  bool has_member_on(std::string_view pointer) const;  // any name on the way of a JSON Pointer
};

}  // namespace understudy
