// Owns what must never be shown: passwords, tokens and keys. Everything that leaves the runner (verdicts, problems, requests
// planned) passes through Secrets::hide, the one choke point; reporters need not know. What is secret by its name is
// secret_names.h's, what by its value secret_values.h's business.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "conformance/judge/secret_names.h"
#include "conformance/judge/secret_values.h"
#include "conformance/judge/verdict.h"
#include "contracts/src/model/contract.h"

namespace understudy {

struct Target;

class Secrets {
 public:
  // Where this contract's secrets lie by structure: credential headers and members.
  void add_contract(const Contract& contract);
  // What we know to be secret there: passwords, keys, tokens, who we are for a proxy, headers that carry a credential. On a mock that
  // is staged for the run the accounts are no secrets.
  void add_target(const Target& target, const Contracts& contracts);
  // A value that is secret wherever it stands, in any encoding. Too short ones (under 6 characters) are left to the structure.
  void add_value(std::string_view value);

  std::string hide_text(std::string text) const;
  // What the exchanges themselves show to be secret (a cookie set, a token in an answer) is hidden everywhere in the verdict.
  void hide(Verdict& verdict) const;
  void hide(Problem& problem) const;
  void hide(Request& request) const;

 private:
  class Learner;
  void add_headers(const Headers& headers);
  void hide_parts(Verdict& verdict) const;
  void hide(StepReport& step) const;
  void hide(Difference& difference) const;
  void hide(Headers& headers) const;
  std::string hide_target(std::string target) const;
  std::string hide_body(std::string body) const;
  void hide_tree(Json& value) const;
  bool is_hidden_header(std::string_view name) const;
  bool is_hidden_member(std::string_view name) const;

  std::set<std::string> headers_;  // lower case
  std::set<std::string> members_;  // last names of pointers, lower case: password, access_token
  SecretValues values_;
};

}  // namespace understudy
