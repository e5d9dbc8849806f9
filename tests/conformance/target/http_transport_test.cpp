#include "conformance/target/http_transport.h"

#include "tests/support/catch.h"
#include "tests/support/net/scripted_server.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Then = Script::Then;

const Request kPost{
    .method = "POST", .target = "/things?a=%20b", .headers = {{"X-One", "1"}, {"x-one", "2"}, {"X-Empty", ""}}, .body = "{}"};
const Request kByHand{.method = "POST", .target = "/things", .headers = {{"Host", "h"}, {"Content-Length", "2"}}, .body = "{}"};

std::string ok(const std::string& body) { return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body; }

SendOptions options(bool as_is, Milliseconds deadline = Milliseconds(5000)) { return {.deadline = deadline, .as_is = as_is}; }

std::string many(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// "hello" in gzip.
const std::string kGzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
// "hello" in zlib's format, which is what `deflate` means (RFC 9110 section 8.4.1.2).
const std::string kDeflate("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);
// "hello" deflated without zlib's frame, which some servers send as `deflate`.
const std::string kBareDeflate("\xcb\x48\xcd\xc9\xc9\x07\x00", 7);
// "hello" in Brotli.
const std::string kBrotli("\x0b\x02\x80hello\x03", 9);
// kGzip, in gzip again.
const std::string kGzipTwice(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x93\xef\xe6\x60\x00\x01\x26\xe6\xd3\x1e\x67\x4f\x9e\x64\x67\x68\x5b\x26\x60\xc6\x0a\x14"
    "\x00\x00\xa7\x6f\xb4\x45\x19\x00\x00\x00",
    42);

// kDeflate without its last 5 bytes, in gzip.
const std::string kGzipOfCutDeflate(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x98\x73\xda\xe3\xec\xc9\x93\xec\x00\x4b\xd6\x56\xbf\x08\x00\x00\x00", 28);

std::string cut(const std::string& text, std::size_t bytes) { return text.substr(0, text.size() - bytes); }
std::string changed(std::string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

}  // namespace

TEST_CASE("outcomes are distinguished, by curl and by the plain socket alike", "[transport]") {
  struct Row {
    const char* why;
    Script script;
    Outcome outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"a whole answer", {ok("hello"), Then::keep}, Outcome::answered},
      {"until the end of the connection", {"HTTP/1.1 200 OK\r\n\r\nhello", Then::close}, Outcome::answered},
      {"chunks",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", Then::keep},
       Outcome::answered},
      {"announcements in front", {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok("hello"), Then::keep}, Outcome::answered},
      {"reset at once", {"", Then::reset}, Outcome::reset},
      {"closed at once", {"", Then::close}, Outcome::close},
      {"closed inside the head", {"HTTP/1.1 200 OK\r\nContent-", Then::close}, Outcome::close},
      {"closed inside the body", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", Then::close}, Outcome::truncated},
      {"closed between chunks", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", Then::close}, Outcome::truncated},
      {"reset inside the body", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", Then::reset}, Outcome::reset},
      {"a chunk without a size",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\nzz\r\nllo\r\n", Then::close},
       Outcome::malformed},
      {"two lengths", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Then::stall}, Outcome::malformed},
      {"two lengths, turned round",
       {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 5\r\n\r\nhello", Then::stall},
       Outcome::malformed},
      {"two lengths in a line", {"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello", Then::stall}, Outcome::malformed},
      {"one length twice", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", Then::keep}, Outcome::answered},
      {"a length that is none", {"HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", Then::stall}, Outcome::malformed},
      {"a length beside chunks",
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Then::stall},
       Outcome::malformed},
      {"chunked twice",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Then::stall},
       Outcome::malformed},
      {"chunked that is not last",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n", Then::stall},
       Outcome::malformed},
      {"a head of 300 kB",
       {"HTTP/1.1 200 OK\r\n" + many("X: " + std::string(90'000, 'a') + "\r\n", 4) + "Content-Length: 5\r\n\r\nhello", Then::stall},
       Outcome::malformed},
      {"a header line of 300 kB",
       {"HTTP/1.1 200 OK\r\nX: " + std::string(300'000, 'a') + "\r\nContent-Length: 5\r\n\r\nhello", Then::stall},
       Outcome::malformed},
      {"interim responses without end", {many("HTTP/1.1 100 Continue\r\n\r\n", 20'000), Then::stall}, Outcome::malformed},
      {"more than the limit", {ok(std::string(2000, 'a')), Then::keep}, Outcome::too_large},
      {"more than the limit, until the end", {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'a'), Then::close}, Outcome::too_large},
      {"more than the limit, in chunks",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + many("100\r\n" + std::string(256, 'a') + "\r\n", 8), Then::stall},
       Outcome::too_large},
      {"a length far beyond the limit", {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nhello", Then::stall}, Outcome::too_large},
      {"no HTTP at all", {"SSH-2.0-OpenSSH\r\n", Then::close}, Outcome::malformed},
  }));
  INFO(row.why);
  const bool as_is = GENERATE(false, true);
  INFO((as_is ? "by hand" : "by curl"));
  ScriptedServer server({row.script});
  HttpTransport transport;

  auto limited = options(as_is);
  limited.answer_limit = 1000;
  const auto result = transport.send(server.url(), as_is ? kByHand : kPost, limited);

  INFO(result.detail);
  CHECK(result.elapsed < Milliseconds(4000));
  CHECK(to_string(result.outcome) == to_string(row.outcome));
  if (row.outcome == Outcome::answered) CHECK(result.response.body == "hello");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("the deadline is for everything, a dripping body included", "[transport]") {
  const bool as_is = GENERATE(false, true);
  const auto bytes = GENERATE(values<std::string>({"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh"}));
  ScriptedServer server({{bytes, Then::stall}});
  HttpTransport transport;
  const auto result = transport.send(server.url(), as_is ? kByHand : kPost, options(as_is, Milliseconds(150)));
  CHECK(result.outcome == Outcome::timeout);
  CHECK(result.elapsed >= Milliseconds(140));
  CHECK(result.elapsed < Milliseconds(3000));
}

TEST_CASE("without a listener the target is unreachable, with the system's message", "[transport]") {
  const bool as_is = GENERATE(false, true);
  Url url;
  {
    ScriptedServer gone({});
    url = gone.url();
  }
  HttpTransport transport;
  const auto result = transport.send(url, as_is ? kByHand : kPost, options(as_is));
  CHECK(result.outcome == Outcome::unreachable);
  CHECK(result.detail == "Connection refused");
}

TEST_CASE("status line and headers are kept as they came; redirects and codings are not followed", "[transport]") {
  const bool as_is = GENERATE(false, true);
  ScriptedServer server(
      {{"HTTP/1.1 302 Over There\r\nLocation: /x\r\nx-Case: a  b \r\nX-Case: c\r\nContent-Encoding: gzip\r\nContent-Length: "
        "3\r\n\r\n\x01\x02\x03",
        Then::keep}});
  HttpTransport transport;

  const auto result = transport.send(server.url(), as_is ? kByHand : kPost, options(as_is));

  CHECK(result.response.status == 302);
  CHECK(result.response.reason == "Over There");
  CHECK(result.response.headers ==
        Headers{{"Location", "/x"}, {"x-Case", "a  b"}, {"X-Case", "c"}, {"Content-Encoding", "gzip"}, {"Content-Length", "3"}});
  CHECK(result.response.body == "\x01\x02\x03");
}

TEST_CASE("content codings are removed, and one that cannot be is named", "[transport]") {
  struct Row {
    const char* why;
    std::string coding, body;
    std::string decoded;    // "": the body stays as it came
    std::string undecoded;  // a part of it
  };
  const auto row = GENERATE(values<Row>({
      {"gzip", "gzip", kGzip, "hello", ""},
      {"in capitals", "GZIP", kGzip, "hello", ""},
      {"its other name", "x-gzip", kGzip, "hello", ""},
      {"deflate", "deflate", kDeflate, "hello", ""},
      {"none", "identity", "hello", "hello", ""},
      {"an unknown one", "utf-8", "hello", "", "Content-Encoding: utf-8"},
      {"not what it says", "gzip", "hello", "", "Content-Encoding: gzip"},
      {"Brotli", "br", kBrotli, "hello", ""},
      {"deflate without its frame", "deflate", kBareDeflate, "hello", ""},
      {"twice", "gzip, gzip", kGzipTwice, "hello", ""},
      {"beside identity", "identity, gzip", kGzip, "hello", ""},
      {"two codings, applied once", "gzip, gzip", kGzip, "", "Content-Encoding: gzip, gzip"},
      {"a known and an unknown one", "gzip, utf-8", kGzip, "", "Content-Encoding: gzip, utf-8"},
      {"six codings", "gzip, gzip, gzip, gzip, gzip, gzip", kGzip, "", "names 6 codings"},
      {"gzip without its last byte", "gzip", cut(kGzip, 1), "", "gzip: the stream is truncated"},
      {"gzip without its check", "gzip", cut(kGzip, 8), "", "gzip: the stream is truncated"},
      {"gzip cut inside the data", "gzip", cut(kGzip, 12), "", "gzip: the stream is truncated"},
      {"gzip cut inside its head", "gzip", kGzip.substr(0, 5), "", "gzip: the stream is truncated"},
      {"one byte of gzip", "gzip", kGzip.substr(0, 1), "", "gzip: the stream is truncated"},
      {"deflate cut", "deflate", cut(kDeflate, 2), "", "deflate: the stream is truncated"},
      {"deflate without its frame, cut", "deflate", cut(kBareDeflate, 2), "", "deflate: the stream is truncated"},
      {"Brotli cut", "br", cut(kBrotli, 1), "", "br: the stream is truncated"},
      {"the inner one of two cut", "deflate, gzip", kGzipOfCutDeflate, "", "deflate: the stream is truncated"},
      {"a byte behind gzip", "gzip", kGzip + "x", "", "gzip: bytes follow the end of the stream"},
      {"gzip followed by text", "gzip", kGzip + "{\"a\": 1}", "", "gzip: bytes follow the end of the stream"},
      {"a byte behind deflate", "deflate", kDeflate + "x", "", "deflate: bytes follow the end of the stream"},
      {"a byte behind Brotli", "br", kBrotli + "x", "", "br: bytes follow the end of the stream"},
      {"a wrong check of gzip", "gzip", changed(kGzip, 18), "", "incorrect data check"},
      {"a wrong length of gzip", "gzip", changed(kGzip, 22), "", "incorrect length check"},
      {"a wrong check of deflate", "deflate", changed(kDeflate, 12), "", "incorrect data check"},
  }));
  INFO(row.why);
  const bool as_is = GENERATE(false, true);
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Encoding: " + row.coding + "\r\nContent-Length: " + std::to_string(row.body.size()) +
                              "\r\n\r\n" + row.body,
                          Then::keep}});
  HttpTransport transport;

  const auto result = transport.send(server.url(), as_is ? kByHand : kPost, options(as_is));

  CHECK(result.outcome == Outcome::answered);
  CHECK(result.response.body == (row.decoded.empty() ? row.body : row.decoded));
  CHECK(result.undecoded.empty() == row.undecoded.empty());
  CHECK_THAT(result.undecoded, CONTAINS(row.undecoded));
}

TEST_CASE("a body that becomes larger than the limit when it is decoded is too large", "[transport]") {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n" + kGzip, Then::keep}});
  HttpTransport transport;
  auto limited = options(false);
  limited.answer_limit = 4;
  ScriptedServer raw({{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Then::keep}});

  CHECK(transport.send(raw.url(), kPost, limited).outcome == Outcome::too_large);
  limited.answer_limit = 30;
  CHECK(transport.send(server.url(), kPost, limited).response.body == "hello");
}

TEST_CASE("a request goes out with its own headers and framing alone", "[transport]") {
  struct Row {
    const char* why;
    Request request;
    bool as_is;
    std::string head;  // {port} becomes the port
  };
  const auto row = GENERATE(values<Row>({
      {"a post", kPost, false,
       "POST /things?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-One: 1\r\nx-one: 2\r\nX-Empty:\r\nContent-Length: 2\r\n\r\n{}"},
      {"a get", {.method = "GET", .target = "/a/../b"}, false, "GET /a/../b HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"},
      {"an empty post", {.method = "POST", .target = "/"}, false, "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"},
      {"a delete", {.method = "DELETE", .target = "/1"}, false, "DELETE /1 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"},
      {"by hand", kByHand, true, "POST /things HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"},
      {"by hand, without any length", {.method = "POST", .target = "/"}, true, "POST / HTTP/1.1\r\n\r\n"},
  }));
  INFO(row.why);
  ScriptedServer server({{ok(""), Then::keep}});
  HttpTransport transport;

  transport.send(server.url(), row.request, options(row.as_is));

  auto expected = row.head;
  if (const auto at = expected.find("{port}"); at != std::string::npos) expected.replace(at, 6, std::to_string(server.url().port));
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests().front() == expected);
}

TEST_CASE("connections are reused, and a request on a reused one that dies is not repeated", "[transport]") {
  struct Row {
    const char* why;
    Then then;
    Outcome outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"reset", Then::reset, Outcome::reset},
      {"closed", Then::close, Outcome::close},
  }));
  INFO(row.why);
  ScriptedServer server({{ok("a"), Then::keep}, {"", row.then}, {ok("b"), Then::keep}});
  HttpTransport transport;

  CHECK(transport.send(server.url(), kPost, options(false)).outcome == Outcome::answered);
  const auto second = transport.send(server.url(), kPost, options(false));
  CHECK(to_string(second.outcome) == to_string(row.outcome));
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 2);

  CHECK(transport.send(server.url(), kPost, options(false)).outcome == Outcome::answered);
  CHECK(server.connections() == 2);
}

TEST_CASE("an answer to HEAD has no body, whatever its length says", "[transport]") {
  const bool as_is = GENERATE(false, true);
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", Then::keep}});
  HttpTransport transport;
  const Request head{.method = "HEAD", .target = "/", .headers = {{"Host", "h"}}};
  const auto result = transport.send(server.url(), head, options(as_is));
  CHECK(result.outcome == Outcome::answered);
  CHECK(result.response.body.empty());
}
