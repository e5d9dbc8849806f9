// What `understudy serve` says about the scenarios it is to stage, as a process.
#include <csignal>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::string credential_scenario(const std::string& api, const std::string& before = "") {
  return before + "understudy: 1\nscenario: Of " + api + "\napi: " + api + "\nsteps: [{ advance: 1m }]\n";
}

}  // namespace

TEST_CASE("two scenarios that claim one credential are an error that names both places", "[cli][tenants]") {
  const Folder folder;
  const auto first = folder.write("one/orders.yaml", credential_scenario("sellercloud"));
  const auto second = folder.write("two/orders.yaml", credential_scenario("veeqo", "# a comment\n"));

  const Ended ended = run_understudy({"serve", folder.path(), "-p", "0", "--print-url"});

  CHECK(ended.code == 3);
  CHECK(ended.out.empty());
  CHECK(ended.err.find(second + ":3:11: error: found 'orders' as the credential of this scenario and of " + first +
                       ":2:11: rename one of the files [credential-claimed]\n    scenario: Of veeqo\n              ^") !=
        std::string::npos);
  INFO(ended.err);
}

TEST_CASE("two scenarios of one name are an error that names both places", "[cli][tenants]") {
  const Folder folder;
  const auto first = folder.write("one/orders.yaml", credential_scenario("veeqo"));
  const auto second = folder.write("two/orders.yaml", credential_scenario("veeqo"));

  const Ended ended = run_understudy({"serve", first, second, "-p", "0", "--print-url"});

  INFO(ended.err);
  CHECK(ended.code == 3);
  CHECK(ended.err.find(second + ":2:11: error: found a second scenario named veeqo/orders, the first is " + first +
                       ":2:11 [duplicate-scenario]") != std::string::npos);
}
