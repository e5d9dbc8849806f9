#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;
using namespace std::chrono_literals;
using End = RawSocket::End;

namespace {

const std::string kPlainGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Delivery delayed(std::chrono::milliseconds delay) {
  Delivery delivery;
  delivery.response.body = "late";
  delivery.delay = delay;
  return delivery;
}

std::size_t threads_of_this_process() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

// Leaves this process as many free descriptors as said.
class DescriptorShortage {
 public:
  explicit DescriptorShortage(rlim_t left) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    auto short_of = before_;
    short_of.rlim_cur = static_cast<rlim_t>(lowest_free) + left;
    ::setrlimit(RLIMIT_NOFILE, &short_of);
  }
  ~DescriptorShortage() { end(); }
  void end() const { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a slow request keeps no other connection waiting", "[wire][life]") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  const auto wire = open_wire(
      [&](Request&& request, const Peer& peer) {
        if (request.target == "/slow") released.wait();
        return echo(std::move(request), peer);
      },
      {.threads = 1, .is_slow = [](const Request& request) { return request.target == "/slow"; }});
  RawSocket slow(wire->port());
  slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + kPlainGet);

  RawSocket other(wire->port());
  other.send(kPlainGet);
  CHECK_THAT(other.read_response().bytes, CONTAINS("GET /\n"));

  CHECK_FALSE(slow.has_more());
  release.set_value();
  CHECK_THAT(slow.read_response().bytes, CONTAINS("GET /slow\n"));
  CHECK_THAT(slow.read_response().bytes, CONTAINS("GET /\n"));
}

TEST_CASE("a wire that stops waits for a slow request", "[wire][life]") {
  std::promise<void> entered, release;
  std::atomic<bool> answered = false;
  auto wire = open_wire(
      [&](Request&& request, const Peer& peer) {
        entered.set_value();
        release.get_future().wait();
        answered = true;
        return echo(std::move(request), peer);
      },
      {.drain = 1ms, .is_slow = [](const Request&) { return true; }});
  RawSocket client(wire->port());
  client.send(kPlainGet);
  entered.get_future().wait();

  std::thread stopping([&] { wire->stop(); });
  release.set_value();
  stopping.join();

  CHECK(answered);
}

TEST_CASE("a port is taken once", "[wire][life]") {
  const auto first = open_wire();

  const auto second = Wire::open({.port = first->port()}, echo);

  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == "port-in-use");
  CHECK(second.error().failure == Failure::usage);
  CHECK_THAT(second.error().message, CONTAINS("127.0.0.1:" + std::to_string(first->port())));
}

TEST_CASE("a port is free again at once when its wire has stopped", "[wire][life]") {
  auto first = open_wire();
  const auto port = first->port();
  RawSocket client(port);
  client.send(kPlainGet);
  client.read_response();

  first.reset();

  CHECK(Wire::open({.port = port}, echo).has_value());
}

TEST_CASE("a host that is none of ours cannot be opened", "[wire][life]") {
  const auto host = GENERATE(values<std::string>({"no.such.host.invalid", "192.0.2.1", "127.0.0.1:80", "300.1.1.1"}));

  const auto wire = Wire::open({.host = host}, echo);

  REQUIRE_FALSE(wire.has_value());
  CHECK(wire.error().code == "bad-host");
  CHECK_THAT(wire.error().message, CONTAINS("'" + host + "'"));
}

