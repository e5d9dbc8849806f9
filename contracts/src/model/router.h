// Finds the Operation of a method and target: bases, vendor paths without a base, path templates, paths in any case or encoding.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/path_template.h"

namespace understudy {

struct Route {
  const Contract* contract = nullptr;    // null: no API has this path
  const Operation* operation = nullptr;  // null with a contract: unknown path, or wrong method if `allowed` is not empty
  bool is_batch = false;                 // the contract's batch endpoint
  PathParameters path;                   // decoded
  boost::container::small_vector<std::string_view, 4> allowed;  // methods of a known path, for Allow; kept by the contract
};

// Immutable, shared by all threads; the contracts outlive it.
class Router {
 public:
  // With `only` that API is served at the root; else each API under its base, and the vendors' own paths too.
  explicit Router(const Contracts& contracts, std::string_view only = {});
  // `hint`: the API whose kind of credential the request has; used for unknown paths.
  Route find(std::string_view method, std::string_view target, const Contract* hint = nullptr) const;

 private:
  struct Template {
    PathTemplate path;
    const Operation* operation = nullptr;
  };
  // The parsed paths of one API.
  struct Paths {
    const Contract* contract = nullptr;
    std::string base;                                                         // canonical
    std::map<std::string, std::vector<const Operation*>, std::less<>> fixed;  // by path as normalise() gives it
    std::vector<Template> templates;                                          // with parameters, the most specific first
    std::string batch;                                                        // path of the batch endpoint, normalised without case
  };
  static Route match(const Paths& paths, std::string_view method, std::string_view path);

  std::vector<Paths> apis_;  // the longest base first
  bool alone_;
};

// The router of each API alone, made when it is first needed. Thread-safe; the contracts outlive it.
class Routers {
 public:
  explicit Routers(const Contracts& contracts) : contracts_(contracts) {}
  const Router& of(const Contract& contract) const;

 private:
  const Contracts& contracts_;
  mutable std::mutex mutex_;  // guards made_
  mutable std::map<std::string, Router> made_;
};

}  // namespace understudy
