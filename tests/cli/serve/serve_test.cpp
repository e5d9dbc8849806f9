// `understudy serve` as a process: reloading, its log, its certificate, its end.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/served.h"
#include "tests/support/net/tls_socket.h"

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

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
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
    std::string told;
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
  CHECK(ended.err.find(row.told) != std::string::npos);
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

TEST_CASE("SIGTERM lets a dripping answer finish and ends with 0", "[serve][drain]") {
  const Folder folder;
  folder.write("s/slow.yaml",
               "understudy: 1\nscenario: Slow\napi: veeqo\ngiven: { faults: [{ on: listProducts, phase: after_commit, kind: drip, "
               "drip: { bytes: 20, every: 50ms } }] }\nsteps: [{ send: listProducts, expect: { answer: product_list } }]\n");
  Served served({folder.path("s")});
  RawSocket client(served.port());
  client.send("GET /veeqo/products HTTP/1.1\r\nHost: localhost\r\nx-api-key: slow\r\n\r\n");
  const auto first = client.read_bytes(20).bytes;

  served.send(SIGTERM);
  const auto rest = client.read_to_end();
  const auto ended = served.wait();

  CHECK(first == "HTTP/1.1 200 OK\r\nCon");
  CHECK(rest.bytes.ends_with("[]"));
  CHECK(rest.end == RawSocket::End::finished);
  CHECK(ended.code == 0);
  CHECK_FALSE(RawSocket(served.port()).connected());
}

TEST_CASE("an answer that takes longer than --drain is cut, and a second signal ends at once", "[serve][drain]") {
  struct Row {
    const char* drain;
    bool second;
    int code;
  };
  const auto row = GENERATE(values<Row>({{"100ms", false, 0}, {"1h", true, 128 + SIGTERM}}));
  const Folder folder;
  folder.write("s/slow.yaml",
               "understudy: 1\nscenario: Slow\napi: veeqo\ngiven: { faults: [{ on: listProducts, phase: after_commit, kind: drip, "
               "drip: { bytes: 1, every: 10s } }] }\nsteps: [{ send: listProducts, expect: { answer: product_list } }]\n");
  Served served({folder.path("s"), "--drain", row.drain});
  RawSocket client(served.port());
  client.send("GET /veeqo/products HTTP/1.1\r\nHost: localhost\r\nx-api-key: slow\r\n\r\n");
  REQUIRE(client.read_bytes(1).bytes == "H");

  served.send(SIGTERM);
  REQUIRE(eventually([&] { return !RawSocket(served.port()).connected(); }));  // the first one was heard
  if (row.second) served.send(SIGTERM);

  CHECK(served.wait().code == row.code);
  CHECK(client.read_to_end().bytes.empty());
}

TEST_CASE("options that cannot be served are refused with their code", "[serve]") {
  struct Row {
    std::vector<std::string> arguments;
    int code;
    const char* told;
  };
  const auto row = GENERATE(values<Row>({
      {{"--drain", "soon"}, 2, "[bad-duration]"},
      {{"--idle-timeout", "0s"}, 2, "[bad-duration]"},
      {{"--request-timeout", "-1s"}, 2, "[bad-duration]"},
      {{"--head-limit", "1"}, 2, "--head-limit"},
      {{"--log-format", "xml"}, 2, "--log-format"},
      {{"--log", "/no/such/folder/log"}, 2, "[log-unwritable]"},
      {{"--tls-cert-out", "/no/such/folder/cert.pem", "--tls-self-signed"}, 2, "[certificate-unwritable]"},
      {{"--tls-cert-out", "cert.pem"}, 2, "[no-certificate-made]"},
      {{"--tls-self-signed", "--tls-cert", "a"}, 2, "[two-certificates]"},
      {{"--tls-cert", "/no/such/cert.pem", "--tls-key", "/no/such/key.pem"}, 3, "[bad-certificate]"},
      {{"--api", "unknown"}, 2, "[unknown-api]"},
      {{"/no/such/scenario.yaml", "--watch"}, 3, "[scenario-not-found]"},
  }));
  std::vector<std::string> arguments = {"serve", "-p", "0"};
  arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());

  const auto ended = run_understudy(arguments);

  INFO(ended.err);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.err, CONTAINS(row.told));
}

TEST_CASE("the log tells each exchange in a line of JSON, and no secret", "[serve][log]") {
  const Folder folder;
  folder.write("s/left.yaml", scenario("Lamp"));
  Served served({folder.path("s"), "--log-format", "json", "--log", folder.path("log")});
  served.get("/veeqo/products/7?apiKey=canary-1&page_size=2&access_token=canary-2",
             "x-api-key: left\r\nAuthorization: Bearer canary-3\r\n");
  served.get("/veeqo/products", "x-api-key: canary-4\r\n");
  ask(served.port(), "GET /x HTTP/1.1\r\n\r\n");
  ask(served.port(), "GET http://canary-5:canary-6@host/x HTTP/1.1\r\n\r\n");
  CHECK(served.stop().code == 0);

  const auto text = read_text(folder.path("log"));
  std::vector<Json> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const auto line = parse_json(text.substr(at, text.find('\n', at) - at));
    REQUIRE(line.has_value());
    lines.push_back(*line);
  }

  INFO(text);
  CHECK(text.find("canary") == std::string::npos);
  REQUIRE(lines.size() == 7);  // serving, four exchanges, stopping, stopped
  CHECK(lines[0].value("event", "") == "serving");
  const Json& first = lines[1];
  CHECK(first.value("tenant", "") == "left");
  CHECK(first.value("method", "") == "GET");
  CHECK(first.value("target", "") == "/veeqo/products/7?apiKey=***&page_size=2&access_token=***");
  CHECK(first.value("status", 0) == 200);
  CHECK(first.value("operation", "") == "veeqo.getProduct");
  CHECK(first.value("answer", "") == "product_read");
  CHECK(first.value("ending", "") == "complete");
  CHECK(first.value("bytes_in", 0) > 100);
  CHECK(first.value("bytes_out", 0) > 100);
  CHECK(first.value("connection", 0) == 1);
  CHECK(first.value("ms", -1.0) >= 0);
  CHECK(lines[2].value("tenant", "") == "lobby");
  CHECK(lines[2].value("rule", "") == "credentials");
  CHECK(lines[3].value("status", 0) == 400);
  CHECK(lines[3].value("refused", "") == "The Host header is missing.");
  CHECK(lines[6].value("event", "") == "stopped");
}

