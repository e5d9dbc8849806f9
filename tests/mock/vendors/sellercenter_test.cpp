#include <utility>
#include <vector>

#include "tests/support/api_stage.h"

namespace understudy {
namespace {

const Json kAuth = {{"api", 1}, {"method", "auth"}, {"params", {{"username", "tester"}, {"password", "demo"}}}, {"id", 1}};

Json call_of(const std::string& method, Json items, Json id = 1) {
  return {{"api", 1}, {"method", method}, {"params", {{"productsInfo", std::move(items)}}}, {"id", std::move(id)}};
}

Reaction send(ApiStage& stage, const Json& calls) { return stage.send("POST", "/sellercenter", calls); }

// The entries of one call that makes these products.
Json create(ApiStage& stage, const std::vector<Json>& items, Json id = 1) {
  const auto answered = send(stage, Json::array({kAuth, call_of("Product.createProducts", Json(items), std::move(id))}));
  REQUIRE(answered.status == 200);
  REQUIRE(answered.body.is_array());
  REQUIRE(answered.body.size() == 1);
  return answered.body[0]["result"];
}

Json change(ApiStage& stage, const std::string& method, const Json& item) {
  return send(stage, Json::array({kAuth, call_of(method, Json::array({item}))})).body[0]["result"][0];
}

Json product(const std::string& sku, Json more = Json::object()) {
  Json item = {{"attribute_set", "1"}, {"seller", "624"}, {"seller_sku", sku}, {"title", "Canon"}, {"price", "100.00"}};
  item.update(more);
  return item;
}

std::string config_of(const Json& entry) { return entry["product"]["config_id"].get<std::string>(); }

Json example(const std::string& file) {
  const auto found = bundled_file_set().find("contracts/sellercenter/examples/" + file);
  REQUIRE(found != bundled_file_set().end());
  return *parse_json(found->second);
}

}  // namespace

TEST_CASE("the documented call is answered in the documented form", "[sellercenter]") {
  ApiStage stage("sellercenter", R"({"clock":"2015-08-20T14:25:42Z"})");
  Json calls = example("create-products.json");
  calls[0] = kAuth;

  const auto answered = send(stage, calls);

  REQUIRE(answered.body.size() == 1);
  CHECK(answered.body[0]["api"] == 1);
  CHECK(answered.body[0]["id"] == 1);
  Json made = answered.body[0]["result"][0]["product"];
  const auto sku = made["sku"].get<std::string>();
  CHECK(sku.size() == 24);
  CHECK(sku.substr(17) == "-468012");
  made.erase("sku");
  CHECK(made == Json{{"seller_sku", "Canon"}, {"id", "468012"}, {"config_id", "453593"}, {"updated_at", "2015-08-20 14:25:42"}});
}

TEST_CASE("products of one product_set join one product, within a call and across calls", "[sellercenter]") {
  ApiStage stage("sellercenter");

  const Json first = create(stage,
                            {product("A", {{"product_set", "90222"}}), product("B", {{"product_set", 90222}}),
                             product("C", {{"product_set", "7"}}), product("D")},
                            1);
  const Json later =
      create(stage, {product("E", {{"product_set", "90222"}, {"config_id", nullptr}}), product("F", {{"config_id", ""}})}, 2);

  CHECK(config_of(first[0]) == "453593");
  CHECK(config_of(first[1]) == "453593");
  CHECK(config_of(first[2]) == "453594");
  CHECK(config_of(first[3]) == "453595");
  CHECK(config_of(later[0]) == "453593");
  CHECK(config_of(later[1]) == "453596");
}

TEST_CASE("a config_id that is named wins over the product_set, and must be known", "[sellercenter]") {
  ApiStage stage("sellercenter", R"({"records":{"products":[{"id":1,"config_id":77}]}})");
  const Json first = create(stage, {product("A", {{"product_set", "1"}}), product("B", {{"product_set", "2"}})}, 1);

  const Json later = create(stage,
                            {product("C", {{"product_set", "1"}, {"config_id", config_of(first[1])}}), product("D", {{"config_id", "77"}}),
                             product("E", {{"config_id", "12"}}), product("F", {{"product_set", "3"}, {"config_id", 453593}}),
                             product("G", {{"product_set", "3"}})},
                            2);

  CHECK(config_of(later[0]) == config_of(first[1]));
  CHECK(config_of(later[1]) == "77");
  CHECK(later[2] == Json{{"status", "failure"}, {"error", {{"message", "Unknown config_id"}, {"code", 0}}}});
  CHECK(config_of(later[3]) == "453593");
  CHECK(config_of(later[4]) == "453593");
}

TEST_CASE("what is wrong with one product fails that one, in its place", "[sellercenter]") {
  struct Case {
    const char* why;
    const char* item;
    const char* message;
  };
  const auto row = GENERATE(values<Case>({
      {"no attribute set", R"({"attribute_set":null})", "No attribute set specified"},
      {"an empty one", R"({"attribute_set":""})", "No attribute set specified"},
      {"before all else", R"({"attribute_set":null,"seller":""})", "No attribute set specified"},
      {"no seller", R"({"seller":null})", "No seller specified"},
      {"no SKU", R"({"seller_sku":""})", "No seller SKU specified"},
      {"no title", R"({"title":""})", "No title specified"},
      {"no price", R"({"price":""})", "No price specified"},
      {"a special price without dates", R"({"special_price":"9.00"})", "No special from and/or to date specified for special price"},
      {"a special price without its end", R"({"special_price":9,"special_from_date":"2013-12-23 00:00:00","special_to_date":null})",
       "No special from and/or to date specified for special price"},
      {"an unknown status", R"({"status":"sold"})",
       "Invalid value for status: found string \"sold\", expected one of \"active\", \"inactive\", \"deleted\""},
      {"words for a stock", R"({"stock":"many"})", "Invalid value for stock: found string \"many\", expected integer or null"},
  }));
  INFO(row.why);
  ApiStage stage("sellercenter");

  const Json entries = create(stage, {product("A"), product("B", *parse_json(row.item)), product("C")});

  REQUIRE(entries.size() == 3);
  CHECK(entries[0]["status"] == "success");
  CHECK(entries[1]["status"] == "failure");
  CHECK(entries[1]["error"]["message"] == row.message);
  CHECK(entries[1]["error"]["code"] == 0);
  CHECK(entries[2]["status"] == "success");
  CHECK(entries[2]["product"]["id"] == "468013");
}

TEST_CASE("a failure over special prices says whose it is", "[sellercenter]") {
  ApiStage stage("sellercenter");

  CHECK(create(stage, {product("A", {{"special_price", "9"}})})[0]["product"] == Json{{"seller_sku", "A"}});
}

TEST_CASE("every enumeration is taken as number and as string, an empty object as PHP writes it", "[sellercenter]") {
  const auto item = GENERATE(
      values<const char*>({R"({"approval_status":0})", R"({"approval_status":"2"})", R"({"shipment_type":3})", R"({"shipment_type":"1"})",
                           R"({"status":"deleted"})", R"({"stock":"5000"})", R"({"attributes":[]})", R"({"attributes":{"78":["6"]}})",
                           R"({"price":9.5})", R"({"seller":624})", R"({"special_price":null})", R"({"special_price":""})",
                           R"({"special_price":"9","special_from_date":"2013-12-23 00:00:00","special_to_date":"2013-12-24 00:00:00"})"}));
  INFO(item);
  ApiStage stage("sellercenter");

  CHECK(create(stage, {product("A", *parse_json(item))})[0]["status"] == "success");
}

TEST_CASE("a seller's SKU exists once; the same call again repeats its answer", "[sellercenter]") {
  ApiStage stage("sellercenter");
  const Json first = create(stage, {product("A")}, "127");

  CHECK(create(stage, {product("A")}, "127") == first);
  CHECK(create(stage, {product("A")}, "128")[0]["error"]["message"] == "Seller SKU already exists");
  CHECK(create(stage, {product("A", {{"seller", 624}})}, "129")[0]["error"]["message"] == "Seller SKU already exists");
  CHECK(create(stage, {product("A", {{"seller", 625}})}, "130")[0]["status"] == "success");
}

TEST_CASE("a list of calls is answered call by call", "[sellercenter]") {
  struct Case {
    const char* why;
    const char* calls;
    const char* answer;
  };
  const auto row = GENERATE(values<Case>({
      {"not JSON", "nonsense", R"([{"api":1,"error":{"code":502,"message":"Invalid Json RPC format"},"id":null}])"},
      {"an empty list", "[]", R"([{"api":1,"error":{"code":502,"message":"Invalid Json RPC format"},"id":null}])"},
      {"the credential alone", R"([{"api":1,"method":"auth","params":{"username":"tester","password":"demo"},"id":1}])", "[]"},
      {"a bare call", R"({"api":1,"method":"Product.createProducts","params":{"productsInfo":[]},"id":"7"})",
       R"([{"api":1,"error":{"code":-32001,"message":"Could not authorize request"},"id":"7"}])"},
      {"the credential behind it",
       R"([{"method":"Product.createProducts","params":{"productsInfo":[]},"id":2},{"method":"auth","params":{"username":"tester","password":"demo"}}])",
       R"([{"api":1,"error":{"code":-32001,"message":"Could not authorize request"},"id":2}])"},
      {"a wrong password",
       R"([{"method":"auth","params":{"username":"tester","password":"x"}},{"method":"Product.createProducts","params":{"productsInfo":[]},"id":2}])",
       R"([{"api":1,"error":{"code":-32001,"message":"Could not authorize request"},"id":2}])"},
      {"an unknown method",
       R"([{"method":"auth","params":{"username":"tester","password":"demo"}},{"method":"Product.explode","params":{},"id":2}])",
       R"([{"api":1,"error":{"code":-32601,"message":"Method not found"},"id":2}])"},
      {"no params", R"([{"method":"auth","params":{"username":"tester","password":"demo"}},{"method":"Product.createProducts","id":2}])",
       R"([{"api":1,"error":{"code":-32602,"message":"Invalid params"},"id":2}])"},
      {"no list of products",
       R"([{"method":"auth","params":{"username":"tester","password":"demo"}},{"method":"Product.createProducts","params":{"productsInfo":7},"id":2}])",
       R"([{"api":1,"error":{"code":-32602,"message":"Invalid params"},"id":2}])"},
      {"no products",
       R"([{"method":"auth","params":{"username":"tester","password":"demo"}},{"method":"Product.createProducts","params":{"productsInfo":[]},"id":2}])",
       R"([{"api":1,"id":2,"result":[]}])"},
  }));
  INFO(row.why);
  ApiStage stage("sellercenter");

  const auto answered = stage.send_text("POST", "/", row.calls, {{"Content-Type", "application/x-www-form-urlencoded"}});

  CHECK(answered.status == 200);
  CHECK(answered.text == row.answer);
}

TEST_CASE("only POST reaches the endpoint", "[sellercenter]") {
  ApiStage stage("sellercenter");

  const auto answered = stage.send("GET", "/sellercenter");

  CHECK(answered.status == 405);
  CHECK(find_header(answered.headers, "Allow") == "POST");
}

TEST_CASE("changes find the product by product_id", "[sellercenter]") {
  ApiStage stage("sellercenter", R"({"clock":"2015-08-20T14:25:42Z"})");
  const Json made = create(stage, {product("A")})[0]["product"];

  CHECK(change(stage, "Product.updateProducts", {{"product_id", 468012}, {"title", "New"}, {"special_price", nullptr}})["product"] == made);
  CHECK(change(stage, "Product.updatePrices", {{"product_id", "468012"}, {"price", "120"}})["product"] == made);
  CHECK(change(stage, "Product.updateStock", {{"product_id", "468012"}, {"quantity", "50"}})["product"] == made);
  CHECK(change(stage, "Product.addSources", {{"product_id", "468012"}, {"seller", "624"}, {"shipment_type", 1}})["product"] == made);
}

TEST_CASE("changes of what is unknown fail in their own words", "[sellercenter]") {
  struct Case {
    const char* method;
    const char* item;
    const char* message;
  };
  const auto row = GENERATE(values<Case>({
      {"Product.updateProducts", R"({"product_id":"1"})", "Unknown product_id"},
      {"Product.updateProducts", R"({"title":"x"})", "Unknown product_id"},
      {"Product.updatePrices", R"({"product_id":"468012","special_price":"9"})",
       "No special from and/or to date specified for special price"},
      {"Product.updateStock", R"({"product_id":"1","quantity":"5"})", "Stock failed to update"},
      {"Product.updateStock", R"({"product_id":"468012"})", "Stock failed to update"},
      {"Product.addSources", R"({"product_id":"1","shipment_type":"1"})", "Unknown product_id"},
  }));
  INFO(row.method << " " << row.item);
  ApiStage stage("sellercenter");
  create(stage, {product("A")});

  const Json entry = change(stage, row.method, *parse_json(row.item));

  CHECK(entry["status"] == "failure");
  CHECK(entry["error"]["message"] == row.message);
}

TEST_CASE("an image keeps its number while its set and hash stay", "[sellercenter]") {
  ApiStage stage("sellercenter");
  const auto update = [&](const std::vector<Json>& images) {
    const Json call = {
        {"method", "Product.updateImageCollection"}, {"params", {{"productSetSrcId", 33295}, {"images", Json(images)}}}, {"id", 1}};
    return send(stage, Json::array({kAuth, call})).body[0]["result"]["images"];
  };
  const Json one = {{"url", "https://cdn.example/p/1.jpg"}, {"hash", "h1"}};
  const Json two = {{"url", "https://cdn.example/p/2.jpg"}, {"hash", "h2"}};

  const Json first = update({one});
  const Json second = update({two, one});

  REQUIRE(first.size() == 1);
  CHECK(first[0] == Json{{"uri", "/p/1.jpg"}, {"hash", "h1"}, {"srcId", 123}});
  REQUIRE(second.size() == 2);
  CHECK(second[0] == Json{{"uri", "/p/2.jpg"}, {"hash", "h2"}, {"srcId", 124}});
  CHECK(second[1] == first[0]);
}

}  // namespace understudy
