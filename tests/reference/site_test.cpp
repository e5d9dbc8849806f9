// The reference implementation against what the vendors' documents say, without sockets.
#include "tests/reference/site_probe.h"
#include "tests/support/catch.h"

namespace {

using reference::Answer;
using reference::Json;
using reference::Visitor;

Json body_of(const Answer& answer) { return Json::parse(answer.body, nullptr, false); }

}  // namespace

TEST_CASE("an expired token is answered like a missing one", "[reference][sellercloud]") {
  Visitor visitor(nullptr, std::chrono::seconds(0));

  const auto answer = visitor.sellercloud("POST", "Products", "{}");

  CHECK(answer.status == 401);
  CHECK(body_of(answer) == Json{{"Message", "Not Valid Token"}});
}

TEST_CASE("a product's answer is the bound request and its SKU as ID", "[reference][sellercloud]") {
  Visitor visitor;

  const auto answer = visitor.sellercloud(
      "POST", "products/",
      R"({"companyid":"163","PRODUCTNAME":"Lamp","ProductSKU":"L-1","ProductTypeName":"General","UPC":null,"SiteCost":"12.50","Extra":[1]})");

  CHECK(answer.status == 200);
  CHECK(
      body_of(answer) ==
      Json::parse(
          R"({"CompanyId":163,"ProductName":"Lamp","ProductSKU":"L-1","ProductTypeName":"General","SiteCost":12.5,"Extra":[1],"ID":"L-1"})"));
}

TEST_CASE("a refused create is status 500 with a sentence", "[reference][sellercloud]") {
  struct Row {
    const char* why;
    const char* path;
    const char* body;
    const char* sentence;
  };
  const auto row = GENERATE(values<Row>({
      {"required", "Products", R"({"CompanyId":1,"ProductSKU":"x","ProductTypeName":"t"})", "The ProductName field is required."},
      {"null is absent", "Products", R"({"CompanyId":1,"ProductName":null,"ProductSKU":"x","ProductTypeName":"t"})",
       "The ProductName field is required."},
      {"malformed", "Products", R"({"CompanyId":)", "The request body is not a JSON object."},
      {"a list", "Orders", "[]", "The request body is not a JSON object."},
      {"no customer", "Orders", R"({"OrderDetails":{"CompanyID":1,"Channel":0}})", "The CustomerDetails field is required."},
      {"the document's own purchase order sample", "PurchaseOrders",
       R"({"CompanyID":0,"VendorID":0,"POType":"PurchaseOrder","CaseQtyMode":true,"Products":[{"ProductID":"string","QtyUnitsOrdered":0}]})",
       "CompanyID should be greater than 0."},
  }));
  INFO(row.why);
  Visitor visitor;

  const auto answer = visitor.sellercloud("POST", row.path, row.body);

  CHECK(answer.status == 500);
  CHECK(body_of(answer) == Json(row.sentence));
}

TEST_CASE("an order is read back under the read model's names", "[reference][sellercloud]") {
  Visitor visitor;
  const auto created =
      visitor.sellercloud("POST", "Orders", R"({"CustomerDetails":{"Email":"a@example.test","FirstName":"A","LastName":"B"},
    "OrderDetails":{"CompanyID":163,"Channel":"6","OrderSourceOrderID":"W-1"},"Products":{"ProductID":"L-1","Qty":2,"SitePrice":3.5}})");

  const auto read = body_of(visitor.sellercloud("GET", "orders/" + body_of(created)["ID"].dump()));

  CHECK(body_of(created)["OrderDetails"]["Channel"] == "Website");
  CHECK(read["OrderDetails"]["CompanyId"] == 163);
  CHECK(read["OrderDetails"]["OrderSource"] == 6);
  CHECK(read["OrderItems"][0]["LineTotal"] == 7);
}

TEST_CASE("fields of the other quantity mode may be 0, nothing else", "[reference][sellercloud]") {
  struct Row {
    const char* why;
    const char* items;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"own fields", R"([{"ProductID":"x","QtyCasesOrdered":1,"QtyUnitsPerCase":2,"CasePrice":0}])", 200},
      {"zeros of the other mode",
       R"([{"ProductID":"x","QtyCasesOrdered":1,"QtyUnitsPerCase":2,"CasePrice":3,"QtyUnitsOrdered":0,"UnitPrice":0}])", 200},
      {"a quantity of the other mode", R"([{"ProductID":"x","QtyCasesOrdered":1,"QtyUnitsPerCase":2,"CasePrice":3,"QtyUnitsOrdered":1}])",
       500},
      {"own quantity 0", R"([{"ProductID":"x","QtyCasesOrdered":0,"QtyUnitsPerCase":2,"CasePrice":3}])", 500},
      {"own price missing", R"([{"ProductID":"x","QtyCasesOrdered":1,"QtyUnitsPerCase":2}])", 500},
      {"no items", "[]", 500},
  }));
  INFO(row.why);
  Visitor visitor;

  const auto answer =
      visitor.sellercloud("POST", "PurchaseOrders",
                          R"({"CompanyID":1,"VendorID":2,"POType":"0","CaseQtyMode":"true","Products":)" + std::string(row.items) + "}");

  CHECK(answer.status == row.status);
}

TEST_CASE("a Veeqo sellable's titles, profit and margin follow from the request", "[reference][veeqo]") {
  struct Row {
    const char* variant;
    const char* full_title;
    double profit;
    double margin;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"title":"Puppy","price":"150","cost_price":"100","sku_code":"a"})", "Dog Puppy", 50, 33.33},
      {R"({"title":"","price":1.0,"cost_price":0.2,"sku_code":"a"})", "Dog", 0.8, 80},
      {R"({"title":"Default","price":"0","cost_price":"3","sku_code":"a"})", "Dog", -3, 0},
      {R"({"title":"Free","price":5,"sku_code":"a"})", "Dog Free", 5, 100},
  }));
  INFO(row.variant);
  Visitor visitor;

  const auto product = body_of(visitor.veeqo(R"({"title":"Dog","sellables_attributes":[)" + std::string(row.variant) + "]}"));

  const auto& sellable = product["sellables"][0];
  CHECK(sellable["full_title"] == row.full_title);
  CHECK(sellable["profit"] == row.profit);
  CHECK(sellable["margin"] == row.margin);
}

TEST_CASE("variations of one product_set share a config_id, within a call and across calls", "[reference][sellercenter]") {
  const auto call = [](const std::string& skus) {
    return R"({"api":1,"method":"Product.createProducts","params":{"productsInfo":[)" + skus + R"(]},"id":"7"})";
  };
  const auto item = [](const std::string& sku, const std::string& set) {
    return R"({"attribute_set":1,"seller":624,"title":"t","price":1,"config_id":null,"attributes":[],"product_set":")" + set +
           R"(","seller_sku":")" + sku + "\"}";
  };
  Visitor visitor;

  const auto first = body_of(visitor.seller_center(call(item("A", "1") + "," + item("B", "2") + "," + item("C", "1"))));
  const auto second = body_of(visitor.seller_center(call(item("D", "1"))));

  const auto& results = first[0]["result"];
  CHECK(results[0]["product"]["config_id"] == results[2]["product"]["config_id"]);
  CHECK(results[0]["product"]["config_id"] != results[1]["product"]["config_id"]);
  CHECK(second[0]["result"][0]["product"]["config_id"] == results[0]["product"]["config_id"]);
  CHECK(second[0]["id"] == "7");
}
