// Targets as users name them: the program, files and URLs, over real sockets.
#include <httplib.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/wire_stage.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// What sets states: it knows every one but "unknown", and tells a number.
class StateServer {
 public:
  StateServer() {
    server_.Post("/states", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(request.body);
      response.status = request.body.find("\"unknown\"") == std::string::npos ? 200 : 404;
      response.set_content(R"({"product": 424242})", "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~StateServer() {
    server_.stop();
    thread_.join();
  }
  StateServer(const StateServer&) = delete;
  StateServer& operator=(const StateServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/states"; }
  std::vector<std::string> bodies() const {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::thread thread_;
};

struct Served {
  Mock mock{bundled_contracts()};
  std::unique_ptr<Wire> wire =
      open_wire([this](Request&& request, const Peer& peer) { return mock.handle(request, {.loopback = peer.loopback}); });
  std::string url() const { return "http://127.0.0.1:" + std::to_string(wire->port()); }
};

std::string state_scenario(const std::string& state, const std::string& steps) {
  return "understudy: 1\nscenario: a state\napi: veeqo\ngiven: { states: [{ name: " + state + ", returns: [product] }] }\nsteps:\n" + steps;
}

const char* const kRead = "  - { send: getProduct, with: { path: { id: \"{{product}}\" } }, expect: { answer: record_not_found } }\n";

}  // namespace

TEST_CASE("the program asks a provider-states URL before and after", "[target][cli]") {
  const Served served;
  const StateServer states;
  const Folder folder;
  const auto file = folder.write("a.yaml", state_scenario("no product", kRead));

  const auto without = run_understudy({"verify", file, "--target", served.url(), "-v"});
  const auto with = run_understudy({"verify", file, "--target", served.url(), "--provider-states", states.url()});
  const auto bodies = states.bodies();
  const auto unknown = run_understudy(
      {"verify", folder.write("b.yaml", state_scenario("unknown", kRead)), "--target", served.url(), "--provider-states", states.url()});
  const auto unreachable_run = run_understudy({"verify", file, "--target", served.url(), "--provider-states", "http://127.0.0.1:1/states"});

  CHECK(without.code == 7);
  CHECK_THAT(without.out, CONTAINS("the target cannot arrange states: given.states"));
  INFO(with.out << with.err);
  CHECK(with.code == 0);
  CHECK(bodies == std::vector<std::string>{R"({"action":"setup","params":{},"state":"no product"})",
                                           R"({"action":"teardown","params":{},"state":"no product"})"});
  CHECK(unknown.code == 3);
  CHECK_THAT(unknown.out, CONTAINS("answered 404 to the setup of 'unknown'"));
  CHECK_THAT(unknown.out, CONTAINS("[state-refused]"));
  CHECK(unreachable_run.code == 4);
  CHECK_THAT(unreachable_run.err, CONTAINS("cannot reach http://127.0.0.1:1"));
}

TEST_CASE("a signal ends a wait, and states are torn down", "[target][cli]") {
  const Served served;
  const StateServer states;
  const Folder folder;
  const auto file = folder.write("a.yaml", state_scenario("waiting", "  - { advance: 60s }\n" + std::string(kRead)));
  Process program(understudy_binary(), {"verify", file, "--target", served.url(), "--provider-states", states.url(), "--max-wait", "2m"});
  while (states.bodies().empty()) std::this_thread::yield();

  program.send(SIGTERM);
  const auto ended = program.wait();

  CHECK(ended.code == 143);
  CHECK(states.bodies().size() == 2);
  CHECK_THAT(states.bodies().back(), CONTAINS("teardown"));
}

TEST_CASE("options win over the target file, and its secrets are not shown", "[target][cli]") {
  const Served served;
  const Folder folder;
  const auto file = folder.write("a.yaml",
                                 "understudy: 1\ntarget: ours\nurl: http://127.0.0.1:1\naccount: { password: { env: A_SECRET } }\n"
                                 "headers: { X-Auth: { env: ANOTHER_SECRET } }\nprofile: observed\n");
  const auto report = folder.path("report.json");
  const std::vector<std::string> environment = {"A_SECRET=swordfish-of-old", "ANOTHER_SECRET=herring-of-old"};
  const auto verify = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"verify", "--target", file, "--run", "token-wrong-method", "--run", "token-json", "-v", "--report-json", report});
    return run_understudy(more, environment);
  };

  const auto unreachable_run = verify({});
  const auto here = verify({"--target", "sellercloud=" + served.url(), "--password", "demo"});
  const auto written = read_text(report);
  const auto refused = verify({"--target", "sellercloud=" + served.url()});

  CHECK(unreachable_run.code == 4);
  INFO(here.out << here.err);
  CHECK(here.code == 0);
  CHECK_THAT(written, CONTAINS("\"observed\""));
  CHECK_THAT(written + here.out + refused.out + refused.err + read_text(report), !CONTAINS("of-old"));
  CHECK(refused.code == 1);
  CHECK(run_understudy({"verify", "--target", file}).code == 3);  // the environment lacks its secrets
}

TEST_CASE("the schemas for editors are printed", "[cli]") {
  CHECK(run_understudy({"schema", "target"}).out == read_text(UNDERSTUDY_SOURCE_DIR "/scenarios/schema/target.schema.json"));
  CHECK(run_understudy({"schema", "scenario"}).out == read_text(UNDERSTUDY_SOURCE_DIR "/scenarios/schema/scenario.schema.json"));
  const auto wrong = run_understudy({"schema", "targets"});
  CHECK(wrong.code == 2);
  CHECK_THAT(wrong.err, CONTAINS("did you mean 'target'?"));
}
