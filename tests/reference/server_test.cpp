// The program understudy_reference as others use it: one line on stdout, answers over a socket, an end on SIGTERM.
#include <httplib.h>

#include <csignal>
#include <string>

#include "tests/reference/program_probe.h"
#include "tests/support/catch.h"

using reference::Program;

TEST_CASE("the reference server answers on the port that it prints and ends on a signal with exit 0", "[reference]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  Program program;
  REQUIRE(program.url.rfind("http://127.0.0.1:", 0) == 0);
  httplib::Client client(program.url);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);

  const auto unauthorized = client.Post("/rest/api/Products", "{}", "application/json");
  const auto form = client.Post("/", std::string(20'000, ' ') + "[]", "application/x-www-form-urlencoded");
  const auto without_body = client.Post("/products");

  REQUIRE(unauthorized);
  CHECK(unauthorized->status == 401);
  CHECK_THAT(unauthorized->body, CONTAINS("Not Valid Token"));
  REQUIRE(form);
  CHECK_THAT(form->body, CONTAINS("Invalid Json RPC format"));
  REQUIRE(without_body);
  CHECK(without_body->status == 401);
  CHECK(program.end(signal) == 0);
}

TEST_CASE("the server that truncates promises more bytes than it sends", "[reference][broken]") {
  Program program({"--broken", "product_body_truncated"});
  httplib::Client client(program.url);
  const auto login = client.Post("/rest/api/token", "username=demo&password=demo", "application/x-www-form-urlencoded");
  REQUIRE(login);
  const std::string start = "\"access_token\":\"";
  const auto at = login->body.find(start) + start.size();
  const std::string token = login->body.substr(at, login->body.find('"', at) - at);

  const auto product = client.Post("/rest/api/Products", {{"Authorization", "Bearer " + token}},
                                   R"({"CompanyId":1,"ProductName":"n","ProductSKU":"P-1","ProductTypeName":"t"})", "application/json");

  CHECK(!product);
  CHECK(product.error() == httplib::Error::Read);
}
