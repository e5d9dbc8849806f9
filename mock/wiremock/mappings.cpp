// WireMock's stub mappings: every operation of the contracts is listed as one; none can be changed.
#include <fmt/format.h>

#include "contracts/src/base/hash.h"
#include "contracts/src/model/responses.h"
#include "mock/wiremock/requests.h"

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
  const Json list = all_mappings(call.engine);
  return json_response(200, {{"mappings", list}, {"meta", {{"total", list.size()}}}});
}

Response get_mapping(const AdminCall& call) {
  const std::string id = call.path_parameter("mapping");
  for (const Json& mapping : all_mappings(call.engine)) {
    if (mapping["id"] == id || mapping["name"] == id) return json_response(200, mapping);
  }
  return error_response(404, "unknown-mapping", "There is no operation '" + id + "'.");
}

// Succeeds: mappings never change, so all of them have their original state.
Response reset_mappings(const AdminCall&) { return json_response(200, Json::object()); }

Response reject_change(const AdminCall&) {
  Response response = error_response(405, "mappings-read-only",
                                     "Mappings cannot be changed: responses follow the contracts and the data that was sent. To set "
                                     "records, settings, profile, clock and faults use PUT /__admin/tenants/{name}.");
  response.headers.push_back({"Allow", "GET"});
  return response;
}

constexpr std::string_view kReadOnly = "Always an error: mappings cannot be changed";
constexpr AdminOperation kMappingOperations[] = {
    row("GET", "/mappings", list_mappings, "listMappings", "The operations of the contracts in WireMock's format for stubs",
        {.result = "Mappings"}),
    row("POST", "/mappings", reject_change, "postMapping", kReadOnly, {.body = "Object", .status = 405}),
    row("DELETE", "/mappings", reject_change, "deleteMappings", kReadOnly, {.status = 405}),
    row("POST", "/mappings/reset", reset_mappings, "resetMappings", "Does nothing: mappings never change", {.result = "Object"}),
    row("GET", "/mappings/{mapping}", get_mapping, "getMapping", "One operation, by id or name", {.result = "Mapping"}),
    row("PUT", "/mappings/{mapping}", reject_change, "putMapping", kReadOnly, {.body = "Object", .status = 405}),
    row("DELETE", "/mappings/{mapping}", reject_change, "deleteMapping", kReadOnly, {.status = 405}),
};

}  // namespace

AdminTable mapping_operations() { return {"mappings", kMappingOperations}; }

}  // namespace understudy
