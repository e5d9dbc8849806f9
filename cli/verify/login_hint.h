// Counts the scenarios in which the target refused the account of the runner, and says how to give it another one.
#pragma once

#include <map>
#include <string>

#include "conformance/report/report.h"
#include "contracts/src/model/contract.h"

namespace understudy {

class LoginHint : public Reporter {
 public:
  explicit LoginHint(const Contracts& contracts) : contracts_(contracts) {}  // which outlive it

  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override;
  bool shows_passed_messages() const override { return false; }
  void end(const Summary&) override {}

  std::string render() const;  // a line for each API that refused; empty: none did

 private:
  const Contracts& contracts_;
  std::map<std::string, std::size_t> refused_;  // by API
};

}  // namespace understudy
