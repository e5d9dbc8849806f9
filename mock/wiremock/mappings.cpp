// WireMock's stub mappings: stubs for what no contract covers, and every operation of the contracts, which cannot be changed.
#include <fmt/format.h>

#include "contracts/src/base/hash.h"
#include "contracts/src/model/responses.h"
#include "mock/wiremock/requests.h"
#include "mock/wiremock/stub.h"

namespace understudy {
namespace {

std::string stable_uuid(std::string_view name) {
  constexpr std::uint64_t kOtherOffset = 0x84222325cbf29ce4u;  // a second hash of the same name
  return render_uuid(fnv1a(name), fnv1a(name, kOtherOffset));
}

Json render_mapping(const Engine& engine, const Contract& contract, const Operation& operation) {
  const bool in_batch = !operation.call.empty() && contract.batch;
  const std::string path = in_batch ? contract.batch->path : operation.path;
  const std::string base = engine.options.only_api.empty() && contract.base != "/" ? contract.base : "";
  const ResponseDefinition* success = contract.find_response(operation.success);
  const Switches switches = resolve_profile(engine.options.profile, contract);
  Json metadata = {{"api", contract.api}, {"operation", operation.name}, {"answers", operation.answers}};
  if (in_batch) metadata["call"] = operation.call;
  return {{"id", stable_uuid(operation.name)},
          {"uuid", stable_uuid(operation.name)},
          {"name", operation.name},
          {"request", {{"method", in_batch ? contract.batch->method : operation.method}, {"urlPathTemplate", base + path}}},
          {"response", {{"status", success == nullptr || in_batch ? 200 : status_of(pick_variant(*success, switches), switches)}}},
          {"persistent", true},
          {"metadata", std::move(metadata)}};
}

std::vector<Json> all_mappings(const Engine& engine) {
  std::vector<Json> list;
  for (const auto& contract : engine.contracts.apis) {
    if (!engine.options.only_api.empty() && engine.options.only_api != contract->api) continue;
    for (const Operation& operation : contract->operations) list.push_back(render_mapping(engine, *contract, operation));
  }
  return list;
}

Response list_mappings(const AdminCall& call) {
  Json list = Json::array();
  for (const auto& stub : call.engine.stubs->all()) list.push_back(stub->mapping);
  for (Json& mapping : all_mappings(call.engine)) list.push_back(std::move(mapping));
  const auto total = list.size();
  return json_response(200, {{"mappings", std::move(list)}, {"meta", {{"total", total}}}});
}

// The operation with this id or name; null: there is none.
Json find_operation_mapping(const AdminCall& call) {
  const std::string id = call.path_parameter("mapping");
  for (Json& mapping : all_mappings(call.engine)) {
    if (mapping["id"] == id || mapping["name"] == id) return std::move(mapping);
  }
  return nullptr;
}

// For an id that no stub has.
Response no_such_stub(const AdminCall& call) {
  const std::string id = call.path_parameter("mapping");
  if (find_operation_mapping(call).is_null()) return error_response(404, "unknown-mapping", "There is no mapping '" + id + "'.");
  Response response = error_response(405, "mapping-read-only",
                                     "'" + id +
                                         "' is an operation of a contract, which decides what it answers. To set records, settings, "
                                         "profile, clock and faults use PUT /__admin/tenants/{name}.");
  response.headers.push_back({"Allow", "GET"});
  return response;
}

Response get_mapping(const AdminCall& call) {
  if (const auto stub = call.engine.stubs->find(call.path_parameter("mapping"))) return json_response(200, stub->mapping);
  const Json mapping = find_operation_mapping(call);
  return mapping.is_null() ? no_such_stub(call) : json_response(200, mapping);
}

// The operation that would answer instead of the stub; null if the pattern names no single path, or one without an operation.
const Operation* find_covering(const Engine& engine, const Json& mapping) {
  const Json request = mapping.value("request", Json::object());
  if (!request.is_object()) return nullptr;
  for (const char* member : {"url", "urlPath"}) {
    if (request.contains(member) && request[member].is_string())
      return engine.router.find(as_text(request.value("method", Json("GET"))), as_text(request[member])).operation;
  }
  return nullptr;
}

// A stub from the body, stored under this id.
Response put_stub(const AdminCall& call, const Json& given, const std::string& id, int status) {
  auto stub = parse_stub(given, id, call.engine.options.query_steps);
  if (!stub) return journal_error("bad-mapping", stub.error().pointer, stub.error().title, 422);
  if (const auto* operation = find_covering(call.engine, given))
    return journal_error("mapping-covered", "/request",
                         "the operation " + operation->name + " answers this request, so that the stub would have no effect", 422);
  const Json mapping = stub->mapping;
  if (!call.engine.stubs->put(*std::move(stub))) return error_response(limit_reached("stubs", Stubs::kMost), 422);
  return json_response(status, mapping);
}

Response post_mapping(const AdminCall& call) {
  const auto body = read_body(call);
  if (!body) return body.error();
  std::string id;
  for (const char* member : {"uuid", "id"}) {
    if (body->is_object() && body->contains(member) && (*body)[member].is_string()) id = (*body)[member].get<std::string>();
  }
  if (id.empty()) id = stable_uuid("stub " + std::to_string(call.engine.stubs->next_number()));
  return put_stub(call, *body, id, 201);
}

Response put_mapping(const AdminCall& call) {
  const std::string id = call.path_parameter("mapping");
  if (call.engine.stubs->find(id) == nullptr) return no_such_stub(call);
  const auto body = read_body(call);
  return body ? put_stub(call, *body, id, 200) : body.error();
}

Response delete_mapping(const AdminCall& call) {
  return call.engine.stubs->remove(call.path_parameter("mapping")) ? json_response(200, Json::object()) : no_such_stub(call);
}

Response delete_mappings(const AdminCall& call) {
  call.engine.stubs->clear();
  return json_response(200, Json::object());
}

constexpr AdminOperation kMappingOperations[] = {
    row("GET", "/mappings", list_mappings, "listMappings", "The stubs, then the operations of the contracts in the same format",
        {.result = "Mappings"}),
    row("POST", "/mappings", post_mapping, "postMapping", "Add a stub for requests that no contract covers",
        {.body = "Object", .result = "Mapping", .status = 201, .error = "422"}),
    row("DELETE", "/mappings", delete_mappings, "deleteMappings", "Remove all stubs", {.result = "Object"}),
    row("POST", "/mappings/reset", delete_mappings, "resetMappings", "Remove all stubs", {.result = "Object"}),
    row("GET", "/mappings/{mapping}", get_mapping, "getMapping", "A stub by id, or an operation by id or name", {.result = "Mapping"}),
    row("PUT", "/mappings/{mapping}", put_mapping, "putMapping", "Replace a stub", {.body = "Object", .result = "Mapping", .error = "422"}),
    row("DELETE", "/mappings/{mapping}", delete_mapping, "deleteMapping", "Remove a stub", {.result = "Object"}),
};

}  // namespace

AdminTable mapping_operations() { return {"mappings", kMappingOperations}; }

}  // namespace understudy
