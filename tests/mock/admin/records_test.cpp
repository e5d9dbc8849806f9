// Records over the admin API: what a scenario's `given.records` does, at any time.
#include <algorithm>
#include <thread>

#include "tests/support/bundle.h"
#include "tests/support/net/admin_client.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const std::string kBooks = "/tenants/tester/records/shelf/books";

AdminReply call(Stage& stage, const std::string& method, const std::string& target, const std::string& body = {}) {
  return ask_admin(stage.mock(), method, target, body);
}

}  // namespace

TEST_CASE("seeded records get defaults and ids as a scenario's do", "[admin]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"ids", {{"book", 7}}}});

  const auto one = call(stage, "POST", kBooks, R"({"Title":"A"})");
  const auto many = call(stage, "POST", kBooks, R"([{"Title":"B","BookId":8},{"Title":"C","State":"lent"}])");

  CHECK(one.status == 201);
  CHECK(one.body.at("records") == Json::parse(R"([{"BookId":7,"State":"on the shelf","Title":"A"}])"));
  CHECK(many.status == 201);
  CHECK(many.body.at("records").at(0) == Json::parse(R"({"BookId":8,"State":"on the shelf","Title":"B"})"));
  CHECK(many.body.at("records").at(1) == Json::parse(R"({"BookId":9,"State":"lent","Title":"C"})"));  // 8 was taken
  CHECK(stage.count("shelf.books") == 3);
}

TEST_CASE("a drawn id never takes the place of a record that was seeded with it", "[admin]") {
  Stage stage(
      toy_contracts(),
      {{"api", "shelf"}, {"ids", {{"book", 7}}}, {"records", {{"books", {{{"BookId", 7}, {"Title", "kept"}, {"Genre", "Novel"}}}}}}});

  const auto drawn = call(stage, "POST", kBooks, R"({"Title":"new"})");

  CHECK(drawn.body.at("records").at(0).at("BookId") == 8);
  CHECK(call(stage, "GET", kBooks + "/7").body.at("Title") == "kept");
}

TEST_CASE("seeding is all or nothing", "[admin]") {
  struct Row {
    const char* why;
    const char* body;
    int status;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"a key that is taken", R"([{"Title":"B"},{"BookId":1}])", 409, "record-exists"},
      {"a key twice", R"([{"BookId":5},{"BookId":5}])", 409, "record-exists"},
      {"a key twice, as number and as text", R"([{"BookId":5},{"BookId":"5"}])", 409, "record-exists"},
      {"no object", R"([{"Title":"B"},3])", 400, "wrong-type"},
      {"a null for a key", R"([{"Title":"B"},{"BookId":null}])", 400, "key-missing"},
      {"no list", R"("B")", 400, "wrong-type"},
      {"no JSON", "[{", 400, "body-not-json"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"records", {{"books", {{{"BookId", 1}, {"Title", "A"}, {"Genre", "Novel"}}}}}}});

  const auto reply = call(stage, "POST", kBooks, row.body);

  INFO(reply.text);
  CHECK(reply.status == row.status);
  CHECK(reply.body.value("code", "") == row.code);
  CHECK(stage.count("shelf.books") == 1);
}

TEST_CASE("one record is read, replaced and removed by its key", "[admin]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});

  CHECK(call(stage, "PUT", kBooks + "/12", R"({"Title":"A"})").status == 201);
  CHECK(call(stage, "PUT", kBooks + "/12", R"({"Title":"B"})").status == 200);
  CHECK(call(stage, "GET", kBooks + "/12").body == Json::parse(R"({"BookId":12,"State":"on the shelf","Title":"B"})"));
  CHECK(call(stage, "PUT", kBooks + "/12", R"({"BookId":13})").body.at("code") == "key-differs");
  CHECK(call(stage, "PUT", kBooks + "/12", "[]").body.at("code") == "wrong-type");
  CHECK(call(stage, "DELETE", kBooks + "/12").status == 204);
  CHECK(call(stage, "DELETE", kBooks + "/12").body.at("code") == "no-such-record");
  CHECK(call(stage, "GET", kBooks + "/12").status == 404);
}

