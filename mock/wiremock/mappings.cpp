// What WireMock's clients ask of stub mappings: here every operation of the contracts is one, and none can be changed.
#include <fmt/format.h>

#include "contracts/src/model/answers.h"
#include "mock/admin/call.h"

namespace understudy {
namespace {

// FNV-1a, from a start of one's own.
std::uint64_t hash(std::string_view text, std::uint64_t value) {
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return value;
}

// The same for the same name, always; version 8 of RFC 9562, whose bits are the maker's.
std::string stable_uuid(std::string_view name) {
  const std::uint64_t high = hash(name, 0xcbf29ce484222325u), low = hash(name, 0x84222325cbf29ce4u);
  return fmt::format("{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff, high & 0xfff, (low >> 48 & 0x3fff) | 0x8000,
                     low & 0xffffffffffffu);
}

Json render_mapping(const Engine& engine, const Contract& contract, const Operation& operation) {
  const bool in_batch = !operation.call.empty() && contract.batch;
  const std::string path = in_batch ? contract.batch->path : operation.path;
  const std::string base = engine.options.only_api.empty() && contract.base != "/" ? contract.base : "";
  const Answer* success = contract.find_answer(operation.success);
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
  Json list = all_mappings(call.engine);
  const std::size_t total = list.size();
  return json_response(200, {{"mappings", std::move(list)}, {"meta", {{"total", total}}}});
}

Response get_mapping(const AdminCall& call) {
  const std::string id = call.path_parameter("mapping");
  for (Json& mapping : all_mappings(call.engine)) {
    if (mapping["id"] == id || mapping["name"] == id) return json_response(200, mapping);
  }
  return admin_failure(404, "unknown-mapping", "There is no operation '" + id + "'.");
}

// Nothing has been changed, so nothing needs to be put back.
Response reset_mappings(const AdminCall&) { return json_response(200, Json::object()); }

Response refuse_change(const AdminCall&) {
  Response response = admin_failure(405, "mappings-read-only",
                                    "Answers come from contracts and from what was sent, not from stubs: PUT /__admin/tenants/{name} sets "
                                    "records, settings, profile, clock and faults.");
  response.headers.push_back({"Allow", "GET"});
  return response;
}

constexpr AdminRoute kMappingsRoutes[] = {
    {"GET", "/mappings", list_mappings},
    {"POST", "/mappings", refuse_change},
    {"DELETE", "/mappings", refuse_change},
    {"POST", "/mappings/reset", reset_mappings},
    {"GET", "/mappings/{mapping}", get_mapping},
    {"PUT", "/mappings/{mapping}", refuse_change},
    {"DELETE", "/mappings/{mapping}", refuse_change},
};

}  // namespace

std::span<const AdminRoute> mapping_routes() { return kMappingsRoutes; }

}  // namespace understudy
