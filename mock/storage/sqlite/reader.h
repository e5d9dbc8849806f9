// Reads the tenants back from the tables.
#pragma once

#include "mock/storage/sqlite/database.h"
#include "mock/storage/storage.h"

namespace understudy::sqlite {

// All tenants. Fails with code state-damaged.
Result<std::vector<StoredTenant>> read_tenants(const Database& database, const Contracts& contracts);

}  // namespace understudy::sqlite
