#include "tests/support/kiosk.h"

#include <fmt/format.h>

#include "contracts/src/load/load.h"
#include "scenarios/src/lint/lint.h"
#include "tests/support/catch.h"

namespace understudy::test {
namespace {

constexpr const char* kKioskOpenapi = R"(openapi: 3.1.0
jsonSchemaDialect: http://json-schema.org/draft-07/schema#
info: { title: Kiosk, version: "1" }
servers: [{ url: /kiosk }]
x-source: "kiosk:1"
x-evidence: documented
paths:
  /token:
    post:
      operationId: logIn
      security: []
      requestBody: { required: true, content: { application/json: { schema: { type: object, required: [user, password], properties: { user: { type: string }, password: { type: string } } } } } }
      responses: { "200": { description: ok } }
  /things:
    post:
      operationId: createThing
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Thing" } } } }
      responses: { "201": { description: ok } }
  /things/{id}:
    get:
      operationId: readThing
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "200": { description: ok } }
    delete:
      operationId: deleteThing
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { "204": { description: ok } }
components:
  schemas:
    Thing:
      type: object
      required: [name]
      x-source: "kiosk:7"
      properties: { name: { type: string }, size: { type: integer }, weight: { type: integer } }
    Created: { type: object, required: [id, name], properties: { id: { type: integer }, name: { type: string } } }
    Error: { type: object, required: [error], properties: { error: { type: string } } }
)";

constexpr const char* kKioskRules = R"(defaults: { source: "kiosk:2", evidence: documented, refuse: rule_broken }
switches: { greeting: { documented: short, observed: long, others: [none], about: "how it greets", source: "kiosk:8", evidence: documented } }
settings: { strict: { called: Strict, source: "kiosk:13", evidence: documented } }
credentials: { kind: bearer_token, operation: logIn, username: /user, password: /password, token: /token, expires_in: /expires_in, lifetime: 3600 }
refusals: { path: nothing_here, method: nothing_here, credentials: not_known, bad_credentials: bad_login, throttle: nothing_here, media_type: bad_body,
            undecodable: bad_body, shape: bad_body, rows: rule_broken, record: nothing_here, unhandled: broken }
operations:
  logIn: { perform: issue_token, success: token_issued }
  createThing: { perform: create, collection: things, success: thing_created, answers: [thing_exists] }
  readThing: { perform: read, collection: things, id: id, success: thing_read }
  deleteThing: { perform: delete, collection: things, id: id, success: thing_deleted }
rows:
  createThing:
    - { id: size-positive, at: /size, more_than: 0, evidence: assumed, source: "kiosk:9", because: "nothing is flat" }
    - { id: weight-positive, at: /weight, more_than: 0, source: "kiosk:10" }
    - { id: name-unique, at: /name, unique_in: { collection: things, keys: [/name] }, refuse: thing_exists, source: "kiosk:11" }
)";

constexpr const char* kKioskAnswers = R"(defaults: { source: "kiosk:3", evidence: documented, content_type: application/json }
answers:
  token_issued: [{ status: 200, body: { token: "{{token.value}}", expires_in: 3600 }, schema: { type: object, required: [token, expires_in], properties: { token: { type: string }, expires_in: { type: integer } } } }]
  bad_login: [{ status: 403, body: { error: no }, schema: Error }]
  thing_created: [{ status: 201, body: "{{record}}", schema: Created, id: /id }]
  thing_read: [{ status: 200, body: "{{record}}", schema: Created, id: /id }]
  thing_deleted: [{ status: 204 }]
  thing_exists: [{ status: 409, body: { error: "there is one" }, schema: Error }]
  rule_broken: [{ status: 422, body: { error: "{{first.message}}" }, schema: Error, evidence: assumed, source: "kiosk:12" }]
  bad_body: [{ status: 400, body: { error: "{{first.message}}" }, schema: Error }]
  not_known: [{ status: 401, reason: Who Are You, body: { error: "who?" }, schema: Error }]
  nothing_here: [{ status: 404, body: { error: nothing }, schema: Error }]
  broken: [{ status: 500, body: { error: broken }, schema: Error }]
)";

