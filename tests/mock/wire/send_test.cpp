#include "mock/wire/send.h"

#include "tests/support/catch.h"

using namespace understudy;
using Then = SendPlan::Then;
using Ending = Delivery::Ending;

namespace {

Delivery make_hello() {
  Delivery delivery;
  delivery.response.headers = {{"Content-Type", "text/plain"}};
  delivery.response.body = "hello";
  return delivery;
}

const std::string kWholeHead = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";

}  // namespace

TEST_CASE("a response is its status line, its headers in order, Content-Length and body, and nothing else", "[wire][send]") {
  Delivery delivery;
  delivery.response = {.status = 401, .reason = "Not Valid Token", .headers = {{"b", "2"}, {"A", ""}, {"b", "%3"}}, .body = "x"};

  const auto plan = plan_send(delivery, {});

  CHECK(plan.bytes == "HTTP/1.1 401 Not Valid Token\r\nb: 2\r\nA: \r\nb: %3\r\nContent-Length: 1\r\n\r\nx");
  CHECK(plan.then == Then::next_request);
}

TEST_CASE("status, request and connection shape the head", "[wire][send]") {
  struct Row {
    const char* why;
    int status;
    SendContext context;
    const char* bytes;
    Then then;
  };
  const auto row = GENERATE(values<Row>({
      {"the registered reason", 201, {}, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", Then::next_request},
      {"no registered reason", 299, {}, "HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nok", Then::next_request},
      {"204 has no body and no length", 204, {}, "HTTP/1.1 204 No Content\r\n\r\n", Then::next_request},
      {"304 neither", 304, {}, "HTTP/1.1 304 Not Modified\r\n\r\n", Then::next_request},
      {"HEAD has the length and no body", 200, {.head_request = true}, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", Then::next_request},
      {"the last answer says so",
       200,
       {.keep_alive = false},
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
       Then::close},
      {"HTTP/1.0 learns that the connection stays open",
       200,
       {.http_1_0 = true},
       "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
       Then::next_request},
  }));
  INFO(row.why);
  Delivery delivery;
  delivery.response.status = row.status;
  delivery.response.body = "ok";

  const auto plan = plan_send(delivery, row.context);

  CHECK(plan.bytes == row.bytes);
  CHECK(plan.then == row.then);
}

TEST_CASE("a handler can neither write a second line into the head nor change the framing", "[wire][send]") {
  Delivery delivery;
  delivery.response = {
      .status = 200,
      .reason = "a\r\nX: 1",
      .headers = {{"Y", "2\r\n\r\nbody"}, {"content-length", "9"}, {"Transfer-Encoding", "chunked"}, {"CONNECTION", "close"}},
      .body = ""};

  CHECK(plan_send(delivery, {}).bytes == "HTTP/1.1 200 a  X: 1\r\nY: 2    body\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("control characters in a header become spaces, and a header without a valid name is left out", "[wire][send]") {
  Delivery delivery;
  delivery.response.headers = {{"Y\n", "1"},
                               {"", "2"},
                               {"a b", "3"},
                               {"a:", "4"},
                               {"X",
                                "\x01"
                                "a\x07\x08\x1B\x1F\x7F\tb\xC3\xA9" +
                                    std::string(1, '\0')}};

  CHECK(plan_send(delivery, {}).bytes == "HTTP/1.1 200 OK\r\nX:  a     \tb\xC3\xA9 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("an ending takes effect behind as many body bytes as it grants", "[wire][send]") {
  struct Row {
    const char* why;
    Ending ending;
    std::optional<std::size_t> after_bytes;
    std::string bytes;
    Then then;
  };
  const auto row = GENERATE(values<Row>({
      {"a whole response ignores it", Ending::complete, 2, kWholeHead + "hello", Then::next_request},
      {"nothing at all, then FIN", Ending::close, std::nullopt, "", Then::close},
      {"nothing at all, then RST", Ending::reset, std::nullopt, "", Then::reset},
      {"nothing at all, then silence", Ending::stall, std::nullopt, "", Then::stall},
      {"the head alone", Ending::reset, 0, kWholeHead, Then::reset},
      {"part of the body", Ending::close, 2, kWholeHead + "he", Then::close},
      {"more than there is", Ending::stall, 99, kWholeHead + "hello", Then::stall},
  }));
  INFO(row.why);
  auto delivery = make_hello();
  delivery.ending = row.ending;
  delivery.after_bytes = row.after_bytes;

  const auto plan = plan_send(delivery, {});

  CHECK(plan.bytes == row.bytes);
  CHECK(plan.then == row.then);
}

TEST_CASE("a malformed chunk comes second, behind a good one", "[wire][send]") {
  struct Row {
    const char* why;
    const char* body;
    const char* sent;
  };
  const auto row = GENERATE(values<Row>({
      {"halves", "hello", "3\r\nhel\r\nxyz\r\nlo\r\n"},
      {"one byte", "h", "1\r\nh\r\nxyz\r\n\r\n"},
      {"a good chunk is never empty, that would end the body", "", "1\r\n \r\nxyz\r\n\r\n"},
      {"hexadecimal sizes", "0123456789012345678901234567890123456789", "14\r\n01234567890123456789\r\nxyz\r\n01234567890123456789\r\n"},
  }));
  INFO(row.why);
  auto delivery = make_hello();
  delivery.response.body = row.body;
  delivery.malformed_chunk = true;

  const auto plan = plan_send(delivery, {});

  CHECK(plan.bytes == std::string("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n") + row.sent);
  CHECK(plan.then == Then::close);
}

TEST_CASE("raw bytes stand for the whole response", "[wire][send]") {
  auto delivery = make_hello();
  delivery.raw = "garbage\n";

  const auto plan = plan_send(delivery, {});

  CHECK(plan.bytes == "garbage\n");
  CHECK(plan.then == Then::close);
}
