// Judges exchanges that have happened: each is right, wrong or unknown. Nothing is sent. The shape of a response is always judged; whether
// it is the right one where the request, and what the recording showed before, decide it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "conformance/judge/judge.h"
#include "conformance/judge/secrets.h"
#include "conformance/judge/verdict.h"
#include "conformance/traffic/seen_records.h"
#include "contracts/src/har/har.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/router.h"
#include "scenarios/src/model/variables.h"

namespace understudy {

struct TrafficOptions {
  std::string file;  // of the recording, for places
  Profile profile;
  Evidence level = Evidence::documented;
  bool brief = false;  // the verdict of an exchange without any difference has no step
};

class TrafficJudge {
 public:
  // The contracts must outlive this.
  TrafficJudge(const Contracts& contracts, TrafficOptions options);

  // Passed is right, failed is wrong, skipped is unknown, with the reason. In the order of the recording, because each exchange may show a
  // record. The verdict has one step (none if brief) and no secrets.
  Verdict judge(const Exchange& exchange);

 private:
  struct Api {
    const Contract* contract = nullptr;
    Switches switches;
    Settings settings;
    SeenRecords records;
  };
  struct Seen;

  std::string judge_shape(Seen& seen);
  std::string judge_decision(Seen& seen);
  std::string judge_success(Seen& seen);
  std::string judge_refusal(Seen& seen);
  void note_record(const Seen& seen);
  JudgeContext context_of(const Seen& seen) const;

  const TrafficOptions options_;
  const Router router_;
  YamlDocument document_;  // an empty one, for places
  Variables variables_;
  std::map<std::string, Api> apis_;
  const Contracts& contracts_;
  Secrets secrets_;
};

}  // namespace understudy
