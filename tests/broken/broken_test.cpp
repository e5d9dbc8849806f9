// Each broken server is really wrong, shows it in the operation it names, and nowhere else on a fixed tour of requests.
#include "tests/broken/catalogue.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/reference/site_probe.h"
#include "tests/support/catch.h"

namespace {

using reference::Answer;
using reference::Visitor;

struct Stop {
  std::string operation;
  std::string shown;  // the answer without tokens, which differ from run to run
};

std::string show(const Answer& answer) {
  static const std::regex kToken("[0-9a-f]{32}\\.[0-9a-f]{32}\\.[0-9a-f]{32}");
  std::string text = std::to_string(answer.status) + " " + answer.content_type;
  for (const auto& [name, value] : answer.headers) text += " " + name + ": " + value;
  text += " withheld " + std::to_string(answer.withheld_bytes) + " " + answer.body;
  return answer.name == "token_issued" ? std::regex_replace(text, kToken, "<token>") : text;
}

void tour_products(Visitor& visitor, std::vector<Stop>& stops) {
  const auto product = [&](const std::string& body, const std::string& path = "/rest/api/Products",
                           const std::string& authorization = "Bearer {token}") {
    stops.push_back({"sellercloud.createProduct", show(visitor.send("POST", path, body, {{"authorization", authorization}}))});
  };
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-1","ProductTypeName":"General"})");
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-1","ProductTypeName":"General"})");
  product(R"({"CompanyId":163,"ProductSKU":"P-2","ProductTypeName":"General"})");
  product(R"({"CompanyId":0,"ProductName":"n","ProductSKU":"P-3","ProductTypeName":"General"})");
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-4","ProductTypeName":"General","SiteCost":"dear"})");
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-5","ProductTypeName":"General","AutoAssignUPC":true})");
  product(R"({"companyid":163,"productname":"n","productsku":"P-6","producttypename":"General"})");
  product(R"({"CompanyId":"163","ProductName":"n","ProductSKU":"P-7","ProductTypeName":"General"})");
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-8","ProductTypeName":"General"})", "/rest/api/products/");
  product(R"({"CompanyId":163,)");
  product(R"({"CompanyId":163,"ProductName":"n","ProductSKU":"P-9","ProductTypeName":"General"})", "/rest/api/Products", "Bearer garbage");
  stops.push_back({"sellercloud.createProduct", show(visitor.sellercloud("PUT", "Products"))});
}

void tour_orders(Visitor& visitor, std::vector<Stop>& stops) {
  const auto order = [&](const std::string& customer, const std::string& details) {
    const Answer answer =
        visitor.sellercloud("POST", "Orders", R"({"CustomerDetails":)" + customer + R"(,"OrderDetails":)" + details + "}");
    stops.push_back({"sellercloud.createOrder", show(answer)});
  };
  const std::string someone = R"({"Email":"a@example.test","FirstName":"A","LastName":"B"})";
  order(someone, R"({"CompanyID":163,"Channel":"Local_Store","OrderSourceOrderID":"W-1"})");
  order(someone, R"({"CompanyID":163,"Channel":"Local_Store","OrderSourceOrderID":"W-1"})");
  order(someone, R"({"CompanyID":163,"Channel":"Local_Store"})");
  order(someone, R"({"CompanyID":163,"Channel":"Local_Store"})");
  order(R"({"FirstName":"A","LastName":"B"})", R"({"CompanyID":163,"Channel":"Local_Store"})");
  order(R"({"Email":"a@example.test","FirstName":"A","LastName":""})", R"({"CompanyID":163,"Channel":"Local_Store"})");
  order(someone, R"({"CompanyID":163})");
  order(someone, R"({"CompanyID":163,"Channel":"eBayOrder"})");
  stops.push_back({"sellercloud.getOrder", show(visitor.sellercloud("GET", "Orders/5000001"))});
  stops.push_back({"sellercloud.deleteOrder", show(visitor.sellercloud("DELETE", "Orders/5000001"))});
  stops.push_back({"sellercloud.deleteOrder", show(visitor.sellercloud("GET", "Orders/5000001"))});
}

