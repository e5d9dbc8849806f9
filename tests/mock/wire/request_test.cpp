#include "mock/wire/request.h"

#include "tests/support/catch.h"

using namespace understudy;
using State = RequestParser::State;

namespace {

// Feeds as a network would: `step` bytes more each time, what was not used comes again.
std::size_t feed(RequestParser& parser, std::string_view bytes, std::size_t step) {
  std::size_t used = 0;
  for (std::size_t end = 0; end < bytes.size() && parser.state() != State::complete && parser.state() != State::refused;) {
    end = std::min(end + step, bytes.size());
    used += parser.parse(bytes.substr(used, end - used));
  }
  return used;
}

std::string repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("a request is read the same however its bytes come", "[wire][request]") {
  const auto step = GENERATE(1u, 2u, 3u, 7u, 4096u);
  const std::string first =
      "\r\nPOST /Products?x=%20&y HTTP/1.1\r\nhOST: a\r\nX-Twice: 1\r\nx-twice:\r\nEscaped: %0d%0a%20\r\n"
      "Transfer-Encoding: Chunked\r\n\r\n5;ext=\"1\"\r\nhello\r\n1\r\n!\r\n0\r\nContent-MD5: x\r\n\r\n";
  RequestParser parser({});

  const auto used = feed(parser, first + "GET /next", step);

  REQUIRE(parser.state() == State::complete);
  CHECK(used == first.size());
  CHECK(parser.request() ==
        Request{.method = "POST",
                .target = "/Products?x=%20&y",
                .headers = {{"hOST", "a"}, {"X-Twice", "1"}, {"x-twice", ""}, {"Escaped", "%0d%0a%20"}, {"Transfer-Encoding", "Chunked"}},
                .body = "hello!"});
  CHECK(parser.keep_alive());
}

TEST_CASE("a head that readers could understand differently is refused", "[wire][request]") {
  struct Row {
    const char* why;
    std::string bytes;
    int status;
  };
  const std::string host = "Host: a\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"length and transfer coding", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"transfer coding and length", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
      {"two different lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
      {"two different lengths in a list", "POST / HTTP/1.1\r\n" + host + "Content-Length: 3, 4\r\n\r\n", 400},
      {"length is a word", "POST / HTTP/1.1\r\n" + host + "Content-Length: three\r\n\r\n", 400},
      {"length is negative", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
      {"length has a sign", "POST / HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\n", 400},
      {"length is hexadecimal", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x3\r\n\r\n", 400},
      {"length is empty", "POST / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n", 400},
      {"length overflows", "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {"length beyond the limit", "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {"a folded header", "GET / HTTP/1.1\r\n" + host + "A: 1\r\n 2\r\n\r\n", 400},
      {"a header folded by a tab", "GET / HTTP/1.1\r\n" + host + "A: 1\r\n\t2\r\n\r\n", 400},
      {"a fold under the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"a bare line feed in a value", "GET / HTTP/1.1\r\n" + host + "A: 1\nB: 2\r\n\r\n", 400},
      {"a bare carriage return in a value", "GET / HTTP/1.1\r\n" + host + "A: 1\rB: 2\r\n\r\n", 400},
      {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"a header without a colon", "GET / HTTP/1.1\r\n" + host + "Nonsense\r\n\r\n", 400},
      {"a header without a name", "GET / HTTP/1.1\r\n" + host + ": 1\r\n\r\n", 400},
      {"NUL in a value", "GET / HTTP/1.1\r\n" + host + std::string("A: \0\r\n\r\n", 8), 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"a blank in the Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"an account in the Host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"a path in the Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"markup in the Host", "GET / HTTP/1.1\r\nHost: a<b>\r\n\r\n", 400},
      {"quotes in the Host", "GET / HTTP/1.1\r\nHost: \"a\"\r\n\r\n", 400},
      {"a list in the Host", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
      {"two ports in the Host", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", 400},
      {"a word for a port", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", 400},
      {"a port without a host", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
      {"half an escape in the Host", "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n", 400},
      {"raw UTF-8 in the Host", "GET / HTTP/1.1\r\nHost: \xC3\xA9\r\n\r\n", 400},
      {"a bracket that is not closed", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"a name in brackets", "GET / HTTP/1.1\r\nHost: [a]\r\n\r\n", 400},
      {"text behind brackets", "GET / HTTP/1.1\r\nHost: [::1].a\r\n\r\n", 400},
      {"the same in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a b\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\n" + host + "Host: b\r\n\r\n", 400},
      {"a method with a slash", "GE/T / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a method that begins with a brace", "{} / HTTP/1.1\r\n", 400},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00", 5), 400},
      {"no target", "GET HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a control character in the target", "GET /\x01 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a quote in the target", "GET /a?b=\"c\" HTTP/1.1\r\n" + host + "\r\n", 400},
      {"markup in the target", "GET /<a> HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a backslash in the target", "GET /a\\b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a brace in the target", "GET /{id} HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a bar in the query", "GET /?a=b|c HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a caret in the query", "GET /?a=^ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a backtick in the target", "GET /`a` HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a bracket in the path", "GET /a[0] HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a fragment", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"DEL in the target", "GET /\x7F HTTP/1.1\r\n" + host + "\r\n", 400},
      {"an account in a URL", "GET http://a@b/c HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a URL without a host", "GET http:///c HTTP/1.1\r\n" + host + "\r\n", 400},
      {"raw UTF-8 in the target", "GET /\xC3\xA9 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a target that is no path", "GET a/b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a star for another method than OPTIONS", "GET * HTTP/1.1\r\n" + host + "\r\n", 400},
      {"an authority", "CONNECT a:443 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a URL of another scheme", "GET ftp://a/b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"a version of two digits", "GET / HTTP/1.10\r\n" + host + "\r\n", 400},
      {"a version that is a word", "GET / HTTP/1.x\r\n" + host + "\r\n", 400},
      {"a version in lower case", "GET / http/1.2\r\n" + host + "\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + host + "\r\n", 400},
      {"a coding before chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"codings in two headers", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 501},
      {"chunked is not last", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {"an empty element behind an unknown coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip,,\r\n\r\n", 400},
      {"only empty elements", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: , ,\r\n\r\n", 400},
      {"chunked with a parameter", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked;q=1\r\n\r\n", 400},
      {"chunked twice", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
      {"no chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"an empty coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding:\r\n\r\n", 400},
      {"a word that holds chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", 400},
      {"a coding in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"an unknown expectation", "POST / HTTP/1.1\r\n" + host + "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", 417},
  }));
  INFO(row.why);
  const auto step = GENERATE(1u, 4096u);
  RequestParser parser({});

  feed(parser, row.bytes, step);

  REQUIRE(parser.state() == State::refused);
  CHECK(parser.refusal().status == row.status);
  CHECK(parser.refusal().message.ends_with('.'));
}

TEST_CASE("a chunked body is read strictly", "[wire][request]") {
  struct Row {
    const char* why;
    std::string body;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"no size", "\r\nabc\r\n", 400},
      {"a word for a size", "xyz\r\n", 400},
      {"a negative size", "-2\r\nab\r\n", 400},
      {"a size with a prefix", "0x2\r\nab\r\n0\r\n\r\n", 400},
      {"a size that overflows", "fffffffffffffffff\r\n", 400},
      {"a chunk longer than its size", "2\r\nabc\r\n0\r\n\r\n", 400},
      {"a bare line feed behind a size", "2\nab\r\n0\r\n\r\n", 400},
      {"a quote that its line does not close", "2;a=\"b\r\nab\r\n0\r\n\r\n", 400},
      {"the same, and nothing comes behind", "2;a=\"b\r\n", 400},
      {"the same behind another chunk", "2\r\nab\r\n2;a=\"\\\"\r\n", 400},
      {"the same in the last chunk", "0;a=\"b\r\n\r\n", 400},
      {"more than the limit at once", "ffffffffffffffff\r\n", 413},
      {"more than the limit in all", repeat("a\r\n0123456789\r\n", 11), 413},
      {"an endless extension", "2;" + repeat("x", 5000), 431},
      {"endless trailers", "0\r\n" + repeat("A: b\r\n", 1000), 431},
  }));
  INFO(row.why);
  const auto step = GENERATE(1u, 4096u);
  RequestParser parser({.head = 1000, .body = 100});

  feed(parser, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + row.body, step);

  REQUIRE(parser.state() == State::refused);
  CHECK(parser.refusal().status == row.status);
}

TEST_CASE("an empty chunked body is read the same however it comes", "[wire][request]") {
  const auto step = GENERATE(1u, 2u, 3u, 4u, 5u, 4096u);
  const auto end = GENERATE(values<std::string>({"0\r\n\r\n", "00\r\n\r\n", "0;a\r\n\r\n", "0\r\nA: b\r\n\r\n"}));
  RequestParser parser({});

  feed(parser, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + end, step);

  CHECK(parser.state() == State::complete);
}

TEST_CASE("every valid form of a Host is accepted", "[wire][request]") {
  const auto host =
      GENERATE(values<std::string>({"a", "a.example:81", "a:", "127.0.0.1:80", "[::1]", "[::1]:80", "[2001:db8::1]", "a_b", "a%20b", ""}));
  RequestParser parser({});

  feed(parser, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 4096);

  CAPTURE(host);
  REQUIRE(parser.state() == State::complete);
  CHECK(find_header(parser.request().headers, "Host") == host);
}

TEST_CASE("the host of a URL replaces the Host header", "[wire][request]") {
  RequestParser parser({});

  feed(parser, "GET http://b:81/c HTTP/1.1\r\nHost: a\r\n\r\n", 4096);

  REQUIRE(parser.state() == State::complete);
  CHECK(find_header(parser.request().headers, "Host") == "b:81");
}

TEST_CASE("empty elements in Transfer-Encoding are ignored", "[wire][request]") {
  const auto list = GENERATE(values<std::string>({"chunked", ", chunked", ",chunked", "chunked,", " ,\t, Chunked , "}));
  const auto step = GENERATE(1u, 4096u);
  RequestParser parser({});

  const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + list + "\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  const auto used = feed(parser, bytes, step);

  CAPTURE(list);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request().body == "ab");
  CHECK(used == bytes.size());
}

TEST_CASE("the limit of a body can depend on the head", "[wire][request]") {
  struct Row {
    const char* why;
    const char* target;
    std::string framing;
    bool refused;
  };
  const auto row = GENERATE(values<Row>({
      {"within the usual limit", "/", "Content-Length: 4\r\n\r\nabcd", false},
      {"beyond it", "/", "Content-Length: 5\r\n\r\nabcde", true},
      {"beyond it in chunks", "/", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", true},
      {"a larger limit", "/large", "Content-Length: 8\r\n\r\nabcdefgh", false},
      {"a larger limit in chunks", "/large", "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n", false},
      {"beyond that", "/large", "Content-Length: 9\r\n\r\nabcdefghi", true},
  }));
  INFO(row.why);
  const auto step = GENERATE(1u, 4096u);
  RequestParser parser({.body_of = [](const Request& head) { return head.target == "/large" ? 8u : 4u; }});

  feed(parser, "POST " + std::string(row.target) + " HTTP/1.1\r\nHost: a\r\n" + row.framing, step);

  REQUIRE(parser.state() == (row.refused ? State::refused : State::complete));
  CHECK((!row.refused || parser.refusal().status == 413));
}

TEST_CASE("a trailer never becomes a header", "[wire][request]") {
  const auto trailer =
      GENERATE(values<std::string>({"X: y", "Host: evil", "Authorization: Bearer x", "Content-Length: 9", "Transfer-Encoding: gzip",
                                    "Understudy-Tenant: other", "Origin: http://evil", "Connection: close"}));
  RequestParser parser({});

  feed(parser, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n" + trailer + "\r\n\r\n", 4096);

  CAPTURE(trailer);
  // Beast refuses trailers that would change the framing; all others are read and dropped.
  if (parser.state() == State::refused) return;
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request().headers == Headers{{"Host", "a"}, {"Transfer-Encoding", "chunked"}});
}

TEST_CASE("a head has a limit, with or without line ends", "[wire][request]") {
  struct Row {
    const char* why;
    std::string bytes;
    int status;  // 0: it is read
  };
  const auto row = GENERATE(values<Row>({
      {"a target that never ends", "GET /" + repeat("x", 300), 414},
      {"a long target", "GET /" + repeat("x", 300) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"a method that never ends", repeat("X", 300), 501},
      {"a long method", repeat("X", 300) + " / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"many lines", "GET / HTTP/1.1\r\nHost: a\r\n" + repeat("A: b\r\n", 100) + "\r\n", 431},
      {"one byte more than the limit", "GET / HTTP/1.1\r\nHost: a\r\nA: " + repeat("x", 168) + "\r\n\r\n", 431},
      {"exactly the limit", "GET / HTTP/1.1\r\nHost: a\r\nA: " + repeat("x", 167) + "\r\n\r\n", 0},
  }));
  INFO(row.why);
  const auto step = GENERATE(1u, 4096u);
  RequestParser parser({.head = 199, .body = 100});

  feed(parser, row.bytes, step);

  CHECK(parser.state() == (row.status != 0 ? State::refused : State::complete));
  CHECK((row.status == 0 || parser.refusal().status == row.status));
}

TEST_CASE("a target reaches the handler in origin-form", "[wire][request]") {
  struct Row {
    const char* why;
    const char* line;
    const char* target;
  };
  const auto row = GENERATE(values<Row>({
      {"a path stays as it is", "GET //a/../b%2F?c=%zz HTTP/1.1", "//a/../b%2F?c=%zz"},
      {"a URL loses scheme and host", "GET http://host:80/a?b HTTP/1.1", "/a?b"},
      {"schemes have no case", "GET HTTPS://host/a HTTP/1.1", "/a"},
      {"a URL without path", "GET http://host HTTP/1.1", "/"},
      {"a URL with a query only", "GET http://host?a=/ HTTP/1.1", "/?a=/"},
      {"an IPv6 host", "GET http://[::1]:80/a HTTP/1.1", "/a"},
      {"brackets in a query", "GET /a?ids[]=1&ids[]=2 HTTP/1.1", "/a?ids[]=1&ids[]=2"},
      {"every other character that a target may have", "GET /-._~!$&'()*+,;=:@%20?/? HTTP/1.1", "/-._~!$&'()*+,;=:@%20?/?"},
      {"the server as such", "OPTIONS * HTTP/1.1", "*"},
      {"a URL in a query is no absolute-form", "GET /a?u=http://b/c HTTP/1.1", "/a?u=http://b/c"},
  }));
  INFO(row.why);
  RequestParser parser({});

  feed(parser, std::string(row.line) + "\r\nHost: a\r\n\r\n", 4096);

  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request().target == row.target);
}

TEST_CASE("a connection goes on as version and Connection header say", "[wire][request]") {
  struct Row {
    const char* version;
    const char* connection;
    bool keep_alive;
  };
  const auto row = GENERATE(values<Row>({
      {"HTTP/1.1", "", true},
      {"HTTP/1.1", "Connection: close\r\n", false},
      {"HTTP/1.1", "connection: CLOSE\r\n", false},
      {"HTTP/1.1", "Connection: x, Close\r\n", false},
      {"HTTP/1.1", "Connection: Keep-Alive\r\n", true},
      {"HTTP/1.2", "", true},
      {"HTTP/1.9", "Connection: close\r\n", false},
      {"HTTP/1.0", "", false},
      {"HTTP/1.0", "Connection: Keep-Alive\r\n", true},
      {"HTTP/1.0", "Connection: keep-alive, close\r\n", true},
  }));
  RequestParser parser({});

  feed(parser, "GET / " + std::string(row.version) + "\r\nHost: a\r\n" + row.connection + "\r\n", 4096);

  REQUIRE(parser.state() == State::complete);
  CAPTURE(row.version, row.connection);
  CHECK(parser.keep_alive() == row.keep_alive);
}

TEST_CASE("a parser reads one request after the other", "[wire][request]") {
  RequestParser parser({});
  const std::string two = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\nGET /2 HTTP/1.0\r\n\r\n";

  const auto used = feed(parser, two, 4096);
  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request().body == "ab");
  parser.reset();
  feed(parser, std::string_view(two).substr(used), 4096);

  REQUIRE(parser.state() == State::complete);
  CHECK(parser.request().target == "/2");
  CHECK(parser.http_1_0());
  CHECK_FALSE(parser.keep_alive());
}
