// Finds the Operation of a method and target: bases, vendor paths without a base, path templates, paths in any case.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/model/contract.h"

namespace understudy {

struct Route {
  const Contract* contract = nullptr;       // null: no API has this path
  const Operation* operation = nullptr;     // null with a contract: unknown path, or wrong method if `allowed` is not empty
  bool is_batch = false;                    // the contract's batch endpoint
  std::map<std::string, std::string> path;  // path parameters, decoded
  std::vector<std::string> allowed;         // methods of a known path, for Allow
};

// Immutable, shared by all threads; the contracts outlive it.
class Router {
 public:
  // With `only` that API is served at the root; else each API under its base, and the vendors' own paths too.
  explicit Router(const Contracts& contracts, std::string_view only = {});
  // `hint`: the API whose kind of credential the request has; used for unknown paths.
  Route find(std::string_view method, std::string_view target, const Contract* hint = nullptr) const;

 private:
  struct Segment {
    std::string text;  // of a parameter its name
    bool is_parameter = false;
  };
  struct Template {
    std::vector<Segment> segments;
    const Operation* operation = nullptr;
  };
  // The parsed paths of one API.
  struct Paths {
    const Contract* contract = nullptr;
    std::map<std::string, std::vector<const Operation*>, std::less<>> fixed;  // by path as normalise() gives it
    std::vector<Template> templates;                                          // with parameters, in the contract's order
    std::string batch;                                                        // path of the batch endpoint, normalised without case
  };
  static Route match(const Paths& paths, std::string_view method, std::string_view path);
  static bool match_segments(const Template& one, const std::vector<std::string_view>& have, bool ignore_case);
  static std::map<std::string, std::string> read_parameters(const Template& one, const std::vector<std::string_view>& have);

  std::vector<Paths> apis_;
  bool alone_;
};

}  // namespace understudy
