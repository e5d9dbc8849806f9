// The heart: the runner plays the bundled scenarios against every broken server and must name exactly what is wrong with it.
// Only sending, as with any server that is not ours; strict, so that a wrong that we only assume counts as well.
#include <algorithm>

#include "tests/broken/catalogue.h"
#include "tests/reference/program_probe.h"
#include "tests/support/audition.h"
#include "tests/support/catch.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::vector<broken::Variant> variants_of(const std::string& operations) {
  std::vector<broken::Variant> some;
  for (const auto& variant : broken::catalogue()) {
    if (variant.operation.starts_with(operations)) some.push_back(variant);
  }
  return some;
}

// `where` is a pointer, or for findings without one what was expected and seen: "200, not 201"; "Not Valid Token".
bool is_finding_of(const broken::Variant& variant, const Finding& finding) {
  if (finding.code != variant.code) return false;
  const auto comma = variant.where.find(", not ");
  if (comma == std::string::npos)
    return finding.pointer == variant.where || (finding.pointer.empty() && finding.expected.find(variant.where) != std::string::npos);
  const auto expected = variant.where.substr(0, comma), actual = variant.where.substr(comma + 6);
  return finding.expected.find(expected) != std::string::npos && finding.actual.find(actual) != std::string::npos;
}

std::string show(const Verdict& verdict, const StepReport& step, const Finding& finding) {
  return verdict.name + " step " + std::to_string(step.number) + " (" + step.name + "): " + finding.code + " at " + finding.pointer +
         ": expected " + finding.expected + ", found " + finding.actual;
}

struct Outcome {
  std::size_t exact = 0;             // findings as the catalogue says
  std::vector<std::string> foreign;  // first findings of scenarios that blame an operation which is right
  std::vector<std::string> all;
};

// What a scenario finds after its first wrong step may be a consequence of it.
Outcome compare(const broken::Variant& variant, const Audition& audition) {
  Outcome outcome;
  for (const Verdict& verdict : audition.verdicts) {
    bool is_first = true;
    if (verdict.kind == VerdictKind::errored) outcome.foreign.push_back(verdict.name + " could not go on: " + verdict.problem->message);
    for (const StepReport& step : verdict.steps) {
      const auto blamed = operations_of(step, verdict.api);
      const bool is_its_own =
          variant.shared || blamed.empty() || std::find(blamed.begin(), blamed.end(), variant.operation) != blamed.end();
      for (const auto& [finding, line, rule] : step.differences) {
        outcome.all.push_back(show(verdict, step, finding));
        if (is_finding_of(variant, finding)) ++outcome.exact;
        if (is_first && !is_its_own) outcome.foreign.push_back(outcome.all.back());
      }
      is_first = is_first && step.differences.empty();
    }
  }
  return outcome;
}

void check_each_is_found(const std::string& operations) {
  for (const auto& variant : variants_of(operations)) {
    const reference::Program program({"--broken", variant.name});
    const auto outcome = compare(variant, hold_audition(program.url, variant.operation, true));
    INFO(variant.name << " (" << variant.description << ") should be found as " << variant.code << " at " << variant.where);
    for (std::size_t i = 0; i < std::min<std::size_t>(outcome.all.size(), 12); ++i) UNSCOPED_INFO(outcome.all[i]);
    CHECK(outcome.exact > 0);
    CHECK(outcome.foreign == std::vector<std::string>());
  }
}

}  // namespace

// A test for each operation, so that they run side by side.
TEST_CASE("every server that gets products wrong gets its finding", "[broken][verify]") {
  check_each_is_found("sellercloud.createProduct");
}

TEST_CASE("every server that gets orders wrong gets its finding", "[broken][verify]") {
  check_each_is_found("sellercloud.createOrder");
  check_each_is_found("sellercloud.getOrder");
  check_each_is_found("sellercloud.deleteOrder");
}

TEST_CASE("every server that gets purchase orders wrong gets its finding", "[broken][verify]") {
  check_each_is_found("sellercloud.createPurchaseOrder");
}

TEST_CASE("every server that gets tokens wrong gets its finding", "[broken][verify]") { check_each_is_found("sellercloud.authenticate"); }

TEST_CASE("every server that gets a store's products wrong gets its finding", "[broken][verify]") { check_each_is_found("veeqo."); }

TEST_CASE("every shop that gets batches wrong gets its finding", "[broken][verify]") { check_each_is_found("sellercenter."); }

TEST_CASE("no operation of the catalogue is left out", "[broken][verify]") {
  std::size_t covered = 0;
  for (const char* operations : {"sellercloud.createProduct", "sellercloud.createOrder", "sellercloud.getOrder", "sellercloud.deleteOrder",
                                 "sellercloud.createPurchaseOrder", "sellercloud.authenticate", "veeqo.", "sellercenter."}) {
    covered += variants_of(operations).size();
  }
  CHECK(covered == broken::catalogue().size());
}
