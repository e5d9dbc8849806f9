#include "mock/admin/openapi.h"

namespace understudy {
namespace {

constexpr std::string_view kSchemas = R"json({
"Object": {"type": "object"},
"Error": {"type": "object", "required": ["code", "message"],
  "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "pointer": {"type": "string"}}},
"Health": {"type": "object", "required": ["status", "message", "version", "uptimeInSeconds", "timestamp"],
  "properties": {"status": {"type": "string", "enum": ["healthy"]}, "message": {"type": "string"}, "version": {"type": "string"},
    "uptimeInSeconds": {"type": "integer", "minimum": 0}, "timestamp": {"type": "string", "format": "date-time"}}},
"Version": {"type": "object", "required": ["version"], "properties": {"version": {"type": "string"}}},
"Settings": {"type": "object", "required": ["settings"], "properties": {"settings": {"type": "object",
  "properties": {"profile": {"type": "string"}, "demo": {"type": "boolean"}, "checkAllAnswers": {"type": "boolean"},
    "journalEntries": {"type": "integer"}, "journalBytes": {"type": "integer"}, "shutdown": {"type": "boolean"},
    "apis": {"type": "array", "items": {"type": "object", "required": ["api", "title", "base"],
      "properties": {"api": {"type": "string"}, "title": {"type": "string"}, "base": {"type": "string"}}}}}}}},
"Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
"Counts": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
"Tenant": {"type": "object", "required": ["name", "username", "profile", "now", "virtual", "records", "exchanges"],
  "properties": {"name": {"type": "string"}, "username": {"type": "string"}, "profile": {"type": "string"},
    "now": {"type": "string", "format": "date-time"}, "virtual": {"type": "boolean"}, "records": {"$ref": "#/components/schemas/Counts"},
    "exchanges": {"type": "integer", "minimum": 0}}},
"Tenants": {"type": "object", "required": ["tenants"], "properties": {"tenants": {"type": "array", "items": {"$ref": "#/components/schemas/Tenant"}}}},
"Given": {"type": "object", "properties": {
    "api": {"type": "string"},
    "clock": {"type": "string", "format": "date-time"},
    "seed": {"type": "integer"},
    "ids": {"type": "object", "additionalProperties": {"type": "integer"}},
    "profile": {"description": "documented, observed, or {base, switch: value}", "type": ["string", "object", "null"]},
    "settings": {"type": "object", "additionalProperties": {"type": "boolean"}},
    "records": {"type": "object", "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}},
    "faults": {"type": "array", "items": {"type": "object"}},
    "limits": {"type": ["object", "null"]},
    "credentials": {"type": "object", "properties": {"username": {"type": "string"}, "password": {"type": "string"}, "key": {"type": "string"}}},
    "scenario": {"type": "object", "description": "makes the tenant a scenario of GET /scenarios",
      "properties": {"title": {"type": "string"}, "file": {"type": "string"}}}}},
"Advance": {"type": "object", "required": ["by"], "properties": {"by": {"type": "string", "examples": ["61m", "24h"]}}},
"Now": {"type": "object", "required": ["now"], "properties": {"now": {"type": "string", "format": "date-time"}}},
"Faults": {"type": "object", "required": ["faults"], "properties": {"faults": {"type": "array", "items": {"type": "object"}}}},
"FaultOrList": {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]},
"Expired": {"type": "object", "required": ["expired"], "properties": {"expired": {"type": "integer", "minimum": 0}}},
"Record": {"type": "object"},
"RecordOrList": {"oneOf": [{"$ref": "#/components/schemas/Record"}, {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}]},
"Records": {"type": "object", "required": ["records", "meta"], "properties": {
    "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}, "meta": {"$ref": "#/components/schemas/Meta"}}},
"Meta": {"type": "object", "required": ["total"], "properties": {"total": {"type": "integer", "minimum": 0}}},
"Removed": {"type": "object", "required": ["removed"], "properties": {"removed": {"type": "integer", "minimum": 0}}},
"SnapshotSummary": {"type": "object", "required": ["name", "taken", "records"], "properties": {
    "name": {"type": "string"}, "taken": {"type": "string", "format": "date-time"}, "records": {"$ref": "#/components/schemas/Counts"}}},
"Snapshots": {"type": "object", "required": ["snapshots"],
  "properties": {"snapshots": {"type": "array", "items": {"$ref": "#/components/schemas/SnapshotSummary"}}}},
"Snapshot": {"type": "object", "required": ["understudy_snapshot", "taken", "clock", "random"], "properties": {
    "understudy_snapshot": {"type": "integer", "enum": [1]},
    "taken": {"type": "string", "format": "date-time"},
    "clock": {"type": "object", "properties": {"virtual": {"type": "string", "format": "date-time"}, "ahead_ms": {"type": "integer"}}},
    "random": {"type": "string", "description": "state of the tenant's random numbers"},
    "ids": {"type": "object", "description": "next number, by api.sequence", "additionalProperties": {"type": "integer"}},
    "profile": {"type": "object"},
    "settings": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "boolean"}}},
    "records": {"type": "object", "description": "by api.collection",
      "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}}},
    "seeded": {"type": "array", "items": {"type": "string"}},
    "delivered": {"type": "object", "description": "batch calls that were answered before, by api", "additionalProperties": {"type": "array"}},
    "limits": {"type": "object", "description": "rate limits with their counters, by api"},
    "tokens": {"type": "array", "items": {"type": "object", "required": ["token", "username", "issued", "expires"],
      "properties": {"token": {"type": "string"}, "username": {"type": "string"}, "issued": {"type": "string", "format": "date-time"},
        "expires": {"type": "string", "format": "date-time"}}}},
    "faults": {"type": "array", "items": {"type": "object", "required": ["fault", "id", "seen", "struck"],
      "properties": {"fault": {"type": "object"}, "id": {"type": "integer", "minimum": 0}, "seen": {"type": "integer", "minimum": 0}, "struck": {"type": "integer", "minimum": 0}}}}}},
"Requests": {"type": "object", "required": ["requests"], "properties": {"requests": {"type": "array", "items": {"type": "object"}}}},
"RequestPattern": {"type": "object", "description": "as WireMock writes them: method, url, urlPath, headers, queryParameters, bodyPatterns, ..."},
"Count": {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}},
"NearMisses": {"type": "object", "required": ["nearMisses"], "properties": {"nearMisses": {"type": "array", "items": {"type": "object"}}}},
"FindingList": {"type": "object", "required": ["findings"], "properties": {"findings": {"type": "array", "items": {"type": "string"}}}},
"State": {"type": "object", "properties": {"state": {"type": "string", "enum": ["Started"]}}},
"Scenarios": {"type": "object", "required": ["scenarios"], "properties": {"scenarios": {"type": "array", "items": {"type": "object",
  "required": ["id", "name", "state", "possibleStates"], "properties": {
    "id": {"type": "string"}, "name": {"type": "string"}, "state": {"type": "string", "enum": ["Started", "Played"]},
    "possibleStates": {"type": "array", "items": {"type": "string"}}, "exchanges": {"type": "integer", "minimum": 0},
    "tenant": {"type": "string"}, "api": {"type": "string"}, "title": {"type": "string"}, "file": {"type": "string"}}}}}},
"Mapping": {"type": "object", "required": ["id", "name", "request", "response"], "properties": {
    "id": {"type": "string", "format": "uuid"}, "uuid": {"type": "string", "format": "uuid"}, "name": {"type": "string"},
    "request": {"type": "object", "required": ["method", "urlPathTemplate"],
      "properties": {"method": {"type": "string"}, "urlPathTemplate": {"type": "string"}}},
    "response": {"type": "object", "required": ["status"], "properties": {"status": {"type": "integer"}}},
    "persistent": {"type": "boolean"}, "metadata": {"type": "object"}}},
"Mappings": {"type": "object", "required": ["mappings", "meta"], "properties": {
    "mappings": {"type": "array", "items": {"$ref": "#/components/schemas/Mapping"}}, "meta": {"$ref": "#/components/schemas/Meta"}}}
})json";

}  // namespace

Json admin_schemas() { return parse_json(kSchemas).value_or(Json::object()); }

}  // namespace understudy
