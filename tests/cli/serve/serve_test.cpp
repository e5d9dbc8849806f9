// `understudy serve` as a process: its log, its certificate, its end.
#include <csignal>

#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/served.h"
#include "tests/support/net/tls_socket.h"

using namespace understudy;
using namespace understudy::test;

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
  folder.write("s/left.yaml",
               "understudy: 1\nscenario: One product\napi: veeqo\ngiven:\n  records: { products: [{ id: 7, title: Lamp }] }\n"
               "steps: [{ send: listProducts, expect: { answer: product_list } }]\n");
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
