#include <algorithm>
#include <cctype>

#include "contracts/src/schema/schema.h"
#include "scenarios/src/match/match.h"
#include "scenarios/src/model/fault_words.h"
#include "tests/scenarios/shop.h"
#include "tests/support/catch.h"

using namespace understudy;
using namespace nlohmann::literals;

namespace {

const Json& schema_document() {
  static const Json document = parse_json(load_text(UNDERSTUDY_SOURCE_DIR "/scenarios/schema/scenario.schema.json").value()).value();
  return document;
}

const SchemaSet& schema() {
  static const auto compiled = SchemaSet::compile(schema_document(), {""});
  if (!compiled) FAIL(compiled.error().pointer << ": " << compiled.error().message);
  return *compiled;
}

Json yaml(const std::string& text) {
  const auto document = parse_yaml(text, "a.yaml");
  if (!document) FAIL(render_problem(document.error()));
  return document->root;
}

std::string with_step(const std::string& step) { return "understudy: 1\nscenario: s\napi: shop\nsteps: [" + step + "]\n"; }

}  // namespace

TEST_CASE("every bundled scenario satisfies the schema that editors use, and the parser", "[schema][scenario]") {
  const auto files = load_folder(UNDERSTUDY_SOURCE_DIR "/scenarios", "scenarios");
  REQUIRE(files);
  for (const auto& [path, text] : *files) {
    if (!path.ends_with(".yaml")) continue;
    INFO(path);
    const auto parsed = parse_scenario(text, path);
    CHECK((parsed ? "" : render_problem(parsed.error())) == "");
    for (const Finding& finding : schema().check("", yaml(text))) CHECK(finding.pointer + ": " + finding.message == "");
  }
}

TEST_CASE("what the parser accepts the schema accepts", "[schema][scenario]") {
  const std::string text = GENERATE(values<std::string>({
      with_step("{ send: a }"),
      with_step(
          "{ name: n, send: a.b, with: { path: { id: 1 }, query: { a: [1, x], b: true }, headers: { X: null, Y: [a, b] }, body: null } }"),
      with_step("{ send: a, with: { form: { a: { $literal: 5 } } }, auth: { scheme: x-api-key, token: garbage } }"),
      with_step(
          "{ request: { method: GET, path: /x, text: '{' }, auth: '{{token}}', expect: { status: { $min: 400 }, contract: unchecked } }"),
      with_step("{ send: a, expect: { transport: reset } }"),
      with_step("{ name: b, repeat: a, change: { /a/0/b~1c: { $absent: true }, '': null }, until: { within: 2s, every: 100ms } }"),
      with_step("{ advance: 61m }"),
      with_step("{ calls: [{ send: a, id: 1, with: { params: [] }, expect: { items: [{ answer: x, body: { a: { $any: true } } }] } }, { "
                "method: m }] }"),
      with_step("{ send: a, capture: { id: $id, b: /c, whole: '' }, each: [{ name: r, x: { y: 1 } }] }"),
      with_step("{ send: a, expect: { body: { a: { $type: [string, 'null'] }, b: [{ $unordered: { by: sku, items: [1] } }], c: { $schema: "
                "{ type: object } } } } }"),
      std::string("understudy: 1\nscenario: s\napi: a\nlabels: [x]\ngiven: { clock: '2026-03-02T09:00:00Z', seed: 1, ids: { a: 1 }, "
                  "profile: { base: observed, x: 1 }, "
                  "settings: { a: true }, variables: { a: 1 }, records: { a: [{ b: 1 }] }, faults: [{ kind: reset, call: 1 }, { kind: "
                  "delay, delay: 5, virtual: true }, "
                  "{ kind: drip, drip: { every: 1s }, phase: { between_items: 2 } }] }\neach: [{ name: r }]\nsteps: [{ advance: 1s }]\n"
                  "cleanup: [{ send: x, with: { path: { id: 1 } } }]\n"),
  }));
  INFO(text);

  REQUIRE(parse_scenario(text, "a.yaml"));
  CHECK(schema().accepts("", yaml(text)));
}

TEST_CASE("what the parser refuses the schema refuses", "[schema][scenario]") {
  const std::string text = GENERATE(values<std::string>({
      "scenario: s\napi: a\nsteps: [{ advance: 1s }]\n",
      "understudy: 2\nscenario: s\napi: a\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: 5\napi: a\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\nsteps: []\n",
      "understudy: 1\nscenario: s\napi: a\nsteps: [{ advance: 1s }]\nstep: []\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { clock: soon }\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { settings: { a: yes } }\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { variables: { run.id: 1 } }\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { records: { a: {} } }\nsteps: [{ advance: 1s }]\n",
      with_step("{ name: a }"),
      with_step("{ send: a, repeat: b }"),
      with_step("{ repeat: a, with: {} }"),
      with_step("{ advance: soon }"),
      with_step("{ send: a, auth: expird }"),
      with_step("{ send: a, expect: { transport: rest } }"),
      with_step("{ send: a, expect: { status: 99 } }"),
      with_step("{ send: a, expect: { items: [] } }"),
      with_step("{ repeat: a, change: { sku: 1 } }"),
      with_step("{ send: a, each: [{ x: 1 }] }"),
      with_step("{ request: { method: GET, path: items } }"),
      with_step("{ calls: [{ send: a, method: b }] }"),
      with_step("{ calls: [] }"),
      with_step("{ advance: 1s }") + "cleanup: [{ repeat: a }]\n",
      with_step("{ advance: 1s }") + "cleanup: [{ send: a, capture: { x: /y } }]\n",
  }));
  INFO(text);

  REQUIRE_FALSE(parse_scenario(text, "a.yaml"));
  CHECK_FALSE(schema().accepts("", yaml(text)));
}

TEST_CASE("what only lint refuses the schema refuses too, as far as it can", "[schema][scenario]") {
  const std::string text = GENERATE(values<std::string>({
      with_step("{ send: a, expect: { body: { a: { $regx: x } } } }"),
      with_step("{ send: a, expect: { body: { a: { $type: string, b: 1 } } } }"),
      with_step("{ send: a, expect: { headers: { X: { $any: false } } } }"),
      with_step("{ send: a, capture: { x: id } }"),
      "understudy: 1\nscenario: s\napi: a\ngiven: { faults: [{ kind: rest }] }\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { faults: [{ kind: reset, status: 500 }] }\nsteps: [{ advance: 1s }]\n",
      "understudy: 1\nscenario: s\napi: a\ngiven: { faults: [{ kind: answer }] }\nsteps: [{ advance: 1s }]\n",
  }));
  INFO(text);

  CHECK_FALSE(schema().accepts("", yaml(text)));
}

TEST_CASE("the schema lists every matcher and every fault", "[schema][scenario]") {
  std::vector<std::string> matchers, kinds;
  for (const auto& [word, rule] : schema_document().at("/definitions/matcher/properties"_json_pointer).items()) matchers.push_back(word);
  for (const Json& fault : schema_document().at("/definitions/fault/anyOf"_json_pointer))
    for (const Json& kind : fault.at("/properties/kind/enum"_json_pointer))
      if (std::islower(kind.get<std::string>().front())) kinds.push_back(kind);
  auto known_matchers = matcher_words();
  auto known_kinds = fault_kinds();
  std::sort(known_matchers.begin(), known_matchers.end());
  std::sort(known_kinds.begin(), known_kinds.end());
  std::sort(kinds.begin(), kinds.end());

  CHECK(matchers == known_matchers);
  CHECK(kinds == known_kinds);
}
