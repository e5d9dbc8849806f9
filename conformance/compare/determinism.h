// Owns the check that repeated runs of a scenario come back the same: their digests (compare.h) must agree. A reporter, so that it
// sees every verdict.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "conformance/compare/compare.h"
#include "conformance/report/report.h"

namespace understudy {

class Determinism : public Reporter {
 public:
  // `exact`: the runs, by name, that must come back byte for byte, because time and ids are fixed there.
  explicit Determinism(std::set<std::string> exact) : exact_(std::move(exact)) {}

  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override;
  void end(const Summary&) override {}

  bool agrees() const { return differing_.empty(); }
  // A block for each scenario that came back differently, then the sum.
  std::string render() const;

 private:
  const std::set<std::string> exact_;
  std::map<std::string, Verdict> first_;  // by name and profile
  std::vector<std::string> differing_;
  std::size_t compared_ = 0;
};

}  // namespace understudy
