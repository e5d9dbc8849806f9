// Records of `given.records` on a target without tenants: made with the contract's own operations before the first step, removed with
// them after the last one.
#pragma once

#include "conformance/run/arrange.h"
#include "conformance/run/session.h"

namespace understudy {

// The step that makes the record; $id is captured as `id`.
Step create_step(const RecordToMake& plan);

// Fails with code record-not-made where the response is not the operation's success.
Result<MadeRecord> make_record(Session& session, const Run& run, const RunContext& context, const RecordToMake& plan);

enum class Removal { gone, no_operation, failed };
Removal remove_record(Session& session, const Run& run, const RunContext& context, const MadeRecord& made);

}  // namespace understudy
