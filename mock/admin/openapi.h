// The OpenAPI 3.1 document of the admin API (GET /__admin/openapi.json), rendered from the tables of operations.
#pragma once

#include <span>

#include "mock/admin/call.h"

namespace understudy {

Json render_openapi(std::span<const AdminTable> tables);

// The JSON Schemas of requests and responses, by name (schemas.cpp).
Json admin_schemas();

}  // namespace understudy
