// Owns an invented API for tests of the runner (a shop with tokens, things and a batch of calls), a transport that is no
// socket, and the run of one scenario text on it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/run/runner.h"
#include "conformance/run/suite.h"

namespace understudy::test {

const Contracts& kiosk_contracts();  // kiosk (bearer token) and relay (batch)

TransportResult answer(int status, const std::string& body, Headers headers = {{"Content-Type", "application/json"}});
TransportResult outcome(Outcome outcome);

// Remembers what was sent; `handle` says what comes back.
class FakeTransport : public Transport {
 public:
  using Handle = std::function<TransportResult(const Request& request)>;
  explicit FakeTransport(Handle handle) : handle_(std::move(handle)) {}

  TransportResult send(const Url&, const Request& request, const SendOptions&) override {
    requests.push_back(request);
    return handle_(request);
  }

  std::vector<std::string> lines() const;  // "POST /things"

  std::vector<Request> requests;

 private:
  Handle handle_;
};

// A right implementation of kiosk: token, things by number; `bend` may answer first.
class Kiosk {
 public:
  std::function<std::optional<TransportResult>(const Request&)> bend;
  TransportResult operator()(const Request& request);

 private:
  int next_ = 1;
  int tokens_ = 0;
};

struct KioskOptions {
  bool with_admin = false;
  bool strict = false;
  Json variables = Json::object();
  std::function<void(Target&)> shape = nullptr;       // of what the target has besides
  std::function<void(Milliseconds)> pause = nullptr;  // instead of waiting
  const Contracts* contracts = nullptr;               // null: kiosk_contracts()
};

// A scenario of this API with these steps (and what goes with them).
inline std::string scenario_of(const std::string& api, const std::string& rest) {
  return "understudy: 1\nscenario: a sample\napi: " + api + "\n" + rest;
}
inline std::string kiosk_scenario(const std::string& rest) { return scenario_of("kiosk", rest); }
// Answers a creation; everything else is left to the kiosk.
std::function<std::optional<TransportResult>(const Request&)> when_posting(const TransportResult& result);
FakeTransport transport_of(Kiosk kiosk);

ScenarioFile parse_kiosk(const std::string& yaml, const std::string& file = "scenarios/kiosk/sample.yaml",
                         const Contracts& contracts = kiosk_contracts());
Verdict run_kiosk(const std::string& yaml, FakeTransport& transport, const KioskOptions& options = {});
Target kiosk_target(bool with_admin);

// Findings of all steps: "1 status error", in order.
std::vector<std::string> summarize(const Verdict& verdict);

}  // namespace understudy::test
