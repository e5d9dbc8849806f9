// Everything that the header promises, over the socket, with nothing but what was installed.
#include <understudy/mock_server.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/consumer/catch.h"
#include "tests/consumer/shop_client.h"

using namespace std::chrono_literals;
using understudy::MockError;
using understudy::MockServer;

namespace {

ShopClient client_of(const MockServer& mock, const understudy::MockTenant& tenant) {
  return {mock.url("sellercloud"), tenant.username(), tenant.password()};
}

// What a call that must fail says.
template <class Act>
std::pair<std::string, std::string> refusal_of(Act act) {
  try {
    act();
  } catch (const MockError& error) {
    return {error.code(), error.what()};
  }
  return {"nothing was refused", ""};
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the journal tells what came in and what decided") {
  MockServer mock;
  auto tenant = mock.tenant("demo");
  auto client = client_of(mock, tenant);

  CHECK(client.place_order("W-1").status == 200);
  CHECK(client.place_order("W-1").status == 500);
  CHECK(client.send("POST", "/rest/api/Orders", "{").status >= 400);

  const auto requests = tenant.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].operation() == "sellercloud.authenticate");
  CHECK(requests[1].method == "POST");
  CHECK(requests[1].target == "/sellercloud/rest/api/Orders");
  CHECK(requests[1].answer() == "order_created");
  CHECK(requests[1].rule().empty());
  REQUIRE(requests[1].committed.size() >= 1);
  CHECK(requests[1].committed[0].kind == "created");
  CHECK(requests[2].answer() == "order_already_exists");
  CHECK(requests[2].committed.empty());
  CHECK_FALSE(requests[2].rule().empty());
  CHECK(holds(requests[2].decisions[0].place, "contracts/sellercloud/rules.yaml:"));
  CHECK(holds(requests[2].body, "W-1"));
  CHECK(requests[2].ending == "complete");
  CHECK(requests[3].body == "{");
  CHECK(mock.requests().size() == 4);
  CHECK(mock.count("sellercloud.createOrder") == tenant.count("sellercloud.createOrder"));
  CHECK(mock.count("sellercloud.createOrder", "order_created") == 1);
  mock.stop();
  CHECK(tenant.requests().size() == 4);
  CHECK(client.place_order("W-2").status == 0);
}

TEST_CASE("a tenant's clock moves at a word, and its tokens end") {
  MockServer mock;
  auto tenant = mock.stage_yaml(
      "understudy: 1\nscenario: Late\napi: sellercloud\ngiven: { clock: \"2026-03-02T09:00:00Z\" }\n"
      "steps: [{ send: listOrders }]\n",
      "late");
  auto client = client_of(mock, tenant);
  CHECK(client.place_order("W-1").status == 200);

  tenant.advance(61min);

  CHECK(tenant.now() == std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 10h + 1min);
  CHECK(client.place_order("W-2").status == 401);
  CHECK(tenant.requests().back().at == tenant.now());
  auto again = client_of(mock, tenant);
  CHECK(again.place_order("W-3").status == 200);
  tenant.expire_tokens();
  CHECK(again.place_order("W-4").status == 401);
}

TEST_CASE("faults are armed and cleared, the clock is set, records are seeded, the journal is forgotten") {
  MockServer mock;
  auto tenant = mock.stage_tenant("shop", "{api: sellercloud}");
  auto client = client_of(mock, tenant);
  tenant.arm_fault("{on: createOrder, call: 1, phase: before_commit, kind: reset}");
  CHECK(client.place_order("W-1").status == 200);  // it tries again
  CHECK(tenant.requests().at(1).fault == "reset");
  CHECK(tenant.requests().at(1).phase == "before_commit");
  CHECK(tenant.requests().at(1).ending == "reset");
  CHECK(tenant.requests().at(1).committed.empty());
  CHECK(tenant.records("sellercloud.orders").size() == 1);

  tenant.arm_fault(R"({"on": "createOrder", "kind": "status", "status": 502})");
  CHECK(client.place_order("W-2").status == 502);
  tenant.clear_faults();
  CHECK(client.place_order("W-2").status == 200);

  tenant.clear_requests();
  CHECK(tenant.requests().empty());
  const auto noon = std::chrono::sys_days(std::chrono::year(2030) / 1 / 2) + 12h;
  tenant.set_clock(noon);
  CHECK(tenant.now() == noon);
  tenant.seed("sellercloud.warehouses", "{ID: 77, Name: Second}");
  CHECK(holds(tenant.records("sellercloud.warehouses").back(), "\"Second\""));
  CHECK(refusal_of([&] { tenant.arm_fault("{on: sellercloud.createOrdr, kind: reset}"); }).second.find("did you mean") !=
        std::string::npos);
  CHECK(refusal_of([&] { tenant.arm_fault("{on: createOrder, kind: rest}"); }).first == "bad-fault");
  CHECK(client.place_order("W-9").status == 401);  // its token is of another year
  mock.clear_requests();
  CHECK(mock.requests().empty());
}

