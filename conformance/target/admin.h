// A client of a mock's admin API (docs/admin.md): creates a tenant for each run, moves its clock, expires its tokens, reads its journal.
#pragma once

#include <string>

#include "conformance/target/transport.h"
#include "contracts/src/base/json.h"

namespace understudy {

// Each call is one request. Fails with failure unreachable (no response) or internal (not a success: the API refused our document).
class Admin {
 public:
  // `token`: sent as a bearer token; empty: none.
  Admin(Transport& transport, const Url& url, Milliseconds deadline, std::string token = {})
      : transport_(&transport), url_(url), deadline_(deadline), token_(std::move(token)) {}

  Result<void> put_tenant(const std::string& name, const Json& given);
  Result<void> delete_tenant(const std::string& name);
  Result<void> advance(const std::string& name, Milliseconds by);
  Result<void> expire_tokens(const std::string& name);
  Result<Json> read_journal(const std::string& name);  // entries, oldest first

 private:
  Result<void> call(const char* method, const std::string& path, const Json* body);
  Result<Response> exchange(const char* method, const std::string& path, const Json* body);

  Transport* transport_;
  Url url_;
  Milliseconds deadline_;
  std::string token_;
};

// target-unreachable, with the reason in one sentence.
Problem unreachable(const Url& url, const TransportResult& result);

}  // namespace understudy
