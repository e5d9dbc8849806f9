// `serve --state`: what is kept when the server starts again, and what is staged anew.
#include <csignal>

#include "contracts/src/base/json.h"
#include "mock/storage/redis/connection.h"
#include "mock/storage/sqlite/database.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/redis_server.h"
#include "tests/support/net/served.h"

using namespace understudy;
using namespace understudy::test;

namespace {

void write_lamp(const Folder& folder, const std::string& title = "Lamp") {
  folder.write("s/lamp.yaml", "understudy: 1\nscenario: Lamp\napi: veeqo\ngiven: { records: { products: [{ id: 7, title: " + title +
                                  " }] } }\nsteps: [{ send: listProducts, expect: { answer: product_list } }]\n");
}

std::string exchange(const Served& served, const std::string& method, const std::string& target, const std::string& body = "") {
  RawSocket client(served.port());
  client.send(method + " " + target +
              " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: lamp\r\nContent-Type: application/json\r\n" +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return client.read_to_end().bytes;
}

std::string add_product(const Served& served) {
  return exchange(served, "POST", "/veeqo/products",
                  R"({"product":{"title":"Added","product_variants_attributes":[{"title":"One","sku_code":"S-1","price":1}]}})");
}

std::string products(const Served& served) { return exchange(served, "GET", "/veeqo/products"); }

struct JournalRow {
  std::string tenant, method, target;
  std::int64_t status = 0;
  std::string event;
};

std::vector<JournalRow> journal_of(const Folder& folder) {
  const auto database = sqlite::Database::open(folder.path("shop.db"), false);
  REQUIRE(database);
  auto rows = database->prepare("SELECT tenant, method, target, status, exchange FROM journal ORDER BY place");
  std::vector<JournalRow> journal;
  for (rows.start(); rows.next();) {
    journal.push_back({.tenant = std::string(rows.text(0)),
                       .method = std::string(rows.text(1)),
                       .target = std::string(rows.text(2)),
                       .status = rows.number(3),
                       .event = std::string(rows.text(4))});
  }
  return journal;
}

bool has(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("a server that starts again goes on with what it had, however it ended", "[serve][storage]") {
  const int signal = GENERATE(SIGTERM, SIGKILL);
  const Folder folder;
  write_lamp(folder);
  const std::vector<std::string> arguments = {folder.path("s"), "--state", folder.path("shop.db")};
  {
    Served served(arguments, release_binary());
    REQUIRE(has(add_product(served), "HTTP/1.1 201"));
    served.send(signal);
    static_cast<void>(served.wait());
  }
  const Served served(arguments, release_binary());

  const std::string list = products(served);

  CHECK(has(list, "Lamp"));
  CHECK(has(list, "Added"));
}

TEST_CASE("a scenario whose file has changed is staged anew, and --restage stages all anew", "[serve][storage]") {
  struct Row {
    const char* title;
    std::vector<std::string> options;
    bool is_kept;
  };
  const auto row = GENERATE(values<Row>({{"Lamp", {}, true},
                                         {"Desk", {}, false},
                                         {"Lamp", {"--restage"}, false},
                                         {"Lamp", {"--profile", "observed"}, false},
                                         {"Lamp", {"--state-sync", "full"}, true}}));
  const Folder folder;
  write_lamp(folder);
  std::vector<std::string> arguments = {folder.path("s"), "--state", folder.path("shop.db")};
  {
    Served served(arguments, release_binary());
    REQUIRE(has(add_product(served), "HTTP/1.1 201"));
  }
  write_lamp(folder, row.title);
  arguments.insert(arguments.end(), row.options.begin(), row.options.end());
  const Served served(arguments, release_binary());

  const std::string list = products(served);

  CHECK(has(list, row.title));
  CHECK(has(list, "Added") == row.is_kept);
}

TEST_CASE("a tenant of the admin API is kept, and one that is removed stays removed", "[serve][storage]") {
  const Folder folder;
  write_lamp(folder);
  const std::vector<std::string> arguments = {folder.path("s"), "--state", folder.path("shop.db")};
  {
    const Served served(arguments, release_binary());
    REQUIRE(has(exchange(served, "PUT", "/__admin/tenants/guest", R"({"api":"veeqo"})"), "HTTP/1.1 200"));
    REQUIRE(has(exchange(served, "PUT", "/__admin/tenants/other", R"({"api":"veeqo"})"), "HTTP/1.1 200"));
    REQUIRE(has(exchange(served, "DELETE", "/__admin/tenants/other"), "HTTP/1.1 204"));
  }
  const Served served(arguments, release_binary());

  CHECK(has(exchange(served, "GET", "/__admin/tenants/guest"), "HTTP/1.1 200"));
  CHECK(has(exchange(served, "GET", "/__admin/tenants/other"), "HTTP/1.1 404"));
}

TEST_CASE("--state-journal keeps the exchanges in the file, with credentials masked", "[serve][storage]") {
  const int signal = GENERATE(SIGTERM, SIGKILL);
  const Folder folder;
  write_lamp(folder);
  {
    Served served({folder.path("s"), "--state", folder.path("shop.db"), "--state-journal"}, release_binary());
    REQUIRE(has(add_product(served), "HTTP/1.1 201"));
    REQUIRE(has(exchange(served, "GET", "/veeqo/nothing-here"), "HTTP/1.1 404"));
    if (signal == SIGKILL) REQUIRE(eventually([&] { return journal_of(folder).size() == 2; }));
    served.send(signal);
    static_cast<void>(served.wait());
  }

  const auto journal = journal_of(folder);

  REQUIRE(journal.size() == 2);
  CHECK(journal[0].tenant == "lamp");
  CHECK(journal[0].method == "POST");
  CHECK(journal[0].target == "/veeqo/products");
  CHECK(journal[0].status == 201);
  CHECK(has(journal[0].event, "\"Added"));
  CHECK_FALSE(has(journal[0].event, "lamp\"]"));
  CHECK(journal[1].status == 404);
  const Json event = *parse_json(journal[0].event);
  CHECK(event.at("request").at("method") == "POST");
  CHECK(event.at("request").at("headers").at("x-api-key") != "lamp");
}

TEST_CASE("a state that does not fit the options is refused with its code", "[serve][storage]") {
  struct Row {
    std::vector<std::string> options;
    int code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({{{"--restage"}, 2, "[no-state]"},
                                         {{"--state-sync", "full"}, 2, "[no-state]"},
                                         {{"--state", "shop.db", "--state-sync", "some"}, 2, "--state-sync"},
                                         {{"--state-journal"}, 2, "[no-state]"},
                                         {{"--state-name", "shop"}, 2, "[no-state]"},
                                         {{"--state", "shop.db", "--state-name", "shop"}, 2, "[no-state]"},
                                         {{"--state", "redis://127.0.0.1:1", "--state-journal"}, 2, "[no-state]"},
                                         {{"--state", "redis://127.0.0.1:1", "--state-sync", "full"}, 2, "[no-state]"},
                                         {{"--state", "rediss://127.0.0.1"}, 2, "TLS"},
                                         {{"--state", "redis://user:secret@127.0.0.1"}, 2, "[bad-state]"},
                                         {{"--state", "redis://127.0.0.1:1"}, 4, "[state-unreachable]"},
                                         {{"--state", "ftp://host/shop.db"}, 2, "[bad-state]"},
                                         {{"--state", "none/shop.db"}, 2, "[bad-state]"},
                                         {{"--state", ""}, 2, "--state"},
                                         {{"--state", "."}, 3, "[state-unusable]"}}));
  const Folder folder;
  write_lamp(folder);
  std::vector<std::string> arguments = {"serve", "-p", "0", folder.path("s")};
  arguments.insert(arguments.end(), row.options.begin(), row.options.end());

  const Ended ended = run_understudy(arguments);

  CHECK(ended.code == row.code);
  CHECK(has(ended.err, row.message));
}

TEST_CASE("a state of other contracts is refused with both digests", "[serve][storage]") {
  const Folder folder;
  write_lamp(folder);
  const std::string api =
      folder.write("api.yaml",
                   "openapi: 3.0.3\ninfo: { title: Lamps, version: '1' }\npaths:\n  /lamps:\n    get: { operationId: listLamps, "
                   "responses: { '200': { description: all } } }\n");
  { const Served served({folder.path("s"), "--state", folder.path("shop.db")}, release_binary()); }

  const Ended refused = run_understudy({"serve", "-p", "0", api, "--state", folder.path("shop.db")});

  CHECK(refused.code == 3);
  CHECK(has(refused.err, "[state-of-other-contracts]"));
  CHECK(has(refused.err, "--restage"));
  const Served served({api, "--state", folder.path("shop.db"), "--restage"});
  CHECK(has(exchange(served, "GET", "/lamps"), "HTTP/1.1 200"));
}

TEST_CASE("a Redis that asks for a password names the environment variable for it", "[serve][redis]") {
  const RedisServer server;
  auto connection = redis::Connection::open(server.address());
  REQUIRE(connection);
  connection->run({"CONFIG", "SET", "requirepass", "secret"});

  const Ended ended = run_understudy({"serve", "-p", "0", "--state", server.url()});

  CHECK(ended.code == 4);
  CHECK(has(ended.err, "NOAUTH"));
  CHECK(has(ended.err, "UNDERSTUDY_STATE_PASSWORD"));
}
