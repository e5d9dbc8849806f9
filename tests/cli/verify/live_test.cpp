// What keeps a run from doing harm on a target that holds real things, as processes.
#include <csignal>

#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/served.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// Creates an order, waits, removes it.
std::string order_that_waits(const std::string& wait) {
  return "understudy: 1\nscenario: An order waits\napi: sellercloud\nsteps:\n  - name: create\n    send: createOrder\n"
         "    with: { body: { CustomerDetails: { Email: a@example.test, FirstName: A, LastName: B }, OrderDetails: { CompanyID: 163, "
         "Channel: Website } } }\n    expect: { answer: order_created }\n    capture: { order: $id }\n  - advance: " +
         wait +
         "\n  - { send: getOrder, with: { path: { id: \"{{order}}\" } } }\ncleanup:\n"
         "  - { send: deleteOrder, with: { path: { id: \"{{order}}\" } } }\n";
}

}  // namespace

TEST_CASE("what a killed run left behind is found in its ledger and removed", "[cli][live]") {
  const Served served({}, release_binary());
  const Folder folder;
  const auto file = folder.write("slow.yaml", order_that_waits("60s"));
  const auto ledger = folder.path("ledger.ndjson");
  {
    Process run(understudy_binary(), {"verify", file, "--target", served.url(), "--ledger", ledger, "--max-wait", "2m"});
    REQUIRE(eventually([&] { return read_text(ledger).find("\"answered\"") != std::string::npos; }));
    run.send(SIGKILL);
    run.wait();
  }

  const auto listed = run_understudy({"cleanup", "--ledger", ledger});
  const auto resumed = run_understudy({"cleanup", "--resume", "--ledger", ledger, "--target", served.url()});
  const auto again = run_understudy({"cleanup", "--ledger", ledger});

  INFO(listed.out << resumed.out << again.out << listed.err << resumed.err);
  CHECK(listed.code == 5);
  CHECK_THAT(listed.out, CONTAINS("left behind: sellercloud.orders"));
  CHECK(resumed.code == 0);
  CHECK_THAT(resumed.out, CONTAINS("1 removed, 0 left"));
  CHECK(again.code == 0);
  CHECK(again.out == "0 open\n");
}

TEST_CASE("a run that cleans up leaves nothing open in its ledger", "[cli][live]") {
  const Served served({}, release_binary());
  const Folder folder;
  const auto file = folder.write("order.yaml", order_that_waits("1ms"));
  const auto ledger = folder.path("ledger.ndjson");

  const auto run = run_understudy({"verify", file, "--target", served.url(), "--ledger", ledger, "--max-wait", "1s"});
  const auto listed = run_understudy({"cleanup", "--ledger", ledger});

  INFO(run.out << run.err);
  CHECK(run.code == 0);
  CHECK(listed.out == "0 open\n");
  CHECK_THAT(read_text(ledger), CONTAINS("\"sending\""));
}

TEST_CASE("writes to a live host need leave, host and number", "[cli][live]") {
  struct Row {
    const char* why;
    std::vector<std::string> options;
    int code;
    const char* told;
  };
  const auto row = GENERATE(values<Row>({
      {"no leave", {}, 5, "[writes-not-allowed]"},
      {"no host", {"--allow-writes"}, 5, "[host-not-allowed]"},
      {"another host", {"--allow-writes", "--allow-host", "shop.test"}, 5, "[host-not-allowed]"},
      {"no number", {"--allow-writes", "--allow-host", "192.0.2.1"}, 5, "[no-limit-of-writes]"},
      {"too small a number", {"--allow-writes", "--allow-host", "192.0.2.1", "--max-writes", "1"}, 5, "[too-many-writes]"},
      {"only the plan", {"--plan"}, 0, "2 writes, 0 skipped; nothing was sent"},
  }));
  INFO(row.why);
  const Folder folder;
  std::vector<std::string> words = {"verify", folder.write("o.yaml", order_that_waits("1ms")), "--target", "http://192.0.2.1", "--max-wait",
                                    "1s"};
  words.insert(words.end(), row.options.begin(), row.options.end());

  const Ended ended = run_understudy(words);

  INFO(ended.out << ended.err);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.out + ended.err, CONTAINS(row.told));
}

TEST_CASE("a plan names what is not known yet and hides what is secret", "[cli][live]") {
  const Folder folder;
  const auto file = folder.write("o.yaml", order_that_waits("1ms"));

  const Ended ended =
      run_understudy({"verify", file, "--target", "http://192.0.2.1", "--max-wait", "1s", "--plan", "--password", "passW0rd-1234"});

  INFO(ended.out);
  CHECK_THAT(ended.out, CONTAINS("login: POST http://192.0.2.1:80/rest/api/token"));
  CHECK_THAT(ended.out, CONTAINS("step 2: time passes: 1ms"));
  CHECK_THAT(ended.out, CONTAINS("cleanup 1: DELETE http://192.0.2.1:80/rest/api/Orders/{{order}}  (write)"));
  CHECK(ended.out.find("passW0rd-1234") == std::string::npos);
}

TEST_CASE("repeated runs have different names and must agree", "[cli][determinism]") {
  const auto ended = run_understudy({"verify", "--label", "purchase-orders", "--check-determinism", "--repeat", "3"});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, CONTAINS(", 0 came back differently\n"));
  CHECK(ended.err.find("0 repeated runs compared") == std::string::npos);
}
