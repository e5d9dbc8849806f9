// The pages for people and the events, over a real socket.
#include "tests/support/net/admin_client.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/pages.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// A mock behind a wire, as `serve` has it.
struct ServedMock {
  explicit ServedMock(MockOptions options = {}) {
    options.landing_page = true;
    mock = std::make_unique<Mock>(toy_contracts(), std::move(options));
    wire = open_wire(
        [this](Request&& request, const Peer& peer) { return mock->handle(request, {.loopback = peer.loopback}); },
        {.request_deadline = std::chrono::milliseconds(300), .write_deadline = std::chrono::milliseconds(300), .is_slow = Mock::is_slow});
  }
  std::string get(const std::string& target, const std::string& headers) const {
    return ask(wire->port(), "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(wire->port()) +
                                 "\r\nConnection: close\r\n" + headers + "\r\n")
        .bytes;
  }
  void post(const std::string& target, const std::string& body) const { CHECK(ask_port(wire->port(), "POST", target, body).status < 300); }

  std::unique_ptr<Mock> mock;
  std::unique_ptr<Wire> wire;
};

RawSocket listen_to(const ServedMock& served) {
  RawSocket socket(served.wire->port());
  REQUIRE(socket.send("GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  REQUIRE(socket.read_until("retry: 1000\n\n").end == RawSocket::End::open);
  return socket;
}

}  // namespace

TEST_CASE("the landing page is for browsers without a credential, all others get the vendor's answer", "[admin][console]") {
  struct Row {
    const char* why;
    const char* target;
    const char* headers;
    bool is_page;
  };
  const auto row = GENERATE(values<Row>({
      {"a browser", "/", "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n", true},
      {"in any case", "/", "accept: TEXT/HTML\r\n", true},
      {"a client that accepts anything", "/", "Accept: */*\r\n", false},
      {"a client that accepts JSON", "/", "Accept: application/json\r\n", false},
      {"a client that says nothing", "/", "", false},
      {"with a key", "/", "Accept: text/html\r\nx-depot-key: tester\r\n", false},
      {"with a token", "/", "Accept: text/html\r\nAuthorization: Bearer x\r\n", false},
      {"with a tenant", "/", "Accept: text/html\r\nUnderstudy-Tenant: demo\r\n", false},
      {"with a query", "/?a=1", "Accept: text/html\r\n", false},
      {"another path", "/shelf/books", "Accept: text/html\r\n", false},
  }));
  INFO(row.why);
  const ServedMock served;

  const auto answer = served.get(row.target, row.headers);

  INFO(answer);
  CHECK((answer.find("<title>Understudy</title>") != std::string::npos) == row.is_page);
  if (row.is_page)
    CHECK(answer.find("Content-Security-Policy: default-src 'none'; script-src 'none'; style-src 'sha256-") != std::string::npos);
}

TEST_CASE("the landing page lists the APIs, the users and three calls, and escapes them", "[admin][console]") {
  const ServedMock served;
  REQUIRE(served.mock->stage("lamp", {{"api", "shelf"}, {"scenario", {{"title", "A <b>lamp</b> & more"}, {"file", "lamp.yaml"}}}}));

  const auto page = served.get("/", "Accept: text/html\r\n");

  const std::string url = "http://127.0.0.1:" + std::to_string(served.wire->port());
  for (const std::string& text :
       {url + "/shelf</code>", std::string("A &lt;b&gt;lamp&lt;/b&gt; &amp; more"), std::string("<code>lamp</code>"),
        std::string("<code>demo</code>"), "curl " + url + "/__admin/tenants/lamp/faults", std::string("href=\"/__admin/console\"")}) {
    INFO(text);
    CHECK(page.find(text) != std::string::npos);
  }
  CHECK(page.find("<!--") == std::string::npos);
}

TEST_CASE("the landing page hides the users from those who may not use the admin API", "[admin][console]") {
  const auto page_of = [](MockOptions options, const Headers& headers, const Caller& caller) {
    options.landing_page = true;
    Mock mock(toy_contracts(), std::move(options));
    Headers all = headers;
    all.push_back({"Accept", "text/html"});
    return mock.handle({.method = "GET", .target = "/", .headers = all}, caller).response.body;
  };
  MockOptions with_token;
  with_token.admin_token = "s3cret";
  const std::string user = "<code>demo</code>";
  CHECK(page_of({}, {{"Host", "localhost"}}, {}).find(user) != std::string::npos);
  CHECK(page_of(with_token, {{"Host", "localhost"}}, {}).find(user) == std::string::npos);
  CHECK(page_of({}, {{"Host", "localhost"}}, {.loopback = false}).find(user) == std::string::npos);
  CHECK(page_of({}, {{"Host", "evil.example"}}, {}).find(user) == std::string::npos);
  CHECK(page_of({}, {{"Host", "evil.example\"><script>"}}, {}).find("<script>") == std::string::npos);
}

TEST_CASE("without the option there is no landing page", "[admin][console]") {
  Mock mock(toy_contracts());
  const auto answer = mock.handle({.method = "GET", .target = "/", .headers = {{"Accept", "text/html"}}}).response;
  CHECK(answer.body.find("<html") == std::string::npos);
}

TEST_CASE("the console is one page with a policy that allows its own script and style only", "[admin][console]") {
  MockOptions options;
  options.admin_token = GENERATE("", "s3cret");  // the page has no secrets, and a browser sends no token for it
  const ServedMock served(options);

  const auto answer = served.get("/__admin/console", "Accept: text/html\r\n");

  const auto head = answer.substr(0, answer.find("\r\n\r\n"));
  INFO(head);
  CHECK(head.starts_with("HTTP/1.1 200"));
  CHECK(head.find("Content-Type: text/html; charset=utf-8") != std::string::npos);
  CHECK(head.find("Content-Security-Policy: default-src 'none'; script-src 'sha256-") != std::string::npos);
  CHECK(head.find("style-src 'sha256-") != std::string::npos);
  CHECK(head.find("frame-ancestors 'none'") != std::string::npos);
  CHECK(head.find("unsafe") == std::string::npos);
  const auto page = answer.substr(head.size() + 4);
  CHECK((page == load_page("mock/admin/console.html")));  // not printed: it is long
  for (const char* forbidden : {"http://", "https://", " style=\"", " onclick=", "innerHTML", "eval("}) {
    INFO(forbidden);
    CHECK(page.find(forbidden) == std::string::npos);
  }
}

TEST_CASE("each exchange and each change is an event", "[admin][events]") {
  const ServedMock served;
  RawSocket socket = listen_to(served);

  SECTION("an exchange") {
    CHECK(served.get("/shelf/books", "x-api-key: demo\r\n").starts_with("HTTP/1.1"));
    const auto event = socket.read_until("\n\n").bytes;
    INFO(event);
    CHECK(event.starts_with("event: exchange\ndata: {"));
    const auto data = *parse_json(event.substr(event.find('{')));
    CHECK(data.at("target") == "/shelf/books");
    CHECK(data.at("method") == "GET");
    CHECK(ask_port(served.wire->port(), "GET", "/__admin/requests/" + data.at("id").get<std::string>()).status == 200);
  }
  SECTION("a change") {
    served.post("/__admin/tenants/demo/clock/advance", R"({"by": "1h"})");
    CHECK(socket.read_until("\n\n").bytes == "event: change\ndata: {\"call\":\"advanceClock\",\"tenant\":\"demo\",\"topic\":\"time\"}\n\n");
  }
  SECTION("but not a call that changes nothing, and not one that fails") {
    CHECK(ask_port(served.wire->port(), "POST", "/__admin/requests/count", "{}").status == 200);
    CHECK(ask_port(served.wire->port(), "POST", "/__admin/tenants/demo/faults", R"({"kind": "nonsense"})").status == 400);
    CHECK(ask_port(served.wire->port(), "GET", "/__admin/tenants").status == 200);
    served.post("/__admin/reset", "");
    CHECK(socket.read_until("\n\n").bytes.find("\"topic\":\"server\"") != std::string::npos);
  }
}

TEST_CASE("a stream of events outlives the deadlines of requests and ends with the server at once", "[admin][events]") {
  ServedMock served;
  RawSocket socket = listen_to(served);
  RawSocket silent(served.wire->port());
  REQUIRE(silent.send("GET /__adm"));
  CHECK(silent.read_to_end().bytes.starts_with("HTTP/1.1 408"));  // deadlines have passed

  served.post("/__admin/reset", "");
  CHECK(socket.read_until("\n\n").bytes.starts_with("event: change"));

  const auto before = std::chrono::steady_clock::now();
  served.wire->stop();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(4));  // less than the drain of 5 s
  CHECK(socket.read_to_end().end == RawSocket::End::finished);
}

