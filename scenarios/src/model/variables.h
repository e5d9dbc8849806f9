// {{names}}: their values at a moment of a run, and filling templates with them. The runner sets them (run ids, credentials,
// captures).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/problem.h"

namespace understudy {

struct UndefinedName {
  std::string name;
  std::string nearest;  // empty: nothing is near
  std::string pointer;  // of the string in the tree
  bool is_cycle = false;
};
std::string render_undefined(const UndefinedName& undefined);  // one sentence

class Variables {
 public:
  // A later call replaces an earlier one. Order of calls: given.variables, the target's, --var, the scenario's row, the step's row.
  void set(const std::string& name, Json value);
  // The value may contain {{names}} itself; they are filled when the value is used.
  void set_template(const std::string& name, Json value);
  void set_templates(const Json& mapping);
  // Sets run.id and run.number, which the seed determines.
  void set_run(std::uint64_t seed);

  bool contains(std::string_view name) const { return values_.find(name) != values_.end(); }
  const Json* find(std::string_view name) const;  // as set, not filled

  // A string that is just {{x}} becomes x's value with its type; inside longer strings x is text (compact JSON if it is an
  // object or a list). {$literal: v} becomes exactly v. {$absent: true} stays. Names of members are not filled.
  tl::expected<Json, UndefinedName> render(const Json& tree) const;
  // The same for requests: a member or element that is {$absent: true} afterwards is left out, so that a row of `each` can remove
  // one.
  tl::expected<Json, UndefinedName> render_sent(const Json& tree) const;
  tl::expected<std::string, UndefinedName> render_text(std::string_view text) const;

 private:
  struct Value {
    Json json;
    bool is_template = false;
  };
  class Filler;
  tl::expected<Json, UndefinedName> fill(const Json& tree, bool leaves_out) const;
  std::map<std::string, Value, std::less<>> values_;
};

// Every name a tree uses, in order, with the pointer of the string that uses it. {$literal: v} hides its braces.
std::vector<std::pair<std::string, std::string>> find_names(const Json& tree);
// The first {{...}} of a text that is not a variable's name, such as "{{order id}}"; it would be sent unchanged.
std::optional<std::string> find_bad_braces(std::string_view text);
// "company_id=7": the value is typed as a plain YAML scalar would be; what YAML cannot read is text.
Result<std::pair<std::string, Json>> parse_var(std::string_view text);

}  // namespace understudy
