// Which operations a target implements. They are declared, or found out from the run: an operation is missing if every request to it that
// should be understood got an answer that says "there is no such operation". Scenarios that need a missing operation are skipped.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/judge/verdict.h"
#include "conformance/target/transport.h"
#include "contracts/src/model/contract.h"

namespace understudy {

// Whether the answer says that there is no such operation: 404, 405, 501, or JSON-RPC's -32601 (if `counts_unknown_call`).
bool looks_missing(const TransportResult& result, bool counts_unknown_call);

class Implemented {
 public:
  Implemented() = default;
  // `declared`: qualified names; what issues their tokens counts, too. Empty: to be found out.
  // `perhaps`: those of them that came from a name of several APIs; which the target has is found out, too.
  Implemented(std::set<std::string> declared, const Contracts& contracts, std::set<std::string> perhaps = {});

  bool is_declared() const { return !declared_.empty(); }
  // False: it is known before the run that the target does not have it.
  bool may_have(const std::string& operation) const { return declared_.empty() || declared_.contains(operation); }
  // The same of every operation of this API.
  bool may_have_api(const std::string& api) const;

  // Takes in what the target answers to a GET of a path that no API has.
  void set_unknown_answer(const std::string& api, std::string path, Response response);
  // The APIs with an operation that never gave a right answer, nor one of looks_missing(): the answer to an unknown path decides.
  std::set<std::string> apis_to_ask() const;
  // Takes in a verdict of a run that finds out what there is.
  void observe(const Verdict& verdict);
  // The verdict has an answer that says "no such operation", and no other answer of that operation came yet.
  bool is_undecided(const Verdict& verdict) const;
  std::set<std::string> missing() const;
  // Skips the verdict if an operation that it needs is missing; without those that only inspect or remove, the rest counts.
  // `is_local`: what stays on the target because it has no delete operation is no harm.
  void settle(Verdict& verdict, bool is_local) const;

 private:
  struct Seen {
    bool answered = false;          // by an answer that only the operation can give
    bool refused = false;           // by an answer that says "no such operation"
    std::vector<StepReport> wrong;  // other wrong answers: the first two
  };
  struct UnknownAnswer {
    std::string path;
    Response response;
  };
  bool is_unknown_answer(const StepReport& step) const;
  bool says_missing(const StepReport& step) const;

  std::set<std::string> declared_, perhaps_;
  std::map<std::string, UnknownAnswer> unknown_;  // by API
  std::map<std::string, Seen> seen_;              // by operation
};

}  // namespace understudy
