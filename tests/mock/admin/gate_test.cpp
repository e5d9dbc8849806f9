// Who may use the admin API.
#include "tests/support/net/admin_client.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/stage.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("without a token only callers on this machine that are no web pages are answered", "[admin][gate]") {
  struct Row {
    const char* why;
    bool loopback;
    Headers headers;
    int status;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {"a program here", true, {{"Host", "127.0.0.1:8080"}}, 200, ""},
      {"by name", true, {{"Host", "localhost:8080"}}, 200, ""},
      {"by name, without a port", true, {{"host", "LOCALHOST"}}, 200, ""},
      {"by a name below localhost", true, {{"Host", "mock.localhost:1"}}, 200, ""},
      {"by IPv6", true, {{"Host", "[::1]:8080"}}, 200, ""},
      {"by another address of the loopback net", true, {{"Host", "127.1.2.3"}}, 200, ""},
      {"without a Host, as HTTP/1.0 allows", true, {}, 200, ""},
      {"typed into a browser", true, {{"Host", "127.0.0.1"}, {"Sec-Fetch-Site", "none"}}, 200, ""},
      {"a page of this very origin", true, {{"Host", "127.0.0.1"}, {"Sec-Fetch-Site", "same-origin"}}, 200, ""},
      {"a picture on a page of another site", true, {{"Host", "127.0.0.1"}, {"Sec-Fetch-Site", "cross-site"}}, 403, "cross-origin"},
      {"a page of another port", true, {{"Host", "127.0.0.1"}, {"Sec-Fetch-Site", "same-site"}}, 403, "cross-origin"},
      {"a site that no browser names", true, {{"Host", "127.0.0.1"}, {"Sec-Fetch-Site", ""}}, 403, "cross-origin"},
      {"an account that looks like this machine", true, {{"Host", "127.0.0.1:80@evil.example"}}, 403, "foreign-host"},
      {"a name behind IPv6 brackets", true, {{"Host", "[::1].evil.example"}}, 403, "foreign-host"},
      {"a port behind a name behind brackets", true, {{"Host", "[::1]evil:80"}}, 403, "foreign-host"},
      {"a list", true, {{"Host", "localhost,evil.example"}}, 403, "foreign-host"},
      {"digits that are no address", true, {{"Host", "127.0.0"}}, 403, "foreign-host"},
      {"a path", true, {{"Host", "localhost/evil.example"}}, 403, "foreign-host"},
      {"from another machine", false, {{"Host", "127.0.0.1"}}, 403, "loopback-only"},
      {"from another machine, with a token that is not needed", false, {{"Authorization", "Bearer x"}}, 403, "loopback-only"},
      {"a page of another site", true, {{"Host", "127.0.0.1"}, {"Origin", "https://evil.example"}}, 403, "cross-origin"},
      {"a page of no site", true, {{"Host", "127.0.0.1"}, {"Origin", "null"}}, 403, "cross-origin"},
      {"a page of this mock", true, {{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}}, 200, ""},
      {"a page of another port", true, {{"Host", "localhost:8080"}, {"Origin", "http://localhost:8081"}}, 403, "cross-origin"},
      {"a page of another name of this machine",
       true,
       {{"Host", "localhost:8080"}, {"Origin", "http://127.0.0.1:8080"}},
       403,
       "cross-origin"},
      {"a page of another scheme", true, {{"Host", "localhost:8080"}, {"Origin", "https://localhost:8080"}}, 403, "cross-origin"},
      {"a page and no Host", true, {{"Origin", "http://localhost:8080"}}, 403, "cross-origin"},
      {"a page of a name that was bound to this machine",
       true,
       {{"Host", "evil.example"}, {"Origin", "http://evil.example"}},
       403,
       "foreign-host"},
      {"a name that was bound to 127.0.0.1 afterwards", true, {{"Host", "evil.example:8080"}}, 403, "foreign-host"},
      {"a name that looks like an address", true, {{"Host", "127.0.0.1.evil.example"}}, 403, "foreign-host"},
      {"a name that looks like localhost", true, {{"Host", "notlocalhost"}}, 403, "foreign-host"},
      {"another IPv6 address", true, {{"Host", "[::2]"}}, 403, "foreign-host"},
      {"an empty Host", true, {{"Host", ""}}, 403, "foreign-host"},
  }));
  INFO(row.why);
  Stage stage(toy_contracts());

  const auto reply = ask_admin(stage.mock(), "GET", "/health", "", row.headers, {.loopback = row.loopback});

  INFO(reply.text);
  CHECK(reply.status == row.status);
  CHECK(reply.body.value("code", "") == row.code);
}

