#include "bench/workload.h"

namespace understudy::bench {
namespace {

Request post(std::string target, std::string body, Headers credential) {
  Request request{.method = "POST", .target = std::move(target), .headers = std::move(credential), .body = std::move(body)};
  request.headers.push_back({"Content-Type", "application/json"});
  return request;
}

Headers bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

const std::string kOrder = R"({"CustomerDetails":{"Email":"a@example.test","FirstName":"Ada","LastName":"Byron"},)"
                           R"("OrderDetails":{"CompanyID":163,"Channel":"Local_Store"},)"
                           R"("Products":[{"ProductID":"SKU-1","Qty":2,"SitePrice":9.5}]})";
const std::string kPurchaseOrder = R"({"CompanyID":163,"VendorID":7,"POType":"PurchaseOrder","CaseQtyMode":false,"Description":"bench",)"
                                   R"("Products":[{"ProductID":"SKU-1","QtyUnitsOrdered":3,"UnitPrice":2.5}]})";

Request token_request() { return post("/sellercloud/rest/api/token", R"({"Username":"demo","Password":"demo"})", {}); }

Request order_request(const std::string& token) { return post("/sellercloud/rest/api/Orders/", kOrder, bearer(token)); }

std::string text_at(const std::string& body, const char* member) {
  const auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object() || !parsed->contains(member)) return "";
  return as_text(parsed->at(member));
}

}  // namespace

Prepared prepare(Mock& mock) {
  Prepared prepared;
  prepared.token = text_at(mock.handle(token_request()).response.body, "access_token");
  prepared.order = text_at(mock.handle(order_request(prepared.token)).response.body, "ID");
  return prepared;
}

std::vector<Workload> workloads() {
  return {
      {"sellercloud.authenticate", 200, [](std::size_t, const Prepared&) { return token_request(); }},
      {"sellercloud.createProduct", 200,
       [](std::size_t turn, const Prepared& prepared) {
         return post(
             "/sellercloud/rest/api/Products/",
             R"({"CompanyId":163,"ProductName":"Bench","ProductTypeName":"General","ProductSKU":"B-)" + std::to_string(turn) + "\"}",
             bearer(prepared.token));
       }},
      {"sellercloud.createOrder", 200, [](std::size_t, const Prepared& prepared) { return order_request(prepared.token); }},
      {"sellercloud.getOrder", 200,
       [](std::size_t, const Prepared& prepared) {
         return Request{.method = "GET", .target = "/sellercloud/rest/api/Orders/" + prepared.order, .headers = bearer(prepared.token)};
       }},
      {"sellercloud.createPurchaseOrder", 200,
       [](std::size_t, const Prepared& prepared) {
         return post("/sellercloud/rest/api/PurchaseOrders", kPurchaseOrder, bearer(prepared.token));
       }},
      {"sellercloud.listOrders", 200,
       [](std::size_t, const Prepared& prepared) {
         return Request{.method = "GET", .target = "/sellercloud/rest/api/Orders", .headers = bearer(prepared.token)};
       }},
      {"a page of sellercloud.listOrders", 200,
       [](std::size_t, const Prepared& prepared) {
         return Request{.method = "GET",
                        .target = "/sellercloud/rest/api/Orders?model.pageNumber=1&model.pageSize=10",
                        .headers = bearer(prepared.token)};
       }},
      {"veeqo.createProduct", 201,
       [](std::size_t turn, const Prepared&) {
         const std::string number = std::to_string(turn);
         return post("/veeqo/products",
                     R"({"product":{"title":"Bench )" + number +
                         R"(","product_variants_attributes":[{"title":"S","price":10,"cost_price":4,)" + R"("sku_code":"B-)" + number +
                         R"("},{"title":"L","price":12.5,"sku_code":"BL-)" + number + R"("}]}})",
                     {{"x-api-key", "demo"}});
       }},
      {"sellercenter.createProducts", 200,
       [](std::size_t turn, const Prepared&) {
         return post(
             "/sellercenter",
             R"([{"api":1,"method":"auth","params":{"username":"demo","password":"demo"},"id":1},{"api":1,"method":"Product.createProducts",)"
             R"("params":{"productsInfo":[{"attribute_set":"1","seller":"624","seller_sku":"B-)" +
                 std::to_string(turn) + R"(","title":"Bench","price":"10.00"}]},"id":)" + std::to_string(turn) + "}]",
             {});
       }},
      {"a refused credential", 401,
       [](std::size_t, const Prepared&) { return post("/sellercloud/rest/api/Orders/", kOrder, bearer("x")); }},
  };
}

}  // namespace understudy::bench
