// Masks what must never be shown (passwords, tokens, keys) in everything that leaves the runner: verdicts, problems, planned requests.
// Reporters receive masked verdicts only. See also: contracts/src/redact, which finds secrets by name and by value.
#pragma once

#include <string>
#include <string_view>

#include "conformance/judge/verdict.h"
#include "contracts/src/model/credential_names.h"
#include "contracts/src/redact/secret_names.h"
#include "contracts/src/redact/secret_values.h"

namespace understudy {

struct Target;

class Secrets {
 public:
  // The headers and members that carry credentials in this API.
  void add_contract(const Contract& contract) { add_credential_names(contract, names_); }
  // All contracts, and the secrets of the target: passwords, keys, tokens, a proxy's password, headers that carry a credential. The
  // accounts of a mock with an admin API are not secret.
  void add_target(const Target& target, const Contracts& contracts);
  // A value that is masked wherever it appears, in any encoding. Ignored if shorter than 6 characters.
  void add_value(std::string_view value) { values_.add(value); }

  // From now on also masks each value that the verdict's exchanges show to be secret.
  void learn(const Verdict& verdict);

  std::string hide_text(std::string text) const;
  // Also masks, in the whole verdict, each value that an exchange shows to be secret: a cookie that was set, a token in an answer.
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
  std::string hide_body(std::string body) const;
  void hide_tree(Json& value) const;

  SecretNames names_;
  SecretValues values_;
};

}  // namespace understudy