TEST_CASE("a collection is emptied at once, and only it", "[admin]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  call(stage, "POST", kBooks, R"([{"Title":"A"},{"Title":"B"}])");

  const auto reply = call(stage, "DELETE", kBooks);

  CHECK(reply.body == Json{{"removed", 2}});
  CHECK(stage.count("shelf.books") == 0);
  CHECK(stage.count("shelf.publishers") == 1);
}

TEST_CASE("what is seeded is what the stand-in answers with", "[admin]") {
  Mock mock(bundled_contracts());
  REQUIRE(ask_admin(mock, "POST", "/tenants/demo/records/veeqo/brands", R"({"name":"Acme"})").status == 201);
  REQUIRE(ask_admin(mock, "PUT", "/tenants/demo/records/veeqo/products/77", R"({"title":"Kettle"})").status == 201);

  const Delivery read = mock.handle({.method = "GET", .target = "/veeqo/products/77", .headers = {{"x-api-key", "demo"}}});

  INFO(read.response.body);
  CHECK(read.response.status == 200);
  CHECK(Json::parse(read.response.body).at("title") == "Kettle");
}

TEST_CASE("keys are found in any case where the contract says so, and may hold slashes and spaces", "[admin]") {
  Mock mock(bundled_contracts());
  const std::string products = "/tenants/demo/records/sellercloud/products";

  CHECK(ask_admin(mock, "PUT", products + "/Kettle%2FRed%201", R"({"ProductName":"A"})").status == 201);

  const auto read = ask_admin(mock, "GET", products + "/kettle%2fred%201");
  CHECK(read.body.at("ProductSKU") == "Kettle/Red 1");
  CHECK(ask_admin(mock, "PUT", products + "/KETTLE%2FRED%201", R"({"ProductSKU":"kettle/red 1"})").status == 200);
  CHECK(ask_admin(mock, "GET", products).body.at("meta").at("total") == 1);
  CHECK(ask_admin(mock, "POST", products, R"({"ProductName":"no SKU"})").body.at("code") == "key-missing");
}

TEST_CASE("a place that is not there is named", "[admin]") {
  struct Row {
    const char* why;
    const char* target;
    const char* code;
    const char* says;
  };
  const auto row = GENERATE(values<Row>({
      {"tenant", "/tenants/missing/records/shelf/books", "unknown-tenant", "'missing'"},
      {"API", "/tenants/tester/records/shelv/books", "unknown-api", "did you mean 'shelf'?"},
      {"collection", "/tenants/tester/records/shelf/bocks", "unknown-collection", "did you mean 'books'?"},
      {"collection in the query", "/tenants/tester/records?collection=shelf.bocks", "unknown-collection", "did you mean 'books'?"},
      {"record", "/tenants/tester/records/shelf/books/5", "no-such-record", "'5'"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts(), {{"api", "shelf"}});

  const auto reply = call(stage, "GET", row.target);

  INFO(reply.text);
  CHECK(reply.status == 404);
  CHECK(reply.body.at("code") == row.code);
  CHECK(reply.body.at("message").get<std::string>().find(row.says) != std::string::npos);
}

TEST_CASE("without a collection the query tells which there are", "[admin]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}, {"records", {{"books", Json::array()}}}});

  const Json collections = call(stage, "GET", "/tenants/tester/records").body.at("collections");

  CHECK(std::ranges::count(collections, Json{{"name", "shelf.books"}, {"key", "BookId"}, {"records", 0}, {"seeded", true}}) == 1);
  CHECK(std::ranges::count(collections, Json{{"name", "shelf.publishers"}, {"key", "PublisherId"}, {"records", 1}, {"seeded", false}}) ==
        1);
}
