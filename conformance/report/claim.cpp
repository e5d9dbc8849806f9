#include "conformance/report/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "conformance/report/values.h"
#include "contracts/src/base/hash.h"

namespace understudy {
namespace {

constexpr std::size_t kDigits = 64;  // of a digest

// A part of UTF-8 text that ends with a whole character.
std::string_view cut_text(std::string_view text, std::size_t size) {
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

void cut_body(Json& message) {
  auto& body = message["body"].get_ref<std::string&>();
  if (body.size() <= kClaimedBody) return;
  const auto kept = cut_text(body, kClaimedBody).size();
  message["body_cut"] = body.size() - kept;
  body.resize(kept);
}

Json render_exchange(const StepReport& step) {
  Json line = to_json(step);
  for (const char* member : {"number", "name", "cleanup", "place", "line", "elapsed_ms", "expected"}) line.erase(member);
  line["type"] = "exchange";
  line["step"] = step_label(step);
  for (const char* member : {"request", "response"}) {
    if (line.contains(member)) cut_body(line[member]);
  }
  return line;
}

std::string word_of(const Verdict& verdict, std::size_t notes) {
  if (verdict.kind == VerdictKind::passed && notes > 0) return "warned";
  return std::string(to_string(verdict.kind));
}

std::string reason_of(const Verdict& verdict) {
  if (verdict.kind == VerdictKind::skipped) return verdict.reason;
  if (verdict.problem) return verdict.problem->message;
  return verdict.known_failing ? "known failure: " + verdict.known_reason : std::string();
}

class ClaimReporter : public Reporter {
 public:
  ClaimReporter(std::ostream& claim, std::ostream& transcript, ClaimParts parts)
      : claim_(claim), transcript_(transcript), parts_(std::move(parts)) {}

  void begin(const RunInfo& info) override { info_ = info; }

  void add(const Verdict& verdict) override {
    const auto test = test_name(verdict.name, verdict.profile);
    std::size_t errors = 0;
    for (const auto& step : verdict.steps) {
      write(render_exchange(step), verdict.name, verdict.profile);
      errors += static_cast<std::size_t>(
          std::ranges::count(step.differences, Severity::error, [](const Difference& difference) { return difference.finding.severity; }));
    }
    exchanges_ += verdict.steps.size();
    const auto notes = count_notes(verdict);
    conclude({.scenario = verdict.name, .profile = verdict.profile}, word_of(verdict, notes), reason_of(verdict),
             {{"exchanges", verdict.steps.size()}, {"errors", errors}, {"notes", notes}});
    ++seen_;
  }

  void end(const Summary&) override {
    for (auto next = seen_; next < parts_.tests.size(); ++next)
      conclude(parts_.tests[next], "not-run", "the run ended before this test", {{"exchanges", 0}, {"errors", 0}, {"notes", 0}});
    transcript_.flush();
    if (!transcript_) return;
    auto text = render_json_pretty(render()) + "\n";
    text.replace(find_own_digest(text), kDigits, sha256(text));
    claim_ << text;
    claim_.flush();
  }

 private:
  inline static const std::string kZeros = std::string(kDigits, '0');

  void write(Json line, const std::string& scenario, const std::string& profile) {
    line["test"] = test_name(scenario, profile);
    line["scenario"] = scenario;
    line["profile"] = profile;
    const auto text = render_json(line) + "\n";
    hash_.add(text);
    transcript_ << text;
    transcript_.flush();
  }

  void conclude(const ClaimedTest& test, const std::string& word, const std::string& reason, Json line) {
    line["type"] = "verdict";
    line["verdict"] = word;
    if (!reason.empty() || word == "skipped") line["reason"] = reason;
    write(std::move(line), test.scenario, test.profile);
    const auto name = test_name(test.scenario, test.profile);
    if (word == "skipped")
      skipped_.push_back({{"name", name}, {"reason", reason}});
    else
      (word == "passed" ? passed_ : word == "warned" ? warned_ : failed_).push_back(name);
  }

  Json render() {
    Json predicate = {{"result", !failed_.empty() || passed_.size() + warned_.size() == 0 ? "FAILED"
                                 : !warned_.empty()                                       ? "WARNED"
                                                                                          : "PASSED"},
                      {"configuration", parts_.configuration},
                      {"passedTests", passed_},
                      {"warnedTests", warned_},
                      {"failedTests", failed_},
                      {"understudy_skipped", skipped_},
                      {"understudy_counts",
                       {{"passed", passed_.size()},
                        {"warned", warned_.size()},
                        {"failed", failed_.size()},
                        {"skipped", skipped_.size()},
                        {"exchanges", exchanges_}}},
                      {"understudy_level", to_string(info_.level)},
                      {"understudy_target", info_.target},
                      {"understudy_selection", parts_.selection},
                      {"understudy_folders", parts_.folders},
                      {"understudy_sha256", kZeros}};
    if (info_.started) predicate["understudy_started"] = render_rfc3339(*info_.started);
    if (!parts_.url.empty()) predicate["url"] = parts_.url;
    return {{"_type", "https://in-toto.io/Statement/v1"},
            {"subject", {{{"name", parts_.transcript}, {"digest", {{"sha256", hash_.finish()}}}}}},
            {"predicateType", "https://in-toto.io/attestation/test-result/v0.1"},
            {"predicate", std::move(predicate)}};
  }

  std::ostream& claim_;
  std::ostream& transcript_;
  ClaimParts parts_;
  RunInfo info_;
  Sha256 hash_;
  std::size_t seen_ = 0, exchanges_ = 0;
  Json passed_ = Json::array(), warned_ = Json::array(), failed_ = Json::array(), skipped_ = Json::array();
};

}  // namespace

std::string test_name(const std::string& scenario, const std::string& profile) { return fmt::format("{} [{}]", scenario, profile); }

std::unique_ptr<Reporter> make_claim_reporter(std::ostream& claim, std::ostream& transcript, ClaimParts parts) {
  return std::make_unique<ClaimReporter>(claim, transcript, std::move(parts));
}

}  // namespace understudy
