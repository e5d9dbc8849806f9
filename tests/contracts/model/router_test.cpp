#include "contracts/src/model/router.h"

#include "contracts/src/load/load.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/stage.h"

using namespace understudy;

namespace {

std::string render(const Route& route) {
  if (route.contract == nullptr) return "no API";
  std::string out = route.operation != nullptr ? route.operation->name : route.contract->api + (route.is_batch ? " batch" : "");
  for (const auto& [name, value] : route.path) out += " " + name + "=" + value;
  for (const std::string_view method : route.allowed) out.append(" ").append(method);
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
      {"a parameter is decoded", "GET", "/sellercloud/rest/api/Inventory/a%2Fb", "sellercloud.getInventory id=a/b"},
      {"a word where a number is declared is another path", "GET", "/sellercloud/rest/api/Orders/Latest", "sellercloud"},
      {"a parameter is not empty", "GET", "/sellercloud/rest/api/Orders//Items", "sellercloud"},
      {"a last slash", "GET", "/veeqo/products/", "veeqo.listProducts"},
      {"a format", "GET", "/veeqo/products.json?page=1", "veeqo.listProducts"},
      {"a format behind a parameter", "GET", "/products/5.json", "veeqo.getProduct id=5"},
      {"a format alone", "GET", "/veeqo/products/.json", "veeqo"},
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

namespace {

// The shelf with `paths` in place of its own, each a GET of an own operation named a, b, c, ...
Contracts shelf_with_paths(const std::vector<std::string>& paths, const std::string& url = "/shelf") {
  ContractFiles files{.api = "shelf", .folder = "contracts/shelf"};
  std::string operations;
  Json items = Json::object();
  char id = 'a';
  for (const std::string& path : paths) {
    items[path] = {{"get", {{"operationId", std::string(1, id)}, {"responses", Json::object()}}}};
    operations += "  " + std::string(1, id++) + ": { perform: list, collection: books, success: books }\n";
  }
  const Json openapi = {{"openapi", "3.1.0"},
                        {"jsonSchemaDialect", "http://json-schema.org/draft-07/schema#"},
                        {"info", {{"title", "Shelf"}}},
                        {"servers", {{{"url", url}, {"variables", {{"version", {{"default", "v2"}}}}}}}},
                        {"paths", items}};
  files.texts["openapi.yaml"] = render_json(openapi);
  files.texts["rules.yaml"] = "operations:\n" + operations;
  files.texts["answers.yaml"] = "answers: { books: [{ status: 204 }] }";
  files.texts["collections.yaml"] = "collections: { books: { id: { member: id, from: /id } } }";
  auto contract = parse_contract(files);
  INFO((contract ? "" : render_problem(contract.error())));
  REQUIRE(contract);
  return {.apis = {std::make_shared<const Contract>(*std::move(contract))}};
}

}  // namespace

TEST_CASE("paths are the same in every spelling that RFC 3986 calls equivalent", "[contracts][router]") {
  struct Row {
    const char* why;
    const char* path;    // of the contract
    const char* target;  // of the request, below the base
    bool is_found;
  };
  const auto row = GENERATE(values<Row>({
      {"a blank", "/some shelf", "/some%20shelf", true},
      {"a letter beyond ASCII", "/été", "/%C3%A9t%C3%A9", true},
      {"hexadecimal digits in lower case", "/été", "/%c3%a9t%c3%a9", true},
      {"a letter that needs no escape", "/find", "/f%69nd", true},
      {"escapes in the contract", "/caf%C3%A9", "/caf%c3%a9", true},
      {"an escape in the contract that is not needed", "/%66ind", "/find", true},
      {"a tilde", "/a~b", "/a%7Eb", true},
      {"a colon", "/a:b", "/a%3Ab", true},
      {"a percent sign that begins no escape", "/100%", "/100%25", true},
      {"an encoded slash ends no segment", "/a/b", "/a%2Fb", false},
      {"another letter", "/été", "/%C3%A9t%C3%A8", false},
      {"an escaped escape", "/a b", "/a%2520b", false},
      {"case counts", "/find", "/F%49nd", false},
  }));
  INFO(row.why);
  const Contracts contracts = shelf_with_paths({row.path});

  CHECK((render(Router(contracts).find("GET", std::string("/shelf") + row.target)).starts_with("shelf.a")) == row.is_found);
}

TEST_CASE("a parameter may be a part of a segment", "[contracts][router]") {
  struct Row {
    const char* why;
    std::vector<std::string> paths;
    const char* target;
    const char* route;
  };
  const auto row = GENERATE(values<Row>({
      {"behind a text", {"/report.{format}"}, "/report.csv", "shelf.a format=csv"},
      {"decoded", {"/report.{format}"}, "/report.c%2Fv", "shelf.a format=c/v"},
      {"not empty", {"/report.{format}"}, "/report.", "shelf"},
      {"the text must be there", {"/report.{format}"}, "/reportcsv", "shelf"},
      {"two of them", {"/x/{a}-{b}"}, "/x/1-2", "shelf.a a=1 b=2"},
      {"the first ends where the text first occurs", {"/x/{a}-{b}"}, "/x/1-2-3", "shelf.a a=1 b=2-3"},
      {"the second may not be empty", {"/x/{a}-{b}"}, "/x/1-", "shelf"},
      {"the first may not be empty", {"/x/{a}-{b}"}, "/x/-1", "shelf"},
      {"a text that occurs in the parameter too", {"/{a}.json"}, "/x.json.json", "shelf.a a=x.json"},
      {"before and behind", {"/v{major}.{minor}/x"}, "/v1.2/x", "shelf.a major=1 minor=2"},
      {"more text wins over a parameter alone, whatever the order", {"/{id}", "/report.{format}"}, "/report.csv", "shelf.b format=csv"},
      {"a parameter alone takes the rest", {"/{id}", "/report.{format}"}, "/others.csv", "shelf.a id=others.csv"},
      {"the braces themselves are a value", {"/report.{format}"}, "/report.%7Bformat%7D", "shelf.a format={format}"},
  }));
  INFO(row.why);
  const Contracts contracts = shelf_with_paths(row.paths);

  CHECK(render(Router(contracts).find("GET", std::string("/shelf") + row.target)) == row.route);
}

TEST_CASE("the base is the path of the first server", "[contracts][router]") {
  struct Row {
    const char* url;
    const char* base;
  };
  const auto row = GENERATE(values<Row>({
      {"https://shop.example/api/v3", "/api/v3"},
      {"https://shop.example:8443/v2/", "/v2"},
      {"https://shop.example/{version}", "/v2"},
      {"https://shop.example", "/"},
      {"https://{version}.shop.example/a", "/a"},
      {"/a b/", "/a%20b"},
      {"/", "/"},
  }));
  const Contracts contracts = shelf_with_paths({"/books"}, row.url);

  CHECK(contracts.apis.front()->base == row.base);
  const std::string base = contracts.apis.front()->base;
  CHECK(render(Router(contracts).find("GET", (base == "/" ? "" : base) + "/books")) == "shelf.a");
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
