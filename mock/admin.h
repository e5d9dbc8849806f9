// Owns the admin API under /__admin: staging tenants, moving time, reading the journal. JSON in and out; the shape follows
// WireMock's where the idea is the same.
#pragma once

#include "contracts/src/http.h"
#include "mock/engine.h"

namespace understudy {

Response handle_admin(Engine& engine, const Request& request, const Caller& caller);

}  // namespace understudy
