#include "tests/support/api_stage.h"

namespace understudy {
namespace {

const Headers kKey = {{"x-api-key", "tester"}};

Json veeqo_example(const std::string& file) {
  const auto found = bundled_file_set().find("contracts/veeqo/examples/" + file);
  REQUIRE(found != bundled_file_set().end());
  return *parse_json(found->second);
}

Reaction post(ApiStage& stage, const Json& body) { return stage.send("POST", "/veeqo/products", body, kKey); }
Reaction get(ApiStage& stage, const std::string& target) { return stage.send("GET", target, nullptr, kKey); }

// What later updates moved before the document's example was taken.
void forget_updates(Json& product) {
  product.erase("updated_at");
  for (Json& sellable : product["sellables"]) {
    sellable.erase("updated_at");
    for (Json& entry : sellable["stock_entries"]) entry.erase("updated_at");
  }
}

std::string header(const Reaction& answered, std::string_view name) {
  return std::string(find_header(answered.headers, name).value_or("absent"));
}

std::string with_profile(const std::string& name, const std::string& value) {
  return R"({"profile":{"base":"documented",")" + name + R"(":")" + value + R"("}})";
}

}  // namespace

TEST_CASE("the documented request gives the documented answer in every key and value", "[veeqo]") {
  ApiStage stage("veeqo", R"({"clock":"2017-10-13T09:08:13.707Z"})");

  const auto created = post(stage, veeqo_example("create-product.json"));

  CHECK(created.status == 201);
  Json expected = veeqo_example("product-created.json");
  Json actual = created.body;
  forget_updates(expected);
  forget_updates(actual);
  const Json difference = Json::diff(expected, actual);
  INFO(difference.dump(1));
  CHECK(difference.empty());
}

TEST_CASE("whole amounts are written as the profile says", "[veeqo]") {
  ApiStage stage("veeqo", with_profile("number_style", "float"));

  const auto created = post(stage, veeqo_example("create-product.json"));

  CHECK(created.text.find("\"price\":150.0") != std::string::npos);
  CHECK(created.text.find("\"sellable_on_hand_value\":0.0") != std::string::npos);
  CHECK(created.text.find("\"total_stock_level\":0,") != std::string::npos);
  CHECK(created.text.find("\"min_reorder_level\":0,") != std::string::npos);
}

TEST_CASE("sellables come in the profile's order, their measurements counted as shown", "[veeqo]") {
  struct Case {
    const char* why;
    const char* order;
    const char* first_sku;
    int first_id;
  };
  const auto row = GENERATE(
      values<Case>({{"as documented", "newest_first", "g-dog-2", 14144703}, {"as live servers did", "request", "g-dog-1", 14144702}}));
  INFO(row.why);
  ApiStage stage("veeqo", with_profile("sellables_order", row.order));

  const Json first = post(stage, veeqo_example("create-product.json")).body["sellables"][0];

  CHECK(first["sku_code"] == row.first_sku);
  CHECK(first["id"] == row.first_id);
  CHECK(first["measurement_attributes"]["id"] == 12587623);
}

TEST_CASE("a new sellable has an entry of zeros for each warehouse, or none", "[veeqo]") {
  ApiStage zeros("veeqo", R"({"records":{"warehouses":[{"name":"Second"}]}})");
  ApiStage empty("veeqo", with_profile("stock_entries", "empty"));

  const Json with = post(zeros, veeqo_example("create-product.json")).body["sellables"][0]["stock_entries"];
  const Json without = post(empty, veeqo_example("create-product.json")).body["sellables"][0]["stock_entries"];

  REQUIRE(with.size() == 2);
  CHECK(with[0]["warehouse"]["name"] == "My Warehouse");
  CHECK(with[1]["warehouse"]["name"] == "Second");
  CHECK(with[1]["stock_running_low"] == true);
  CHECK(without == Json::array());
}

// The eleven sellables that the vendor publishes, as facts: what is stored and what its answer derived.
TEST_CASE("titles, profit, margin and stock follow from price, cost, titles and levels", "[veeqo]") {
  struct Case {
    const char* product;
    const char* title;
    double price, cost;
    int physical, allocated;
    const char* sellable_title;
    const char* full_title;
    double profit, margin, value;
    int available;
    bool low;
  };
  const auto row = GENERATE(values<Case>({
      {"Golden Retriever", "Puppy", 150, 100, 0, 0, "Puppy", "Golden Retriever Puppy", 50, 33.33, 0, 0, true},
      {"Golden Retriever", "Dog", 150, 100, 0, 0, "Dog", "Golden Retriever Dog", 50, 33.33, 0, 0, true},
      {"Momentum", "Momentum", 75, 40, 20, 0, "Momentum", "Momentum Momentum", 35, 46.67, 800, 20, false},
      {"Momentum", "Momentum", 75, 40, 44, 5, "Momentum", "Momentum Momentum", 35, 46.67, 1760, 39, false},
      {"Evian", "", 1, 0.2, 20, 14, "", "Evian", 0.8, 80, 4, 6, false},
      {"Galaxy S8", "", 850, 360, 10, 1, "", "Galaxy S8", 490, 57.65, 3600, 9, false},
      {"MAGIC MOUSE", "Default", 25.99, 0, 4, 1, "", "MAGIC MOUSE", 25.99, 100, 0, 3, false},
      {"T-SHIRT", "MEDIUM", 13.99, 0, 6, 1, "MEDIUM", "T-SHIRT MEDIUM", 13.99, 100, 0, 5, false},
      {"T-SHIRT", "SMALL", 13.99, 0, 3, 4, "SMALL", "T-SHIRT SMALL", 13.99, 100, 0, -1, false},
      {"T-SHIRT", "LARGE", 13.99, 0, 1, 0, "LARGE", "T-SHIRT LARGE", 13.99, 100, 0, 1, false},
      {"free", "gift", 0, 0, 0, 0, "gift", "free gift", 0, 0, 0, 0, true},
  }));
  INFO(row.full_title);
  Json given =
      *parse_json(R"({"records":{"products":[{"id":7,"sellables":[{"sku_code":"S","stock_entries":[{"warehouse_id":22668}]}]}]}})");
  Json& product = given["records"]["products"][0];
  Json& sellable = product["sellables"][0];
  product["title"] = row.product;
  sellable.update({{"title", row.title}, {"price", row.price}, {"cost_price", row.cost}});
  sellable["stock_entries"][0].update({{"physical_stock_level", row.physical}, {"allocated_stock_level", row.allocated}});
  ApiStage stage("veeqo", given.dump());

  const auto read = get(stage, "/veeqo/products/7");

  REQUIRE(read.status == 200);
  const Json& shown = read.body["sellables"][0];
  CHECK(shown["sellable_title"] == row.sellable_title);
  CHECK(shown["full_title"] == row.full_title);
  CHECK(shown["profit"] == row.profit);
  CHECK(shown["margin"] == row.margin);
  CHECK(shown["on_hand_value"] == row.value);
  CHECK(shown["available_stock_level_at_all_warehouses"] == row.available);
  CHECK(shown["stock_entries"][0]["stock_running_low"] == row.low);
  CHECK(read.body["total_stock_level"] == row.physical);
  CHECK(read.body["total_allocated_stock_level"] == row.allocated);
  CHECK(read.body["on_hand_value"] == row.value);
}

TEST_CASE("a seeded product gets the ids it lacks once and keeps them", "[veeqo]") {
  ApiStage stage("veeqo", R"({"records":{"products":[{"title":"Lamp","sellables":[{"sku_code":"L"}]}]}})");

  const auto first = get(stage, "/veeqo/products/8636420");
  const auto second = get(stage, "/veeqo/products/8636420");

  CHECK(first.status == 200);
  CHECK(first.body["sellables"][0]["id"] == 14144702);
  CHECK(first.text == second.text);
}

TEST_CASE("a seeded product of the wrong types is shown without them", "[veeqo]") {
  ApiStage stage(
      "veeqo",
      R"({"records":{"products":[{"id":7,"title":"Lamp","sellables":[3,{"measurement_attributes":[],"stock_entries":"many"}],"images":"no","price":[]}]}})");

  const auto read = get(stage, "/veeqo/products/7");

  CHECK(read.status == 200);
  CHECK(read.body["sellables"].size() == 2);
  CHECK(read.body["main_image"].is_null());
}

TEST_CASE("the main image is the one with the lowest position", "[veeqo]") {
  ApiStage stage("veeqo");
  const char* images =
      R"({"title":"Lamp","images_attributes":[{"src":"none"},{"src":"second","display_position":2},{"src":"first","display_position":"1"}]})";

  const Json product = post(stage, *parse_json(images)).body;
  const Json bare = post(stage, Json{{"title", "Lamp"}}).body;

  CHECK(product["image"] == "first");
  CHECK(product["main_image"]["id"] == 11499441);
  CHECK(bare["main_image"].is_null());
  CHECK(bare["main_image_src"].is_null());
}

TEST_CASE("a body may be wrapped or not, name its variants either way, and write numbers as strings", "[veeqo]") {
  struct Case {
    const char* why;
    const char* body;
  };
  const auto row = GENERATE(values<Case>({
      {"wrapped", R"({"product":{"title":"T","product_variants_attributes":[{"title":"","sku_code":"S","price":"9.5"}]}})"},
      {"bare", R"({"title":"T","product_variants_attributes":[{"title":"","sku_code":"S","price":9.5}]})"},
      {"the other name", R"({"title":"T","sellables_attributes":[{"title":"","sku_code":"S","price":"9.50","tax_rate":""}]})"},
  }));
  INFO(row.why);
  ApiStage stage("veeqo");

  const auto created = stage.send_text("POST", "/products", row.body, {{"Authorization", "Bearer tester"}});

  REQUIRE(created.status == 201);
  CHECK(created.body["sellables"][0]["price"] == 9.5);
  CHECK(created.body["sellables"][0]["tax_rate"] == 0);
}

TEST_CASE("a refused request gets the body that was recorded for its kind", "[veeqo]") {
  struct Case {
    const char* why;
    const char* method;
    const char* target;
    const char* key;
    const char* content_type;
    const char* body;
    int status;
    const char* answer;
  };
  const auto row = GENERATE(values<Case>({
      {"no title", "POST", "/veeqo/products", "tester", "application/json", "{}", 400, R"({"error_messages":["Title can't be blank"]})"},
      {"an empty title", "POST", "/veeqo/products", "tester", "application/json", R"({"title":""})", 400,
       R"({"error_messages":["Title can't be blank"]})"},
      {"a form", "POST", "/veeqo/products", "tester", "application/x-www-form-urlencoded", "title=T", 400,
       R"({"error_messages":["Title can't be blank"]})"},
      {"no JSON", "POST", "/veeqo/products", "tester", "application/json", "{", 400, R"({"error":"Bad Request","status":400})"},
      {"a wrong key", "POST", "/veeqo/products", "nobody", "application/json", "{}", 401, R"({"error_messages":"You're not authorized"})"},
      {"an unknown product", "GET", "/veeqo/products/1", "tester", "", "", 404, R"({"error":"Not Found","status":"404"})"},
      {"an unknown path", "GET", "/veeqo/nothing", "tester", "", "", 404, R"({"error":"Not Found","status":404})"},
      {"another method", "PATCH", "/veeqo/products", "tester", "", "", 404, R"({"error":"Not Found","status":404})"},
      {"a page of no size", "GET", "/veeqo/products?page_size=abc", "tester", "", "", 400, R"({"error_messages":["Infinity"]})"},
      {"a page of size 0", "GET", "/veeqo/products?page_size=0", "tester", "", "", 400, R"({"error_messages":["Infinity"]})"},
      {"a variant without a price", "POST", "/veeqo/products", "tester", "application/json",
       R"({"title":"T","product_variants_attributes":[{"title":"","sku_code":"S"}]})", 400,
       R"({"error_messages":["Product variants attributes price can't be blank"]})"},
  }));
  INFO(row.why);
  ApiStage stage("veeqo");
  Headers headers = {{"x-api-key", row.key}};
  if (*row.content_type != '\0') headers.push_back({"Content-Type", row.content_type});

  const auto refused = stage.send_text(row.method, row.target, row.body, headers);

  CHECK(refused.status == row.status);
  CHECK(refused.text == row.answer);
}

TEST_CASE("a list is the newest products of its page, with totals in headers", "[veeqo]") {
  ApiStage stage("veeqo", R"({"records":{"products":[{"id":1,"title":"One"},{"id":2,"title":"Two"},{"id":3,"title":"Three"}]}})");

  const auto first = get(stage, "/veeqo/products?page_size=2");
  const auto second = get(stage, "/veeqo/products?page_size=2&page=2");
  const auto beyond = get(stage, "/veeqo/products?page=9");

  REQUIRE(first.body.size() == 2);
  CHECK(first.body[0]["id"] == 3);
  CHECK(header(first, "X-Total-Count") == "3");
  CHECK(header(first, "X-Total-Pages-Count") == "2");
  CHECK(header(first, "X-Per-Page") == "2");
  REQUIRE(second.body.size() == 1);
  CHECK(second.body[0]["id"] == 1);
  CHECK(header(second, "X-Page-Index") == "2");
  CHECK(beyond.body == Json::array());
  CHECK(header(beyond, "X-Per-Page") == "12");
}

TEST_CASE("list filters pick by words, id and time; what cannot be read filters nothing", "[veeqo]") {
  struct Case {
    const char* why;
    const char* query;
    std::size_t found;
  };
  const auto row = GENERATE(values<Case>({{"a word of the title", "query=lamp", 1},
                                          {"a part of a SKU", "query=tab-", 1},
                                          {"no such word", "query=chair", 0},
                                          {"ids above one", "since_id=1", 1},
                                          {"made since", "created_at_min=2020-01-01%2000:00:00", 1},
                                          {"no time at all", "created_at_min=yesterday", 2}}));
  INFO(row.why);
  ApiStage stage("veeqo", R"({"records":{"products":[{"id":1,"title":"Lamp","created_at":"2019-05-05T10:00:00.000Z"},
                             {"id":2,"title":"Table","created_at":"2021-05-05T10:00:00.000Z","sellables":[{"sku_code":"TAB-1"}]}]}})");

  CHECK(get(stage, std::string("/veeqo/products?") + row.query).body.size() == row.found);
}

TEST_CASE("a change finds variants by their ids, adds the others and leaves the rest alone", "[veeqo]") {
  ApiStage stage("veeqo", R"({"records":{"brands":[{"id":4,"name":"Acme"}]}})");
  post(stage, veeqo_example("create-product.json"));
  const char* change = R"({"product":{"title":"New","product_brand_id":4,"tags_attributes":[{"name":"summer","colour":"red"}],
      "product_variants_attributes":[{"id":14144703,"price":200},{"title":"Third","sku_code":"g-dog-3","price":1}]}})";

