// Hundreds of scenarios on one port, each with its own clock, seed, ids and fault: what one client sees, to the last byte and to
// how the connection ended, must not depend on who else is there.
#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <set>
#include <thread>

#include "mock/mock.h"
#include "scenarios/src/model/given.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

constexpr std::size_t kScenarios = 240;

// What goes wrong, as a scenario writes it; the operation and the call are added. The last two are for those with tokens.
constexpr std::array kFaults = {
    "phase: before, kind: reset",
    "phase: before_commit, kind: reset",
    "phase: after_commit, kind: reset",
    "phase: before, kind: close",
    "phase: before_commit, kind: close",
    "phase: after_commit, kind: close",
    "kind: truncate",
    "kind: garbage",
    "kind: malformed_chunk",
    "phase: before, kind: status, status: 502, body: Bad gateway",
    "phase: after_commit, kind: status, status: 503, body: { a: 1 }",
    "phase: before, kind: delay, delay: 59m, virtual: true",
    "kind: drip, drip: { bytes: 400, every: 1ms }",
    "kind: wrong_content_type, content_type: text/html",
    "probability: 0.5, times: 2, phase: after_commit, kind: close",
    "kind: expire_token",
    "kind: throttle",
};

struct Play {
  const char* api;
  const char* operation;  // that is made three times, and hit by the fault
  std::size_t faults;     // so many of kFaults are for it
};
constexpr std::array<Play, 3> kPlays = {{{"sellercloud", "createOrder", kFaults.size()},
                                         {"veeqo", "createProduct", kFaults.size() - 2},
                                         {"sellercenter", "createProducts", kFaults.size() - 2}}};

const Play& play_of(std::size_t number) { return kPlays[number % kPlays.size()]; }

std::vector<ScenarioFile> make_scenarios() {
  std::vector<ScenarioFile> files;
  const Time start = *parse_rfc3339("2026-01-01T00:00:00Z");
  for (std::size_t i = 0; i < kScenarios; ++i) {
    const Play& play = play_of(i);
    const std::string text = "understudy: 1\nscenario: Number " + std::to_string(i) + "\napi: " + play.api + "\ngiven:\n  clock: \"" +
                             render_rfc3339(start + std::chrono::minutes(41 * i)) + "\"\n  seed: " + std::to_string(i + 1) +
                             "\n  faults: [{ on: " + play.operation + (i % 2 == 0 ? ", call: 2, " : ", every: 2, ") +
                             kFaults[i / kPlays.size() % play.faults] + " }]\nsteps: [{ advance: 1m }]\n";
    auto file = parse_scenario(text, "side-" + std::to_string(i) + ".yaml");
    if (!file) FAIL(render_problem(file.error()));
    files.push_back(*std::move(file));
  }
  return files;
}

// One client of its own connections, who writes down all it sees.
class Player {
 public:
  Player(std::uint16_t port, std::string name) : port_(port), name_(std::move(name)) {}

  std::string play(std::string_view api) {
    if (api == "sellercloud") play_orders();
    if (api == "veeqo") play_products();
    if (api == "sellercenter") play_batches();
    return std::move(seen_);
  }

