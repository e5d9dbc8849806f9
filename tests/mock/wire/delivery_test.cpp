#include <chrono>

#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;
using End = RawSocket::End;
using Ending = Delivery::Ending;

namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Delivery hello() {
  Delivery delivery;
  delivery.response.body = "hello";
  return delivery;
}

auto milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a client sees each ending as what it is", "[wire][delivery]") {
  struct Row {
    const char* why;
    Ending ending;
    std::optional<std::size_t> after_bytes;
    std::string bytes;
    End end;
  };
  const auto row = GENERATE(values<Row>({
      {"FIN instead of an answer", Ending::close, std::nullopt, "", End::finished},
      {"FIN behind the head", Ending::close, 0, kHead, End::finished},
      {"FIN within the body", Ending::close, 3, kHead + "hel", End::finished},
      {"RST instead of an answer", Ending::reset, std::nullopt, "", End::reset},
      {"RST behind the head", Ending::reset, 0, kHead, End::reset},
      {"RST within the body", Ending::reset, 3, kHead + "hel", End::reset},
  }));
  INFO(row.why);
  auto delivery = hello();
  delivery.ending = row.ending;
  delivery.after_bytes = row.after_bytes;
  const auto wire = open_wire(always(delivery));

  const auto seen = ask(wire->port(), kGet);

  CHECK(seen.bytes == row.bytes);
  CHECK(seen.end == row.end);
}

TEST_CASE("bytes that a reset grants arrive before it, however many", "[wire][delivery]") {
  Delivery delivery;
  delivery.response.body = std::string(3u << 20, 'x');
  delivery.ending = Ending::reset;
  delivery.after_bytes = 2u << 20;
  const auto wire = open_wire(always(delivery));

  const auto seen = ask(wire->port(), kGet);

  CHECK(seen.bytes.size() == std::string("HTTP/1.1 200 OK\r\nContent-Length: 3145728\r\n\r\n").size() + (2u << 20));
  CHECK(seen.end == End::reset);
}

TEST_CASE("requests that wait behind a FIN do not turn it into a RST", "[wire][delivery]") {
  auto delivery = hello();
  delivery.ending = Ending::close;
  delivery.after_bytes = 2;
  const auto wire = open_wire(always(delivery));
  RawSocket client(wire->port());
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += kGet;

  client.send(requests);
  const auto seen = client.read_to_end();

  CHECK(seen.bytes == kHead + "he");
  CHECK(seen.end == End::finished);
}

TEST_CASE("a stalled answer is silent until the wire stops", "[wire][delivery]") {
  const auto after_bytes = GENERATE(values<std::optional<std::size_t>>({std::nullopt, 0, 2}));
  auto delivery = hello();
  delivery.ending = Ending::stall;
  delivery.after_bytes = after_bytes;
  const auto wire = open_wire(always(delivery));
  RawSocket client(wire->port());

  client.send(kGet);
  const auto granted = after_bytes ? client.read_bytes(kHead.size() + *after_bytes).bytes : "";
  REQUIRE(eventually([&] { return wire->counters().requests == 1; }));
  const bool silent = !client.has_more();
  wire->stop();

  CHECK(granted == (after_bytes ? kHead + std::string("hello").substr(0, *after_bytes) : ""));
  CHECK(silent);
  const auto rest = client.read_to_end();
  CHECK(rest.bytes.empty());
  CHECK(rest.end == End::finished);
}

