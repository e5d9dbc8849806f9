// What the method tools/list returns: names, descriptions, and the JSON Schemas of the arguments (draft-07).
#pragma once

namespace understudy {

inline constexpr const char* kToolList = R"json([
  {"name": "get_mock", "title": "The mock", "annotations": {"readOnlyHint": true},
   "description": "URLs of the mock in this process, one for each API, and the credentials of the tenant demo. Your code can call them.",
   "inputSchema": {"type": "object", "additionalProperties": false}},
  {"name": "list_operations", "title": "List operations", "annotations": {"readOnlyHint": true},
   "description": "The operations of the APIs that the mock serves, with method and path.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "api": {"type": "string", "description": "Only this API, such as veeqo"},
     "contains": {"type": "string", "description": "Only those with this in their name or path"}}}},
  {"name": "list_scenarios", "title": "List scenarios", "annotations": {"readOnlyHint": true},
   "description": "Bundled scenarios, or those of files: names, titles, labels, operations under test.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "paths": {"type": "array", "items": {"type": "string"}, "description": "Files or folders. Default: the bundled ones"},
     "run": {"type": "array", "items": {"type": "string"}, "description": "Patterns of names: veeqo/create-*"},
     "labels": {"type": "array", "items": {"type": "string"}},
     "operations": {"type": "array", "items": {"type": "string"}}}}},
  {"name": "explain", "title": "Explain", "annotations": {"readOnlyHint": true},
   "description": "All that is known of an operation (veeqo.createProduct), a rule (the id that the journal and verify show), or an answer: request, checks, evidence, sources.",
   "inputSchema": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
     "name": {"type": "string", "minLength": 1}}}},
  {"name": "lint", "title": "Check scenarios", "annotations": {"readOnlyHint": true},
   "description": "Mistakes of a scenario with line and column. Give its YAML text, or paths.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "scenario": {"type": "string", "description": "The YAML text of a scenario"},
     "name": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "A name for the text. Default: scenario"},
     "paths": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
     "oneOf": [{"required": ["scenario"]}, {"required": ["paths"]}]}},
  {"name": "stage_scenario", "title": "Stage scenarios",
   "description": "Creates a tenant on the mock with the records, settings, faults and clock that a scenario gives. Returns the credentials that select it.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "scenario": {"type": "string", "description": "The YAML text of a scenario"},
     "name": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "The tenant's name for the text. Default: scenario"},
     "paths": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
     "oneOf": [{"required": ["scenario"]}, {"required": ["paths"]}]}},
  {"name": "read_journal", "title": "Read the journal", "annotations": {"readOnlyHint": true},
   "description": "Requests that the mock received, newest first, with responses and the rule that decided each.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "tenant": {"type": "string"},
     "unmatched": {"type": "boolean", "description": "true: only requests that match no operation"},
     "refused": {"type": "boolean", "description": "true: only requests that got an error"},
     "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}}}},
  {"name": "arm_fault", "title": "Arm a fault",
   "description": "A later call of a tenant fails as the fault says: {\"kind\": \"status\", \"status\": 503, \"on\": \"veeqo.listOrders\", \"call\": 1}.",
   "inputSchema": {"type": "object", "additionalProperties": false, "required": ["fault"], "properties": {
     "tenant": {"type": "string", "description": "Default: demo"},
     "fault": {"type": "object", "required": ["kind"], "properties": {
       "kind": {"type": "string", "description": "status, answer, delay, drip, stall, reset, close, truncate, garbage, malformed_chunk"},
       "on": {"type": "string", "description": "Only calls of this operation, with its API"},
       "call": {"description": "Which call: 1 is the next"}}}}}},
  {"name": "move_clock", "title": "Move the clock",
   "description": "Advances the clock of a tenant, or sets it. Tokens end and rate limits recover by this clock.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "tenant": {"type": "string", "description": "Default: demo"},
     "by": {"type": "string", "description": "A duration: 90s, 61m, 24h"},
     "to": {"type": "string", "description": "A time: 2026-03-02T09:00:00Z"}},
     "oneOf": [{"required": ["by"]}, {"required": ["to"]}]}},
  {"name": "verify", "title": "Verify",
   "description": "Runs scenarios against a server on this machine and reports every difference from the contract. Without a target: against a mock of its own.",
   "inputSchema": {"type": "object", "additionalProperties": false, "properties": {
     "target": {"type": "string", "description": "http://127.0.0.1:9000. Other machines are refused"},
     "profile": {"type": "string", "description": "documented, observed or all"},
     "paths": {"type": "array", "items": {"type": "string"}, "description": "Scenario files or folders. Default: the bundled ones"},
     "run": {"type": "array", "items": {"type": "string"}, "description": "Patterns of names: veeqo/create-*"},
     "labels": {"type": "array", "items": {"type": "string"}}}}}
])json";

}  // namespace understudy