constexpr const char* kKioskCollections = R"(sequences: { thing: 1 }
collections:
  things: { id: { member: id, sequence: thing }, create: { operation: createThing, remove: deleteThing, rename: { label: name } } }
  boxes: { id: { member: id, from: /name } }
  notes: { id: { member: id, from: /name }, create: createThing }
)";

constexpr const char* kRelayOpenapi = R"(openapi: 3.1.0
jsonSchemaDialect: http://json-schema.org/draft-07/schema#
info: { title: Relay, version: "1" }
servers: [{ url: /relay }]
x-source: "relay:1"
x-evidence: documented
paths:
  /:
    post:
      operationId: batch
      security: []
      requestBody: { required: true, content: { application/json: { schema: { type: array } } } }
      responses: { "200": { description: ok } }
      x-calls:
        operation: /method
        arguments: /params
        correlation: /id
        credential: { operation: auth, position: 0, username: /user, password: /password }
        envelope: { api: 1 }
        result: result
        redelivery: { acknowledged: /result, after: [1m, 8m], then: 10m, attempts: 9, x-source: "relay:9", x-evidence: published }
        refusals: { unknown_call: no_such_call, bad_arguments: bad_params, not_authorized: not_authorized, undecodable: not_calls }
        operations:
          auth: { operationId: auth, arguments: "#/components/schemas/Auth", answers: none }
          Put: { operationId: put, arguments: "#/components/schemas/Put", items: /list }
components:
  schemas:
    Auth: { type: object, required: [user, password], properties: { user: { type: string }, password: { type: string } } }
    Put: { type: object, required: [list], properties: { list: { type: array, items: { type: object, properties: { name: { type: string } } } } } }
    Done: { type: object, required: [status, id], properties: { status: { const: done }, id: { type: string } } }
    Failed: { type: object, required: [status, why], properties: { status: { const: failed }, why: { type: string } } }
    Refused: { type: object, required: [error], properties: { error: { type: object, required: [code], properties: { code: { type: integer } } } } }
)";

constexpr const char* kRelayRules = R"(defaults: { source: "relay:2", evidence: documented, refuse: no_name }
credentials: { kind: in_batch }
refusals: { path: not_calls, method: not_calls, credentials: not_authorized, bad_credentials: not_authorized, throttle: not_calls, media_type: not_calls,
            undecodable: not_calls, shape: no_name, rows: no_name, record: no_name, unhandled: not_calls }
operations:
  auth: { perform: module }
  put: { perform: module, success: item_done, answers: [no_name] }
rows:
  put:
    - { id: name-required, at: /name, required: true, source: "relay:4" }
)";

constexpr const char* kRelayAnswers = R"(defaults: { source: "relay:3", evidence: documented, content_type: application/json }
answers:
  item_done: { scope: item, variants: [{ status: 200, body: { status: done, id: "{{record.id}}" }, schema: Done, id: /id }] }
  no_name: { scope: item, variants: [{ status: 200, body: { status: failed, why: no name }, schema: Failed }] }
  not_authorized: { scope: call, variants: [{ status: 200, body: { error: { code: -1 } }, schema: { allOf: [{ $ref: "#/components/schemas/Refused" }, { properties: { error: { properties: { code: { const: -1 } } } } }] } }] }
  no_such_call: { scope: call, variants: [{ status: 200, body: { error: { code: -2 } }, schema: { allOf: [{ $ref: "#/components/schemas/Refused" }, { properties: { error: { properties: { code: { const: -2 } } } } }] }, evidence: assumed }] }
  bad_params: { scope: call, variants: [{ status: 200, body: { error: { code: -3 } }, schema: Refused }] }
  not_calls: [{ status: 200, body: [], schema: { type: array, maxItems: 0 } }]
)";

Contracts load() {
  const FileSet files = {{"contracts/kiosk/openapi.yaml", kKioskOpenapi}, {"contracts/kiosk/rules.yaml", kKioskRules},
                         {"contracts/kiosk/answers.yaml", kKioskAnswers}, {"contracts/kiosk/collections.yaml", kKioskCollections},
                         {"contracts/relay/openapi.yaml", kRelayOpenapi}, {"contracts/relay/rules.yaml", kRelayRules},
                         {"contracts/relay/answers.yaml", kRelayAnswers}};
  auto contracts = parse_contracts(files);
  if (!contracts) FAIL(render_problem(contracts.error()));
  return *contracts;
}

}  // namespace

