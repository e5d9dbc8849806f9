// What becomes of the records that a run makes, as processes: refusals, raw requests, signals, the ledger and `cleanup`.
#include <csignal>
#include <filesystem>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/scripted_server.h"
#include "tests/support/net/served.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Script reply(int status, const std::string& body = "{}") {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body,
          Script::Then::keep};
}

const std::string kProduct = "{ product: { title: A, product_variants_attributes: [{ title: \"\", price: 1, sku_code: X }] } }";
const std::string kHead = "understudy: 1\nscenario: A product\napi: veeqo\nsteps:\n";
const std::string kCreateProduct = "  - { send: createProduct, with: { body: " + kProduct +
                                   " }, expect: { status: 201, contract: unchecked }, capture: { product: /id } }\n";
const std::string kDeleteProduct = "  - { send: deleteProduct, with: { path: { id: \"{{product}}\" } } }\n";

std::string raw_create(const std::string& members) {
  return kHead + "  - { request: { method: POST, " + members + " }, expect: { status: 201, contract: unchecked } }\n";
}

Ended verify(const Folder& folder, const std::string& scenario, const std::string& url) {
  // The scripted server has both operations, whatever it answers.
  return run_understudy({"verify", folder.write("case.yaml", scenario), "--target", "veeqo=" + url, "--ledger", folder.path("ledger"),
                         "--operation", "createProduct", "--operation", "deleteProduct"});
}
Ended clean_up(const Folder& folder, const std::string& url = "") {
  std::vector<std::string> words = {"cleanup", "--ledger", folder.path("ledger")};
  if (!url.empty()) words.insert(words.end(), {"--resume", "--target", "veeqo=" + url});
  return run_understudy(words);
}

}  // namespace

TEST_CASE("a refused create leaves nothing behind, an unknown effect does", "[cli][cleanup]") {
  struct Row {
    const char* why;
    Script script;
    int code, cleanup;
  };
  const auto row = GENERATE(values<Row>({
      {"a bad request", reply(400), 1, 0},
      {"no credential", reply(401), 1, 0},
      {"forbidden", reply(403), 1, 0},
      {"an unknown path", reply(404, "<h1>no</h1>"), 1, 0},
      {"a conflict", reply(409), 1, 0},
      {"a broken rule", reply(422), 1, 0},
      {"an error that may come after the commit", reply(500), 5, 5},
      {"a gateway whose server may have done it", reply(504), 5, 5},
      {"a lost response", {"", Script::Then::reset}, 5, 5},
      {"a response that is cut", {"HTTP/1.1 201 X\r\nContent-Length: 9\r\n\r\n{", Script::Then::close}, 5, 5},
  }));
  INFO(row.why);
  const Folder folder;
  ScriptedServer server({row.script});

  const auto run = verify(folder, kHead + kCreateProduct + "cleanup:\n" + kDeleteProduct, render_origin(server.url()));
  const auto listed = clean_up(folder);

  INFO(run.out << run.err << listed.out << listed.err);
  CHECK(run.code == row.code);
  CHECK(listed.code == row.cleanup);
  CHECK((run.out.find("left behind") != std::string::npos) == (row.code == 5));
}

TEST_CASE("verify and cleanup agree on what the answer to a removal means", "[cli][cleanup]") {
  struct Row {
    int status;
    bool gone;
  };
  const auto row = GENERATE(values<Row>({{200, true},
                                         {202, true},
                                         {204, true},
                                         {404, true},
                                         {410, true},
                                         {301, false},
                                         {401, false},
                                         {403, false},
                                         {405, false},
                                         {409, false},
                                         {500, false},
                                         {501, false},
                                         {503, false}}));
  INFO(row.status);
  const Folder folder;
  const auto body = row.status == 204 ? "" : "{}";
  ScriptedServer server({reply(201, R"({"id":7})"), reply(row.status, body), reply(row.status, body)});
  const auto url = render_origin(server.url());

  const auto run = verify(folder, kHead + kCreateProduct + "cleanup:\n" + kDeleteProduct, url);
  const auto resumed = clean_up(folder, url);

  INFO(run.out << run.err << resumed.out << resumed.err);
  CHECK((run.code == 5) == !row.gone);
  CHECK(resumed.code == (row.gone ? 0 : 5));
  CHECK_THAT(resumed.out, CONTAINS(row.gone ? "0 removed, 0 left" : "0 removed, 1 left"));
}

