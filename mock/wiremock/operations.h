// The operations of the admin API that WireMock's clients use: requests (the journal), near misses, exports and mappings.
#pragma once

#include <vector>

#include "mock/admin/call.h"

namespace understudy {

std::vector<AdminTable> wiremock_tables();

}  // namespace understudy
