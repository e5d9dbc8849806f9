// Owns the admin API under /__admin: tenants, their time, records, snapshots and faults, the journal, and the mock itself. JSON in
// and out; the shape follows WireMock's where the idea is the same (docs/admin.md).
#pragma once

#include "contracts/src/base/http.h"
#include "mock/engine/engine.h"

namespace understudy {

Response handle_admin(Engine& engine, const Request& request, const Caller& caller);
// Of a port that has only the admin API.
Response refuse_vendor_call();

// Every route as "METHOD /path/{name}", below /__admin; no two are the same.
std::vector<std::string> list_admin_routes();

}  // namespace understudy
