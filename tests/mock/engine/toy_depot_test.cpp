// The depot of tests/data/toy has no C++: changes, views and time are data.
#include "tests/support/catch.h"
#include "tests/support/stage.h"

namespace understudy {
namespace {

const Headers kKey = {{"x-depot-key", "tester"}};
constexpr const char* kStart = "2026-03-02T09:00:00Z";

Json given(Json records = Json::object()) { return {{"api", "depot"}, {"clock", kStart}, {"records", std::move(records)}}; }

Json stocked() {
  return {{"stock",
           {{{"SKU", "A"}, {"Place", 1}, {"Physical", 5}},
            {{"SKU", "A"}, {"Place", 2}, {"Physical", 2}},
            {{"SKU", "B"}, {"Place", 1}, {"Physical", 1}}}}};
}

Json order_of(const std::vector<std::pair<std::string, int>>& lines) {
  Json body = {{"Lines", Json::array()}};
  for (const auto& [sku, quantity] : lines) body["Lines"].push_back({{"SKU", sku}, {"Qty", quantity}});
  return body;
}

struct Depot : Stage {
  explicit Depot(Json records = Json::object()) : Stage(toy_contracts(), given(std::move(records))) {}
  Reaction call(const std::string& method, const std::string& target, const Json& body = nullptr) {
    Reaction reaction = send(method, "/depot" + target, body, kKey);
    CHECK(mock().own_findings() == Json::array());
    return reaction;
  }
  Json stock(const std::string& sku, int place) { return call("GET", "/stock/" + sku + "/" + std::to_string(place)).body; }
  void advance(const char* by) { admin("POST", "/clock/advance", {{"by", by}}); }
};

}  // namespace

TEST_CASE("an API may look at credentials before it looks at the path", "[toy]") {
  Depot depot;
  struct Case {
    const char *why, *method, *target;
    Headers headers;
    int status;
  };
  for (const Case& row : std::vector<Case>{{"a path that is unknown, without a key", "GET", "/depot/nothing", {}, 401},
                                           {"a wrong key", "GET", "/depot/nothing", {{"x-depot-key", "other"}}, 401},
                                           {"the right key", "GET", "/depot/nothing", kKey, 404},
                                           {"a wrong method without a key", "PATCH", "/depot/orders", {}, 401},
                                           {"a wrong method with the key", "PATCH", "/depot/orders", kKey, 404},
                                           {"another API decides as before", "GET", "/shelf/nothing", {}, 404}}) {
    INFO(row.why);
    CHECK(depot.send(row.method, row.target, nullptr, row.headers).status == row.status);
  }
  CHECK(depot.journal().at(0).at("decisions").at(0).at("rule") == "path");
}

TEST_CASE("what is stored can be made of the body, and other records change with it", "[toy]") {
  Depot depot(stocked());

  const Json order = depot.call("POST", "/orders", order_of({{"A", 2}, {"B", 1}})).body;

  CHECK(
      order ==
      Json::parse(
          R"({"ID":100,"Status":"open","CreatedOn":"2026-03-02T09:00:00Z","Lines":[{"SKU":"A","Qty":2,"ID":500},{"SKU":"B","Qty":1,"ID":501}]})"));
  CHECK(depot.stock("A", 1).at("Allocated") == 2);
  CHECK(depot.stock("A", 2).at("Allocated") == 0);
  CHECK(depot.stock("B", 1).at("Allocated") == 1);
  CHECK(depot.journal().at(0).at("committed").size() == 3);
}

TEST_CASE("a status changes only from the states that a row allows", "[toy]") {
  Depot depot(stocked());
  depot.call("POST", "/orders", order_of({{"A", 2}}));

  const Reaction shipped = depot.call("PUT", "/orders/100/ship", {{"Tracking", "T1"}});
  const Reaction again = depot.call("PUT", "/orders/100/ship", {{"Tracking", "T2"}});

  CHECK(shipped.status == 200);
  CHECK(shipped.body.at("Shipment") == 700);
  CHECK(shipped.body.at("Order").at("Shipping").at("Tracking") == "T1");
  CHECK(depot.stock("A", 1).at("Physical") == 3);
  CHECK(again.status == 409);
  CHECK(again.body.at("error") == "An order that is shipped cannot be shipped.");
  CHECK(depot.journal().at(2).at("decisions").at(0).at("rule") == "depot.shipOrder.open");
  CHECK(depot.call("PUT", "/orders/9/ship", {{"Tracking", "T"}}).status == 404);
  CHECK(depot.count("depot.shipments") == 1);
}

TEST_CASE("a change that is refused stores nothing of its exchange", "[toy]") {
  Depot depot(stocked());
  depot.call("POST", "/orders", order_of({{"A", 2}, {"B", 4}}));
  depot.call("POST", "/orders", order_of({{"A", 1}, {"C", 1}}));

  const Reaction too_many = depot.call("PUT", "/orders/100/ship", {{"Tracking", "T"}});
  const Reaction unknown = depot.call("PUT", "/orders/101/ship", {{"Tracking", "T"}});

  CHECK(too_many.status == 409);
  CHECK(too_many.body.at("error") == "Physical would be -3, less than 0.");
  CHECK(unknown.body.at("error") == R"(No record of stock has {"Place":1,"SKU":"C"}.)");
  CHECK(depot.stock("A", 1).at("Physical") == 5);
  CHECK(depot.call("GET", "/orders?status=open").body == Json::array({100, 101}));
  CHECK(depot.count("depot.shipments") == 0);
}

TEST_CASE("a change is made for each element of a list, and what is unknown is ignored or refused", "[toy]") {
  Depot depot({{"orders", {{{"ID", 1}, {"Lines", Json::array()}}, {{"ID", 2}, {"Lines", Json::array()}}}},
               {"tags", {{{"ID", 7}, {"Name", "red"}}, {{"ID", 8}, {"Name", "big"}}}}});

  CHECK(depot.call("PUT", "/orders/exported", {{"Orders", {2, 9, 1}}}).body == Json::array({2, 1}));
  CHECK(depot.call("POST", "/orders/tags", {{"Orders", {1}}, {"Tags", {7}}}).status == 204);
  CHECK(depot.call("POST", "/orders/tags", {{"Orders", {1, 2}}, {"Tags", {7, 8}}}).status == 204);
  CHECK(depot.call("POST", "/orders/tags", {{"Orders", {2, 9}}, {"Tags", {7}}}).status == 404);

  const Json order = depot.call("GET", "/orders/one?order=1").body;
  CHECK(order.at("Exported") == true);
  CHECK(order.at("Tags") == Json::parse(R"([{"ID":7,"Name":"red"},{"ID":8,"Name":"big"}])"));
  CHECK(depot.call("GET", "/orders/one?order=2").body.at("Tags").size() == 2);
  CHECK(depot.call("GET", "/orders/one?order=3").status == 404);
}

TEST_CASE("elements of a nested list are added, changed and removed", "[toy]") {
  Depot depot;
  depot.call("POST", "/orders", order_of({{"A", 2}, {"B", 1}}));

  depot.call("POST", "/orders/100/notes", {{"Text", "first"}});
  const Json order = depot.call("POST", "/orders/100/notes", {{"Text", "second"}}).body;
  CHECK(order.at("Notes").at(1) == Json::parse(R"({"ID":2,"Text":"second","At":"2026-03-02T09:00:00Z"})"));
  CHECK(depot.call("DELETE", "/orders/100/lines/500").status == 204);
  CHECK(depot.call("DELETE", "/orders/100/lines/500").status == 404);
  CHECK(depot.call("GET", "/orders/one?order=100").body.at("Lines").size() == 1);
}

TEST_CASE("a purchase is received line by line, and the stock grows with it", "[toy]") {
  const Json lines = {{{"ID", 11}, {"SKU", "A"}, {"Qty", 5}}, {{"ID", 12}, {"SKU", "B"}, {"Qty", 1}}};
  const Json purchase = {{"ID", 1}, {"Place", 3}, {"Lines", lines}};
  Depot depot(Json::object({{"purchases", Json::array({purchase})}}));
  const auto receive = [&](Json items) { return depot.call("POST", "/purchases/1/receive", {{"Items", std::move(items)}}); };

  CHECK(receive(Json::array()).body.at("Receiving") == "none");
  CHECK(receive({{{"ID", 11}, {"Qty", 2}}}).body.at("Receiving") == "partially");
  CHECK(depot.stock("A", 3).at("Physical") == 2);
  CHECK(receive({{{"ID", 11}, {"Qty", 3}}, {{"ID", 99}, {"Qty", 1}}}).body.at("error") == R"(No element of Lines has {"ID":99}.)");
  CHECK(depot.stock("A", 3).at("Physical") == 2);
  const Json all = receive({{{"ID", 11}, {"Qty", 3}}, {{"ID", 12}, {"Qty", 1}}}).body;
  CHECK(all.at("Receiving") == "fully");
  CHECK(all.at("Lines").at(0).at("Received") == 5);
  CHECK(depot.stock("A", 3).at("Physical") == 5);
  CHECK(depot.stock("B", 3).at("Physical") == 1);
}

TEST_CASE("a quantity is set or moved, with a lower bound, and its record is made when it is missing", "[toy]") {
  Depot depot;
  const auto adjust = [&](const char* type, int quantity) {
    return depot.call("PUT", "/stock/adjust", {{"SKU", "N"}, {"Place", 1}, {"Type", type}, {"Qty", quantity}}).status;
  };

  CHECK(depot.call("GET", "/stock/N/1").status == 404);
  CHECK(adjust("Add", 4) == 204);
  CHECK(adjust("Add", 3) == 204);
  CHECK(depot.stock("N", 1).at("Physical") == 7);
  CHECK(adjust("Set", 2) == 204);
  CHECK(adjust("Add", -5) == 204);
  CHECK(depot.stock("N", 1).at("Physical") == 0);
  CHECK(adjust("Neither", 5) == 204);
  CHECK(depot.count("depot.stock") == 1);
}

TEST_CASE("a list can be a view of other records", "[toy]") {
  Depot depot({{"orders",
                {{{"ID", 1}, {"Status", "open"}, {"Lines", Json::array()}}, {{"ID", 2}, {"Status", "shipped"}, {"Lines", Json::array()}}}},
               {"views", {{{"ID", 5}, {"Filter", {{"Status", "open"}}}}}},
               {"products",
                {{{"ID", "A"}, {"Variants", {{{"ID", 21}, {"SKU", "A-S"}}, {{"ID", 22}, {"SKU", "A-M"}}}}},
                 {{"ID", "B"}, {"Variants", {{{"ID", 23}, {"SKU", "B-S"}}}}}}},
               {"stock", stocked().at("stock")}});

  CHECK(depot.call("GET", "/orders/shipped").body == Json::array({2}));
  CHECK(depot.call("GET", "/orders/by-view?view=5").body == Json::array({1}));
  CHECK(depot.call("GET", "/orders/by-view?view=6").status == 404);
  CHECK(depot.call("GET", "/inventory").body ==
        Json::parse(R"([{"ID":"A","Main":5,"Physical":7,"Places":2},{"ID":"B","Main":1,"Physical":1,"Places":1}])"));
  const Json variants = depot.call("GET", "/variants").body;
  CHECK(variants.at("Total") == 3);
  CHECK(variants.at("Items").size() == 2);
  CHECK(depot.call("GET", "/variants?page=2").body.at("Items") == Json::parse(R"([{"ID":23,"Product":"B","SKU":"B-S"}])"));
  CHECK(depot.call("GET", "/variants?sku=A-M").body.at("Total") == 1);
  CHECK(depot.call("GET", "/variants/22").body == Json::parse(R"({"ID":22,"Product":"A","SKU":"A-M"})"));
  CHECK(depot.call("GET", "/variants/29").status == 404);
}

TEST_CASE("a record changes by itself when time has passed", "[toy]") {
  Depot depot;
  CHECK(depot.call("POST", "/exports").body.at("Status") == "queued");
  const auto status = [&] { return depot.call("GET", "/jobs/1").body.at("Status"); };

  depot.advance("4s");
  CHECK(status() == "queued");
  depot.advance("1s");
  CHECK(status() == "running");
  CHECK(depot.call("GET", "/jobs?status=running").body.size() == 1);
  depot.advance("10m");
  CHECK(depot.admin("GET", "/records/depot/jobs/1").at("Status") == "completed");
  const Json job = depot.call("GET", "/jobs/1").body;
  CHECK(job.at("File") == "job-1.csv");
  CHECK(job.at("EndedOn") == "2026-03-02T09:01:00Z");
  CHECK(depot.call("GET", "/jobs?status=completed").body.size() == 1);
  CHECK(depot.call("GET", "/jobs?status=queued").body.empty());
}

TEST_CASE("the delay of a change may be a switch, and steps that are overdue come in their order", "[toy]") {
  Json document = given({{"jobs", {{{"ID", 4}, {"CreatedOn", "2026-03-02 08:59:58"}}, {{"ID", 5}}}}});
  document["profile"] = {{"base", "observed"}};
  Stage stage(toy_contracts(), document);
  const auto status = [&](const char* id) { return stage.send("GET", std::string("/depot/jobs/") + id, nullptr, kKey).body.at("Status"); };

  stage.admin("POST", "/clock/advance", {{"by", "28s"}});

  CHECK(status("4") == "completed");
  CHECK(status("5") == "queued");
}

TEST_CASE("a quoted rate buys a label each time, until it is too old", "[toy]") {
  Depot depot;
  const auto buy = [&](int rate) { return depot.call("POST", "/labels", {{"Rate", rate}}); };

  CHECK(buy(1).body.at("error") == "There is no such rate.");
  const Json rates = depot.call("POST", "/rates").body;
  CHECK(rates.size() == 2);
  CHECK(rates.at(1) == Json::parse(R"({"At":"2026-03-02T09:00:00Z","Carrier":"Fast","ID":2,"Price":9.5,"State":"fresh"})"));
  CHECK(buy(2).body == Json::parse(R"({"ID":1,"Price":9.5,"Rate":2})"));
  CHECK(buy(2).body.at("ID") == 2);
  depot.advance("10m");
  CHECK(buy(2).status == 400);
  CHECK(buy(2).body.at("error") == "The rate is too old.");
  CHECK(depot.count("depot.labels") == 2);
}

}  // namespace understudy
