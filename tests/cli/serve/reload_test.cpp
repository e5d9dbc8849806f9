// `understudy serve` as a process: what it reads again, with --watch and on SIGHUP.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/served.h"

using namespace understudy;
using namespace understudy::test;

namespace {

namespace fs = std::filesystem;

std::string scenario(const std::string& title) {
  return "understudy: 1\nscenario: One product\napi: veeqo\ngiven:\n  records: { products: [{ id: 7, title: " + title +
         " }] }\nsteps: [{ send: listProducts, expect: { answer: product_list } }]\n";
}

// What a tenant's client reads of the product that its scenario seeds.
bool shows(const Served& served, const std::string& tenant, const std::string& text) {
  return served.get("/veeqo/products/7", "x-api-key: " + tenant + "\r\n").find(text) != std::string::npos;
}
bool knows(const Served& served, const std::string& tenant) {
  return served.get("/veeqo/products", "x-api-key: " + tenant + "\r\n").starts_with("HTTP/1.1 200");
}

// A change made to a tenant's records over HTTP, which a new staging would undo.
void rename_product(const Served& served, const std::string& tenant, const std::string& title) {
  const std::string body = R"({"product":{"title":")" + title + "\"}}";
  const auto answer =
      ask(served.port(), "PUT /veeqo/products/7 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: " + tenant +
                             "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  REQUIRE(shows(served, tenant, title));
}

void replace(const std::string& path, const std::string& text) {  // as editors do: another file takes the name
  std::ofstream(path + ".new~", std::ios::binary) << text;
  fs::rename(path + ".new~", path);
}

std::string toy(const std::string& api, const std::string& file) {
  return read_text(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/data/toy/contracts/" + api + "/" + file);
}

}  // namespace

TEST_CASE("with --watch a changed scenario is staged anew, the others keep what they hold", "[serve][watch]") {
  const Folder folder;
  folder.write("s/left.yaml", scenario("Lamp"));
  folder.write("s/right.yaml", scenario("Chair"));
  const Served served({folder.path("s"), "--watch"});
  REQUIRE(shows(served, "left", "Lamp"));
  rename_product(served, "left", "Painted");
  rename_product(served, "right", "Stained");

  SECTION("written in place") { folder.write("s/left.yaml", scenario("Table")); }
  SECTION("another file renamed onto it") { replace(folder.path("s/left.yaml"), scenario("Table")); }
  SECTION("removed and written again") {
    fs::remove(folder.path("s/left.yaml"));
    folder.write("s/left.yaml", scenario("Table"));
  }

  CHECK(eventually([&] { return shows(served, "left", "Table"); }));
  CHECK(shows(served, "right", "Stained"));
}

TEST_CASE("with --watch files that come gain a tenant and files that go lose it", "[serve][watch]") {
  const Folder folder;
  folder.write("s/left.yaml", scenario("Lamp"));
  const Served served({folder.path("s"), "--watch"});
  REQUIRE(knows(served, "left"));

  folder.write("s/deep/er/late.yaml", scenario("Late"));
  CHECK(eventually([&] { return shows(served, "late", "Late"); }));

  folder.write("s/deep/er/later.yaml", scenario("Later"));  // in a folder that came while it watched
  CHECK(eventually([&] { return shows(served, "later", "Later"); }));

  fs::remove_all(folder.path("s/deep"));
  CHECK(eventually([&] { return !knows(served, "late") && !knows(served, "later"); }));
  CHECK(shows(served, "left", "Lamp"));

  fs::remove(folder.path("s/left.yaml"));  // the last one
  CHECK(eventually([&] { return !knows(served, "left"); }));
  CHECK(knows(served, "demo"));
}

TEST_CASE("with --watch a folder behind a link is followed, also when the link is turned", "[serve][watch]") {
  const Folder folder;
  folder.write("one/left.yaml", scenario("Lamp"));
  folder.write("two/left.yaml", scenario("Chair"));
  folder.write("elsewhere/far.yaml", scenario("Far"));
  fs::create_directory_symlink("one", folder.path("now"));
  fs::create_symlink(folder.path("elsewhere/far.yaml"), folder.path("one/far.yaml"));
  const Served served({folder.path("now"), "--watch"});
  REQUIRE(shows(served, "far", "Far"));

  replace(folder.path("one/left.yaml"), scenario("Table"));
  CHECK(eventually([&] { return shows(served, "left", "Table"); }));

  replace(folder.path("elsewhere/far.yaml"), scenario("Near"));
  CHECK(eventually([&] { return shows(served, "far", "Near"); }));

  fs::create_directory_symlink("two", folder.path("next"));
  fs::rename(folder.path("next"), folder.path("now"));
  CHECK(eventually([&] { return shows(served, "left", "Chair"); }));
  CHECK_FALSE(knows(served, "far"));
}

TEST_CASE("an invalid file changes nothing and is reported with its place", "[serve][watch]") {
  struct Row {
    const char* why;
    std::string file;
    std::string text;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {"YAML that is none", "left.yaml", "understudy: 1\nscenario: }\n", "left.yaml:2:11: error:"},
      {"an unknown key", "left.yaml", "understudy: 1\nscenari: A\n", "left.yaml:2:1: error:"},
      {"an unknown setting", "left.yaml",
       "understudy: 1\nscenario: A\napi: veeqo\ngiven: { settings: { nonsense: true } }\nsteps: [{ send: listProducts }]\n",
       "left.yaml:4:"},
      {"a credential that is another's", "more/left.yaml", "understudy: 1\nscenario: A\napi: sellercloud\nsteps: [{ send: listOrders }]\n",
       "left.yaml"},
  }));
  INFO(row.why);
  const Folder folder;
  folder.write("s/left.yaml", scenario("Lamp"));
  folder.write("s/right.yaml", scenario("Chair"));
  Served served({folder.path("s"), "--watch", "--log-format", "json", "--log", folder.path("log")});
  rename_product(served, "left", "Painted");

  replace(folder.path("s/right.yaml"), scenario("Table"));  // good, and yet nothing of this change may come through
  fs::create_directories(folder.path("s/more"));
  replace(folder.path("s/" + row.file), row.text);
  REQUIRE(eventually([&] { return read_text(folder.path("log")).find("\"event\":\"unchanged\"") != std::string::npos; }));
  CHECK(shows(served, "left", "Painted"));

  fs::remove(folder.path("s/more/left.yaml"));
  replace(folder.path("s/left.yaml"), scenario("Mended"));
  CHECK(eventually([&] { return shows(served, "left", "Mended") && shows(served, "right", "Table"); }));
  const auto ended = served.stop();
  INFO(ended.err);
  CHECK(ended.code == 0);
  CHECK(ended.err.find(folder.path("s/" + row.file)) != std::string::npos);
  CHECK(ended.err.find(row.message) != std::string::npos);
  CHECK(ended.err.find("^") != std::string::npos);
}