TEST_CASE("what a raw request makes is removed like what an operation makes", "[cli][cleanup]") {
  const auto members = GENERATE(values<std::string>({
      "path: /products, body: {b}",
      "path: \"/products?note=1\", body: {b}",
      "path: /products, query: { note: 1 }, body: {b}",
      "path: /products, headers: { Content-Type: application/json }, text: '{\"product\":{\"title\":\"A\"}}'",
      "path: /products, headers: { Content-Type: application/x-www-form-urlencoded }, text: 'product[title]=A'",
      "path: /products, headers: { Content-Type: multipart/form-data; boundary=b }, text: \"--b\\r\\nContent-Disposition: form-data; "
      "name=product[title]\\r\\n\\r\\nA\\r\\n--b--\\r\\n\"",
      "path: \"/%70roducts\", body: {b}",
      "path: \"/product%73?note=1\", body: {b}",
  }));
  INFO(members);
  auto filled = members;
  if (const auto at = filled.find("{b}"); at != std::string::npos) filled.replace(at, 3, kProduct);
  const Folder folder;
  ScriptedServer server({reply(201, R"({"id":7})"), reply(204, "")});
  const auto url = render_origin(server.url());

  const auto run = verify(folder, raw_create(filled), url);
  const auto listed = clean_up(folder);
  const auto resumed = clean_up(folder, url);

  INFO(run.out << run.err << listed.out << listed.err << resumed.out << resumed.err);
  CHECK(run.code == 0);
  CHECK(listed.code == 5);
  CHECK_THAT(listed.out, CONTAINS("left behind: veeqo.products 7 (POST "));
  CHECK(resumed.code == 0);
  CHECK_THAT(server.requests().back(), CONTAINS("DELETE /products/7 HTTP/1.1"));
}

TEST_CASE("a raw removal settles the record in every spelling of its path", "[cli][cleanup]") {
  struct Row {
    const char* why;
    const char* path;
    bool is_settled;
  };
  const auto row = GENERATE(values<Row>({
      {"as the contract writes it", "/products/7", true},
      {"letters percent-encoded", "/%70roducts/7", true},
      {"the id percent-encoded", "/products/%37", true},
      {"with a query", "/products/7?note=1", true},
      {"another record", "/products/8", false},
      {"another collection", "/orders/7", false},
  }));
  INFO(row.why);
  const Folder folder;
  ScriptedServer server({reply(201, R"({"id":7})"), reply(204, "")});
  const auto url = render_origin(server.url());
  const auto remove =
      "  - { request: { method: DELETE, path: \"" + std::string(row.path) + "\" }, expect: { status: 204, contract: unchecked } }\n";

  const auto run = verify(folder, raw_create("path: /products, body: " + kProduct) + remove, url);
  const auto listed = clean_up(folder);

  INFO(run.out << run.err << listed.out << listed.err);
  CHECK(run.code == 0);
  CHECK(listed.code == (row.is_settled ? 0 : 5));
}

TEST_CASE("a record without a known id is left behind, not forgotten", "[cli][cleanup]") {
  const auto create = GENERATE(values<std::string>(
      {raw_create("path: /products, body: " + kProduct),
       kHead + "  - { send: createProduct, with: { body: " + kProduct + " }, expect: { status: 201, contract: unchecked } }\n"}));
  const Folder folder;
  ScriptedServer server({reply(201, R"({"no":"id"})")});

  const auto run = verify(folder, create, render_origin(server.url()));
  const auto listed = clean_up(folder);
  const auto resumed = clean_up(folder, render_origin(server.url()));

  INFO(run.out << run.err << listed.out << resumed.out << resumed.err);
  CHECK(listed.code == 5);
  CHECK_THAT(listed.out, CONTAINS("left behind, its id is not known: POST "));
  CHECK(resumed.code == 5);
}

