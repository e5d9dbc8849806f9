// The example of docs/in-your-tests.md.
#include <understudy/mock_server.h>

#include "tests/consumer/catch.h"
#include "tests/consumer/shop_client.h"

TEST_CASE("an order whose answer was lost is not made twice") {
  understudy::MockServer mock;                                                       // a free port, the bundled contracts
  auto tenant = mock.stage_file("lost-reply.yaml");                                  // the first answer to createOrder is lost
  ShopClient client(mock.url("sellercloud"), tenant.username(), tenant.password());  // yours

  client.place_order("W-1");

  CHECK(tenant.count("sellercloud.createOrder", "order_already_exists") == 1);  // it did try again
  CHECK(tenant.records("sellercloud.orders").size() == 1);                      // and there is one order
  CHECK(mock.findings().empty());
}