TEST_CASE("a hundred files that change together are one reload", "[serve][watch]") {
  const Folder folder;
  const auto write_all = [&](const std::string& title) {
    for (int i = 0; i < 100; ++i) folder.write("s/number-" + std::to_string(i) + ".yaml", scenario(title));
  };
  write_all("Lamp");
  Served served({folder.path("s"), "--watch"});

  write_all("Table");
  REQUIRE(eventually([&] { return shows(served, "number-99", "Table"); }));
  const auto ended = served.stop();

  INFO(ended.err);
  CHECK(count_of(ended.err, "reloaded:") <= 2);  // one, and a second on a machine that stood still in between
  CHECK(ended.err.find("100 scenarios changed") != std::string::npos);
}

TEST_CASE("with --watch changed contracts are another engine, and wrong ones change nothing", "[serve][watch]") {
  const Folder folder;
  for (const char* file : {"answers.yaml", "collections.yaml", "openapi.yaml", "rules.yaml"})
    folder.write(std::string("c/shelf/") + file, toy("shelf", file));
  Served served({"--contracts", folder.path("c"), "--api", "shelf", "--watch"});
  const auto status = [&] {
    const auto answer = served.get("/shelf/books");
    return answer.substr(0, answer.find("\r\n"));
  };
  REQUIRE(status() == "HTTP/1.1 401 No Card");
  auto answers = toy("shelf", "answers.yaml");

  replace(folder.path("c/shelf/answers.yaml"), answers + "nonsense: 1\n");
  CHECK(status() == "HTTP/1.1 401 No Card");
  answers.replace(answers.find("No Card"), 7, "Get One");
  replace(folder.path("c/shelf/answers.yaml"), answers);

  CHECK(eventually([&] { return status() == "HTTP/1.1 401 Get One"; }));
  const auto ended = served.stop();
  CHECK(ended.err.find("contracts changed, every tenant was reset") != std::string::npos);
}

TEST_CASE("an invalid contract is reported with the given path", "[serve]") {
  const Folder folder;
  for (const char* file : {"answers.yaml", "collections.yaml", "openapi.yaml", "rules.yaml"})
    folder.write(std::string("c/shelf/") + file, toy("shelf", file));
  folder.write("c/shelf/rules.yaml", toy("shelf", "rules.yaml") + "nonsense: 1\n");

  const auto ended = run_understudy({"serve", "-p", "0", "--contracts", folder.path("c")});

  CHECK(ended.code == 3);
  CHECK_THAT(ended.err, CONTAINS(folder.path("c/shelf/rules.yaml") + ":"));
  CHECK_THAT(ended.err, CONTAINS("^"));
}

TEST_CASE("SIGHUP reloads now, with --watch and without", "[serve]") {
  const Folder folder;
  folder.write("s/left.yaml", scenario("Lamp"));
  Served served({folder.path("s")});
  replace(folder.path("s/left.yaml"), scenario("Table"));
  REQUIRE(shows(served, "left", "Lamp"));

  served.send(SIGHUP);

  CHECK(eventually([&] { return shows(served, "left", "Table"); }));
  CHECK(served.stop().code == 0);
}

TEST_CASE("a request that is under way when everything changes is answered by what it began with", "[serve][watch]") {
  const Folder folder;
  folder.write("s/left.yaml",
               "understudy: 1\nscenario: Slow\napi: veeqo\ngiven:\n  records: { products: [{ id: 7, title: Lamp }] }\n"
               "  faults: [{ on: listProducts, phase: after_commit, kind: delay, delay: 1500ms }]\n"
               "steps: [{ send: listProducts, expect: { answer: product_list } }]\n");
  const Served served({folder.path("s"), "--watch"});
  RawSocket client(served.port());
  client.send("GET /veeqo/products HTTP/1.1\r\nHost: localhost\r\nx-api-key: left\r\n\r\n");

  fs::remove(folder.path("s/left.yaml"));
  REQUIRE(eventually([&] { return !knows(served, "left"); }));
  const auto answer = client.read_response().bytes;

  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, CONTAINS("Lamp"));
}