TEST_CASE("a request that comes too slowly is answered with 408", "[wire][life]") {
  const auto begun =
      GENERATE(values<std::string>({"G", "GET / HTTP/1.1\r\nHost", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"}));
  CAPTURE(begun);
  const auto wire = open_wire(echo, {.request_deadline = 60ms});
  const auto start = std::chrono::steady_clock::now();

  const auto answer = ask(wire->port(), begun);

  CHECK(answer.bytes.starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  CHECK(answer.end == End::finished);
  CHECK(std::chrono::steady_clock::now() - start >= 60ms);
}

TEST_CASE("a deadline is for the whole request, a byte now and then does not move it", "[wire][life]") {
  const auto wire = open_wire(echo, {.request_deadline = 100ms});
  RawSocket client(wire->port());

  client.send("GET /");
  CHECK(eventually([&] { return !client.send("x") || client.has_more(); }));

  CHECK(wire->counters().refused == 1);
}

TEST_CASE("an idle connection is closed without a word", "[wire][life]") {
  const auto begun = GENERATE(values<std::string>({"", kPlainGet, "\r\n"}));
  const auto wire = open_wire(always(Delivery{}), {.idle = 60ms, .request_deadline = 60ms});
  RawSocket client(wire->port());

  client.send(begun);
  const auto seen = client.read_to_end();

  CHECK(seen.end == End::finished);
  CHECK((begun != "" || seen.bytes.empty()));
  CHECK((begun != kPlainGet || seen.bytes == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("a client that never reads its answer loses the connection", "[wire][life]") {
  Delivery delivery;
  delivery.response.body = std::string(32u << 20, 'x');
  const auto wire = open_wire(always(delivery), {.write_deadline = 60ms});
  RawSocket client(wire->port());

  client.send(kPlainGet);

  REQUIRE(eventually([&] { return wire->counters().requests == 1; }));
  CHECK(eventually([&] { return wire->counters().open == 0; }));
}

TEST_CASE("all answers that clients do not read have one limit", "[wire][life]") {
  struct Row {
    const char* why;
    std::size_t answer;  // bytes; more than the buffers of the kernel take
    std::size_t clients;
    std::uint64_t shed;
    std::optional<Delivery::Drip> drip = {};
  };
  constexpr std::size_t kMega = 1u << 20;
  const auto row = GENERATE(values<Row>({
      {"below the limit", 20 * kMega, 3, 0},
      {"one answer larger than the limit", 80 * kMega, 1, 0},
      {"each new answer beyond it closes the connection that waits longest", 20 * kMega, 6, 3},
      {"answers larger than the limit: the last one stays", 80 * kMega, 3, 2},
      {"answers that are sent slowly on purpose", 20 * kMega, 6, 3, Delivery::Drip{.bytes = 10, .every = 1h}},
      {"answers without a body", 0, 50, 0},
  }));
  INFO(row.why);
  Delivery delivery;
  delivery.response.body = std::string(row.answer, 'x');
  delivery.drip = row.drip;
  const auto wire = open_wire(always(delivery), {.threads = 1, .unsent_limit = 64 * kMega});
  std::vector<RawSocket> clients;

  for (std::size_t i = 0; i < row.clients; ++i) {
    clients.emplace_back(wire->port());
    clients.back().send(kPlainGet);
    REQUIRE(eventually([&] { return wire->counters().requests == i + 1; }));
  }

  CHECK(eventually([&] { return wire->counters().shed == row.shed && wire->counters().open == row.clients - row.shed; }));
  CHECK(wire->counters().unsent <= std::max(64 * kMega, row.answer + kMega));
  for (std::size_t i = 0; i < row.shed; ++i) CHECK(clients[i].read_to_end().bytes.size() < row.answer);  // the first ones
  if (!row.drip) {
    for (std::size_t i = row.shed; i < row.clients; ++i) CHECK(clients[i].read_response().bytes.ends_with(delivery.response.body));
    CHECK(eventually([&] { return wire->counters().unsent == 0; }));
  }
}

TEST_CASE("the limit of unread answers counts the connections of all threads", "[wire][life]") {
  Delivery delivery;
  delivery.response.body = std::string(20u << 20, 'x');
  const auto wire = open_wire(always(delivery), {.threads = 4, .unsent_limit = 64u << 20});
  std::vector<RawSocket> clients;

  for (int i = 0; i < 12; ++i) {
    clients.emplace_back(wire->port());
    clients.back().send(kPlainGet);
  }

  CHECK(eventually([&] { return wire->counters().shed >= 9 && wire->counters().requests == 12; }));
  CHECK(eventually([&] { return wire->counters().unsent <= 64u << 20; }));
  CHECK(clients.size() == 12);
}

TEST_CASE("stopping lets an answer in flight finish, and says that it is the last", "[wire][life]") {
  const auto wire = open_wire(always(delayed(80ms)));
  RawSocket client(wire->port());

  client.send(kPlainGet);
  REQUIRE(eventually([&] { return wire->counters().requests == 1; }));
  wire->stop();
  const auto answer = client.read_to_end();

  CHECK(answer.bytes == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate");
  CHECK(answer.end == End::finished);
  CHECK_FALSE(RawSocket(wire->port()).connected());
}

TEST_CASE("stopping waits no longer than its drain time", "[wire][life]") {
  const auto wire = open_wire(always(delayed(1h)), {.drain = 50ms});
  RawSocket client(wire->port());
  client.send(kPlainGet);
  REQUIRE(eventually([&] { return wire->counters().requests == 1; }));
  const auto start = std::chrono::steady_clock::now();

  wire->stop();

  CHECK(std::chrono::steady_clock::now() - start >= 50ms);
  CHECK(std::chrono::steady_clock::now() - start < 5s);
  CHECK(client.read_to_end().bytes.empty());
  CHECK(wire->counters().open == 0);
}

TEST_CASE("stopping closes idle connections at once and can be asked for twice", "[wire][life]") {
  const auto wire = open_wire(echo, {.drain = 1h});
  RawSocket fresh(wire->port());
  RawSocket used(wire->port());
  used.send(kPlainGet);
  used.read_response();
  REQUIRE(eventually([&] { return wire->counters().open == 2; }));

  std::thread other([&] { wire->stop(); });
  wire->stop();
  other.join();

  CHECK(fresh.read_to_end().end == End::finished);
  CHECK(used.read_to_end().end == End::finished);
  CHECK(wire->counters().open == 0);
}

TEST_CASE("five hundred connections at once are all answered", "[wire][life]") {
  const auto wire = open_wire(always(delayed(20ms)));
  std::vector<RawSocket> clients;
  for (int i = 0; i < 500; ++i) clients.emplace_back(wire->port(), 30s);

  for (auto& client : clients) client.send(kPlainGet);

  const auto answered =
      std::ranges::count_if(clients, [](RawSocket& client) { return client.read_response().bytes.ends_with("\r\n\r\nlate"); });
  CHECK(answered == 500);
  CHECK(wire->counters().accepted == 500);
}

TEST_CASE("two thousand idle connections cost no thread and do not slow the next", "[wire][life]") {
  const auto wire = open_wire();
  const auto threads = threads_of_this_process();
  std::vector<RawSocket> idle;
  for (int i = 0; i < 2000; ++i) idle.emplace_back(wire->port(), 60s);
  REQUIRE(eventually([&] { return wire->counters().open == 2000; }));

  const auto answer = ask(wire->port(), "GET / HTTP/1.0\r\n\r\n");

  CHECK(answer.bytes.starts_with("HTTP/1.1 200 OK"));
  CHECK(threads_of_this_process() == threads);
}

TEST_CASE("without a free descriptor a client waits, the wire does not spin, and no connection is lost", "[wire][life]") {
  const auto wire = open_wire();
  const DescriptorShortage one_left(1);
  RawSocket client(wire->port(), 300ms);
  const auto before = std::clock();

  client.send(kPlainGet);
  const auto meanwhile = client.read_to_end();
  const auto spent = std::chrono::milliseconds((std::clock() - before) * 1000 / CLOCKS_PER_SEC);
  one_left.end();

  CHECK(meanwhile.end == End::silence);
  CHECK(wire->counters().requests == 0);
  CHECK(spent < 150ms);
  CHECK(eventually([&] { return client.has_more(); }));
  CHECK(wire->counters().requests == 1);
}