TEST_CASE("with a token every call needs it, and may come from anywhere", "[admin][gate]") {
  struct Row {
    const char* why;
    Headers headers;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"the token", {{"Authorization", "Bearer s3cret"}}, 200},
      {"the scheme in any case", {{"authorization", "bearer s3cret"}}, 200},
      {"from a page that has it", {{"Authorization", "Bearer s3cret"}, {"Origin", "https://a.example"}, {"Host", "b.example"}}, 200},
      {"none", {}, 401},
      {"empty", {{"Authorization", "Bearer "}}, 401},
      {"the beginning of it", {{"Authorization", "Bearer s3cre"}}, 401},
      {"more than it", {{"Authorization", "Bearer s3cretX"}}, 401},
      {"it twice", {{"Authorization", "Bearer s3crets3cret"}}, 401},
      {"in another case", {{"Authorization", "Bearer S3CRET"}}, 401},
      {"another scheme", {{"Authorization", "Basic s3cret"}}, 401},
      {"no scheme", {{"Authorization", "s3cret"}}, 401},
      {"two spaces", {{"Authorization", "Bearer  s3cret"}}, 401},
  }));
  const bool loopback = GENERATE(true, false);
  INFO(row.why);
  MockOptions options;
  options.admin_token = "s3cret";
  Mock mock(toy_contracts(), options);

  const auto reply = ask_admin(mock, "GET", "/health", "", row.headers, {.loopback = loopback});

  CHECK(reply.status == row.status);
  CHECK(find_header(reply.headers, "WWW-Authenticate").has_value() == (row.status == 401));
  CHECK(reply.body.value("code", "") == (row.status == 401 ? "token-needed" : ""));
  CHECK(reply.text.find("s3cret") == std::string::npos);
}

TEST_CASE("an unknown call gets the same error as a known one before the caller is authenticated", "[admin][gate]") {
  MockOptions options;
  options.admin_token = "s3cret";
  Mock mock(toy_contracts(), options);
  CHECK(ask_admin(mock, "GET", "/no/such/thing").status == 401);
  CHECK(ask_admin(mock, "POST", "/reset").status == 401);
}

TEST_CASE("a port without the admin API answers its paths as any unknown one", "[admin][gate]") {
  Mock mock(toy_contracts());
  const auto admin = ask_admin(mock, "GET", "/health", "", {}, {.admin = false});
  const Delivery unknown = mock.handle({.method = "GET", .target = "/nothing"});

  CHECK(admin.status == unknown.response.status);
  CHECK(admin.body.at("code") == "no-such-api");
}

TEST_CASE("a port with only the admin API serves no vendor API", "[admin][gate]") {
  Mock mock(toy_contracts());
  CHECK(ask_admin(mock, "GET", "/health", "", {}, {.vendors = false}).status == 200);
  const Delivery vendor = mock.handle({.method = "GET", .target = "/shelf/books"}, {.vendors = false});
  CHECK(vendor.response.status == 404);
  CHECK(vendor.response.body.find("admin-only") != std::string::npos);
}

TEST_CASE("web pages of an allowed origin may call the vendors' APIs, and never the admin API", "[admin][cors]") {
  struct Row {
    const char* why;
    const char* option;
    const char* origin;
    const char* allowed;  // empty: no header
  };
  const auto row = GENERATE(values<Row>({
      {"off", "", "https://a.example", ""},
      {"the origin", "https://a.example", "https://a.example", "https://a.example"},
      {"another origin", "https://a.example", "https://b.example", ""},
      {"another port", "https://a.example", "https://a.example:8443", ""},
      {"a longer name", "https://a.example", "https://a.example.evil", ""},
      {"any", "*", "https://b.example", "*"},
      {"no page", "*", "", ""},
  }));
  INFO(row.why);
  MockOptions options;
  options.cors_origin = row.option;
  Mock mock(toy_contracts(), options);
  Headers headers = {{"Host", "localhost"}};
  if (*row.origin != '\0') headers.push_back({"Origin", row.origin});
  Headers preflight = headers;
  preflight.push_back({"Access-Control-Request-Method", "POST"});
  preflight.push_back({"Access-Control-Request-Headers", "authorization,x-api-key"});
  const auto allowed = [](const Response& response) {
    return std::string(find_header(response.headers, "Access-Control-Allow-Origin").value_or(""));
  };

  const Response asked = mock.handle({.method = "OPTIONS", .target = "/shelf/books", .headers = preflight}).response;
  const Response answer = mock.handle({.method = "GET", .target = "/shelf/books", .headers = headers}).response;
  const Response admin = mock.handle({.method = "OPTIONS", .target = "/__admin/reset", .headers = preflight}).response;

  const bool is_allowed = *row.allowed != '\0';
  CHECK(allowed(asked) == row.allowed);
  CHECK((asked.status == 204) == is_allowed);
  CHECK(find_header(asked.headers, "Access-Control-Allow-Headers").has_value() == is_allowed);
  CHECK(answer.status == 401);
  CHECK(allowed(answer) == row.allowed);
  CHECK(find_header(answer.headers, "Vary").has_value() == is_allowed);
  CHECK(allowed(admin).empty());
  CHECK(admin.status >= 400);
}

TEST_CASE("a browser's cross-site request is refused over the wire, and changes nothing", "[admin][gate]") {
  Stage stage(toy_contracts(), {{"api", "shelf"}});
  const auto wire =
      open_wire([&](Request&& request, const Peer& peer) { return stage.mock().handle(request, {.loopback = peer.loopback}); });

  const auto reply =
      ask_port(wire->port(), "POST", "/__admin/tenants/tester/records/shelf/books", "{}", "Origin: https://evil.example\r\n");

  CHECK(reply.status == 403);
  CHECK(stage.count("shelf.books") == 0);
  CHECK(ask_port(wire->port(), "OPTIONS", "/__admin/reset", "", "Origin: https://evil.example\r\n").status == 403);
}
