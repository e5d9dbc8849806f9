// Checks that repeated runs of a scenario get the same responses: their digests (compare.h) must be equal. A Reporter, so that it receives
// every verdict.
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
  // `exact`: names of the runs that must be equal byte for byte, because their time and ids are fixed.
  explicit Determinism(std::set<std::string> exact) : exact_(std::move(exact)) {}

  void begin(const RunInfo&) override {}
  void add(const Verdict& verdict) override;
  void end(const Summary&) override {}

  bool agrees() const { return differing_.empty(); }
  // A block for each scenario whose runs differ, then the total.
  std::string render() const;

 private:
  const std::set<std::string> exact_;
  std::map<std::string, Verdict> first_;  // by name and profile
  std::vector<std::string> differing_;
  std::size_t compared_ = 0;
};

}  // namespace understudy
