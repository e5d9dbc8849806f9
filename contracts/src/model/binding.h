// How a vendor reads a JSON body before validation: names in any case, null as absent, numbers from strings, enumerations by name or
// number, wrapped bodies, aliases. A Binder is compiled once, when it binds for the first time, from a schema and the words of `binding:`
// in rules.yaml. All threads may use it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/base/problem.h"
#include "contracts/src/schema/shared_json.h"

namespace understudy {

// The words of `binding:` in rules.yaml.
struct BindingWords {
  bool names_ignore_case = false;
  bool null_is_absent = false;
  bool numbers_from_strings = false;
  bool booleans_from_strings = false;
  bool enums_ignore_case = false;              // a name in any case becomes the documented one
  bool enums_from_numbers = false;             // x-numbers of the schema: 0 or "0" becomes the name
  bool empty_string_is_null = false;           // where the schema allows more than a string
  bool empty_array_is_object = false;          // PHP writes an empty object as []
  bool single_is_list = false;                 // an object where a list is meant becomes a list of one
  bool brackets_are_lists = false;             // in a query a[]=1 and a[0]=1 mean a=1
  bool empty_parameter_is_absent = false;      // in a query a= is as if a were not there
  std::string unwrap;                          // a body {"product": {...}} is its member
  std::map<std::string, std::string> aliases;  // other name -> documented name, at any depth
};

struct Bound {
  Json body;
  // Members whose spelling differs from the documented one: (pointer after binding, pointer on the wire).
  std::vector<std::pair<std::string, std::string>> renamed;
};

class Binder {
 public:
  // `schema` points into `document`; local $refs are followed. Schemas under anyOf/oneOf are bound only where all
  // alternatives agree on what to do with the type at hand.
  Binder(SharedJson document, std::string_view schema, BindingWords words);
  ~Binder();
  Binder(const Binder&) = delete;
  Binder& operator=(const Binder&) = delete;

  Json bind(Json wire) const;
  Bound bind_with_spelling(Json wire) const;
  // How the wire spelled the member that is at `pointer` after binding.
  static std::string wire_pointer(const Bound& bound, std::string_view pointer);

 private:
  struct Node;
  const Node* compile() const;

  SharedJson document_;
  std::string schema_;
  BindingWords words_;
  mutable std::once_flag compiled_;
  mutable const Node* root_ = nullptr;
  mutable std::vector<std::unique_ptr<Node>> nodes_;
  friend struct BinderBuilder;
  friend struct BinderAccess;
};

}  // namespace understudy