  const auto changed = stage.send("PUT", "/veeqo/products/8636420", *parse_json(change), kKey);

  REQUIRE(changed.status == 200);
  CHECK(changed.body["title"] == "New");
  CHECK(changed.body["notes"] == "Golden Retriever Dog - Notes");
  CHECK(changed.body["brand"]["name"] == "Acme");
  CHECK(changed.body["tags"][0]["name"] == "summer");
  REQUIRE(changed.body["sellables"].size() == 3);
  CHECK(changed.body["sellables"][0]["id"] == 14144704);
  CHECK(changed.body["sellables"][1]["margin"] == 50);
  CHECK(changed.body["sellables"][1]["full_title"] == "New Puppy - ProdVariantTitle");
  CHECK(get(stage, "/veeqo/products/8636420").body == changed.body);
}

TEST_CASE("a change of what is not there, or of what it does not take, changes nothing", "[veeqo]") {
  struct Case {
    const char* why;
    const char* body;
    int status;
  };
  const auto row =
      GENERATE(values<Case>({{"an unknown variant", R"({"title":"New","product_variants_attributes":[{"id":1,"price":2}]})", 404},
                             {"an unknown image", R"({"title":"New","images_attributes":[{"id":1}]})", 404},
                             {"an unknown brand", R"({"title":"New","product_brand_id":99})", 404},
                             {"an attribute of answers", R"({"title":"New","full_title":"x"})", 500},
                             {"an empty title", R"({"title":""})", 400}}));
  INFO(row.why);
  ApiStage stage("veeqo", R"({"records":{"products":[{"id":7,"title":"Old"}],"brands":[{"id":4,"name":"Acme"}]}})");

  const auto refused = stage.send("PUT", "/veeqo/products/7", *parse_json(row.body), kKey);

  CHECK(refused.status == row.status);
  CHECK(get(stage, "/veeqo/products/7").body["title"] == "Old");
}

