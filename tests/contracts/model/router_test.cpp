#include "contracts/src/model/router.h"

#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

using namespace understudy;

namespace {

std::string render(const Route& route) {
  if (route.contract == nullptr) return "no API";
  std::string out = route.operation != nullptr ? route.operation->name : route.contract->api + (route.is_batch ? " batch" : "");
  for (const auto& [name, value] : route.path) out += " " + name + "=" + value;
  for (const std::string& method : route.allowed) out += " " + method;
  return out;
}

}  // namespace

TEST_CASE("a method and a target lead to an operation", "[contracts][router]") {
  struct Row {
    const char* why;
    const char* method;
    const char* target;
    const char* route;
  };
  const auto row = GENERATE(values<Row>({
      {"below its base", "POST", "/sellercloud/rest/api/Orders", "sellercloud.createOrder"},
      {"the vendor's own path", "POST", "/rest/api/Orders", "sellercloud.createOrder"},
      {"in any case, with a last slash", "POST", "/SellerCloud/REST/api/orders/", "sellercloud.createOrder"},
      {"a query is no part of it", "GET", "/sellercloud/rest/api/Orders?model.pageSize=5", "sellercloud.listOrders"},
      {"a parameter is decoded", "GET", "/sellercloud/rest/api/Orders/a%2Fb", "sellercloud.getOrder id=a/b"},
      {"a parameter is not empty", "GET", "/veeqo/products/", "veeqo"},
      {"a fixed path wins over a parameter", "PUT", "/sellercloud/rest/api/Orders/StatusCode", "sellercloud.setOrderStatus"},
      {"where case counts", "POST", "/veeqo/Products", "veeqo"},
      {"another method", "DELETE", "/sellercloud/rest/api/token", "sellercloud POST"},
      {"unknown below a base", "GET", "/veeqo/nothing", "veeqo"},
      {"a batch", "POST", "/sellercenter", "sellercenter batch"},
      {"a batch by another method", "GET", "/sellercenter", "sellercenter POST"},
      {"a longer name is no base", "POST", "/veeqoproducts", "no API"},
      {"an unknown path", "GET", "/nothing", "no API"},
  }));
  INFO(row.why);
  const Router router(bundled_contracts());

  CHECK(render(router.find(row.method, row.target)) == row.route);
}

TEST_CASE("an API that is alone answers at the root, and for every path", "[contracts][router]") {
  const Router router(bundled_contracts(), "veeqo");

  CHECK(render(router.find("POST", "/products")) == "veeqo.createProduct");
  CHECK(render(router.find("POST", "/veeqo/products")) == "veeqo.createProduct");
  CHECK(render(router.find("POST", "/sellercloud/rest/api/Orders")) == "veeqo");
}

TEST_CASE("the credential decides where no path does", "[contracts][router]") {
  const Router router(bundled_contracts());

  CHECK(render(router.find("GET", "/nothing", bundled_contracts().find_api("sellercloud"))) == "sellercloud");
}
