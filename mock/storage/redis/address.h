// Where a Redis server is: redis://[user@]host[:port][/database]. The password comes from elsewhere, because arguments are visible.
#pragma once

#include "contracts/src/base/problem.h"

namespace understudy::redis {

struct Address {
  std::string host;
  int port = 6379;
  int database = 0;
  std::string user, password;  // empty: none

  std::string text() const { return host + ":" + std::to_string(port); }
};

// A usage problem with code bad-state if it is no such address.
Result<Address> parse_address(std::string_view url);

}  // namespace understudy::redis
