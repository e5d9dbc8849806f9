// The records of a tenant: read, seeded as `given.records` seeds them, replaced and removed.
#include <charconv>

#include "mock/admin/call.h"

namespace understudy {
namespace {

Response no_content() { return Response{.status = 204, .reason = {}, .headers = {}, .body = {}}; }

// What a call is about, its tenant locked.
struct RecordsCall {
  Tenant& tenant;
  const Contract& contract;
  const Collection& definition;
  const std::string& collection;
  Store& store;
};

Response at(const AdminCall& call, const std::string& api, const std::string& collection,
            const std::function<Response(const RecordsCall&)>& act) {
  return with_tenant(call, [&](Tenant& tenant) {
    const Contract* contract = call.engine.contracts.find_api(api);
    if (contract == nullptr) {
      std::vector<std::string> known;
      for (const auto& one : call.engine.contracts.apis) known.push_back(one->api);
      return admin_failure(404, "unknown-api", "There is no API '" + api + "'" + did_you_mean(api, known) + ".");
    }
    const auto definition = find_collection(*contract, collection);
    if (!definition) return admin_failure(404, definition.error().code, definition.error().message);
    const std::lock_guard lock(tenant.mutex);
    return act({.tenant = tenant,
                .contract = *contract,
                .definition = **definition,
                .collection = collection,
                .store = tenant.states_by_api.at(api)->store});
  });
}

Response at_path(const AdminCall& call, const std::function<Response(const RecordsCall&)>& act) {
  return at(call, call.path_parameter("api"), call.path_parameter("collection"), act);
}

Response no_such_record(const RecordsCall& place, const std::string& key) {
  return admin_failure(404, "no-such-record", "'" + place.contract.api + "." + place.collection + "' has no record '" + key + "'.");
}

Json listed(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) list.push_back(*record);
  return {{"records", std::move(list)}, {"meta", {{"total", records.size()}}}};
}

Response refuse_records(const Problem& problem) {
  return admin_failure(problem.code == "record-exists" ? 409 : 400, problem.code, problem.message);
}

// Every collection that the contracts know, and how many records it has.
Response list_collections(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    Json collections = Json::array();
    const std::lock_guard lock(tenant.mutex);
    for (const auto& contract : call.engine.contracts.apis) {
      const Store& store = tenant.states_by_api.at(contract->api)->store;
      for (const auto& [name, definition] : contract->collections) {
        collections.push_back({{"name", contract->api + "." + name}, {"records", store.count(name)}, {"seeded", store.is_seeded(name)}});
      }
    }
    return json_response(200, {{"collections", std::move(collections)}});
  });
}

Response find_records(const AdminCall& call) {
  const auto name = call.parameter("collection");
  if (!name) return list_collections(call);
  const auto dot = name->find('.');
  if (dot == std::string::npos) return admin_failure(400, "collection-missing", "name a collection: ?collection=api.name");
  return at(call, name->substr(0, dot), name->substr(dot + 1),
            [](const RecordsCall& place) { return json_response(200, listed(place.store.list(place.collection))); });
}

Response list_records(const AdminCall& call) {
  return at_path(call, [](const RecordsCall& place) { return json_response(200, listed(place.store.list(place.collection))); });
}

Response get_record(const AdminCall& call) {
  return at_path(call, [&](const RecordsCall& place) {
    const std::string key = call.path_parameter("key");
    const Record record = place.store.find(place.collection, key);
    return record == nullptr ? no_such_record(place, key) : json_response(200, *record);
  });
}

Response post_records(const AdminCall& call) {
  return with_body(call, [&](const Json& body) {
    return at_path(call, [&](const RecordsCall& place) {
      const Json records = body.is_object() ? Json::array({body}) : body;
      const auto seeded = seed_records(place.tenant, place.contract, place.collection, records, false);
      return seeded ? json_response(201, listed(*seeded)) : refuse_records(seeded.error());
    });
  });
}

// A path says keys as text; where ids are drawn from a sequence they are numbers.
Json typed_key(const Collection& definition, const std::string& key) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  const bool is_number = error == std::errc{} && end == key.data() + key.size() && std::to_string(number) == key;
  return is_number && !definition.sequence.empty() ? Json(number) : Json(key);
}

Response put_record(const AdminCall& call) {
  return with_body(call, [&](const Json& body) {
    return at_path(call, [&](const RecordsCall& place) {
      if (!body.is_object()) return admin_failure(400, "wrong-type", "a record is an object");
      const std::string key = call.path_parameter("key");
      const std::string pointer =
          place.definition.id_from.empty() ? join_pointer("", place.definition.id_member) : place.definition.id_from;
      Json record = body;
      if (find_pointer(record, pointer) == nullptr) set_pointer(record, pointer, typed_key(place.definition, key));
      record = Transaction(place.store).complete(place.collection, std::move(record), place.tenant.env);
      const Record before = place.store.find(place.collection, key);
      const std::string written = place.store.key_of(place.collection, record);
      Json alone = Json::object();
      alone[place.definition.id_member] = key;
      if (written != place.store.key_of(place.collection, alone)) {
        return admin_failure(400, "key-differs",
                             "the record's " + pointer.substr(1) + " is '" + written + "', the path says '" + key + "'");
      }
      const auto seeded = seed_records(place.tenant, place.contract, place.collection, Json::array({record}), true);
      if (!seeded) return refuse_records(seeded.error());
      return json_response(before == nullptr ? 201 : 200, *seeded->front());
    });
  });
}

Response delete_record(const AdminCall& call) {
  return at_path(call, [&](const RecordsCall& place) {
    const std::string key = call.path_parameter("key");
    return place.store.remove(place.collection, key) ? no_content() : no_such_record(place, key);
  });
}

Response delete_records(const AdminCall& call) {
  return at_path(call, [](const RecordsCall& place) { return json_response(200, {{"removed", place.store.clear(place.collection)}}); });
}

constexpr AdminRoute kRecordsRoutes[] = {
    {"GET", "/tenants/{tenant}/records", find_records},
    {"GET", "/tenants/{tenant}/records/{api}/{collection}", list_records},
    {"POST", "/tenants/{tenant}/records/{api}/{collection}", post_records},
    {"DELETE", "/tenants/{tenant}/records/{api}/{collection}", delete_records},
    {"GET", "/tenants/{tenant}/records/{api}/{collection}/{key}", get_record},
    {"PUT", "/tenants/{tenant}/records/{api}/{collection}/{key}", put_record},
    {"DELETE", "/tenants/{tenant}/records/{api}/{collection}/{key}", delete_record},
};

}  // namespace

std::span<const AdminRoute> record_routes() { return kRecordsRoutes; }

}  // namespace understudy
