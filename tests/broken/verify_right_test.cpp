// The judge is fair: a right server that shares nothing with us is found right, by the program that users run.
#include <algorithm>
#include <chrono>

#include "tests/reference/program_probe.h"
#include "tests/support/audition.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("the bundled scenarios find nothing wrong with the reference server, not even what is only assumed", "[reference][verify]") {
  const reference::Program program;

  std::vector<std::string> arguments = {"verify", "--target", program.url, "--strict"};
  for (const std::string& name : beyond_the_documents()) arguments.insert(arguments.end(), {"--skip", name});
  const auto ended = Process(release_binary(), arguments).wait(std::chrono::minutes(2));

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, CONTAINS(" passed, 0 failed, "));
  CHECK_THAT(ended.out, !CONTAINS(" about what the contract only assumes"));
}

TEST_CASE("each documented operation of a bare server is judged, though what it cannot be asked is skipped", "[reference][verify]") {
  const reference::Program program;

  const auto audition = hold_audition(program.url, "", false);

  CHECK(audition.counts.failed + audition.counts.errored == 0);
  for (const char* operation : {"sellercloud.createProduct", "sellercloud.createOrder", "sellercloud.createPurchaseOrder",
                                "veeqo.createProduct", "sellercenter.createProducts"}) {
    INFO(operation);
    CHECK(std::ranges::any_of(audition.verdicts, [&](const Verdict& verdict) {
      return verdict.kind == VerdictKind::passed && std::ranges::any_of(verdict.steps, [&](const StepReport& step) {
               return std::ranges::count(operations_of(step, verdict.api), operation) > 0;
             });
    }));
  }
}

TEST_CASE("a server that differs only in what the contract assumes passes with notes, and fails when strict", "[reference][verify]") {
  struct Row {
    const char* why;
    const char* variant;
    const char* api;
  };
  const auto row = GENERATE(values<Row>({
      {"no source says that a SKU exists once", "product_sku_not_unique", "sellercloud"},
      {"no source says that a name may not be empty", "order_customer_may_be_empty", "sellercloud"},
      {"no source says what an unknown method is answered", "unknown_method_has_a_result", "sellercenter"},
      {"no source says that a seller's SKU exists once", "seller_sku_not_unique", "sellercenter"},
  }));
  INFO(row.why);
  const reference::Program program({"--broken", row.variant});

  const auto lenient = hold_audition(program.url, row.api, false);
  const auto strict = hold_audition(program.url, row.api, true);

  CHECK(lenient.counts.failed == 0);
  CHECK(lenient.counts.notes > 0);
  CHECK(strict.counts.failed > 0);
}