void tour_purchase_orders(Visitor& visitor, std::vector<Stop>& stops) {
  const auto purchase = [&](const std::string& items,
                            const std::string& rest = R"("VendorID":2,"POType":"PurchaseOrder","CaseQtyMode":false)") {
    const Answer answer = visitor.sellercloud("POST", "PurchaseOrders", R"({"CompanyID":1,"Products":[)" + items + "]," + rest + "}");
    stops.push_back({"sellercloud.createPurchaseOrder", show(answer)});
  };
  const std::string item = R"({"ProductID":"P-1","QtyUnitsOrdered":5,"UnitPrice":2.5})",
                    head = R"("VendorID":2,"POType":"PurchaseOrder","CaseQtyMode":false)";
  purchase(item);
  purchase(R"({"ProductID":"P-1","QtyUnitsOrdered":0,"UnitPrice":2.5})");
  purchase(R"({"ProductID":"P-1","QtyUnitsOrdered":5,"UnitPrice":-1})");
  purchase(R"({"ProductID":"P-1","UnitPrice":2.5})");
  purchase(R"({"ProductID":"P-1","QtyUnitsOrdered":5,"UnitPrice":2.5,"CasePrice":3})");
  purchase(R"({"QtyUnitsOrdered":5,"UnitPrice":2.5})");
  purchase("");
  purchase(item, head + R"(,"BillingAddress":{"Country":"US"})");
  purchase(item, head + R"(,"ShippingAddress":{"Country":"USA"})");
  purchase(item, head + R"(,"ShippingAddress":{"City":"Springfield"})");
  purchase(item, R"("VendorID":0,"POType":"PurchaseOrder","CaseQtyMode":false)");
  purchase(item, R"("VendorID":2,"POType":"PurchaseOrder")");
  purchase(item, R"("VendorID":2,"POType":"Wish","CaseQtyMode":false)");
  purchase(item, R"("VendorID":2,"POType":0,"CaseQtyMode":false)");
}

void tour_tokens(Visitor& visitor, std::vector<Stop>& stops) {
  const auto login = [&](const std::string& body, const std::string& type) {
    stops.push_back({"sellercloud.authenticate", show(visitor.send("POST", "/rest/api/token", body, {{"content-type", type}}))});
  };
  login(R"({"Username":"demo","Password":"wrong"})", "application/json");
  login("username=demo&password=demo", "application/x-www-form-urlencoded");
  login(R"({"Username":"demo","Password":"demo"})", "application/json");
  stops.push_back({"sellercloud.authenticate", show(visitor.sellercloud("GET", "PurchaseOrders/20001"))});
}

void tour_veeqo(Visitor& visitor, std::vector<Stop>& stops) {
  const auto product = [&](const std::string& body) { stops.push_back({"veeqo.createProduct", show(visitor.veeqo(body))}); };
  const std::string whole = R"({"title":"Dog","estimated_delivery":"","product_variants_attributes":[)"
                            R"({"title":"Big","price":"150","cost_price":"100","sku_code":"d-1","weight_unit":"kg","weight_grams":10},)"
                            R"({"title":"Small","price":"120","cost_price":"100","sku_code":"d-2"}],)"
                            R"("images_attributes":[{"src":"http://example.test/2.png","display_position":"2"},)"
                            R"({"src":"http://example.test/1.png","display_position":"1"}]})";
  product(R"({"product":)" + whole + "}");
  product(whole);
  product(R"({"product":{"description":"no title"}})");
  product(R"({"product":{"title":"Dog","product_variants_attributes":[{"title":"","sku_code":"d-3"}]}})");
  product(R"({"product":{"title":"Dog","product_variants_attributes":[{"title":"","price":1}]}})");
  stops.push_back({"veeqo.createProduct", show(visitor.send("POST", "/products", whole))});
  stops.push_back({"veeqo.getProduct", show(visitor.send("GET", "/products/1", "", {{"x-api-key", "demo"}}))});
}

