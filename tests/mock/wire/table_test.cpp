// What a server must make of bytes that other servers get wrong: one row each, over HTTP and over HTTPS.
#include <chrono>

#include "mock/wire/certificate.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/tls_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;

namespace {

// Sent behind the bytes of each row: answered if, and only if, the connection goes on.
const std::string kProbe = "GET /probe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const std::string kProbeAnswer = "GET /probe\nHost: a\nConnection: close\n\n";

std::string post(const std::string& headers, const std::string& body = "") {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string get(const std::string& headers, const std::string& target = "/x") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

std::string times(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

WireOptions secured(WireOptions options) {
  static const PemPair kPair = *make_certificate({"127.0.0.1"}, Clock().now());
  options.tls_certificate_text = kPair.certificate;
  options.tls_key_text = kPair.key;
  return options;
}

// Echoes, but for a few targets that answer what is hard to send right.
Delivery answer(Request&& request, const Peer& peer) {
  const auto status_of = [&](std::string_view target) {
    return target.starts_with("/status/") ? std::stoi(std::string(target.substr(8))) : 0;
  };
  const int status = status_of(request.target);
  auto delivery = echo(std::move(request), peer);
  if (status == 0) return delivery;
  delivery.response.status = status;
  delivery.response.body = "body";
  return delivery;
}

std::string exchange(bool tls, std::uint16_t port, const std::string& bytes) {
  if (!tls) return ask(port, bytes).bytes;
  TlsSocket client(port);
  REQUIRE(client.connected());
  client.send(bytes);
  return client.read_to_end().bytes;
}

}  // namespace

TEST_CASE("each row of the wire's table is answered as it says, over HTTP and HTTPS", "[wire][table]") {
  struct Row {
    std::string name;
    std::string bytes;
    std::string begins;  // of all that comes back
    std::string holds;   // somewhere in it
    bool goes_on;        // another request on the connection is answered
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n", bad = "HTTP/1.1 400 Bad Request\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"two requests in one write", get("", "/1") + get("", "/2"), ok, "GET /2\n", true},
      {"POST without a length", post(""), ok, "POST /x\nHost: a\n\n", true},
      {"GET with a body", get("Content-Length: 3\r\n") + "abc", ok, "\n\nabc", true},
      {"DELETE with a chunked body", "DELETE /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", ok,
       "\n\nabc", true},
      {"trailers are read and are no headers", chunked("3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n"), ok, "chunked\n\nabc", true},
      {"chunk extensions", chunked("3;a=b;c=\"d \\\" e\"\r\nabc\r\n0;z\r\n\r\n"), ok, "chunked\n\nabc", true},
      {"chunk sizes in any case, with leading zeros", chunked("00A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n"), ok,
       "01234567890123456789", true},
      {"header values with % stay as they are", get("X: %20%0d%0a%zz\r\n"), ok, "X: %20%0d%0a%zz\n", true},
      {"empty header values stay", get("X-Empty:\r\nX-Blank:  \r\n"), ok, "X-Empty: \nX-Blank: \n", true},
      {"order, case and repeats of headers stay", get("b: 1\r\nA: 2\r\nB: 3\r\n"), ok, "b: 1\nA: 2\nB: 3\n", true},
      {"headers named like a server's own are the client's", get("REMOTE_ADDR: 9\r\n"), ok, "Host: a\nREMOTE_ADDR: 9\n\n", true},
      {"a broken % in the target", get("", "/%zz?%"), ok, "GET /%zz?%\n", true},
      {"a target of 8 kB", get("", "/" + std::string(8000, 'x')), ok, "GET /xxx", true},
      {"absolute-form", get("", "http://b/y?z"), ok, "GET /y?z\n", true},
      {"asterisk-form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ok, "OPTIONS *\n", true},
      {"an unknown method", "QUERY /x HTTP/1.1\r\nHost: a\r\n\r\n", ok, "QUERY /x\n", true},
      {"TRACE", "TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n", ok, "TRACE /x\n", true},
      {"empty lines before a request", "\r\n\r\n" + get(""), ok, "GET /x\n", true},
      {"HTTP/1.0 is answered and closed", "GET /x HTTP/1.0\r\n\r\n", ok, "\r\nConnection: close\r\n", false},
      {"HTTP/1.0 that keeps alive", "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", ok, "\r\nConnection: keep-alive\r\n", true},
      {"Connection: Close", get("Connection: Close\r\n"), ok, "\r\nConnection: close\r\n", false},
      {"close among other options", get("Connection: te, close\r\n"), ok, "\r\nConnection: close\r\n", false},
      {"HEAD has a length and no body", "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", ok, "Content-Length: 17\r\n\r\nHTTP/1.1 200", true},
      {"a body that came with Expect needs no 100", post("Expect: 100-continue\r\nContent-Length: 2\r\n", "ab"), ok, "\n\nab", true},
      {"another expectation", post("Expect: 200-ok\r\nContent-Length: 2\r\n", "ab"), "HTTP/1.1 417 ", "", false},
      {"Range is not honoured by itself", get("Range: bytes=0-3\r\n"), ok, "Range: bytes=0-3\n", true},
      {"nothing is compressed by itself", get("Accept-Encoding: gzip, br\r\n"), ok, "Accept-Encoding: gzip, br\n", true},
      {"a compressed body is passed on as it came", post("Content-Encoding: gzip\r\nContent-Length: 4\r\n", "\x1f\x8b\x08x"), ok,
       "\n\n\x1f\x8b\x08x", true},
      {"a status without a name", get("", "/status/299"), "HTTP/1.1 299 \r\n", "Content-Length: 4\r\n\r\nbody", true},
      {"204 has neither body nor length", get("", "/status/204"), "HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\n\r\nHTTP/1.1 200",
       "", true},
      {"304 has no body", get("", "/status/304"), "HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain\r\n\r\nHTTP/1.1 200", "", true},
      {"length and transfer coding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), bad, "", false},
      {"transfer coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), bad, "", false},
      {"two lengths that differ", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), bad, "", false},
      {"two lengths in a list", post("Content-Length: 3, 4\r\n", "abcd"), bad, "", false},
      {"a length that is a word", post("Content-Length: abc\r\n"), bad, "", false},
      {"a negative length", post("Content-Length: -1\r\n"), bad, "", false},
      {"a length with a sign", post("Content-Length: +3\r\n", "abc"), bad, "", false},
      {"a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n"), bad, "", false},
      {"a transfer coding that is not implemented", post("Transfer-Encoding: gzip, chunked\r\n"), "HTTP/1.1 501 Not Implemented\r\n", "",
       false},
      {"chunked is not last", post("Transfer-Encoding: chunked, gzip\r\n"), bad, "", false},
      {"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), bad, "", false},
      {"a transfer coding in HTTP/1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad, "", false},
      {"chunk size: a word", chunked("xyz\r\n"), bad, "", false},
      {"chunk size: negative", chunked("-2\r\nab\r\n"), bad, "", false},
      {"chunk size: with a prefix", chunked("0x2\r\nab\r\n"), bad, "", false},
      {"chunk size: beyond 64 bits", chunked("fffffffffffffffff\r\n"), bad, "", false},
      {"chunk size: nothing", chunked("\r\nab\r\n"), bad, "", false},
      {"chunk extension: a quote is not closed", chunked("2;a=\"b\r\nab\r\n0\r\n\r\n"), bad, "", false},
      {"a chunk longer than its size", chunked("2\r\nabc\r\n0\r\n\r\n"), bad, "", false},
      {"a folded header", get("A: 1\r\n  2\r\n"), bad, "", false},
      {"a space before the colon", get("A : 1\r\n"), bad, "", false},
      {"a header without a name", get(": 1\r\n"), bad, "", false},
      {"a bare line feed behind a header", get("A: 1\n"), bad, "", false},
      {"a bare line feed within a value", get("A: 1\nB: 2\r\n"), bad, "", false},
      {"a bare carriage return", get("A: 1\rB: 2\r\n"), bad, "", false},
      {"NUL in a value", get(std::string("A: \0\r\n", 6)), bad, "", false},
      {"NUL in a name", get(std::string("A\0: 1\r\n", 7)), bad, "", false},
      {"NUL in the target", get("", std::string("/\0", 2)), bad, "", false},
      {"a control character in the target", get("", "/\x01"), bad, "", false},
      {"no Host", "GET /x HTTP/1.1\r\n\r\n", bad, "", false},
      {"two Hosts", get("Host: b\r\n"), bad, "", false},
      {"HTTP/2.0", "GET /x HTTP/2.0\r\nHost: a\r\n\r\n", bad, "", false},
      {"HTTP/0.9", "GET /x\r\n", bad, "", false},
      {"authority-form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", bad, "", false},
      {"5,000 headers", get(times("A: b\r\n", 5000)), "HTTP/1.1 431 ", "", false},
      {"a header of 20 kB", get("A: " + std::string(20000, 'x') + "\r\n"), "HTTP/1.1 431 ", "", false},
      {"a target of 20 kB", get("", "/" + std::string(20000, 'x')), "HTTP/1.1 414 ", "", false},
      {"a method of 20 kB", std::string(20000, 'X') + " / HTTP/1.1\r\n", "HTTP/1.1 501 ", "", false},
      {"a declared body beyond the limit", post("Content-Length: 5000\r\n", std::string(5000, 'x')), "HTTP/1.1 413 ", "", false},
      {"the same and Expect: no 100 comes first", post("Expect: 100-continue\r\nContent-Length: 5000\r\n"), "HTTP/1.1 413 ", "", false},
      {"a chunk beyond the limit", chunked("fff\r\n" + std::string(4095, 'x')), "HTTP/1.1 413 ", "", false},
      {"many chunks beyond the limit", chunked(times("64\r\n" + std::string(100, 'x') + "\r\n", 50)), "HTTP/1.1 413 ", "", false},
      {"a compressed body beyond the limit", post("Content-Encoding: gzip\r\nContent-Length: 5000\r\n", std::string(5000, 'x')),
       "HTTP/1.1 413 ", "", false},
      {"five megabytes behind an early answer", post("Content-Length: 5000000\r\n", std::string(5000000, 'x')), "HTTP/1.1 413 ",
       "Connection: close\r\n", false},
      {"trailers beyond the limit", chunked("0\r\n" + times("A: b\r\n", 5000) + "\r\n"), "HTTP/1.1 431 ", "", false},
  }));
  const bool tls = GENERATE(false, true);
  INFO(row.name << (tls ? ", HTTPS" : ", HTTP"));
  const WireOptions limits{.body_limit = 4000, .head_limit = 10000};
  const auto wire = open_wire(answer, tls ? secured(limits) : limits);

  const auto seen = exchange(tls, wire->port(), row.bytes + kProbe);

  INFO(seen.substr(0, 600));
  CHECK(seen.substr(0, row.begins.size()) == row.begins);
  CHECK((row.holds.empty() || seen.find(row.holds) != std::string::npos));
  CHECK(seen.ends_with(kProbeAnswer) == row.goes_on);
}

TEST_CASE("a client that waits for 100 gets it before it sends its body, over HTTP and HTTPS", "[wire][table]") {
  const auto converse = [](auto&& client) {
    client.send(post("Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n"));
    const auto interim = client.read_until("\r\n\r\n").bytes;
    client.send("ab");
    return std::pair(interim, client.read_to_end().bytes);
  };
  const bool tls = GENERATE(false, true);
  const auto wire = open_wire(echo, tls ? secured({}) : WireOptions{});

  const auto [interim, final] = tls ? converse(TlsSocket(wire->port())) : converse(RawSocket(wire->port()));

  CHECK(interim == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(final.ends_with("\n\nab"));
}

TEST_CASE("a hundred requests on one connection take no delayed acknowledgement each", "[wire][table]") {
  const auto wire = open_wire();
  RawSocket client(wire->port());
  const auto start = std::chrono::steady_clock::now();

  for (int i = 0; i < 100; ++i) {
    client.send(get(""));
    REQUIRE(client.read_response().end == RawSocket::End::open);
  }

  CHECK(std::chrono::steady_clock::now() - start < 2s);  // 40 ms each, where Nagle waits for them
}

TEST_CASE("a byte each moment never moves the deadline of the whole request, over HTTP and HTTPS", "[wire][table]") {
  const bool tls = GENERATE(false, true);
  const WireOptions hurried{.request_deadline = 150ms};
  const auto wire = open_wire(echo, tls ? secured(hurried) : hurried);
  const auto drip = [&](auto&& client) {
    client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    eventually([&] {
      client.send("x");
      return wire->counters().refused == 1;
    });
    return client.read_to_end().bytes;
  };

  const auto seen = tls ? drip(TlsSocket(wire->port())) : drip(RawSocket(wire->port()));

  CHECK(seen.starts_with("HTTP/1.1 408 Request Timeout\r\n"));
}
