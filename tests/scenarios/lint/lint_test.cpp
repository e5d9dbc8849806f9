#include "scenarios/src/lint/lint.h"

#include "tests/scenarios/shop.h"
#include "tests/support/catch.h"

using namespace understudy;

namespace {

// line:column: message [code], a line for each.
std::string lint(const std::string& text, const std::string& api = "shop") {
  const ScenarioFile file = parsed_scenario("understudy: 1\nscenario: s\napi: " + api + "\n" + text);
  std::string lines;
  for (const Problem& problem : lint_scenario(file, shop_contracts())) {
    lines += (lines.empty() ? "" : "\n") + std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + ": " +
             problem.message + " [" + problem.code + "]";
  }
  return lines;
}

struct Sample {
  const char* why;
  const char* text;  // from line 4 on
  const char* problems;
};

}  // namespace

TEST_CASE("a scenario without mistakes is silent", "[lint]") {
  CHECK(lint(R"(given:
  variables: { sku: "A-{{run.id}}" }
  settings: { strict_prices: true, shop.strict_prices: false }
  ids: { item: 7 }
  profile: { base: observed, shape_status: 422 }
  records: { items: [{ sku: "{{sku}}" }] }
  faults: [{ on: createItem, call: 1, kind: answer, answer: broken }, { on: depot.put, phase: { between_items: 1 }, kind: reset }]
steps:
  - name: create
    send: createItem
    with: { body: { SKU: "{{sku}}", price: 1, active: true, colour: 0, note: null, tags: { label: x } } }
    expect: { answer: item_created, status: 201, body: { id: "{{id}}" } }
    capture: { id: $id, price: /price }
  - { name: again, repeat: create, change: { /sku: { $literal: 5 } }, auth: expired, expect: { answer: unauthorized } }
  - { send: deleteItem, with: { path: { id: "{{id}}" } }, expect: { status: 204 } }
  - { request: { method: PUT, path: /items }, auth: "{{token}}", expect: { answer: not_found } }
  - calls:
      - { send: depot.put, with: { params: { things: [{ code: a }] } }, expect: { answer: thing_put, items: [{ answer: thing_put }] }, capture: { t: $id } }
cleanup:
  - { send: deleteItem, with: { path: { id: "{{id}}" } } }
)") == "");
}

TEST_CASE("names that the contract does not have are reported", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"operation", "steps: [{ send: creatItem }]\n",
       "4:17: found unknown operation 'creatItem' (did you mean 'createItem'?) [unknown-operation]"},
      {"operation of no API", "steps: [{ send: x.y }]\n",
       "4:17: found unknown operation 'x.y', expected one of: createItem, deleteItem, authenticate, depot.auth, depot.put "
       "[unknown-operation]"},
      {"setting", "given: { settings: { strict_price: true } }\nsteps: [{ advance: 1s }]\n",
       "4:22: found unknown setting 'strict_price' (did you mean 'strict_prices'?) [unknown-setting]"},
      {"setting where there is none", "given: { settings: { depot.x: true } }\nsteps: [{ advance: 1s }]\n",
       "4:22: found unknown setting 'depot.x', there is none [unknown-setting]"},
      {"sequence", "given: { ids: { items: 1 } }\nsteps: [{ advance: 1s }]\n",
       "4:17: found unknown sequence 'items' (did you mean 'item'?) [unknown-sequence]"},
      {"collection", "given: { records: { item: [] } }\nsteps: [{ advance: 1s }]\n",
       "4:21: found unknown collection 'item' (did you mean 'items'?) [unknown-collection]"},
      {"profile", "given: { profile: observd }\nsteps: [{ advance: 1s }]\n",
       "4:19: found profile string \"observd\", expected documented or observed (did you mean 'observed'?) [unknown-profile]"},
      {"switch", "given: { profile: { base: observed, shape: 400 } }\nsteps: [{ advance: 1s }]\n",
       "4:44: found unknown switch 'shape' [unknown-switch]"},
      {"value of a switch", "given: { profile: { shape_status: 404 } }\nsteps: [{ advance: 1s }]\n",
       "4:35: switch shape_status cannot be 404, expected one of 422, 400 [bad-switch-value]"},
      {"answer", "steps: [{ send: createItem, expect: { answer: item_creatd } }]\n",
       "4:47: found unknown answer 'item_creatd' (did you mean 'item_created'?) [unknown-answer]"},
      {"answer of another operation", "steps: [{ send: deleteItem, with: { path: { id: 1 } }, expect: { answer: item_exists } }]\n",
       "4:74: found item_exists, but shop.deleteItem never answers that, expected one of: broken, item_deleted, not_found, not_valid, "
       "too_many, "
       "unauthorized [impossible-answer]"},
      {"answer of an item in the step", "steps: [{ calls: [{ send: depot.put }], expect: { answer: thing_put } }]\n",
       "4:59: found thing_put, which is an answer of an item: expect it in the call, or in its items [answer-elsewhere]"},
      {"answer of the exchange in a call", "steps: [{ calls: [{ send: depot.put, expect: { answer: no_json } }] }]\n",
       "4:56: found no_json, which is an answer of the whole exchange: expect it in the step [answer-elsewhere]"},
      {"answer of a call in an item", "steps: [{ calls: [{ send: depot.put, expect: { items: [{ answer: no_auth }] } }] }]\n",
       "4:66: found no_auth, which is an answer of a call: expect it there [answer-elsewhere]"},
      {"path parameter", "steps: [{ send: deleteItem, with: { path: { ids: 1 } } }]\n",
       "4:17: expected with.path.id: shop.deleteItem is at /items/{id} [missing-path-parameter]\n"
       "4:45: found unknown path parameter 'ids' (did you mean 'id'?) [unknown-path-parameter]"},
      {"query parameter", "steps: [{ send: deleteItem, with: { path: { id: 1 }, query: { page: 2 } } }]\n",
       "4:63: found unknown query parameter 'page', there is none [unknown-query-parameter]"},
      {"call outside of a batch", "steps: [{ send: depot.put }]\n",
       "4:17: found depot.put, which is a call inside a batch, expected it in 'calls' [call-outside-batch]"},
      {"operation inside a batch", "steps: [{ calls: [{ send: createItem }] }]\n",
       "4:27: found shop.createItem, which is no call of a batch, expected a step of its own [no-call]"},
      {"a batch where there is none", "steps: [{ calls: [{ method: x }] }]\n", "4:29: found a call, but shop has no batches [no-call]"},
      {"expectation of silence", "steps: [{ calls: [{ send: depot.auth, expect: {} }] }]\n",
       "4:47: found an expectation, but depot.auth answers nothing [no-answer]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("an unknown API is the only reported mistake", "[lint]") {
  CHECK(lint("steps: [{ send: x, expect: { answer: y } }]\n", "shp") ==
        "3:6: found unknown API 'shp' (did you mean 'shop'?) [unknown-api]");
}

TEST_CASE("steps that cannot be sent are reported", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"repeat of an unknown step", "steps: [{ name: create, send: createItem }, { repeat: creat }]\n",
       "4:55: found unknown step 'creat' (did you mean 'create'?) [unknown-step]"},
      {"repeat of a later step", "steps: [{ repeat: a }, { name: a, send: createItem }]\n",
       "4:19: found 'a', which is not an earlier step [later-step]"},
      {"repeat of itself", "steps: [{ name: a, repeat: a }]\n", "4:28: found 'a', which is not an earlier step [later-step]"},
      {"repeat of a pause", "steps: [{ name: a, advance: 1s }, { repeat: a }]\n",
       "4:45: found 'a', which sends nothing [nothing-to-repeat]"},
      {"repeat of rows", "steps: [{ name: a, send: createItem, each: [{ name: r }] }, { repeat: a }]\n",
       "4:71: found 'a', which is sent once for each of its rows [nothing-to-repeat]"},
      {"change of no JSON", "steps: [{ name: a, send: createItem, with: { text: x } }, { repeat: a, change: { /b: 1 } }]\n",
       "4:72: found a change, but 'a' sends no JSON body [nothing-to-change]"},
      {"credentials that do not expire", "steps: [{ calls: [{ send: depot.put }], auth: expired }]\n",
       "4:47: found expired, but the credentials of depot do not expire [no-expiry]"},
      {"a file that is not there", "steps: [{ send: createItem, with: { body_file: x.json } }]\n",
       "4:48: found no file 'x.json' beside the scenario [body-file-missing]"},
      {"two steps of one name", "steps: [{ name: a, advance: 1s }, { name: a, advance: 1s }]\n",
       "4:43: found a second step named 'a' [duplicate-step]"},
      {"two rows of one name", "each: [{ name: a }, { name: a }]\nsteps: [{ send: createItem, each: [{ name: b }, { name: b }] }]\n",
       "4:29: found a second row named 'a' [duplicate-row]\n"
       "5:57: found a second row named 'b' [duplicate-row]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("a literal status must hold in every profile, or the profile be pinned", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"one status in all", "steps: [{ send: createItem, expect: { status: 409 } }]\n", ""},
      {"no answer has it", "steps: [{ send: createItem, expect: { status: 502 } }]\n",
       "4:47: found status 502, but no answer of shop.createItem has it (it may be 201, 400, 401, 404, 409, 422, 429, 500); contract: "
       "unchecked "
       "expects an undocumented one [impossible-status]"},
      {"undocumented on purpose", "steps: [{ send: createItem, expect: { status: 502, contract: unchecked } }]\n", ""},
      {"not of this answer", "steps: [{ send: createItem, expect: { answer: item_exists, status: 400 } }]\n",
       "4:68: found status 400, but answer item_exists never has it (it may be 409); contract: unchecked expects an undocumented one "
       "[impossible-status]"},
      {"in one profile only", "steps: [{ send: createItem, expect: { status: 422 } }]\n",
       "4:47: found status 422, which does not hold in every profile: not_valid may have 400 too; expect the answer by name, or pin "
       "given.profile "
       "[status-of-one-profile]"},
      {"pinned", "given: { profile: documented }\nsteps: [{ send: createItem, expect: { status: 422 } }]\n", ""},
      {"pinned to the other", "given: { profile: observed }\nsteps: [{ send: createItem, expect: { answer: not_valid, status: 422 } }]\n",
       "5:66: found status 422, but answer not_valid never has it (it may be 400); contract: unchecked expects an undocumented one "
       "[impossible-status]"},
      {"a matcher", "steps: [{ send: createItem, expect: { status: { $min: 400 } } }]\n", ""},
      {"of a repeat", "steps: [{ name: a, send: createItem }, { repeat: a, expect: { status: 422 } }]\n",
       "4:71: found status 422, which does not hold in every profile: not_valid may have 400 too; expect the answer by name, or pin "
       "given.profile "
       "[status-of-one-profile]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("captures and matchers are judged", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"a pointer without slash", "steps: [{ send: createItem, capture: { a: id } }]\n",
       "4:43: found 'id', expected a JSON Pointer such as /id, or $id (did you mean '/id'?) [bad-pointer]"},
      {"a word that is none", "steps: [{ send: createItem, capture: { a: $ID } }]\n",
       "4:43: found '$ID', expected a JSON Pointer such as /id, or $id [bad-pointer]"},
      {"an answer without id", "steps: [{ send: createItem, expect: { answer: item_exists }, capture: { a: $id } }]\n",
       "4:76: found $id, but item_exists has no id of a created record [no-id]"},
      {"a request has no answer", "steps: [{ request: { method: GET, path: / }, capture: { a: $id } }]\n",
       "4:60: found $id, but this answer has no id of a created record [no-id]"},
      {"a matcher mistyped", "steps: [{ send: createItem, expect: { body: { a: { $tpye: string } } } }]\n",
       "4:52: found the unknown matcher $tpye (did you mean '$type'?) [unknown-matcher]"},
      {"a matcher's argument", "steps: [{ send: createItem, expect: { headers: { X: { $min: many } } } }]\n",
       "4:61: found string \"many\", expected $min: a number, or an RFC 3339 time [bad-matcher]"},
      {"in an item", "steps: [{ calls: [{ send: depot.put, expect: { items: [{ body: { $nope: 1 } }] } }] }]\n",
       "4:66: found the unknown matcher $nope [unknown-matcher]"},
      {"a matcher that is sent", "steps: [{ send: createItem, with: { body: { sku: { $any: true } } } }]\n",
       "4:52: found $any in what is sent, expected {$literal: value} or {$absent: true} alone ({$literal: ...} sends such a member too) "
       "[unknown-word]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("variables are defined before they are used", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"an unknown variable",
       "given: { variables: { company: 1 } }\nsteps: [{ send: createItem, with: { body: { sku: \"{{compny}}\" } } }]\n",
       "5:50: found {{compny}}, which nothing defines up to here (did you mean 'company'?) [undefined-variable]"},
      {"captured later", "steps: [{ send: createItem, auth: \"{{x}}\" }, { send: createItem, capture: { x: /a } }]\n",
       "4:35: found {{x}}, which nothing defines up to here [undefined-variable]"},
      {"captured by this step, used in what it sends",
       "steps: [{ send: createItem, with: { query: { q: \"{{x}}\" } }, capture: { x: /a } }]\n",
       "4:49: found {{x}}, which nothing defines up to here [undefined-variable]"},
      {"captured by this step, expected", "steps: [{ send: createItem, capture: { x: /a }, expect: { body: { b: \"{{x}}\" } } }]\n", ""},
      {"a row without it", "each: [{ name: a, x: 1 }, { name: b }]\nsteps: [{ send: createItem, with: { body: { sku: \"{{x}}\" } } }]\n",
       "5:50: found {{x}}, which the row 'b' does not have [undefined-variable]"},
      {"a row that overrides one",
       "given: { variables: { x: 0 } }\neach: [{ name: a, x: 1 }, { name: b }]\nsteps: [{ send: createItem, with: { body: { sku: \"{{x}}\" "
       "} } }]\n",
       ""},
      {"a step's row ends with the step",
       "steps: [{ send: createItem, each: [{ name: a, x: 1 }], with: { body: { sku: \"{{x}}\" } } }, { request: { method: GET, path: "
       "\"/{{x}}\" } }]\n",
       "4:124: found {{x}}, which nothing defines up to here [undefined-variable]"},
      {"clean-up",
       "steps: [{ send: createItem, capture: { id: $id } }]\ncleanup: [{ send: deleteItem, with: { path: { id: \"{{ids}}\" } } }]\n",
       "5:51: found {{ids}}, which no step captures (did you mean 'id'?) [undefined-variable]"},
      {"records know no captures",
       "given: { records: { items: [{ sku: \"{{id}}\" }] } }\nsteps: [{ send: createItem, capture: { id: $id } }]\n",
       "4:36: found {{id}}, which nothing defines up to here [undefined-variable]"},
      {"braces around no name", "steps: [{ send: createItem, with: { body: { sku: \"{{order id}}\" } } }]\n",
       "4:50: found {{order id}}, expected a variable's name between the braces ({$literal: ...} means them as they are) [bad-template]"},
      {"braces on purpose", "steps: [{ send: createItem, with: { body: { sku: { $literal: \"{{order id}}\" } } } }]\n", ""},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("a plain scalar that YAML reads otherwise than the contract names its fix", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"digits as text", "steps: [{ send: createItem, with: { body: { sku: 00123 } } }]\n",
       "4:50: found integer 123 where the contract says string: quote it: \"00123\" ({$literal: 00123} sends the number on purpose) "
       "[type-contradiction]"},
      {"names in any case", "steps: [{ send: createItem, with: { body: { SKU: 1.50 } } }]\n",
       "4:50: found number 1.5 where the contract says string: quote it: \"1.50\" ({$literal: 1.50} sends the number on purpose) "
       "[type-contradiction]"},
      {"wrapped", "steps: [{ send: createItem, with: { body: { item: { sku: 5 } } } }]\n",
       "4:58: found integer 5 where the contract says string: quote it: \"5\" ({$literal: 5} sends the number on purpose) "
       "[type-contradiction]"},
      {"inside a list", "steps: [{ send: createItem, with: { body: { tags: [{ label: 5 }] } } }]\n",
       "4:61: found integer 5 where the contract says string: quote it: \"5\" ({$literal: 5} sends the number on purpose) "
       "[type-contradiction]"},
      {"a boolean of YAML 1.1", "steps: [{ send: createItem, with: { body: { active: yes } } }]\n",
       "4:53: found string \"yes\" where the contract says boolean: quote it to send this text on purpose: \"yes\" [type-contradiction]"},
      {"a number for a boolean", "steps: [{ send: createItem, with: { body: { active: 1 } } }]\n",
       "4:53: found integer 1 where the contract says boolean: write true or false ({$literal: 1} sends the number on purpose) "
       "[type-contradiction]"},
      {"a boolean for a number", "steps: [{ send: createItem, with: { body: { price: true } } }]\n",
       "4:52: found boolean true where the contract says number: write a number ({$literal: true} sends the boolean on purpose) "
       "[type-contradiction]"},
      {"text for a number", "steps: [{ send: createItem, with: { body: { price: cheap } } }]\n",
       "4:52: found string \"cheap\" where the contract says number: quote it to send this text on purpose: \"cheap\" "
       "[type-contradiction]"},
      {"null is exempt", "steps: [{ send: createItem, with: { body: { sku: null, price: ~ } } }]\n", ""},
      {"quoted is on purpose", "steps: [{ send: createItem, with: { body: { sku: \"5\", price: \"cheap\" } } }]\n", ""},
      {"literal is on purpose", "steps: [{ send: createItem, with: { body: { sku: { $literal: 5 } } } }]\n", ""},
      {"an enumeration with numbers", "steps: [{ send: createItem, with: { body: { colour: 1 } } }]\n", ""},
      {"an unknown member", "steps: [{ send: createItem, with: { body: { other: 5 } } }]\n", ""},
      {"in a change", "steps: [{ name: a, send: createItem, with: { body: { sku: a } } }, { repeat: a, change: { /sku: 5 } }]\n",
       "4:97: found integer 5 where the contract says string: quote it: \"5\" ({$literal: 5} sends the number on purpose) "
       "[type-contradiction]"},
      {"in a call", "steps: [{ calls: [{ send: depot.put, with: { params: { things: [{ code: 7 }] } } }] }]\n",
       "4:73: found integer 7 where the contract says string: quote it: \"7\" ({$literal: 7} sends the number on purpose) "
       "[type-contradiction]"},
      {"digits lost in a query", "steps: [{ send: createItem, with: { query: { v: 1.50 } } }]\n",
       "4:49: found 1.50, which would be sent as 1.5: quote it [scalar-loses-text]"},
      {"zeros anywhere", "given: { variables: { zip: 01234 } }\nsteps: [{ advance: 1s }]\n",
       "4:28: found 01234, which is the number 1234 in YAML 1.2: quote it to keep its zeros [leading-zero]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}

TEST_CASE("faults that can never be injected are reported", "[lint]") {
  const auto row = GENERATE(values<Sample>({
      {"a kind mistyped", "given: { faults: [{ kind: delay, dealy: 1s }] }\nsteps: [{ advance: 1s }]\n",
       "4:19: found unknown member 'dealy' of kind delay (did you mean 'delay'?) [bad-fault]"},
      {"operation", "given: { faults: [{ on: createItm, kind: reset }] }\nsteps: [{ advance: 1s }]\n",
       "4:25: found unknown operation 'createItm' (did you mean 'createItem'?) [unknown-operation]"},
      {"answer", "given: { faults: [{ on: createItem, kind: answer, answer: brokn }] }\nsteps: [{ advance: 1s }]\n",
       "4:59: found unknown answer 'brokn' (did you mean 'broken'?) [unknown-answer]"},
      {"no items", "given: { faults: [{ on: createItem, kind: reset, phase: { between_items: 1 } }] }\nsteps: [{ advance: 1s }]\n",
       "4:57: found between_items, but shop.createItem has no items [impossible-fault]"},
      {"no tokens", "given: { faults: [{ on: depot.put, kind: expire_token }] }\nsteps: [{ advance: 1s }]\n",
       "4:42: found expire_token, but depot has no tokens that expire [impossible-fault]"},
      {"match", "given: { faults: [{ kind: reset, match: { a: { $mx: 1 } } }] }\nsteps: [{ advance: 1s }]\n",
       "4:48: found the unknown matcher $mx (did you mean '$max'?) [unknown-matcher]"},
  }));
  INFO(row.why);

  CHECK(lint(row.text) == row.problems);
}
