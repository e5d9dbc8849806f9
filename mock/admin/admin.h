// The admin API under /__admin: tenants with their clocks, records, snapshots and faults, the journal, and the mock itself. JSON in
// and out; paths and members are WireMock's where the meaning is the same (docs/admin.md).
#pragma once

#include <string>
#include <vector>

#include "mock/admin/call.h"

namespace understudy {

class AdminApi {
 public:
  // `further`: tables of other folders, served after those of mock/admin.
  explicit AdminApi(std::vector<AdminTable> further = {});

  // An error is a response {"code": ..., "message": ...}. Any thread.
  Response handle(Engine& engine, const Request& request, const Caller& caller) const;
  // Each operation as "METHOD /path/{name}", the path below /__admin.
  std::vector<std::string> routes() const;
  Json openapi() const;

 private:
  std::vector<AdminTable> tables_;
};

// The response to a vendor call on a port that serves only the admin API.
Response admin_only_response();

}  // namespace understudy
