// The runner as a caller that delivers its batches again.
#include "conformance/run/redelivery.h"

#include "conformance/run/runner.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Lines = std::vector<std::string>;

std::string redelivery_scenario(const std::string& redeliver, const std::string& rest = "", bool is_lost = false) {
  return scenario_of("relay", std::string(R"(
steps:
  - name: deliver
    calls: [{ send: put, id: 7, with: { params: { list: [{ name: a }, {}] } } }]
    expect: )") + (is_lost ? "{ transport: reset }" : "{ status: { $any: true }, contract: unchecked }") +
                                  "\n  - name: again\n    redeliver: " + redeliver + "\n" + rest);
}

const char* const kDone = R"([{"api":1,"id":7,"result":[{"status":"done","id":"d1"},{"status":"failed","why":"no name"}]}])";
const char* const kDoneTwice = R"([{"api":1,"id":7,"result":[{"status":"done","id":"d2"},{"status":"failed","why":"no name"}]}])";
const char* const kRefused = R"([{"api":1,"id":7,"result":[{"status":"failed","why":"no name"},{"status":"failed","why":"no name"}]}])";
const char* const kNotKnown = R"([{"api":1,"id":7,"error":{"code":-1}}])";

struct Played {
  Verdict verdict;
  std::vector<std::int64_t> minutes;  // waited before each redelivery
  std::size_t deliveries = 0;
  bool are_equal = true;  // the bytes of all of them
};

// Answers in their order, the last one over and over.
Played play(const std::string& text, const std::vector<TransportResult>& answers) {
  Played played;
  std::string first;
  Milliseconds waited{0};
  FakeTransport transport([&](const Request& request) {
    if (played.deliveries == 0) first = request.body;
    played.are_equal = played.are_equal && request.body == first;
    if (played.deliveries > 0) played.minutes.push_back(std::chrono::duration_cast<std::chrono::minutes>(waited).count());
    waited = Milliseconds(0);
    return answers[std::min(played.deliveries++, answers.size() - 1)];
  });
  played.verdict = run_kiosk(
      text, transport,
      {.shape = [](Target& target) { target.max_wait = std::chrono::hours(24); }, .pause = [&](Milliseconds time) { waited += time; }});
  return played;
}

}  // namespace

TEST_CASE("a batch is delivered again by its caller's schedule until it is acknowledged", "[redelivery]") {
  struct Row {
    const char* why;
    std::vector<TransportResult> answers;
    std::vector<std::int64_t> minutes;
  };
  const auto row = GENERATE(values<Row>({
      {"at once acknowledged: its answer may have been lost on the way", {answer(200, kDone)}, {1}},
      {"a failing server", {answer(500, "oops"), answer(500, "oops"), answer(200, kDone)}, {1, 8}},
      {"no answer at all", {outcome(Outcome::reset), outcome(Outcome::timeout), answer(200, kDone)}, {1, 8}},
      {"an element that is no result", {answer(200, kNotKnown), answer(200, kNotKnown), answer(200, kDone)}, {1, 8}},
      {"an element too few", {answer(200, "[]"), answer(200, "[]"), answer(200, "[]"), answer(200, kDone)}, {1, 8, 10}},
      {"no list", {answer(200, "{}"), answer(200, "nothing"), answer(200, kDone)}, {1, 8}},
  }));
  INFO(row.why);

  const bool is_lost = row.answers.front().outcome != Outcome::answered;
  const auto played = play(redelivery_scenario("{ of: deliver, attempts: 4 }", "", is_lost), row.answers);

  CHECK(played.minutes == row.minutes);
  CHECK(played.are_equal);
  CHECK(played.verdict.kind != VerdictKind::skipped);
  CHECK(played.verdict.steps.size() == 2);
}

TEST_CASE("a record that is created twice, or not shown again, is reported with the first one", "[redelivery]") {
  struct Row {
    const char* why;
    std::vector<TransportResult> answers;
    Lines findings;
    const char* actual;
  };
  const auto row = GENERATE(values<Row>({
      {"right", {answer(200, kDone)}, {}, ""},
      {"made twice", {answer(200, kDone), answer(200, kDoneTwice)}, {"2 redelivery error"}, "string \"d2\""},
      {"refused as a duplicate of itself",
       {answer(200, kDone), answer(200, kRefused)},
       {"2 redelivery error"},
       "object {\"status\":\"failed\",\"why\":\"no name\"}"},
      {"never acknowledged", {answer(200, kDone), answer(500, "oops")}, {"2 redelivery error"}, "status 500, oops"},
      {"lost first, then made: nothing to compare with", {outcome(Outcome::reset), answer(200, kDoneTwice)}, {}, ""},
  }));
  INFO(row.why);

  const bool is_lost = row.answers.front().outcome != Outcome::answered;
  const auto played =
      play(redelivery_scenario("{ of: deliver, attempts: 2 }", "    expect: { status: { $any: true }, contract: unchecked }\n", is_lost),
           row.answers);

  CHECK(summarize(played.verdict) == row.findings);
  const auto& differences = played.verdict.steps.back().differences;
  CHECK((differences.empty() ? "" : differences.front().finding.actual) == row.actual);
  CHECK((differences.empty() || differences.front().finding.source == "relay:9"));
}

TEST_CASE("a second redelivery goes on in the schedule and remembers what the first was answered", "[redelivery]") {
  const auto text = redelivery_scenario("{ of: deliver }", "  - { name: once more, redeliver: { of: deliver } }\n", true);

  const auto played = play(text, {outcome(Outcome::reset), answer(200, kDone), answer(200, kDoneTwice)});

  CHECK(played.minutes == std::vector<std::int64_t>{1, 8});
  CHECK(summarize(played.verdict).back() == "3 redelivery error");
}

TEST_CASE("a redelivery that takes longer than allowed is skipped with the reason", "[redelivery]") {
  FakeTransport transport([](const Request&) { return answer(200, kDone); });

  const auto verdict = run_kiosk(redelivery_scenario("{ of: deliver, attempts: 3 }"), transport,
                                 {.shape = [](Target& target) { target.max_wait = std::chrono::minutes(18); }});

  CHECK(verdict.reason ==
        "the target cannot arrange clock: step 2 delivers again, which takes time (19m of waiting in all, --max-wait allows 18m)");
  CHECK(transport.requests.empty());
}

TEST_CASE("calls that get no answer take no element of the response", "[redelivery]") {
  const Contract& contract = *bundled_contracts().find_api("sellercenter");
  const auto silent = std::ranges::find_if(contract.operations, &Operation::answers_nothing);
  REQUIRE(silent != contract.operations.end());
  const Operation* create = bundled_contracts().find_operation("sellercenter.createProducts");
  REQUIRE(create != nullptr);
  Message message;
  message.contract = &contract;
  message.is_batch = true;
  for (const Operation* operation : {&*silent, &*silent, create}) {
    SentCall call;
    call.operation = operation;
    message.calls.push_back(std::move(call));
  }
  Json element = Json::object();
  set_pointer(element, contract.batch->redelivery->acknowledged, Json::array());

  CHECK(is_acknowledged(message, answer(200, render_json(Json::array({element})))));
  CHECK_FALSE(is_acknowledged(message, answer(200, "[{}]")));
  CHECK_FALSE(is_acknowledged(message, answer(200, "[]")));
}