TEST_CASE("the log tells what a fault did to an exchange", "[serve][log]") {
  const Folder folder;
  folder.write("s/left.yaml",
               "understudy: 1\nscenario: Cut\napi: veeqo\ngiven: { faults: [{ on: listProducts, phase: after_commit, kind: reset }] }\n"
               "steps: [{ send: listProducts, expect: { transport: reset } }]\n");
  Served served({folder.path("s"), "--log-format", "text"});
  served.get("/veeqo/products", "x-api-key: left\r\n");

  const auto ended = served.stop();

  CHECK_THAT(ended.err, CONTAINS(" left GET /veeqo/products - veeqo.listProducts product_list "));
  CHECK_THAT(ended.err, CONTAINS(" fault=reset@after_commit reset\n"));
}

TEST_CASE("a log without a reader does not delay responses", "[serve][log]") {
  const Folder folder;
  const Served served({"--log-format", "json"});  // its standard error is a pipe that this test does not read
  RawSocket client(served.port(), std::chrono::seconds(60));
  const std::string request = "GET /veeqo/products?q=" + std::string(8000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  int answered = 0;

  for (int i = 0; i < 1000; ++i) {  // 8 MB of log, into a pipe of 64 kB and a queue of 4 MB
    client.send(request);
    answered += client.read_response().end == RawSocket::End::open ? 1 : 0;
  }

  CHECK(answered == 1000);
}

TEST_CASE("a certificate made for the occasion is trusted by who is handed it", "[serve][tls]") {
  const Folder folder;
  const auto file = folder.path("cert.pem");
  const Served served({"--tls-self-signed", "--tls-cert-out", file});
  REQUIRE(served.url().starts_with("https://127.0.0.1:"));
  const auto port = std::to_string(served.port());
  const auto host = GENERATE(values<std::string>({"localhost", "127.0.0.1"}));

  const auto trusting =
      Process("/usr/bin/curl", {"-sS", "--noproxy", "*", "--cacert", file, "https://" + host + ":" + port + "/__admin/health"}).wait();
  const auto doubting = Process("/usr/bin/curl", {"-sS", "--noproxy", "*", "https://" + host + ":" + port + "/__admin/health"}).wait();

  INFO(trusting.err);
  CHECK(trusting.code == 0);
  CHECK_THAT(trusting.out, CONTAINS("healthy"));
  CHECK(doubting.code == 60);
  const auto server = Process("/usr/bin/curl",
                              {"-sS", "--noproxy", "*", "--cacert", file, "https://" + host + ":" + port + "/api/server-by-team?team=demo"})
                          .wait();
  CHECK_THAT(server.out, CONTAINS("https://" + host + ":" + port + "/sellercloud/rest"));
  CHECK(TlsSocket(served.port()).connected());
}

TEST_CASE("an operation that the mock lacks is printed once for each method and path", "[serve]") {
  Served served(std::vector<std::string>{});
  for (const char* target : {"/veeqo/prodcts?page=1", "/veeqo/prodcts?page=2", "/veeqo/orders%1B%5B31m"})
    served.get(target, "x-api-key: demo\r\n");
  CHECK_THAT(served.get("/veeqo/prodcts", "x-api-key: demo\r\n"), CONTAINS("Understudy-Unmatched: veeqo."));
  served.get("/veeqo/products", "x-api-key: demo\r\n");

  const Ended ended = served.stop();

  CHECK(count_of(ended.err, "unmatched: ") == 2);
  CHECK_THAT(ended.err, CONTAINS("unmatched: GET /veeqo/prodcts is no operation of this mock; nearest: veeqo."));
  CHECK(ended.err.find('\x1B') == std::string::npos);
}

TEST_CASE("the journal holds a request's headers as they were sent", "[serve][wire]") {
  const Served served({});
  ask(served.port(),
      "GET /veeqo/products?a=%20 HTTP/1.1\r\nhOST: x\r\nX-API-key: demo\r\nX-Empty:\r\nx-twice: %0d%0a\r\nX-Twice: 2\r\nConnection: "
      "close\r\n\r\n");

  const auto answer = served.get("/__admin/requests");
  const auto journal = parse_json(answer.substr(answer.find("\r\n\r\n") + 4));

  REQUIRE(journal.has_value());
  INFO(journal->dump());
  const auto* headers = find_pointer(*journal, "/requests/0/understudy/headers");
  REQUIRE(headers != nullptr);
  std::string seen;
  for (const auto& header : *headers) seen += header.value("name", "") + "=" + header.value("value", "") + "\n";
  CHECK(seen == "hOST=x\nX-API-key=demo\nX-Empty=\nx-twice=%0d%0a\nX-Twice=2\nConnection=close\n");
}
