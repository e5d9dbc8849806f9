// Where a Redis server is: what --state redis://... says, and what is refused.
#include "mock/storage/redis/address.h"

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("an address of Redis has a host and may have a user, a port and a database", "[redis]") {
  struct Row {
    const char* url;
    const char* host;
    int port, database;
    const char* user;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"redis://localhost", "localhost", 6379, 0, "", "the usual port and database"},
      {"redis://10.0.0.7:7000", "10.0.0.7", 7000, 0, "", "a port"},
      {"redis://localhost/", "localhost", 6379, 0, "", "an empty database is the first"},
      {"redis://localhost:7000/3", "localhost", 7000, 3, "", "a database"},
      {"redis://fleet@cache.example:7000/3", "cache.example", 7000, 3, "fleet", "a user"},
      {"redis://a%40b@localhost", "localhost", 6379, 0, "a@b", "a user with an encoded character"},
      {"redis://[::1]:7000", "::1", 7000, 0, "", "IPv6 in brackets"},
      {"redis://[::1]", "::1", 6379, 0, "", "IPv6 without a port"},
  }));
  CAPTURE(row.url, row.why);

  const auto address = redis::parse_address(row.url);

  REQUIRE(address);
  CHECK(address->host == row.host);
  CHECK(address->port == row.port);
  CHECK(address->database == row.database);
  CHECK(address->user == row.user);
  CHECK(address->password.empty());
}

TEST_CASE("what is no address of Redis is refused with the reason", "[redis]") {
  struct Row {
    const char* url;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"rediss://localhost", "no TLS"},
      {"http://localhost", "expected redis://"},
      {"redis://", "without a host"},
      {"redis://:7000", "without a host"},
      {"redis://[::1", "without a host"},
      {"redis://localhost:", "port"},
      {"redis://localhost:0", "port"},
      {"redis://localhost:70000", "port"},
      {"redis://localhost:7a", "port"},
      {"redis://localhost/x", "database"},
      {"redis://localhost?timeout=3", "options"},
      {"redis://user:secret@localhost", "UNDERSTUDY_STATE_PASSWORD"},
      {"redis://:secret@localhost", "UNDERSTUDY_STATE_PASSWORD"},
  }));
  CAPTURE(row.url);

  const auto address = redis::parse_address(row.url);

  REQUIRE_FALSE(address);
  CHECK(address.error().failure == Failure::usage);
  CHECK(address.error().code == "bad-state");
  CHECK(address.error().message.find(row.message) != std::string::npos);
  CHECK(address.error().message.find("secret@") == std::string::npos);
}