void tour_seller_center(Visitor& visitor, std::vector<Stop>& stops) {
  const auto stop = [&](const Answer& answer) { stops.push_back({"sellercenter.createProducts", show(answer)}); };
  const auto call = [](const std::string& items) {
    return R"({"api":1,"method":"Product.createProducts","params":{"productsInfo":[)" + items + R"(]},"id":7})";
  };
  const auto item = [](const std::string& sku, const std::string& rest = {}) {
    return R"({"attribute_set":"1","seller":"624","title":"Canon","price":"100.00","product_set":"90222","seller_sku":")" + sku + "\"" +
           rest + "}";
  };
  stop(visitor.seller_center(call(item("A") + "," + item("B"))));
  stop(visitor.seller_center(call(item("A") + "," + item("B"))));
  stop(visitor.seller_center(call(item("C") + R"(,{"seller":"624","seller_sku":"D","title":"t","price":"1.00"},)" + item("E"))));
  stop(visitor.seller_center(call(item("A"))));
  stop(visitor.seller_center(call(item("F", R"(,"special_price":"9.00")"))));
  stop(visitor.seller_center(call(item("G", R"(,"approval_status":7)"))));
  stop(visitor.seller_center(R"({"api":1,"method":"Product.unheardOf","params":{},"id":8})"));
  stop(visitor.seller_center(call(item("H")), "wrong"));
  stop(visitor.send("POST", "/", call(item("I"))));
  stop(visitor.send("POST", "/",
                    "[" + call(item("J")) + R"(,{"api":1,"method":"auth","params":{"username":"demo","password":"demo"},"id":1}])"));
  stop(visitor.send("POST", "/", "no json"));
}

std::vector<Stop> tour(const broken::Variant* variant) {
  Visitor visitor(variant);
  std::vector<Stop> stops;
  for (auto* part : {tour_products, tour_orders, tour_purchase_orders, tour_tokens, tour_veeqo, tour_seller_center}) part(visitor, stops);
  return stops;
}

// The operations in which the two tours differ.
std::set<std::string> find_differences(const std::vector<Stop>& left, const std::vector<Stop>& right) {
  std::set<std::string> operations;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (left[at].shown != right[at].shown) operations.insert(left[at].operation);
  }
  return operations;
}

}  // namespace

TEST_CASE("the right server answers a tour of requests the same way twice", "[broken]") {
  CHECK(find_differences(tour(nullptr), tour(nullptr)).empty());
}

TEST_CASE("every broken server differs from the right one in the operation that it names, and only there", "[broken]") {
  static const auto kRight = tour(nullptr);
  const auto variant = GENERATE(from_range(broken::catalogue()));
  INFO(variant.name << ": " << variant.description);

  const auto different = find_differences(kRight, tour(&variant));

  CHECK(different.contains(variant.operation));
  CHECK((different.size() == 1 || variant.shared));
}

TEST_CASE("the catalogue names at least thirty broken servers, each once, with its finding", "[broken]") {
  const auto& all = broken::catalogue();
  std::set<std::string> names;
  std::transform(all.begin(), all.end(), std::inserter(names, names.end()), [](const broken::Variant& variant) { return variant.name; });

  CHECK(names.size() == all.size());
  CHECK(names.size() >= 30);
  CHECK(std::all_of(all.begin(), all.end(),
                    [](const broken::Variant& variant) { return !variant.code.empty() && !variant.description.empty(); }));
  CHECK(std::all_of(all.begin(), all.end(), [](const broken::Variant& variant) { return variant.forgets.empty() != !variant.edit; }));
}
