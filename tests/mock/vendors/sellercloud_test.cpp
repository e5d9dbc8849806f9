// What Sellercloud's module adds to its contract: UPCs, read models with their own names, totals and numbers, pages.
#include <map>

#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"

namespace understudy {
namespace {

// One account on a mock, logged in, at a virtual time.
class Shop {
 public:
  explicit Shop(const Json& profile = "documented") : mock_(bundled_contracts(), checking()) {
    const auto staged = mock_.stage("demo", {{"api", "sellercloud"}, {"clock", "2026-03-02T09:00:00Z"}, {"profile", profile}});
    REQUIRE(staged);
    token_ = send("POST", "/token", {{"Username", "demo"}, {"Password", "demo"}}).value("access_token", "");
  }
  ~Shop() { CHECK(mock_.own_findings().empty()); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  Json send(const std::string& method, const std::string& path, const Json& body = nullptr) {
    Request request{.method = method, .target = "/rest/api" + path, .headers = {{"Authorization", "Bearer " + token_}}};
    if (!body.is_null()) {
      request.headers.push_back({"Content-Type", "application/json"});
      request.body = render_json(body);
    }
    const Response response = mock_.handle(request).response;
    status = response.status;
    return parse_json(response.body).value_or(Json(nullptr));
  }
  Json get(const std::string& path) { return send("GET", path); }

  int status = 0;

 private:
  static MockOptions checking() {
    MockOptions options;
    options.check_all_answers = true;
    return options;
  }

  Mock mock_;
  std::string token_;
};

Json order_of(const std::string& source_id, Json products = Json::array()) {
  return {{"CustomerDetails", {{"Email", "a@example.test"}, {"FirstName", "A"}, {"LastName", "B"}}},
          {"OrderDetails", {{"CompanyID", 163}, {"Channel", "Website"}, {"OrderSourceOrderID", source_id}}},
          {"Products", std::move(products)}};
}

Json product_of(const std::string& sku) {
  return {{"CompanyId", 163}, {"ProductName", "Chair"}, {"ProductSKU", sku}, {"ProductTypeName", "General"}};
}

Json purchase_order_of(bool cases, const Json& line) {
  return {{"CompanyID", 163}, {"VendorID", 1}, {"POType", "PurchaseOrder"}, {"CaseQtyMode", cases}, {"Products", {line}}};
}

}  // namespace

TEST_CASE("a UPC is assigned only where one is asked for and none is given", "[sellercloud][products]") {
  struct Sample {
    const char* why;
    bool asked;
    const char* given;
    const char* upc;
  };
  const auto row = GENERATE(values<Sample>({
      {"asked for", true, "", "840000000019"},
      {"the given one wins", true, "012345678905", "012345678905"},
      {"not asked for", false, "012345678905", "012345678905"},
  }));
  INFO(row.why);
  Shop shop;
  Json product = product_of("SKU-1");
  product["AutoAssignUPC"] = row.asked;
  product["UPC"] = row.given;

  const Json created = shop.send("POST", "/Products/", product);

  CHECK(created["UPC"] == row.upc);
  CHECK(created["ID"] == "SKU-1");
  CHECK(shop.get("/Catalog?model.sKU=sku-1")["Items"][0]["UPC"] == row.upc);
}

TEST_CASE("a SKU exists in any case", "[sellercloud][products]") {
  Shop shop;
  shop.send("POST", "/Products", product_of("SKU-1"));

  const Json again = shop.send("POST", "/Products", product_of("sku-1"));

  CHECK(shop.status == 500);
  CHECK_THAT(again.get<std::string>(), CONTAINS("already exists"));
  CHECK(shop.get("/Catalog")["TotalResults"] == 1);
}

TEST_CASE("an order is read under the read model's names, with totals and numbers", "[sellercloud][orders]") {
  Shop shop;
  Json order = order_of(
      "W-1",
      {{{"ProductID", "A"}, {"Qty", 2}, {"SitePrice", 12.5}, {"DiscountType", "Percentage"}, {"DiscountValue", 10}, {"LineTaxTotal", 1.05}},
       {{"ProductID", "B"}, {"Qty", 1}, {"SitePrice", 4}, {"DiscountValue", 1}}});
  order["ShippingMethodDetails"] = {{"ShippingFee", 5}, {"HandlingFee", 0.5}};
  order["ShippingAddress"] = {{"Address", "1 Main St"}, {"ZipCode", "08701"}, {"Country", "US"}};
  const std::string id = render_json(shop.send("POST", "/Orders/", order)["ID"]);

  const Json read = shop.get("/orders/" + id);

  CHECK(read["OrderID"] == 5000000);
  CHECK(read["OrderDetails"]["CompanyId"] == 163);
  CHECK(read["OrderDetails"]["OrderSource"] == 6);
  CHECK(read["OrderDetails"]["OrderSourceOrderId"] == "W-1");
  CHECK(read["OrderDetails"]["CreatedOn"] == "2026-03-02T09:00:00");
  CHECK(read["Statuses"]["OrderStatus"] == 2);
  CHECK(read["OrderItems"][0]["AdjustedSitePrice"] == 11.25);
  CHECK(read["OrderItems"][0]["LineTotal"] == 22.5);
  CHECK(read["OrderItems"][0]["DiscountType"] == 1);
  CHECK(read["OrderItems"][1]["LineTotal"] == 3);
  for (const auto& [name, value] : std::map<std::string, Json>({{"SubTotal", 29},
                                                                {"Discount", 3.5},
                                                                {"Tax", 1.05},
                                                                {"Shipping", 5},
                                                                {"Handling", 0.5},
                                                                {"Insurance", 0},
                                                                {"GiftWrap", 0},
                                                                {"GrandTotal", 32.05}})) {
    INFO(name);
    CHECK(read["TotalInfo"][name] == value);
  }
  CHECK(read["TotalInfo"].size() == 15);
  CHECK(read["ShippingAddress"]["StreetLine1"] == "1 Main St");
  CHECK(read["ShippingAddress"]["PostalCode"] == "08701");
  CHECK(read["BillingAddress"] == nullptr);
}

TEST_CASE("lists are paged, filtered, newest first, and never show more than fifty", "[sellercloud][orders]") {
  struct Sample {
    const char* why;
    const char* query;
    std::size_t shown;
    int first;  // id of the first one shown
    int total;
  };
  const auto row = GENERATE(values<Sample>({
      {"ten unless asked", "", 10, 5000059, 60},
      {"as many as asked", "?pageSize=25", 25, 5000059, 60},
      {"capped without a word", "?model.pageSize=200", 50, 5000059, 60},
      {"the second page", "?model.pageNumber=2&model.pageSize=50", 10, 5000009, 60},
      {"past the end", "?pageNumber=99", 0, 0, 60},
      {"by number", "?model.orderIDs=5000003&model.orderIDs=5000001", 2, 5000003, 2},
      {"by the channel's numbers, as a comma list", "?model.orderSourceOrderIDList=W-1 ,W-2", 2, 5000002, 2},
      {"by channel name", "?channel=Website&pageSize=1", 1, 5000059, 60},
      {"by channel number", "?model.channel=6&pageSize=1", 1, 5000059, 60},
      {"by another channel", "?model.channel=0", 0, 0, 0},
      {"by company", "?companyID=164", 0, 0, 0},
  }));
  INFO(row.why);
  Shop shop;
  for (int i = 0; i < 60; ++i) shop.send("POST", "/Orders", order_of("W-" + std::to_string(i)));

  const Json page = shop.get(std::string("/Orders") + row.query);

  CHECK(page["TotalResults"] == row.total);
  CHECK(page["Items"].size() == row.shown);
  CHECK(page.value("/Items/0/ID"_json_pointer, 0) == row.first);
}

TEST_CASE("what is changed afterwards is what is read", "[sellercloud][orders]") {
  Shop shop;
  Json order = order_of("W-1", {{{"ProductID", "A"}, {"Qty", 1}, {"SitePrice", 2}}});
  order["Notes"] = {{"Category", 1}, {"Note", "Ring twice"}};
  order["OrderDetails"]["SalesRepresentative"] = 7;
  shop.send("POST", "/Orders", order);
  CHECK(shop.get("/Orders/5000000")["OrderDetails"]["SalesRep1"] == 0);

  shop.send("PUT", "/Orders/5000000", {{"SalesRep1", 7}});
  const Json changed = shop.send("PUT", "/Orders/StatusCode", {{"Orders", {5000000, 1}}, {"Status", 200}});
  shop.send("POST", "/Orders/5000000/items", Json::array({{{"ProductID", "B"}, {"Qty", 3}, {"SitePrice", 1}}}));
  shop.send("POST", "/Orders/5000000/Notes", {{"Message", "Paid"}, {"Category", "Customer_Service_Note"}});

  const Json read = shop.get("/Orders/5000000");
  CHECK(changed == Json::array({5000000}));
  CHECK(read["OrderDetails"]["SalesRep1"] == 7);
  CHECK(read["Statuses"]["OrderStatus"] == 200);
  CHECK(read["OrderItems"].size() == 2);
  CHECK(read["TotalInfo"]["GrandTotal"] == 5);
  const Json notes = shop.get("/Orders/Notes?id=5000000");
  CHECK(notes[0]["Note"] == "Ring twice");
  CHECK(notes[0]["Category"] == 1);
  CHECK(notes[1]["Note"] == "Paid");
  CHECK(notes[1]["Category"] == 2);

  shop.send("DELETE", "/Orders/5000000");
  CHECK(shop.status == 200);
  shop.get("/Orders/5000000");
  CHECK(shop.status == 404);
}

TEST_CASE("a purchase order counts units or cases", "[sellercloud][purchase orders]") {
  struct Sample {
    const char* why;
    bool cases;
    Json line;
    int units;
    double unit_price, total;
  };
  const auto row = GENERATE(values<Sample>({
      {"units", false, {{"ProductID", "A"}, {"QtyUnitsOrdered", 3}, {"UnitPrice", 1.5}}, 3, 1.5, 4.5},
      {"cases", true, {{"ProductID", "A"}, {"QtyCasesOrdered", 2}, {"QtyUnitsPerCase", 12}, {"CasePrice", 30}}, 24, 2.5, 60},
      {"a discount on each unit",
       false,
       {{"ProductID", "A"}, {"QtyUnitsOrdered", 4}, {"UnitPrice", 2}, {"DiscountType", 0}, {"DiscountValue", 0.5}},
       4,
       2,
       6},
  }));
  INFO(row.why);
  Shop shop;
  const Json created = shop.send("POST", "/PurchaseOrders", purchase_order_of(row.cases, row.line));

  const Json read = shop.get("/PurchaseOrders/10001");
  const Json items = shop.get("/PurchaseOrders/10001/Items");
  const Json list = shop.get("/PurchaseOrders?model.pOIds=10001");

  CHECK(created == Json({{"Id", 10001}}));
  CHECK(read["Purchase"]["POType"] == 0);
  CHECK(read["TotalInfo"]["GrandTotal"] == row.total);
  CHECK(items["PoCaseQtyEnabled"] == row.cases);
  CHECK(items["Items"][0]["QtyUnitsOrdered"] == row.units);
  CHECK(list["Items"][0]["Items"][0]["UnitPrice"] == row.unit_price);
  CHECK(list["Items"][0]["GrandTotal"] == row.total);
}

TEST_CASE("a default warehouse is that of every line", "[sellercloud][purchase orders]") {
  Shop shop;
  Json order = purchase_order_of(false, {{"ProductID", "A"}, {"QtyUnitsOrdered", 1}, {"UnitPrice", 1}, {"WarehouseID", 2}});
  order["DefaultWarehouseID"] = 1;
  shop.send("POST", "/PurchaseOrders", order);

  CHECK(shop.get("/PurchaseOrders/10001")["Purchase"]["DefaultWarehouseID"] == 1);
  CHECK(shop.get("/PurchaseOrders?receiveWarehouseID=1")["TotalResults"] == 1);
}

TEST_CASE("what orders refer to can be listed", "[sellercloud]") {
  struct Sample {
    const char* path;
    const char* name;  // a member of the first element
  };
  const auto row = GENERATE(values<Sample>({
      {"/Companies?keyword=demo", "CompanyName"},
      {"/Vendors", "Email"},
      {"/Warehouses?model.name=main", "Name"},
      {"/Catalog/ProductTypes?typeNames=General", "ProductTypeName"},
  }));
  INFO(row.path);
  Shop shop;

  const Json page = shop.get(row.path);

  CHECK(page["TotalResults"] > 0);
  CHECK(page["Items"][0][row.name].is_string());
}

TEST_CASE("settings are listed as keys and values", "[sellercloud]") {
  Shop shop;
  CHECK(shop.get("/Settings/PaymentTerms")[1] == Json({{"Key", 2}, {"Value", "Net 30"}}));
  CHECK(shop.get("/Settings/Manufacturers?companyId=163")[0]["Key"] == 1);
  shop.get("/Settings/Manufacturers");
  CHECK(shop.status == 500);
}

TEST_CASE("a customer that was created is read", "[sellercloud][customers]") {
  Shop shop;

  const Json id =
      shop.send("POST", "/Customers", {{"FirstName", "Ada"}, {"LastName", "Byron"}, {"Email", "ada@example.test"}, {"CustomerType", 0}});

  CHECK(id == 300001);
  const Json read = shop.get("/Customers/300001");
  CHECK(read["General"]["Name"] == "Ada Byron");
  CHECK(read["General"]["IsWholeSaleUser"] == true);
  CHECK(shop.get("/Customers?email=ada@example.test")["Items"][0]["UserID"] == 300001);
}

TEST_CASE("a profile chooses the form of an answer", "[sellercloud][profiles]") {
  struct Sample {
    const char* why;
    Json profile;
    Json order;
    int status;
    Json body;
  };
  Json no_company = order_of("W-1");
  no_company["OrderDetails"].erase("CompanyID");
  Json company_zero = order_of("W-1");
  company_zero["OrderDetails"]["CompanyID"] = "0";
  const auto sample = GENERATE_COPY(values<Sample>({
      {"created, as documented",
       "documented",
       {{"customerdetails", order_of("")["CustomerDetails"]}, {"ORDERDETAILS", {{"companyId", "163"}, {"channel", 6}}}},
       200,
       {{"CustomerDetails", order_of("")["CustomerDetails"]},
        {"OrderDetails", {{"CompanyID", 163}, {"Channel", "Website"}}},
        {"ID", 5000000}}},
      {"created, as observed", "observed", order_of("W-1"), 200, 5000000},
      {"not bound, as documented", "documented", no_company, 500, "The CompanyID field is required."},
      {"not bound, as observed",
       "observed",
       no_company,
       400,
       {{"Message", "The request is invalid."}, {"ModelState", {{"model.OrderDetails.CompanyID", {"The CompanyID field is required."}}}}}},
      {"a rule, in either", "observed", company_zero, 500, "CompanyID must be greater than 0."},
      {"a rule, as an object",
       {{"error_500_body", "message_object"}},
       company_zero,
       500,
       {{"Message", "CompanyID must be greater than 0."}}},
      {"addresses wanted", {{"order_addresses", "required"}}, order_of("W-1"), 500, "ShippingAddress is required."},
  }));
  INFO(sample.why);
  Shop shop(sample.profile);

  const Json body = shop.send("POST", "/Orders", sample.order);

  CHECK(shop.status == sample.status);
  CHECK(body == sample.body);
}

TEST_CASE("what does not exist is refused where the profile says so", "[sellercloud][profiles]") {
  struct Sample {
    const char* why;
    Json profile;
    int company, status;
  };
  const auto sample = GENERATE(values<Sample>({
      {"accepted", "documented", 999, 200},
      {"refused", {{"unknown_reference", "refuse"}}, 999, 500},
      {"known from the start", {{"unknown_reference", "refuse"}}, 163, 200},
  }));
  INFO(sample.why);
  Shop shop(sample.profile);
  Json order = order_of("W-1");
  order["OrderDetails"]["CompanyID"] = sample.company;

  shop.send("POST", "/Orders", order);

  CHECK(shop.status == sample.status);
}

TEST_CASE("the server of a team is found before any token exists", "[sellercloud][token]") {
  Mock mock(bundled_contracts(), {});
  const auto ask = [&](const std::string& team) {
    return *parse_json(mock.handle({.method = "GET", .target = "/sellercloud/api/server-by-team/?team=" + team}).response.body);
  };
  CHECK(ask("demo")["ServerID"] == "demo");
  CHECK(ask("nobody") == Json({{"Success", false}, {"Message", "Team name not found. Please try again."}}));
}

TEST_CASE("the server of a team is where the client asked", "[sellercloud][token]") {
  struct Sample {
    const char* why;
    Headers headers;
    Caller caller;
    const char* address;
  };
  const auto sample = GENERATE(values<Sample>({
      {"the Host of the request", {{"Host", "localhost:4711"}}, {}, "http://localhost:4711/sellercloud/rest"},
      {"over TLS", {{"Host", "shop.test"}}, {.secure = true}, "https://shop.test/sellercloud/rest"},
      {"without a Host, the port where it arrived", {}, {.local_port = 8099}, "http://127.0.0.1:8099/sellercloud/rest"},
  }));
  INFO(sample.why);
  Mock mock(bundled_contracts(), {});

  const auto delivery =
      mock.handle({.method = "GET", .target = "/api/server-by-team/?team=demo", .headers = sample.headers}, sample.caller);

  CHECK(parse_json(delivery.response.body)->at("RestApiEndpoint") == sample.address);
}

TEST_CASE("a model has every member of the vendor's", "[sellercloud][reads]") {
  struct Sample {
    const char* path;
    const char* pointer;
    std::size_t members;
  };
  const auto sample = GENERATE(values<Sample>({
      {"/Catalog", "/Items/0", 182},
      {"/Orders", "/Items/0", 67},
      {"/Orders", "/Items/0/Items/0", 171},
      {"/Orders/5000000", "", 31},
      {"/Orders/5000000", "/OrderDetails", 28},
      {"/Orders/5000000", "/Statuses", 26},
      {"/Orders/5000000", "/OrderItems/0", 36},
      {"/Orders/5000000", "/ShippingDetails", 24},
      {"/PurchaseOrders", "/Items/0", 51},
      {"/PurchaseOrders", "/Items/0/Items/0", 11},
      {"/PurchaseOrders/10001", "", 14},
      {"/PurchaseOrders/10001", "/TotalInfo", 32},
      {"/Customers", "/Items/0", 10},
      {"/Customers/300001", "", 11},
      {"/Customers/300001", "/OrderOptions", 20},
      {"/Customers/300001", "/General", 15},
  }));
  INFO(sample.path << " " << sample.pointer);
  Shop shop;
  shop.send("POST", "/Products", product_of("A"));
  shop.send("POST", "/Orders", order_of("W-1", {{{"ProductID", "A"}, {"Qty", 1}}}));
  shop.send("POST", "/PurchaseOrders", purchase_order_of(false, {{"ProductID", "A"}, {"QtyUnitsOrdered", 1}, {"UnitPrice", 1}}));
  shop.send("POST", "/Customers", {{"FirstName", "Ada"}});

  const Json read = shop.get(sample.path);
  const Json* found = find_pointer(read, sample.pointer);

  REQUIRE(found != nullptr);
  CHECK(found->size() == sample.members);
}

TEST_CASE("a page out of reach is empty in every list, whatever its number", "[sellercloud][reads]") {
  const auto list = GENERATE(values<std::string>({"/Orders", "/PurchaseOrders", "/Catalog", "/Companies"}));
  const auto page = GENERATE(values<std::string>({"1000", "922337203685477582", "1844674407370955162", "9223372036854775807"}));
  INFO(list << " " << page);
  Shop shop;
  shop.send("POST", "/Orders", order_of("W-1"));
  REQUIRE(shop.status == 200);

  const Json answer = shop.get(list + "?model.pageNumber=" + page);

  CHECK(shop.status == 200);
  CHECK(answer.at("Items") == Json::array());
}

}  // namespace understudy