TEST_CASE("a client that leaves frees its place, and one too many is refused", "[admin][events]") {
  const ServedMock served;
  std::vector<RawSocket> sockets;
  for (std::size_t i = 0; i < Events::kMostListeners; ++i) sockets.push_back(listen_to(served));
  const auto status = [&] {
    RawSocket socket(served.wire->port());
    socket.send("GET /__admin/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return socket.read_until("\r\n\r\n").bytes.substr(9, 3);
  };
  CHECK(status() == "503");
  CHECK(served.get("/shelf/books", "x-api-key: demo\r\n").starts_with("HTTP/1.1"));  // no thread is held

  sockets.pop_back();
  CHECK(eventually([&] { return status() == "200"; }));
}

TEST_CASE("a listener that does not read loses events and gets their number", "[admin][events]") {
  Events events;
  CHECK_FALSE(events.has_listeners());
  const auto stream = events.listen();
  static_cast<void>(stream->take());
  const Json large = {{"text", std::string(300'000, 'x')}};

  for (int i = 0; i < 5; ++i) events.publish("exchange", large);

  const auto taken = stream->take().value();
  CHECK(taken.size() < Events::kMostWaiting + 100);
  CHECK(taken.ends_with("event: lost\ndata: {\"events\":2}\n\n"));
  CHECK(stream->take() == "");
}

TEST_CASE("a stream ends when its mock is gone", "[admin][events]") {
  auto events = std::make_unique<Events>();
  const auto stream = events->listen();
  events->publish("change", {{"topic", "clock"}});
  events.reset();
  CHECK(stream->take()->find("event: change") != std::string::npos);
  CHECK_FALSE(stream->take().has_value());
}
