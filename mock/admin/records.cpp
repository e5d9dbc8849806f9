// The records of a tenant: read, seeded in the same way as `given.records`, replaced and removed.

#include "contracts/src/base/number.h"
#include "mock/admin/admin.h"

namespace understudy {
namespace {

// The collection that a call is about, with its tenant locked.
struct RecordsAccess {
  Tenant& tenant;
  const Contract& contract;
  const Collection& definition;
  std::string collection;
  const Store& store;
  TenantLock lock;

  Json list() const { return render(store.list(collection)); }
  static Json render(const std::vector<Record>& records) {
    Json list = Json::array();
    for (const Record& record : records) list.push_back(*record);
    return {{"records", std::move(list)}, {"meta", {{"total", records.size()}}}};
  }
  Response no_such_record(const std::string& key) const {
    return error_response(404, "no-such-record", "'" + contract.api + "." + collection + "' has no record '" + key + "'.");
  }
};

tl::expected<RecordsAccess, Response> open_records(const AdminCall& call, Tenant& tenant, const std::string& api,
                                                   const std::string& collection) {
  const Contract* contract = call.engine.contracts.find_api(api);
  if (contract == nullptr) {
    const std::string hint = did_you_mean(api, call.engine.contracts.api_names());
    return tl::unexpected(error_response(404, "unknown-api", "There is no API '" + api + "'" + hint + "."));
  }
  const auto definition = find_collection(*contract, collection);
  if (!definition) return tl::unexpected(error_response(definition.error(), 404));
  TenantLock lock(tenant, call.made_by);  // before the store is looked up: a restore replaces it
  const Store& store = tenant.state().states_by_api.at(api).store;
  return RecordsAccess{tenant, *contract, **definition, collection, store, std::move(lock)};
}

tl::expected<RecordsAccess, Response> open_records(const AdminCall& call, Tenant& tenant) {
  return open_records(call, tenant, call.path_parameter("api"), call.path_parameter("collection"));
}

Response seed_error(const Problem& problem) { return error_response(problem, problem.code == "record-exists" ? 409 : 400); }

// Every collection of the contracts, with the number of its records.
Response list_collections(const AdminCall& call, Tenant& tenant) {
  Json collections = Json::array();
  const TenantLock lock(tenant);
  for (const auto& contract : call.engine.contracts.apis) {
    const Store& store = tenant.state().states_by_api.at(contract->api).store;
    for (const auto& [name, definition] : contract->collections)
      collections.push_back({{"name", contract->api + "." + name},
                             {"key", definition.id_member},
                             {"records", store.count(name)},
                             {"seeded", store.is_seeded(name)}});
  }
  return json_response(200, {{"collections", std::move(collections)}});
}

Response find_records(const AdminCall& call, Tenant& tenant) {
  const auto name = call.parameter("collection");
  if (!name) return list_collections(call, tenant);
  const auto dot = name->find('.');
  if (dot == std::string::npos) return error_response(400, "collection-missing", "name a collection: ?collection=api.name");
  const auto records = open_records(call, tenant, name->substr(0, dot), name->substr(dot + 1));
  return records ? json_response(200, records->list()) : records.error();
}

Response list_records(const AdminCall& call, Tenant& tenant) {
  const auto records = open_records(call, tenant);
  return records ? json_response(200, records->list()) : records.error();
}

Response get_record(const AdminCall& call, Tenant& tenant) {
  const auto records = open_records(call, tenant);
  if (!records) return records.error();
  const std::string key = call.path_parameter("key");
  const Record record = records->store.find(records->collection, key);
  return record == nullptr ? records->no_such_record(key) : json_response(200, *record);
}

// As `given.records` does, but a record may be incomplete: the next call can complete it. Nothing is stored if an answer with one of
// the records would break the contract.
Result<std::vector<Record>> seed_checked(const Engine& engine, Tenant& tenant, const Contract& contract, const std::string& collection,
                                         const Json& list, bool may_replace) {
  const auto check = [&](const ApiState& state, const std::vector<Record>& seeded) {
    auto problem = check_seed(engine.right_seeds, tenant, contract, state, collection, seeded);
    if (problem && problem->code == "seed-incomplete") problem.reset();
    if (problem && (!list.is_array() || list.size() == 1))
      problem->pointer = problem->pointer.substr(std::min<std::size_t>(2, problem->pointer.size()));
    return problem;
  };
  return seed_records(tenant, contract, collection, list, may_replace, check);
}

Response post_records(const AdminCall& call, Tenant& tenant) {
  const auto body = read_body(call);
  if (!body) return body.error();
  const auto records = open_records(call, tenant);
  if (!records) return records.error();
  const Json list = body->is_object() ? Json::array({*body}) : *body;
  const auto seeded = seed_checked(call.engine, tenant, records->contract, records->collection, list, false);
  return seeded ? json_response(201, RecordsAccess::render(*seeded)) : seed_error(seeded.error());
}

// Keys in a path are text; a collection that draws its ids from a sequence has numbers.
Json typed_key(const Collection& definition, const std::string& key) {
  const bool is_number = !definition.sequence.empty() && definition.id_schema.is_null();
  const auto number = is_number ? read_number(key) : std::nullopt;
  return number && is_written_as_integer(*number) && render_json(*number) == key ? *number : Json(key);
}

Response put_record(const AdminCall& call, Tenant& tenant) {
  auto record = read_body(call);
  if (!record) return record.error();
  const auto records = open_records(call, tenant);
  if (!records) return records.error();
  const auto& [same_tenant, contract, definition, collection, store, lock] = *records;
  if (!record->is_object()) return error_response(400, "wrong-type", "a record is an object");
  const std::string key = call.path_parameter("key");
  const std::string pointer = definition.id_from.empty() ? join_pointer("", definition.id_member) : definition.id_from;
  if (find_pointer(*record, pointer) == nullptr) set_pointer(*record, pointer, typed_key(definition, key));
  Draws env(tenant, contract.api);
  record = Transaction(store).complete(collection, *std::move(record), env);
  const bool is_new = !store.contains(collection, key);
  const std::string key_of_record = store.key_of(collection, *record);
  if (key_of_record != store.key_of(collection, {{definition.id_member, key}})) {
    return error_response(400, "key-differs",
                          "the record's " + pointer.substr(1) + " is '" + key_of_record + "', the path says '" + key + "'");
  }
  const auto seeded = seed_checked(call.engine, tenant, contract, collection, Json::array({*record}), true);
  return seeded ? json_response(is_new ? 201 : 200, *seeded->front()) : seed_error(seeded.error());
}

Response delete_record(const AdminCall& call, Tenant& tenant) {
  const auto records = open_records(call, tenant);
  if (!records) return records.error();
  const std::string key = call.path_parameter("key");
  if (!records->store.contains(records->collection, key)) return records->no_such_record(key);
  tenant.write(change::RecordRemoved{.api = records->contract.api, .collection = records->collection, .id = key});
  return no_content();
}

Response delete_records(const AdminCall& call, Tenant& tenant) {
  const auto records = open_records(call, tenant);
  if (!records) return records.error();
  const std::size_t count = records->store.count(records->collection);
  if (count > 0) tenant.write(change::CollectionCleared{.api = records->contract.api, .collection = records->collection});
  return json_response(200, {{"removed", count}});
}

constexpr std::string_view kCollection = "/tenants/{tenant}/records/{api}/{collection}";
constexpr std::string_view kRecord = "/tenants/{tenant}/records/{api}/{collection}/{key}";
constexpr AdminOperation kRecordOperations[] = {
    row("GET", "/tenants/{tenant}/records", find_records, "findRecords", "Records of `collection`; without it, the list of collections",
        {.query = "collection", .result = "Object"}),
    row("GET", kCollection, list_records, "listRecords", "All records of a collection, oldest first", {.result = "Records"}),
    row("POST", kCollection, post_records, "seedRecords", "Seed one record or a list, all or none, as `given.records` does",
        {.body = "RecordOrList", .result = "Records", .status = 201, .error = "409"}),
    row("DELETE", kCollection, delete_records, "clearRecords", "Remove all records of a collection", {.result = "Removed"}),
    row("GET", kRecord, get_record, "getRecord", "One record", {.result = "Record"}),
    row("PUT", kRecord, put_record, "putRecord", "Create (201) or replace a record",
        {.body = "Record", .result = "Record", .other_status = 201}),
    row("DELETE", kRecord, delete_record, "deleteRecord", "Remove a record", {.status = 204}),
};

}  // namespace

AdminTable record_operations() { return {"records", kRecordOperations}; }

}  // namespace understudy