TEST_CASE("a removed product is gone", "[veeqo]") {
  ApiStage stage("veeqo", R"({"records":{"products":[{"id":7,"title":"Lamp"}]}})");

  const auto removed = stage.send("DELETE", "/veeqo/products/7", nullptr, kKey);

  CHECK(removed.status == 204);
  CHECK(removed.text.empty());
  CHECK(get(stage, "/veeqo/products/7").status == 404);
}

TEST_CASE("stock that is set shows in the entry, the sellable and the product", "[veeqo]") {
  ApiStage stage("veeqo");
  post(stage, veeqo_example("create-product.json"));
  const std::string shelf = "/veeqo/sellables/14144703/warehouses/22668/stock_entry";

  const auto set = stage.send("PUT", shelf, *parse_json(R"({"stock_entry":{"physical_stock_level":"44","location":"A-01"}})"), kKey);

  REQUIRE(set.status == 200);
  CHECK(set.body["sellable_on_hand_value"] == 4400);
  CHECK(get(stage, shelf).body == set.body);
  const Json product = get(stage, "/veeqo/products/8636420").body;
  CHECK(product["total_stock_level"] == 44);
  CHECK(product["sellables"][0]["inventory"]["physical_stock_level_at_all_warehouses"] == 44);
  CHECK(get(stage, "/veeqo/sellables/1/warehouses/22668/stock_entry").status == 404);
}

}  // namespace understudy
