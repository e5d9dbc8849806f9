// Owns an invented API for the tests of the scenario language: bearer tokens, settings, switches, a batch beside it.
#pragma once

#include "contracts/src/load/load.h"
#include "scenarios/src/model/parse.h"
#include "tests/support/catch.h"

namespace understudy {

inline constexpr const char* kShopOpenapi = R"(
openapi: 3.1.0
jsonSchemaDialect: http://json-schema.org/draft-07/schema#
info: { title: Shop, version: "1" }
servers: [{ url: /shop }]
paths:
  /token:
    post:
      operationId: authenticate
      x-source: shop:1
      security: []
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Login" } } } }
  /items:
    post:
      operationId: createItem
      x-source: shop:2
      parameters: [{ name: q, in: query }, { name: v, in: query }]
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/NewItem" } } } }
  /items/{id}:
    delete:
      operationId: deleteItem
      x-source: shop:3
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
components:
  schemas:
    Login: { type: object, properties: { username: { type: string }, password: { type: string } } }
    NewItem:
      type: object
      required: [sku]
      properties:
        sku: { type: string }
        price: { type: number }
        active: { type: boolean }
        colour: { enum: [red, blue], x-numbers: [0, 1] }
        note: { anyOf: [{ type: string }, { type: "null" }] }
        tags: { type: array, items: { type: object, properties: { label: { type: string } } } }
    Message: { type: object, required: [message], properties: { message: { type: string } } }
)";

inline constexpr const char* kShopRules = R"(
defaults: { source: shop, evidence: documented, refuse: not_valid }
binding: { names: ignore_case, unwrap: item, single: list, numbers: from_strings }
switches:
  shape_status: { documented: 422, observed: 400, about: status of a refused body, source: shop }
settings:
  strict_prices: { default: false, called: Strict prices, source: shop }
credentials: { kind: bearer_token, operation: authenticate, username: /username, password: /password, token: /access_token, expires_in: /expires_in, lifetime: 3600 }
refusals: { path: not_found, method: not_found, credentials: unauthorized, bad_credentials: unauthorized, throttle: too_many, media_type: not_valid,
            undecodable: not_valid, shape: not_valid, rows: not_valid, record: not_found, unhandled: broken }
operations:
  authenticate: { perform: issue_token, success: token_issued }
  createItem: { perform: create, collection: items, success: item_created, answers: [item_exists] }
  deleteItem: { perform: delete, collection: items, id: id, success: item_deleted }
)";

inline constexpr const char* kShopAnswers = R"(
defaults: { source: shop, evidence: documented, content_type: application/json }
answers:
  token_issued: [{ status: 200, body: { access_token: "{{token.value}}", expires_in: "{{token.lifetime}}" }, schema: { type: object } }]
  item_created: [{ status: 201, body: "{{record}}", schema: { type: object }, id: /id }]
  item_exists: [{ status: 409, body: { message: exists }, schema: Message }]
  item_deleted: [{ status: 204 }]
  unauthorized: [{ status: 401, body: { message: no }, schema: Message }]
  not_found: [{ status: 404, body: { message: no }, schema: Message }]
  too_many: [{ status: 429, body: { message: slow }, schema: Message }]
  not_valid: [{ status: { switch: shape_status }, body: { message: bad }, schema: Message }]
  broken: [{ status: 500, body: { message: broken }, schema: Message }]
)";

inline constexpr const char* kShopCollections = R"(
sequences: { item: 1 }
collections:
  items: { id: { member: id, sequence: item } }
)";

inline constexpr const char* kDepotOpenapi = R"(
openapi: 3.1.0
jsonSchemaDialect: http://json-schema.org/draft-07/schema#
info: { title: Depot, version: "1" }
servers: [{ url: /depot }]
paths:
  /:
    post:
      operationId: batch
      x-source: depot:1
      security: []
      requestBody: { required: true, content: { application/json: { schema: { type: array } } } }
      x-calls:
        operation: /method
        arguments: /params
        correlation: /id
        credential: { operation: auth, position: 0, username: /username, password: /password }
        envelope: { api: 1 }
        result: result
        refusals: { unknown_call: no_method, bad_arguments: bad_params, not_authorized: no_auth, undecodable: no_json }
        operations:
          auth: { operationId: auth, arguments: "#/components/schemas/Auth", answers: none }
          put: { operationId: put, arguments: "#/components/schemas/Put", items: /things }
components:
  schemas:
    Auth: { type: object, properties: { username: { type: string }, password: { type: string } } }
    Put: { type: object, properties: { things: { type: array, items: { type: object, properties: { code: { type: string } } } } } }
    Error: { type: object }
)";

inline constexpr const char* kDepotRules = R"(
defaults: { source: depot, evidence: documented, refuse: thing_bad }
credentials: { kind: in_batch }
refusals: { path: no_path, method: no_path, credentials: no_auth, bad_credentials: no_auth, throttle: no_path, media_type: no_json,
            undecodable: no_json, shape: thing_bad, rows: thing_bad, record: no_path, unhandled: no_path }
operations:
  auth: { perform: module }
  put: { perform: module, success: thing_put }
)";

inline constexpr const char* kDepotAnswers = R"(
defaults: { source: depot, evidence: documented, content_type: application/json }
answers:
  no_path: [{ status: 404, body: {}, schema: Error }]
  no_json: [{ status: 200, body: [], schema: { type: array } }]
  no_method: { scope: call, variants: [{ status: 200, body: {}, schema: Error }] }
  bad_params: { scope: call, variants: [{ status: 200, body: {}, schema: Error }] }
  no_auth: { scope: call, variants: [{ status: 200, body: {}, schema: Error }] }
  thing_put: { scope: item, variants: [{ status: 200, body: { id: 1 }, schema: Error, id: /id }] }
  thing_bad: { scope: item, variants: [{ status: 200, body: {}, schema: Error }] }
)";

inline const Contracts& shop_contracts() {
  static const Result<Contracts> contracts = parse_contracts({
      {"contracts/shop/openapi.yaml", kShopOpenapi},
      {"contracts/shop/rules.yaml", kShopRules},
      {"contracts/shop/answers.yaml", kShopAnswers},
      {"contracts/shop/collections.yaml", kShopCollections},
      {"contracts/depot/openapi.yaml", kDepotOpenapi},
      {"contracts/depot/rules.yaml", kDepotRules},
      {"contracts/depot/answers.yaml", kDepotAnswers},
  });
  if (!contracts) FAIL(render_problem(contracts.error()));
  return *contracts;
}

inline ScenarioFile parsed_scenario(const std::string& text, const std::string& file = "scenarios/shop/a.yaml") {
  auto parsed = parse_scenario(text, file);
  if (!parsed) FAIL(render_problem(parsed.error()));
  return *std::move(parsed);
}

}  // namespace understudy
