#include "scenarios/src/model/fault_words.h"

#include "contracts/src/yaml/yaml.h"
#include "tests/support/catch.h"

using namespace understudy;
using Kind = FaultSpec::Kind;
using Phase = FaultSpec::Phase;

namespace {

tl::expected<FaultSpec, std::string> fault_of(const char* yaml) { return parse_fault(parse_yaml(yaml, "f.yaml").value().root); }

}  // namespace

TEST_CASE("a fault says when, in which phase and what", "[faults]") {
  const FaultSpec fault =
      fault_of("{ on: createOrder, call: 2, match: { a: 1 }, phase: after_commit, kind: reset, after_bytes: 10 }").value();

  CHECK(fault.on == "createOrder");
  CHECK(fault.call == 2u);
  CHECK(fault.times == 1u);
  CHECK(fault.match == Json{{"a", 1}});
  CHECK(fault.phase == Phase::after_commit);
  CHECK(fault.kind == Kind::reset);
  CHECK(fault.after_bytes == 10u);
}

TEST_CASE("every kind of fault is read, by its own and by WireMock's name", "[faults]") {
  struct Row {
    const char* yaml;
    Kind kind;
    Phase phase;
  };
  const auto row = GENERATE(values<Row>({
      {"{ kind: answer, answer: server_error }", Kind::answer, Phase::before},
      {"{ kind: status, status: 502 }", Kind::status, Phase::before},
      {"{ kind: delay, delay: 2s }", Kind::delay, Phase::before},
      {"{ kind: drip, drip: { bytes: 1, every: 10ms } }", Kind::drip, Phase::after_commit},
      {"{ kind: stall }", Kind::stall, Phase::before},
      {"{ kind: reset }", Kind::reset, Phase::before},
      {"{ kind: close }", Kind::close, Phase::before},
      {"{ kind: truncate }", Kind::truncate, Phase::after_commit},
      {"{ kind: garbage }", Kind::garbage, Phase::before},
      {"{ kind: malformed_chunk }", Kind::malformed_chunk, Phase::after_commit},
      {"{ kind: wrong_content_type }", Kind::wrong_content_type, Phase::after_commit},
      {"{ kind: expire_token }", Kind::expire_token, Phase::before},
      {"{ kind: throttle }", Kind::throttle, Phase::before},
      {"{ kind: CONNECTION_RESET_BY_PEER }", Kind::reset, Phase::before},
      {"{ kind: EMPTY_RESPONSE }", Kind::close, Phase::before},
      {"{ kind: MALFORMED_RESPONSE_CHUNK }", Kind::malformed_chunk, Phase::after_commit},
      {"{ kind: RANDOM_DATA_THEN_CLOSE }", Kind::garbage, Phase::before},
  }));
  INFO(row.yaml);
  const auto fault = fault_of(row.yaml);

  REQUIRE(fault);
  CHECK(fault->kind == row.kind);
  CHECK(fault->phase == row.phase);
  CHECK_FALSE(fault->times);
}

TEST_CASE("arguments of a fault are read", "[faults]") {
  const FaultSpec status =
      fault_of("{ kind: status, status: 503, reason: Busy, body: <p>, content_type: text/html, phase: before_commit }").value();
  CHECK(status.status == 503);
  CHECK(status.reason == "Busy");
  CHECK(status.body == Json("<p>"));
  CHECK(status.content_type == "text/html");
  CHECK(status.phase == Phase::before_commit);

  const FaultSpec delay = fault_of("{ kind: delay, delay: 1500, virtual: true, every: 3, probability: 0.5, times: 4 }").value();
  CHECK(delay.delay == Milliseconds{1500});
  CHECK(delay.is_virtual);
  CHECK(delay.every == 3u);
  CHECK(delay.probability == 0.5);
  CHECK(delay.times == 4u);

  const FaultSpec drip = fault_of("{ kind: drip, drip: { bytes: 7, every: 1s }, phase: { between_items: 2 } }").value();
  CHECK(drip.drip_bytes == 7);
  CHECK(drip.drip_every == Milliseconds{1000});
  CHECK(drip.phase == Phase::between_items);
  CHECK(drip.after_items == 2);
}

TEST_CASE("a fault that means nothing is refused by its member", "[faults]") {
  struct Row {
    const char* yaml;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"reset", "found string \"reset\", expected a mapping with kind"},
      {"{ on: x }", "kind is missing"},
      {"{ kind: rest }",
       "kind: found 'rest', expected one of: answer, status, delay, drip, stall, reset, close, truncate, garbage, malformed_chunk, "
       "wrong_content_type, expire_token, throttle (did you mean 'reset'?)"},
      {"{ kind: reset, phas: before }", "found unknown member 'phas' of kind reset (did you mean 'phase'?)"},
      {"{ kind: reset, status: 500 }",
       "found unknown member 'status' of kind reset, expected one of: on, call, every, probability, match, times, phase, kind, "
       "after_bytes"},
      {"{ kind: reset, call: 0 }", "call: found integer 0, expected an integer >= 1"},
      {"{ kind: reset, call: 1, every: 2 }", "call and every exclude each other"},
      {"{ kind: reset, probability: 1.5 }", "probability: found number 1.5, expected a number from 0 to 1"},
      {"{ kind: reset, phase: after }",
       "phase: found string \"after\", expected before, before_commit, after_commit or {between_items: k}"},
      {"{ kind: reset, phase: between_items }",
       "phase: found string \"between_items\", expected before, before_commit, after_commit or {between_items: k}"},
      {"{ kind: reset, phase: { between_items: 0 } }", "between_items: found integer 0, expected an integer >= 1"},
      {"{ kind: answer }", "answer is missing"},
      {"{ kind: status }", "status is missing"},
      {"{ kind: status, status: 600 }", "status: found integer 600, expected 200 to 599"},
      {"{ kind: status, status: 100 }", "status: found integer 100, expected 200 to 599"},
      {"{ kind: status, status: 199 }", "status: found integer 199, expected 200 to 599"},
      {"{ kind: delay }", "delay is missing"},
      {"{ kind: delay, delay: soon }", "delay: found string \"soon\", expected a duration such as \"250ms\", or milliseconds"},
      {"{ kind: delay, delay: 1s, virtual: 1 }", "virtual: found integer 1, expected true or false"},
      {"{ kind: drip, drip: 5 }", "drip: found integer 5, expected {bytes: n, every: duration}"},
      {"{ kind: drip, drip: { bytes: 5 } }", "drip: every is missing"},
      {"{ kind: drip, drip: { byte: 5, every: 1s } }", "drip: found unknown member 'byte', expected bytes, every"},
  }));
  INFO(row.yaml);
  const auto fault = fault_of(row.yaml);

  REQUIRE_FALSE(fault);
  CHECK(fault.error() == row.message);
}

TEST_CASE("every word of a fault leads back to itself", "[faults]") {
  for (const std::string& word : fault_kinds()) CHECK(to_string(static_cast<Kind>(&word - fault_kinds().data())) == word);
  CHECK(to_string(Phase::between_items) == fault_phases().back());
}
