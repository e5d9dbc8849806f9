// The files behind a claim (docs/claims.md): which program, contracts and scenarios a run uses, with their digests, and which tests must
// have a result. Writing and checking a claim use the same functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/verify/runs.h"
#include "conformance/report/claim.h"

namespace understudy {

inline constexpr const char* kTranscriptSuffix = ".transcript.ndjson";

// The SHA-256 of a regular file; nothing if there is none that can be read.
std::optional<std::string> hash_file(const std::string& path);
std::optional<std::string> hash_program();  // of this process

// Everything that the run uses, with names relative to the folder of the claim. Fails with code file-unreadable.
Result<ClaimParts> describe_claim(const std::string& claim, const InputOptions& options, const Inputs& inputs, const std::vector<Run>& runs,
                                  const SuiteOptions& suite);

}  // namespace understudy
