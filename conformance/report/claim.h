// The claim: the result of a run as an in-toto statement, with a transcript of every exchange beside it, and the check that both belong
// together. docs/claims.md is the format. The files that a run used are described by the caller.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/report/report.h"
#include "contracts/src/base/json.h"

namespace understudy {

inline constexpr std::size_t kLargestClaim = std::size_t{64} << 20;           // bytes of a claim
inline constexpr std::size_t kLongestTranscriptLine = std::size_t{64} << 20;  // bytes
inline constexpr std::size_t kClaimedBody = std::size_t{1} << 20;             // bytes of a body in the transcript; the rest is left out

std::string_view claim_schema();  // schema/claim.schema.json

struct ClaimedTest {
  std::string scenario;  // with its row and turn: veeqo/veeqo-brands [wrapped] #2
  std::string profile;
};
std::string test_name(const std::string& scenario, const std::string& profile);

// What a claim says beside the verdicts.
struct ClaimParts {
  std::string transcript;  // name of its file, without folder
  Json configuration = Json::array(), folders = Json::array(), selection = Json::object();
  std::string url;                 // of the run; empty: none
  std::vector<ClaimedTest> tests;  // every one that should run, in the order of the verdicts
};

// Writes the transcript during the run, and the claim at its end, unless the transcript could not be written. The streams must outlive it.
std::unique_ptr<Reporter> make_claim_reporter(std::ostream& claim, std::ostream& transcript, ClaimParts parts);

// The claim in this text; it fits its schema. Fails with failure bad_file.
Result<Json> parse_claim(std::string_view text, const std::string& file);
// The position of the 64 digits of the claim's own digest; npos: it does not stand exactly once.
std::size_t find_own_digest(std::string_view claim);

// What is wrong, one line each; the first 1,000.
class ClaimDifferences {
 public:
  void add(std::string line);
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t left_out() const { return left_out_; }
  bool empty() const { return lines_.empty(); }

 private:
  std::vector<std::string> lines_;
  std::size_t left_out_ = 0;
};

// Whether the claim, the text of which this is, has its own digest, and whether its result, counts and lists agree.
void check_claim_itself(const Json& claim, std::string_view text, ClaimDifferences& differences);
// Whether the transcript has the digest that the claim says, is well formed, and gives the lists and counts of the claim. Reads line by
// line.
void check_transcript(const Json& claim, std::istream& transcript, ClaimDifferences& differences);

}  // namespace understudy
