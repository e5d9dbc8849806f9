#include "tests/support/reporting.h"

#include <sstream>

#include "tests/support/kiosk.h"

namespace understudy::test {
namespace {

Verdict play(const std::string& steps, const TransportResult& result) {
  Kiosk kiosk;
  kiosk.bend = when_posting(result);
  auto transport = transport_of(kiosk);
  return run_kiosk(scenario_of("kiosk", "labels: [things, quick]\nsteps:\n" + steps), transport);
}

Verdict play_batch() {
  FakeTransport transport([](const Request&) {
    return answer(200, R"([{"api":1,"id":1,"result":[{"status":"done","id":"7"},{"status":"failed","why":"no name"}]}])");
  });
  return run_kiosk(
      scenario_of("relay",
                  "steps:\n  - calls:\n      - send: put\n        id: 1\n        with: { params: { list: [{ name: a }, { name: b }] } }\n"
                  "        expect: { items: [{ answer: item_done, body: { id: \"8\" } }, { answer: item_done }] }\n"),
      transport);
}

}  // namespace

std::vector<Verdict> sample_verdicts() {
  const std::string create =
      "  - name: create\n    send: createThing\n    with: { body: { name: a } }\n    expect: { answer: thing_created";
  std::vector<Verdict> all;
  all.push_back(play("  - send: readThing\n    with: { path: { id: 1 } }\n", answer(200, "{}")));
  all.push_back(
      play("  - name: create\n    send: createThing\n    with: { body: { name: a, size: 0 } }\n    expect: { answer: rule_broken }\n",
           answer(201, R"({"id":1,"name":"a","size":0})")));
  all.push_back(play(create + ", body: { name: b, tags: [x, y], id: { $type: string } } }\n",
                     answer(201, R"({"id":1,"name":"a","tags":["x"],"more":{"deep":[1,2]}})")));
  all.push_back(play_batch());
  auto lost = play(create + " }\n", outcome(Outcome::reset));
  lost.orphaned = {"kiosk.deleteThing was not done: its answer was wrong"};
  all.push_back(lost);
  Verdict skipped;
  skipped.kind = VerdictKind::skipped;
  skipped.name = "kiosk/late";
  skipped.title = "Much later";
  skipped.api = "kiosk";
  skipped.profile = "documented";
  skipped.reason = "the target cannot arrange clock: given.clock";
  all.push_back(skipped);
  auto errored = skipped;
  errored.kind = VerdictKind::errored;
  errored.reason.clear();
  errored.problem = make_problem(Failure::bad_file, "undefined-name", "found {{x}}, which nothing sets",
                                 Place{.file = "scenarios/kiosk/late.yaml", .line = 4, .column = 2});
  all.push_back(errored);
  auto known = all[2];
  known.name = "kiosk/known";
  known.known_failing = true;
  known.known_reason = "not yet";
  all.push_back(known);
  all.push_back(play(create + " }\n    capture: { id: $id }\ncleanup:\n  - { send: deleteThing, with: { path: { id: \"{{id}}\" } } }\n",
                     answer(201, R"({"id":1,"name":"a"})")));
  return all;
}

RunInfo sample_run() {
  return {.target = "http://127.0.0.1:9",
          .profiles = {"documented"},
          .scenarios = 9,
          .shuffle_seed = 7,
          .version = "0.1.0",
          .started = parse_rfc3339("2026-03-02T09:00:00Z"),
          .seed = 18446744073709551615ull};
}

std::string report_on(Reporter& reporter, const std::ostringstream& out, const std::vector<Verdict>& verdicts, const RunInfo& run) {
  Summary summary;
  reporter.begin(run);
  for (const auto& verdict : verdicts) {
    reporter.add(verdict);
    summary.add(verdict);
  }
  summary.elapsed = Milliseconds(34);
  reporter.end(summary);
  return out.str();
}

std::map<std::string, std::string> report_everywhere(const std::vector<Verdict>& verdicts, const RunInfo& run) {
  std::map<std::string, std::string> texts;
  const auto add = [&](const char* name, auto make) {
    std::ostringstream out;
    const auto reporter = make(out);
    texts[name] = report_on(*reporter, out, verdicts, run);
  };
  add("text", [](std::ostream& out) { return make_text_reporter(out, {.every_scenario = true, .color = false, .notes = true}); });
  add("json", [](std::ostream& out) { return make_json_reporter(out); });
  add("ndjson", [](std::ostream& out) { return make_ndjson_reporter(out); });
  add("junit", [](std::ostream& out) { return make_junit_reporter(out); });
  add("html", [](std::ostream& out) { return make_html_reporter(out); });
  std::ostringstream page;
  add("github", [&](std::ostream& out) { return make_github_reporter(out, {.resume_token = "resume", .summary = &page}); });
  texts["markdown"] = page.str();
  return texts;
}

}  // namespace understudy::test