const Contracts& kiosk_contracts() {
  static const Contracts contracts = load();
  return contracts;
}

TransportResult answer(int status, const std::string& body, Headers headers) {
  TransportResult result;
  result.response = {.status = status, .reason = std::string(registered_reason(status)), .headers = std::move(headers), .body = body};
  return result;
}

TransportResult outcome(Outcome outcome) {
  TransportResult result;
  result.outcome = outcome;
  return result;
}

std::vector<std::string> FakeTransport::lines() const {
  std::vector<std::string> lines;
  for (const auto& request : requests) lines.push_back(request.method + " " + request.target);
  return lines;
}

TransportResult Kiosk::operator()(const Request& request) {
  if (bend) {
    if (auto bent = bend(request)) return std::move(*bent);
  }
  if (request.target.starts_with("/__admin/")) return answer(200, "{}");
  if (request.target == "/token") return answer(200, fmt::format(R"({{"token":"token-number-{}","expires_in":3600}})", ++tokens_));
  const auto credential = find_header(request.headers, "Authorization");
  if (!credential || !credential->starts_with("Bearer token-number-")) {
    auto refused = answer(401, R"({"error":"who?"})");
    refused.response.reason = "Who Are You";
    return refused;
  }
  const auto body = parse_json(request.body);
  if (request.method == "POST" && request.target == "/things" && body && body->is_object()) {
    if (!body->contains("name")) return answer(400, R"({"error":"no name"})");
    for (const auto* name : {"size", "weight"}) {
      if (body->contains(name) && body->at(name) <= 0) return answer(422, R"({"error":"too small"})");
    }
    Json thing = *body;
    thing["id"] = next_++;
    return answer(201, render_json(thing));
  }
  if (request.method == "DELETE") return answer(204, "", {});
  if (request.method == "GET" && request.target.starts_with("/things/")) return answer(200, R"({"id":1,"name":"a"})");
  return answer(404, R"({"error":"nothing"})");
}

std::function<std::optional<TransportResult>(const Request&)> when_posting(const TransportResult& result) {
  return [result](const Request& request) {
    return request.method == "POST" && request.target == "/things" ? std::optional(result) : std::nullopt;
  };
}

FakeTransport transport_of(Kiosk kiosk) {
  return FakeTransport([kiosk](const Request& request) mutable { return kiosk(request); });
}

Target kiosk_target(bool with_admin) {
  Target target;
  target.name = "http://127.0.0.1:9";
  target.base = Url{.scheme = "http", .host = "127.0.0.1", .port = 9};
  if (with_admin) target.admin = target.base;
  return target;
}

ScenarioFile parse_kiosk(const std::string& yaml, const std::string& file, const Contracts& contracts) {
  auto parsed = parse_scenario(yaml, file);
  if (!parsed) FAIL(render_problem(parsed.error()));
  for (const auto& problem : lint_scenario(*parsed, contracts)) FAIL(render_problem(problem));
  return std::move(*parsed);
}

Verdict run_kiosk(const std::string& yaml, FakeTransport& transport, const KioskOptions& options) {
  const auto& contracts = options.contracts != nullptr ? *options.contracts : kiosk_contracts();
  const auto file = parse_kiosk(yaml, "scenarios/kiosk/sample.yaml", contracts);
  auto target = kiosk_target(options.with_admin);
  if (options.shape) options.shape(target);
  SuiteOptions suite;
  suite.profiles = {Profile{}};
  const auto runs = plan_runs({&file}, contracts, suite);
  REQUIRE(runs.has_value());
  REQUIRE(runs->size() == 1);
  const RunContext context{.contracts = contracts,
                           .target = target,
                           .variables = options.variables,
                           .level = options.strict ? Evidence::assumed : Evidence::observed};
  return run_scenario(runs->front(), context, {.stop = nullptr, .pause = options.pause}, transport);
}

std::vector<std::string> summarize(const Verdict& verdict) {
  std::vector<std::string> lines;
  for (const auto& step : verdict.steps) {
    for (const auto& [finding, line, rule] : step.differences) {
      lines.push_back(fmt::format("{}{} {} {}", step.cleanup ? "cleanup " : "", step.number, finding.code,
                                  finding.severity == Severity::note ? "note" : "error"));
    }
  }
  return lines;
}

}  // namespace understudy::test
