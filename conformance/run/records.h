// Owns records that a scenario wants and an operation can make: made before the first step by a client's own means, taken away
// after the last. Which ones is arrange.h's business.
#pragma once

#include "conformance/run/arrange.h"
#include "conformance/run/session.h"

namespace understudy {

// A record that was made, for taking it away.
struct MadeRecord {
  const RecordToMake* plan = nullptr;
  Json id;
};

// Fails with code record-not-made where the answer is not the operation's success; what was not made need not go away.
Result<MadeRecord> make_record(Session& session, const Run& run, const RunContext& context, const RecordToMake& plan);

enum class Removal { gone, no_operation, failed };
Removal remove_record(Session& session, const Run& run, const RunContext& context, const MadeRecord& made);

}  // namespace understudy
