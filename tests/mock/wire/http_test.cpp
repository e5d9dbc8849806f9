#include <string>

#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;
using End = RawSocket::End;

namespace {

std::string body_of(const std::string& response) { return response.substr(std::min(response.find("\r\n\r\n") + 4, response.size())); }

}  // namespace

TEST_CASE("a handler sees each header as it was sent", "[wire][http]") {
  const auto wire = open_wire();

  const auto answer = ask(wire->port(),
                          "GET /a%2Fb?c=%20 HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nZ-Escaped: %0d%0a%zz\r\nx-TWICE: 1\r\nA: b  \r\n"
                          "x-twice: 2\r\nConnection: CLOSE\r\n\r\n");

  CHECK(answer.end == End::finished);
  CHECK(body_of(answer.bytes) ==
        "GET /a%2Fb?c=%20\nHost: x\nX-Empty: \nZ-Escaped: %0d%0a%zz\nx-TWICE: 1\nA: b\nx-twice: 2\nConnection: CLOSE\n\n");
  CHECK_THAT(answer.bytes, CONTAINS("\r\nConnection: close\r\n"));
}

TEST_CASE("HEAD gets the head that GET would get, and the next request its own answer", "[wire][http]") {
  const auto wire = open_wire([](Request&&, const Peer&) {
    Delivery delivery;
    delivery.response.body = "hello";
    return delivery;
  });

  const auto answer = ask(wire->port(), "HEAD / HTTP/1.2\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  CHECK(answer.bytes ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
}

TEST_CASE("the handler receives the address of the client", "[wire][http]") {
  const auto wire = open_wire([](Request&&, const Peer& peer) {
    Delivery delivery;
    delivery.response.body = peer.address + (peer.loopback ? " loopback " : " far ") + std::to_string(peer.local_port);
    return delivery;
  });

  const auto answer = ask(wire->port(), "GET / HTTP/1.0\r\n\r\n");

  CHECK(body_of(answer.bytes) == "127.0.0.1 loopback " + std::to_string(wire->port()));
}

TEST_CASE("a connection serves one request after the other until someone says close", "[wire][http]") {
  struct Row {
    const char* why;
    std::string request;
    bool goes_on;
  };
  const auto row = GENERATE(values<Row>({
      {"HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"HTTP/1.1 with a body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", true},
      {"POST without a length has no body", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"a chunked body with a trailer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\n\r\n",
       true},
      {"GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", true},
      {"DELETE with a chunked body", "DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true},
      {"a method of our own", "QUERY / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false},
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", false},
      {"HTTP/1.0 that asks to go on", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  }));
  INFO(row.why);
  const auto wire = open_wire();
  RawSocket client(wire->port());

  client.send(row.request);
  const auto first = client.read_response();
  client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto rest = client.read_to_end();

  CHECK(first.bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK((first.bytes.find("Connection: close") == std::string::npos) == row.goes_on);
  CHECK((rest.bytes.find("GET /last") != std::string::npos) == row.goes_on);
  CHECK(rest.end == End::finished);
}

TEST_CASE("twenty requests in one write are answered in order, none is lost", "[wire][http]") {
  const auto wire = open_wire();
  RawSocket client(wire->port());
  std::string requests;
  for (int i = 1; i <= 20; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n" + std::to_string(10 + i);
  }

  client.send(requests);

  for (int i = 1; i <= 20; ++i) {
    const auto answer = client.read_response();
    REQUIRE(answer.end == End::open);
    CHECK(body_of(answer.bytes) == "POST /" + std::to_string(i) + "\nHost: a\nContent-Length: 2\n\n" + std::to_string(10 + i));
  }
  CHECK_FALSE(client.has_more());
}

TEST_CASE("a client that has finished sending still gets all its answers", "[wire][http]") {
  const auto wire = open_wire(always(Delivery{}));
  RawSocket client(wire->port());

  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.finish_sending();

  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  CHECK(client.read_to_end().bytes == answer + answer);
}

TEST_CASE("a body is passed on as it came, compressed or not", "[wire][http]") {
  const auto wire = open_wire();
  const std::string gzip("\x1f\x8b\x08\0\0\0\0\0\0\3\0", 11);

  const auto answer = ask(wire->port(), "POST / HTTP/1.0\r\nContent-Encoding: gzip\r\nContent-Length: 11\r\n\r\n" + gzip);

  CHECK(body_of(answer.bytes) == "POST /\nContent-Encoding: gzip\nContent-Length: 11\n\n" + gzip);
}

TEST_CASE("HEAD gets the length of the body that GET would get", "[wire][http]") {
  const auto wire = open_wire();
  RawSocket client(wire->port());

  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.0\r\n\r\n");

  CHECK_THAT(client.read_response(false).bytes, CONTAINS("Content-Length: 17\r\n"));
  CHECK(client.read_to_end().bytes.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("a client that waits for 100 Continue gets it, and only then", "[wire][http]") {
  const auto wire = open_wire();
  RawSocket client(wire->port());

  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n").bytes == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("bo");
  client.send("dy");
  CHECK_THAT(client.read_response().bytes, CONTAINS("\n\nbody"));

  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
  CHECK(client.read_response().bytes.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("what is no request is answered with the reason, and the connection ends", "[wire][http]") {
  struct Row {
    const char* why;
    std::string request;
    const char* status_line;
  };
  const auto row = GENERATE(values<Row>({
      {"both framings", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400 Bad Request\r\n"},
      {"a folded header", "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\n 2\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"a bad chunk size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"TLS on a plain port", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), "HTTP/1.1 400 Bad Request\r\n"},
      {"a coding that is not implemented", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       "HTTP/1.1 501 Not Implemented\r\n"},
      {"a declared body beyond the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n",
       "HTTP/1.1 413 Content Too Large\r\n"},
      {"the same, and the client waits for 100", "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n",
       "HTTP/1.1 413 Content Too Large\r\n"},
      {"a chunk beyond the limit", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
       "HTTP/1.1 413 Content Too Large\r\n"},
      {"a head beyond the limit", "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(600, 'x') + "\r\n\r\n",
       "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
      {"behind a good request", "GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET /bad HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n"},
  }));
  INFO(row.why);
  const auto wire = open_wire(echo, {.body_limit = 1000, .head_limit = 500});

  const auto answer = ask(wire->port(), row.request);

  CHECK(answer.bytes.starts_with(row.status_line));
  CHECK_THAT(answer.bytes, CONTAINS("Connection: close\r\n"));
  CHECK(answer.bytes.ends_with(".\n"));
  CHECK(answer.end == End::finished);
  CHECK(wire->counters().refused == 1);
}

TEST_CASE("a client that sends far more than the limit can still read why it was refused", "[wire][http]") {
  const auto wire = open_wire(echo, {.body_limit = 1000});
  const auto framing = GENERATE(values<std::string>({"Content-Length: 5000000", "Transfer-Encoding: chunked"}));
  CAPTURE(framing);
  RawSocket client(wire->port());

  client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n4c4b40\r\n");
  const bool all_sent = client.send(std::string(5000000, 'x'));
  const auto answer = client.read_to_end();

  CHECK(all_sent);
  CHECK(answer.bytes.starts_with("HTTP/1.1 413 Content Too Large\r\n"));
  CHECK(answer.end == End::finished);
}

TEST_CASE("bodies up to the limit come through in both framings", "[wire][http]") {
  const auto wire = open_wire([](Request&& request, const Peer&) {
    Delivery delivery;
    delivery.response.body = std::to_string(request.body.size());
    return delivery;
  });
  const std::string body(8u << 20, 'x');
  struct Row {
    const char* why;
    std::string head;
    std::string tail;
  };
  const auto row = GENERATE(values<Row>({
      {"declared", "Content-Length: 8388608\r\n\r\n", ""},
      {"chunked", "Transfer-Encoding: chunked\r\n\r\n800000\r\n", "\r\n0\r\n\r\n"},
  }));
  INFO(row.why);

  const auto answer = ask(wire->port(), "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + row.head + body + row.tail);

  CHECK(body_of(answer.bytes) == "8388608");
}

TEST_CASE("a handler that throws is a 500 without the text of the exception", "[wire][http]") {
  const auto wire = open_wire([](Request&&, const Peer&) -> Delivery { throw std::runtime_error("secret"); });

  const auto answer = ask(wire->port(), "GET / HTTP/1.0\r\n\r\n");

  CHECK(answer.bytes == "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}
