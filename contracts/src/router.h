// Owns the way from method and target to an Operation: bases, vendor paths without a base, templates, ignored case.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/contract.h"

namespace understudy {

struct Route {
  const Contract* contract = nullptr;       // null: no API is meant
  const Operation* operation = nullptr;     // null with a contract: unknown path, or wrong method if `allowed` is not empty
  bool is_batch = false;                    // the contract's batch endpoint
  std::map<std::string, std::string> path;  // path parameters, decoded
  std::vector<std::string> allowed;         // methods of a path that exists, for Allow
};

// Immutable, shared by all threads.
class Router {
 public:
  // `only` serves that API at the root; else every API under its base, and the vendors' own paths too.
  Router(const Contracts& contracts, std::string only = {});
  // `hint`: the API whose kind of credential the request carries; decides for a path that no route knows.
  Route find(std::string_view method, std::string_view target, const Contract* hint = nullptr) const;

 private:
  const Contracts* contracts_;
  std::string only_;
};

}  // namespace understudy