 private:
  std::string ask_for(const std::string& head, const std::string& credential, const std::string& body) {
    const RawSocket::Received received =
        ask(port_, head + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + credential +
                       "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    seen_ += "> " + head + "\n" + received.bytes + "\n< " + std::string(to_string(received.end)) + "\n";
    return received.bytes;
  }
  void advance() { ask_for("POST /__admin/tenants/" + name_ + "/clock/advance", "", R"({"by":"61m"})"); }

  void log_in() {
    const std::string answer = ask_for("POST /sellercloud/rest/api/token", "", R"({"Username":")" + name_ + R"(","Password":"demo"})");
    const std::string member = "\"access_token\":\"";
    const auto at = answer.find(member) + member.size();
    bearer_ = "Authorization: Bearer " + answer.substr(at, answer.find('"', at) - at) + "\r\n";
  }
  void play_orders() {
    log_in();
    for (const char* number : {"W-1", "W-1", "W-2"}) {
      ask_for("POST /sellercloud/rest/api/Orders", bearer_,
              std::string(R"({"CustomerDetails":{"Email":"a@example.test","FirstName":"A","LastName":"B"},"OrderDetails":)") +
                  R"({"CompanyID":163,"Channel":"Local_Store","OrderSourceOrderID":")" + number + R"("}})");
    }
    advance();
    ask_for("GET /sellercloud/rest/api/Orders", bearer_, "");
    log_in();
    ask_for("GET /sellercloud/rest/api/Orders", bearer_, "");
  }
  void play_products() {
    const std::string key = "x-api-key: " + name_ + "\r\n";
    for (const char* sku : {"A", "B", "C"}) {
      ask_for("POST /veeqo/products", key,
              std::string(R"({"product":{"title":"Lamp","product_variants_attributes":[{"title":"","price":1,"sku_code":")") + sku +
                  R"("}]}})");
    }
    advance();
    ask_for("GET /veeqo/products", key, "");
  }
  void play_batches() {
    for (const char* sku : {"A", "B", "A"}) {
      ask_for(
          "POST /sellercenter", "",
          R"([{"api":1,"method":"auth","params":{"username":")" + name_ + R"(","password":"demo"},"id":1},)" +
              R"({"api":1,"method":"Product.createProducts","id":2,"params":{"productsInfo":[{"attribute_set":"1","seller":"624","seller_sku":")" +
              sku + R"(","title":"Canon","price":"100.00"}]}}])");
      advance();
    }
  }

  std::uint16_t port_;
  std::string name_, bearer_, seen_;
};

// Every transcript by the number of its scenario, played by so many clients at once.
std::vector<std::string> play_all(const std::vector<ScenarioFile>& files, std::size_t clients, std::uint64_t shuffle_seed) {
  Mock mock(bundled_contracts(), {.check_all_answers = true});
  for (const ScenarioFile& file : files) {
    const auto given = render_given(file, Variables());
    REQUIRE(given);
    const auto staged = mock.stage(file.scenario.stem, *given);
    if (!staged) FAIL(render_problem(staged.error()) << "\n" << file.document.text);
  }
  const auto wire = open_wire([&](Request&& request, const Peer& peer) { return mock.handle(request, {.loopback = peer.loopback}); });
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), 0);
  Random random(shuffle_seed);
  for (std::size_t i = order.size(); shuffle_seed != 0 && i > 1; --i) std::swap(order[i - 1], order[random.next() % i]);

  std::vector<std::string> transcripts(files.size());
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < order.size(); at = next++) {
        const std::size_t number = order[at];
        transcripts[number] = Player(wire->port(), files[number].scenario.stem).play(play_of(number).api);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(mock.own_findings() == Json::array());
  return transcripts;
}

std::size_t count_with(const std::vector<std::string>& transcripts, std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(transcripts.begin(), transcripts.end(), [&](const std::string& one) { return one.find(text) != std::string::npos; }));
}

}  // namespace

TEST_CASE("240 scenarios with clocks and faults of their own, side by side on one port, see the bytes of a serial run", "[tenants]") {
  const auto files = make_scenarios();

  const auto serial = play_all(files, 1, 0);
  const auto few = play_all(files, 3, 5);
  const auto many = play_all(files, 16, 11);

  for (std::size_t i = 0; i < serial.size(); ++i) {
    INFO(files[i].document.text);
    CHECK(few[i] == serial[i]);
    CHECK(many[i] == serial[i]);
  }
  // They are as different as they are meant to be.
  CHECK(std::set<std::string>(serial.begin(), serial.end()).size() == kScenarios);
  CHECK(count_with(serial, "< reset") > 20);
  CHECK(count_with(serial, "HTTP/1.1 502") > 5);
  CHECK(count_with(serial, "HTTP/1.1 401") > 60);
  CHECK(count_with(serial, "< silence") == 0);
}
