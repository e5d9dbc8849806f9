// What the public handles share: the mock and its sockets. Errors as values become exceptions here. Only library/ includes it.
#pragma once

#include "library/include/understudy/mock_server.h"
#include "mock/mock.h"
#include "mock/state/journal.h"
#include "mock/state/tenant.h"
#include "mock/wire/wire.h"
#include "scenarios/src/model/parse.h"

namespace understudy {

struct MockTenant::Impl : std::enable_shared_from_this<MockTenant::Impl> {
  Impl(Contracts the_contracts, MockOptions options) : contracts(the_contracts), mock(std::move(the_contracts), std::move(options)) {}

  // Calls the admin API below /__admin and returns the response, null if it is empty. An error is a MockError.
  Json call(const std::string& method, const std::string& path, const Json& body = nullptr);
  std::string call_text(const std::string& method, const std::string& path, const std::string& body);

  MockTenant handle_of(const std::string& name, const Json& given);
  std::vector<MockTenant> stage(const std::vector<ScenarioFile>& files);

  const Contracts contracts;
  Mock mock;
  std::unique_ptr<Wire> wire;  // ends before the mock does
  std::string only_api, scheme, host;
  std::uint16_t port = 0;
};

[[noreturn]] void fail(const Problem& problem);
[[noreturn]] void fail(std::string code, const std::string& message);
template <class T>
T take(Result<T> result) {
  if (!result) fail(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Parses JSON or YAML text; messages use `what` as the file name: "fault:1:12".
Json read_text(std::string_view text, const std::string& what);

std::vector<MockExchange> read_journal(const Tenant& tenant);
std::size_t count_decisions(const std::vector<MockExchange>& exchanges, std::string_view operation, const std::string_view* answer);

}  // namespace understudy