TEST_CASE("tenants do not touch each other, and one that is reset is as it was staged") {
  MockServer mock;
  auto left = mock.stage_tenant("left", "{api: sellercloud, ids: {order: 7000}}");
  auto right = mock.stage_tenant("right", R"({"credentials": {"username": "r", "password": "secret", "key": "k"}})");
  CHECK(right.username() == "r");
  CHECK(right.password() == "secret");

  CHECK(holds(client_of(mock, left).place_order("W-1").body, "7000"));

  CHECK(left.records("sellercloud.orders").size() == 1);
  CHECK(right.records("sellercloud.orders").empty());
  CHECK(right.requests().empty());
  left.reset();
  CHECK(left.records("sellercloud.orders").empty());
  CHECK(left.requests().empty());
  CHECK(holds(client_of(mock, left).place_order("W-1").body, "7000"));
  left.remove();
  CHECK(refusal_of([&] { static_cast<void>(left.requests()); }).first == "unknown-tenant");
}

TEST_CASE("a failure has its place and a code") {
  MockServer mock;
  const auto wrong =
      refusal_of([&] { mock.stage_yaml("understudy: 1\nscenario: X\napi: sellercloud\nsteps: [{ send: createOrdr }]\n", "wrong"); });
  CHECK(wrong.first == "unknown-operation");
  CHECK(holds(wrong.second, "wrong.yaml:4:"));
  CHECK(holds(wrong.second, "did you mean"));
  CHECK(holds(wrong.second, "^"));
  CHECK(refusal_of([&] { mock.stage_file("no-such.yaml"); }).first != "nothing was refused");
  CHECK(refusal_of([&] { mock.tenant("dmo"); }).first == "unknown-tenant");
  CHECK(refusal_of([&] { static_cast<void>(mock.url("sellercluod")); }).second.find("did you mean 'sellercloud'") != std::string::npos);
  CHECK(refusal_of([&] { static_cast<void>(mock.tenant("demo").records("orders")); }).first == "unknown-collection");
  CHECK(refusal_of([&] { static_cast<void>(mock.tenant("demo").advance(-1ms)); }).first == "bad-duration");
  CHECK(refusal_of([&] { mock.stage_tenant("x", "{clok: 1}"); }).first == "unknown-key");
  CHECK(refusal_of([&] { mock.stage_tenant("x", "{"); }).second.find("given:") != std::string::npos);
  CHECK(refusal_of([&] { MockServer other({.port = mock.port()}); }).first == "port-in-use");
  CHECK(refusal_of([&] { MockServer other({.contracts = "no-such-folder"}); }).first != "nothing was refused");
  CHECK(refusal_of([&] { MockServer other({.profile = "obsrved"}); }).first != "nothing was refused");
  CHECK(refusal_of([&] { static_cast<void>(mock.admin("GET", "/nothing")); }).first == "unknown-admin-call");
  CHECK(refusal_of([&] { mock.stage_tenant("y", "{credentials: {username: demo}}"); }).first == "credential-claimed");
}

TEST_CASE("a server can be moved, and serves one API alone if asked to") {
  MockServer first({.only_api = "sellercloud", .profile = "observed"});
  auto tenant = first.tenant("demo");
  MockServer second(std::move(first));

  CHECK(second.url() == second.url("sellercloud"));
  CHECK(client_of(second, tenant).place_order("W-1").status == 200);
  CHECK(holds(second.admin("GET", "/health"), "healthy"));
}

TEST_CASE("many threads stage, send and read at once") {
  MockServer mock({.threads = 4});
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      auto tenant = mock.stage_tenant("tenant-" + std::to_string(i), "{api: sellercloud}");
      auto client = client_of(mock, tenant);
      for (int order = 0; order < 5; ++order) {
        if (client.place_order("W-" + std::to_string(order)).status == 200) ++made;
        tenant.advance(1min);
      }
      if (tenant.count("sellercloud.createOrder", "order_created") != 5) made = -1000;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(made == 40);
  CHECK(mock.count("sellercloud.createOrder") == 40);
}
