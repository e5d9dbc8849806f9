// The admin API's own OpenAPI document: a line for each route here, the shapes in admin_schemas.cpp. A test holds this table against
// the tables of routes, in both directions.
#include "mock/admin/call.h"
#include "mock/admin/schemas.h"

namespace understudy {
namespace {

struct Page {
  std::string_view route;  // as list_admin_routes() says it
  std::string_view id, tag, summary;
  std::string_view query = {};   // names, separated by spaces
  std::string_view body = {};    // schema of the request
  int status = 200;              // of success
  std::string_view answer = {};  // its schema; empty: no body
  std::string_view also = {};    // further statuses it refuses with, separated by spaces
};

// clang-format off
constexpr Page kPages[] = {
    {"GET /", "getIndex", "server", "Where things are", "", "", 200, "Object"},
    {"GET /health", "getHealth", "server", "Whether the mock is well, since when, and its version", "", "", 200, "Health"},
    {"GET /version", "getVersion", "server", "The version", "", "", 200, "Version"},
    {"GET /settings", "getSettings", "server", "How the mock was started", "", "", 200, "Settings"},
    {"GET /openapi.json", "getOpenapi", "server", "This document", "", "", 200, "Object"},
    {"POST /reset", "reset", "server", "Every tenant back to what it was staged with, its journal emptied", "tenant", "", 200, "Object", "404"},
    {"POST /shutdown", "shutDown", "server", "End the server as a signal would", "", "", 200, "Object"},

    {"GET /tenants", "listTenants", "tenants", "All tenants", "", "", 200, "Tenants"},
    {"PUT /tenants/{tenant}", "putTenant", "tenants", "Create or replace a tenant, as a scenario's `given` does", "", "Given", 200, "Named"},
    {"GET /tenants/{tenant}", "getTenant", "tenants", "One tenant", "", "", 200, "Tenant"},
    {"DELETE /tenants/{tenant}", "deleteTenant", "tenants", "Remove a tenant", "", "", 204},
    {"POST /tenants/{tenant}/reset", "resetTenant", "tenants", "Back to what it was staged with; its journal stays", "", "", 200, "Tenant"},
    {"POST /tenants/{tenant}/tokens/expire", "expireTokens", "tenants", "End every token issued so far", "", "", 200, "Expired"},

    {"GET /clock", "getClocks", "time", "The clocks of all tenants, or of one", "tenant", "", 200, "Object"},
    {"PUT /clock", "putClocks", "time", "Set all clocks, or one", "tenant", "Object", 200, "Object"},
    {"POST /clock/advance", "advanceClocks", "time", "Move all clocks on, or one", "tenant", "Advance", 200, "Object"},
    {"GET /tenants/{tenant}/clock", "getClock", "time", "The tenant's clock", "", "", 200, "Now"},
    {"PUT /tenants/{tenant}/clock", "putClock", "time", "Set its clock, or give it back to the system's", "", "Object", 200, "Now"},
    {"POST /tenants/{tenant}/clock/advance", "advanceClock", "time", "Move its clock on", "", "Advance", 200, "Now"},

    {"GET /faults", "listFaults", "faults", "The armed faults of all tenants, or of one, with what they have counted", "tenant", "", 200, "Faults"},
    {"POST /faults", "armFaults", "faults", "Arm a fault or a list", "tenant", "FaultOrList", 201, "Object"},
    {"DELETE /faults", "disarmFaults", "faults", "Take the faults of all tenants away, or of one", "tenant", "", 200, "Object"},
    {"GET /tenants/{tenant}/faults", "listFaultsOfTenant", "faults", "Its armed faults, with what they have counted", "", "", 200, "Faults"},
    {"POST /tenants/{tenant}/faults", "armFaultsOfTenant", "faults", "Arm a fault or a list", "", "FaultOrList", 201, "Object"},
    {"DELETE /tenants/{tenant}/faults", "disarmFaultsOfTenant", "faults", "Take all its faults away", "", "", 200, "Object"},
    {"DELETE /tenants/{tenant}/faults/{id}", "disarmFault", "faults", "Take one fault away", "", "", 200, "Object"},
    {"GET /tenants/{tenant}/limits", "getLimits", "faults", "Its rate limits, with what they have counted", "", "", 200, "Object"},
    {"PUT /tenants/{tenant}/limits", "putLimits", "faults", "Put rate limits in place", "", "Object", 200, "Object"},

    {"GET /tenants/{tenant}/records", "findRecords", "records", "Records of `collection`; without it, which collections there are", "collection", "", 200, "Object"},
    {"GET /tenants/{tenant}/records/{api}/{collection}", "listRecords", "records", "All records of a collection, oldest first", "", "", 200, "Records"},
    {"POST /tenants/{tenant}/records/{api}/{collection}", "seedRecords", "records", "Seed one record or a list, all or none, as `given.records` does", "", "RecordOrList", 201, "Records", "409"},
    {"DELETE /tenants/{tenant}/records/{api}/{collection}", "clearRecords", "records", "Remove all records of a collection", "", "", 200, "Removed"},
    {"GET /tenants/{tenant}/records/{api}/{collection}/{key}", "getRecord", "records", "One record", "", "", 200, "Record"},
    {"PUT /tenants/{tenant}/records/{api}/{collection}/{key}", "putRecord", "records", "Create (201) or replace a record", "", "Record", 200, "Record"},
    {"DELETE /tenants/{tenant}/records/{api}/{collection}/{key}", "deleteRecord", "records", "Remove a record", "", "", 204},

    {"GET /tenants/{tenant}/snapshots", "listSnapshots", "snapshots", "The tenant's snapshots", "", "", 200, "Snapshots"},
    {"POST /tenants/{tenant}/snapshots/{snapshot}", "takeSnapshot", "snapshots", "Keep the tenant as it is now; an older snapshot of that name is replaced (200)", "", "", 201, "SnapshotSummary", "409"},
    {"GET /tenants/{tenant}/snapshots/{snapshot}", "exportSnapshot", "snapshots", "A snapshot as a document", "", "", 200, "Snapshot"},
    {"PUT /tenants/{tenant}/snapshots/{snapshot}", "importSnapshot", "snapshots", "Keep a snapshot that was exported here or elsewhere (200 where one is replaced)", "", "Snapshot", 201, "SnapshotSummary", "409"},
    {"DELETE /tenants/{tenant}/snapshots/{snapshot}", "deleteSnapshot", "snapshots", "Forget a snapshot", "", "", 204},
    {"POST /tenants/{tenant}/snapshots/{snapshot}/restore", "restoreSnapshot", "snapshots", "The tenant as it was then, all at once", "", "", 200, "SnapshotSummary"},

    {"GET /requests", "listRequests", "journal", "Exchanges, newest first, with the reason for each answer", "tenant unmatched refused since limit format", "", 200, "Requests"},
    {"DELETE /requests", "deleteRequests", "journal", "Empty the journals", "tenant", "", 200, "Object", "400 404"},
    {"POST /requests/reset", "resetRequests", "journal", "Empty the journals", "tenant", "", 200, "Object", "400 404"},
    {"POST /requests/count", "countRequests", "journal", "How many requests match a pattern", "tenant", "RequestPattern", 200, "Count", "404"},
    {"POST /requests/find", "findRequests", "journal", "The requests that match a pattern", "tenant", "RequestPattern", 200, "Requests", "404"},
    {"POST /requests/remove", "removeRequests", "journal", "Remove the exchanges whose requests match a pattern", "tenant", "RequestPattern", 200, "Object", "404"},
    {"POST /requests/remove-by-metadata", "removeRequestsByMetadata", "journal", "Refused: exchanges carry no stub metadata", "", "Object", 400},
    {"GET /requests/unmatched", "listUnmatched", "journal", "Requests that no operation stands for", "tenant since limit", "", 200, "Requests"},
    {"GET /requests/unmatched/near-misses", "unmatchedNearMisses", "journal", "What each of those came closest to", "tenant since limit", "", 200, "NearMisses"},
    {"POST /near-misses/request", "nearMissesOfRequest", "journal", "What a request would come closest to", "", "Object", 200, "NearMisses"},
    {"POST /near-misses/request-pattern", "nearMissesOfPattern", "journal", "The requests that come closest to a pattern", "tenant", "RequestPattern", 200, "NearMisses"},
    {"POST /requests/near-misses/request", "nearMissesOfRequestToo", "journal", "The same, where wiremock-rest-client looks for it", "", "Object", 200, "NearMisses"},
    {"POST /requests/near-misses/request-pattern", "nearMissesOfPatternToo", "journal", "The same, where wiremock-rest-client looks for it", "tenant", "RequestPattern", 200, "NearMisses"},
    {"GET /requests.ndjson", "exportNdjson", "journal", "Exchanges, a line of JSON each", "tenant unmatched refused since limit secrets"},
    {"GET /requests.har", "exportHar", "journal", "Exchanges as HAR 1.2", "tenant unmatched refused since limit secrets", "", 200, "Object"},
    {"GET /requests/{id}", "getRequest", "journal", "One exchange", "tenant", "", 200, "Object"},
    {"DELETE /requests/{id}", "deleteRequest", "journal", "Remove one exchange; none of that id is no mistake", "tenant", "", 200, "Object"},
    {"GET /requests/{id}/near-misses", "nearMissesOfId", "journal", "What one exchange came closest to", "tenant", "", 200, "NearMisses"},
    {"GET /tenants/{tenant}/requests", "listRequestsOfTenant", "journal", "Exchanges of a tenant, oldest first, in our own words", "", "", 200, "Requests"},
    {"DELETE /tenants/{tenant}/requests", "clearRequestsOfTenant", "journal", "Empty the journal of a tenant", "", "", 204},
    {"GET /findings", "listFindings", "journal", "What the mock found wrong with its own answers: bugs of ours", "", "", 200, "FindingList"},

    {"GET /scenarios", "listScenarios", "scenarios", "The scenarios that were staged from files, each a tenant", "", "", 200, "Scenarios"},
    {"POST /scenarios/reset", "resetScenarios", "scenarios", "Every staged scenario back to its start; journals stay", "", "", 200, "Object"},
    {"PUT /scenarios/{scenario}/state", "putScenarioState", "scenarios", "One scenario back to its start; no other state can be set", "", "State", 200, "Object", "422"},

    {"GET /mappings", "listMappings", "mappings", "The operations of the contracts as WireMock lists stubs", "", "", 200, "Mappings"},
    {"POST /mappings", "postMapping", "mappings", "Refused: mappings cannot be changed", "", "Object", 405},
    {"DELETE /mappings", "deleteMappings", "mappings", "Refused: mappings cannot be changed", "", "", 405},
    {"POST /mappings/reset", "resetMappings", "mappings", "Nothing to do: mappings never change", "", "", 200, "Object"},
    {"GET /mappings/{mapping}", "getMapping", "mappings", "One operation, by id or name", "", "", 200, "Mapping"},
    {"PUT /mappings/{mapping}", "putMapping", "mappings", "Refused: mappings cannot be changed", "", "Object", 405},
    {"DELETE /mappings/{mapping}", "deleteMapping", "mappings", "Refused: mappings cannot be changed", "", "", 405},
};

struct Query {
  std::string_view name, about;
};
constexpr Query kQueries[] = {
    {"tenant", "Of this tenant alone"},
    {"collection", "api.collection"},
    {"unmatched", "true: only what no operation stands for"},
    {"refused", "true: only what was refused"},
    {"since", "Only what came after this time (RFC 3339)"},
    {"limit", "At most so many"},
    {"format", "json, ndjson or har"},
    {"secrets", "true: credentials as they were sent"},
};
// clang-format on

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Json media(std::string_view schema) {
  return {{"application/json", {{"schema", {{"$ref", "#/components/schemas/" + std::string(schema)}}}}}};
}

Json parameters_of(std::string_view path, std::string_view query) {
  Json parameters = Json::array();
  for (std::size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1)) {
    parameters.push_back({{"name", path.substr(at + 1, path.find('}', at) - at - 1)},
                          {"in", "path"},
                          {"required", true},
                          {"schema", {{"type", "string"}, {"minLength", 1}}}});
  }
  for (const std::string& name : words_of(query)) {
    for (const Query& known : kQueries) {
      if (known.name == name)
        parameters.push_back({{"name", name}, {"in", "query"}, {"description", known.about}, {"schema", {{"type", "string"}}}});
    }
  }
  return parameters;
}

Json responses_of(const Page& page, bool has_names) {
  Json responses = Json::object();
  const bool refuses = page.status >= 400;
  Json& success = responses[std::to_string(page.status)] = {{"description", refuses ? "Refused" : "Done"}};
  if (refuses) success["content"] = media("Error");
  if (!page.answer.empty()) success["content"] = media(page.answer);
  // A snapshot replaces an older one of its name.
  if (page.status == 201 && page.tag == "snapshots") responses["200"] = success;
  if (page.id == "putRecord") responses["201"] = success;
  std::vector<std::string> statuses = words_of(page.also);
  for (const char* status : {"401", "403"}) statuses.emplace_back(status);
  if (!page.query.empty()) {
    statuses.emplace_back("400");
    statuses.emplace_back("404");
  }
  if (has_names || !page.body.empty()) statuses.emplace_back("400");
  if (has_names) statuses.emplace_back("404");
  for (const std::string& status : statuses)
    if (!responses.contains(status)) responses[status] = {{"$ref", "#/components/responses/Refused"}};
  return responses;
}

Json build() {
  Json paths = Json::object();
  for (const Page& page : kPages) {
    const auto space = page.route.find(' ');
    const std::string_view path = page.route.substr(space + 1);
    const std::string method = to_lower(page.route.substr(0, space));
    Json operation = {{"operationId", page.id}, {"tags", Json::array({page.tag})}, {"summary", page.summary}};
    if (Json parameters = parameters_of(path, page.query); !parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!page.body.empty()) operation["requestBody"] = {{"content", media(page.body)}};
    operation["responses"] = responses_of(page, path.find('{') != std::string_view::npos);
    paths[path == "/" ? "/__admin" : "/__admin" + std::string(path)][method] = std::move(operation);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Understudy admin API"},
            {"version", "1"},
            {"description", "Sets and inspects the tenants of a mock. Without a token it answers callers on the same machine only."}}},
          {"servers", Json::array({Json{{"url", "/"}}})},
          {"security", Json::array({Json::object(), Json{{"token", Json::array()}}})},
          {"paths", std::move(paths)},
          {"components",
           {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"responses", {{"Refused", {{"description", "Refused, with a code that stays and a sentence"}, {"content", media("Error")}}}}},
            {"schemas", admin_schemas()}}}};
}

}  // namespace

const Json& admin_openapi() {
  static const Json kDocument = build();
  return kDocument;
}

}  // namespace understudy