TEST_CASE("a client that leaves frees its connection, whatever the wire waits for", "[wire][delivery]") {
  struct Row {
    const char* why;
    Ending ending;
    std::chrono::milliseconds delay;
    std::optional<Delivery::Drip> drip;
    std::string request;
  };
  const auto row = GENERATE(values<Row>({
      {"a stall", Ending::stall, 0ms, std::nullopt, kGet},
      {"a delay", Ending::complete, 1h, std::nullopt, kGet},
      {"a drip", Ending::complete, 0ms, Delivery::Drip{1, 1h}, kGet},
      {"a stall with a request behind it", Ending::stall, 0ms, std::nullopt, kGet + kGet},
      {"the rest of a request", Ending::complete, 0ms, std::nullopt, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"},
      {"the rest of a head", Ending::complete, 0ms, std::nullopt, "GET / HT"},
  }));
  const auto with_reset = GENERATE(false, true);
  INFO(row.why);
  auto delivery = hello();
  delivery.ending = row.ending;
  delivery.delay = row.delay;
  delivery.drip = row.drip;
  const auto wire = open_wire(always(delivery));
  RawSocket client(wire->port());

  client.send(row.request);
  REQUIRE(eventually([&] { return wire->counters().open == 1; }));
  with_reset ? client.leave_with_reset() : client.leave();

  CHECK(eventually([&] { return wire->counters().open == 0; }));
}

TEST_CASE("a client that leaves in the middle of a long answer frees its connection", "[wire][delivery]") {
  Delivery delivery;
  delivery.response.body = std::string(32u << 20, 'x');
  const auto wire = open_wire(always(delivery));
  RawSocket client(wire->port());

  client.send(kGet);
  client.read_bytes(100000);
  client.leave();

  CHECK(eventually([&] { return wire->counters().open == 0; }));
}

TEST_CASE("an answer is not early", "[wire][delivery]") {
  struct Row {
    const char* why;
    std::chrono::milliseconds delay;
    std::optional<Delivery::Drip> drip;
    int at_least;
  };
  const auto bytes = static_cast<int>(kHead.size()) + 5;
  const auto row = GENERATE_COPY(values<Row>({
      {"delayed", 60ms, std::nullopt, 60},
      {"a byte each 2 ms", 0ms, Delivery::Drip{1, 2ms}, (bytes - 1) * 2},
      {"ten bytes each 10 ms", 0ms, Delivery::Drip{10, 10ms}, (bytes - 1) / 10 * 10},
      {"delayed, then in two halves", 30ms, Delivery::Drip{30, 30ms}, 60},
      {"a drip without a pause", 0ms, Delivery::Drip{1, 0ms}, 0},
      {"a drip of nothing is one of single bytes", 0ms, Delivery::Drip{0, 1ms}, bytes - 1},
  }));
  INFO(row.why);
  auto delivery = hello();
  delivery.delay = row.delay;
  delivery.drip = row.drip;
  const auto wire = open_wire(always(delivery));
  RawSocket client(wire->port());
  const auto start = std::chrono::steady_clock::now();

  client.send(kGet);
  const auto answer = client.read_response();

  CHECK(answer.bytes == kHead + "hello");
  CHECK(milliseconds_since(start) >= row.at_least);
  CHECK(wire->counters().open == 1);
}

TEST_CASE("a request that was sent early waits behind a delayed answer", "[wire][delivery]") {
  const auto wire = open_wire([](Request&& request, const Peer&) {
    Delivery delivery;
    delivery.delay = request.target == "/slow" ? 70ms : 0ms;
    delivery.response.body = request.target;
    return delivery;
  });
  RawSocket client(wire->port());

  client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(eventually([&] { return wire->counters().requests == 1; }));
  client.send("GET /fast HTTP/1.1\r\nHost: a\r\n\r\n");

  CHECK(client.read_response().bytes.ends_with("/slow"));
  CHECK(client.read_response().bytes.ends_with("/fast"));
}

TEST_CASE("a malformed chunk ends in FIN", "[wire][delivery]") {
  auto delivery = hello();
  delivery.malformed_chunk = true;
  const auto wire = open_wire(always(delivery));

  const auto seen = ask(wire->port(), kGet);

  CHECK(seen.bytes == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nxyz\r\nlo\r\n");
  CHECK(seen.end == End::finished);
}

TEST_CASE("garbage instead of an answer ends in FIN", "[wire][delivery]") {
  auto delivery = hello();
  delivery.raw = std::string("\0\xFFnot HTTP", 10);
  const auto wire = open_wire(always(delivery));

  const auto seen = ask(wire->port(), kGet);

  CHECK(seen.bytes == *delivery.raw);
  CHECK(seen.end == End::finished);
}

TEST_CASE("a fault can be dripped like an answer", "[wire][delivery]") {
  auto delivery = hello();
  delivery.ending = Ending::reset;
  delivery.after_bytes = 2;
  delivery.drip = Delivery::Drip{7, 1ms};
  const auto wire = open_wire(always(delivery));

  const auto seen = ask(wire->port(), kGet);

  CHECK(seen.bytes == kHead + "he");
  CHECK(seen.end == End::reset);
}
