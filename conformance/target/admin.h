// Owns the talk with a mock's admin API: a tenant for each run, its clock, its tokens (docs/admin.md is the other side).
#pragma once

#include <string>

#include "conformance/target/transport.h"
#include "contracts/src/base/json.h"

namespace understudy {

// Each call is one request. Fails with failure unreachable (no answer) or internal (an answer that is no success: the
// document that we made was refused).
class Admin {
 public:
  // `token`: what the admin API asks for; empty: nothing.
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

// The problem of a target that cannot be reached, in one sentence.
Problem unreachable(const Url& url, const TransportResult& result);

}  // namespace understudy
