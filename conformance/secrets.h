// Owns what must never be shown: passwords, tokens and keys. Everything that leaves the runner (verdicts, problems) passes
// through Secrets::hide, the one choke point; reporters need not know.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "conformance/verdict.h"
#include "contracts/src/contract.h"

namespace understudy {

class Secrets {
 public:
  // Where this contract's secrets lie by structure: credential headers and members.
  void add_contract(const Contract& contract);
  // A value that is secret wherever it stands. Too short ones (under 6 characters) are left to the structure.
  void add_value(std::string_view value);

  std::string hide_text(std::string text) const;
  void hide(Verdict& verdict) const;
  void hide(Problem& problem) const;

 private:
  void hide(Request& request) const;
  void hide(Headers& headers) const;
  std::string hide_body(std::string body) const;
  void hide_members(Json& value) const;

  std::set<std::string> headers_;  // lower case
  std::set<std::string> members_;  // last names of pointers, lower case: password, access_token
  std::set<std::string> values_;
};

}  // namespace understudy
