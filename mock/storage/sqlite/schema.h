// The tables of the state, for people, too: docs/state.md explains each.
#pragma once

#include <cstdint>
#include <iterator>

namespace understudy::sqlite {

inline constexpr std::int64_t kExchangesKept = 100'000;  // in the journal

// Version 1. A new file begins with it and is migrated.
inline constexpr const char* kTables = R"sql(
CREATE TABLE tenants (
  name TEXT PRIMARY KEY, api TEXT NOT NULL, username TEXT NOT NULL, password TEXT NOT NULL, key TEXT NOT NULL,
  staged TEXT, staged_digest TEXT NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
  place INTEGER PRIMARY KEY, tenant TEXT NOT NULL, api TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL);
CREATE UNIQUE INDEX records_by_id ON records (tenant, api, collection, id);
CREATE TABLE tokens (
  tenant TEXT NOT NULL, token TEXT NOT NULL, username TEXT NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (tenant, token)) WITHOUT ROWID;
CREATE TABLE counters (
  tenant TEXT NOT NULL, name TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (tenant, name)) WITHOUT ROWID;
CREATE TABLE parts (
  tenant TEXT NOT NULL, part TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (tenant, part, name)) WITHOUT ROWID;
CREATE TABLE calls (
  tenant TEXT NOT NULL, api TEXT NOT NULL, call TEXT NOT NULL, place INTEGER NOT NULL, items INTEGER NOT NULL,
  PRIMARY KEY (tenant, api, call)) WITHOUT ROWID;
CREATE TABLE call_items (
  tenant TEXT NOT NULL, api TEXT NOT NULL, call TEXT NOT NULL, item INTEGER NOT NULL, entry TEXT NOT NULL,
  PRIMARY KEY (tenant, api, call, item)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

// From each version to the next, the first from version 1.
inline constexpr const char* kMigrations[] = {
    "CREATE TABLE journal ("
    "place INTEGER PRIMARY KEY, tenant TEXT NOT NULL, at INTEGER NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL,"
    "status INTEGER NOT NULL, exchange TEXT NOT NULL);",
};
inline constexpr std::size_t kVersion = 1 + std::size(kMigrations);  // of the tables; a file of a newer version is refused

// All tables with the state of a tenant.
inline constexpr const char* kTablesOfTenants[] = {"records", "tokens", "counters", "parts", "calls", "call_items"};

}  // namespace understudy::sqlite