TEST_CASE("a run that is stopped between create and delete reports the record, and still cleans up", "[cli][cleanup]") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const bool has_cleanup = GENERATE(false, true);
  const bool has_ledger = GENERATE(false, true);
  const Served served({}, release_binary());
  const Folder folder;
  const auto order =
      std::string("understudy: 1\nscenario: An order waits\napi: sellercloud\nsteps:\n  - send: createOrder\n") +
      "    with: { body: { CustomerDetails: { Email: a@example.test, FirstName: A, LastName: B }, OrderDetails: { CompanyID: "
      "163, Channel: Website } } }\n    capture: { order: $id }\n  - advance: 60s\n";
  const std::string remove = "  - { send: deleteOrder, with: { path: { id: \"{{order}}\" } } }\n";
  const auto file = folder.write("order.yaml", order + (has_cleanup ? "cleanup:\n" : "") + remove);
  std::vector<std::string> words = {"verify", file, "--target", served.url(), "--max-wait", "2m"};
  if (has_ledger) words.insert(words.end(), {"--ledger", folder.path("ledger")});
  Process run(understudy_binary(), words);
  REQUIRE(eventually([&] { return served.get("/__admin/requests").find("\"sellercloud.createOrder\"") != std::string::npos; }));

  run.send(signal);
  const auto ended = run.wait();

  INFO(ended.out << ended.err);
  CHECK(ended.code == 128 + signal);
  CHECK((ended.out.find("left behind: sellercloud/order: sellercloud.orders 5000000 was not removed: the run was stopped") !=
         std::string::npos) == !has_cleanup);
  CHECK(ended.out.find("1 passed") == std::string::npos);
  if (has_ledger) CHECK(clean_up(folder).code == (has_cleanup ? 0 : 5));
}

TEST_CASE("without a ledger there is nothing to clean up", "[cli][cleanup]") {
  const auto words = GENERATE(values<std::vector<std::string>>(
      {{"cleanup", "--ledger", "/no/such/ledger"}, {"cleanup"}, {"cleanup", "--resume", "--target", "http://127.0.0.1:1"}}));
  const Folder folder;

  const auto ended = run_understudy(words, {"XDG_STATE_HOME=" + folder.path("state")});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, CONTAINS("nothing to clean up"));
  CHECK(ended.err.empty());
  CHECK_FALSE(std::filesystem::exists(folder.path("state")));
}

TEST_CASE("a ledger that cannot be read is an error", "[cli][cleanup]") {
  const Folder folder;

  const auto ended = run_understudy({"cleanup", "--ledger", folder.path()});  // a folder

  CHECK(ended.code == 3);
  CHECK_THAT(ended.err, CONTAINS("Is a directory"));
}

TEST_CASE("what a ledger holds cannot control the terminal", "[cli][cleanup]") {
  const Folder folder;
  folder.write(
      "ledger",
      "{\"event\":\"sending\",\"id\":\"a\",\"method\":\"P\\u001b[2J\",\"body\":\"\\u001b]0;t\\u0007\\r\\b\"}\n"
      "\x1b]52;c;eA==\x07garbage\n"
      "{\"event\":\"sending\",\"id\":\"b\"}\n"
      "{\"event\":\"answered\",\"id\":\"b\",\"made\":true,\"undo\":{\"method\":\"DELETE\",\"target\":\"/a\",\"what\":\"\\u001b[31m\"}}\n");

  const auto listed = clean_up(folder);
  const auto resumed = clean_up(folder, "http://127.0.0.1:1");

  for (const auto& text : {listed.out, listed.err, resumed.out, resumed.err}) {
    INFO(text);
    CHECK(text.find_first_of("\x1b\x07\r\b") == std::string::npos);
  }
  CHECK(listed.code == 5);
  CHECK_THAT(listed.out, CONTAINS("2 open"));
  CHECK_THAT(listed.err, CONTAINS("ledger:2:1: skipped a line"));
}

TEST_CASE("removals go to the target that was named, and to no other host", "[cli][cleanup]") {
  const Folder folder;
  ScriptedServer other({reply(204, "")});
  ScriptedServer named({reply(204, "")});
  folder.write("ledger",
               "{\"event\":\"sending\",\"id\":\"b\"}\n{\"event\":\"answered\",\"id\":\"b\",\"made\":true,\"undo\":{\"api\":\"veeqo\","
               "\"origin\":\"" +
                   render_origin(other.url()) + "\",\"method\":\"DELETE\",\"target\":\"/products/7\",\"what\":\"it\"}}\n");

  const auto resumed = clean_up(folder, render_origin(named.url()));

  INFO(resumed.out << resumed.err);
  CHECK(resumed.code == 5);
  CHECK_THAT(resumed.out, CONTAINS("still there: it (it is at " + render_origin(other.url()) + ", which is not the target)"));
  CHECK(other.requests().empty());
}
