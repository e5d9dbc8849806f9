// The members that a JSON Schema declares, as rows for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contracts/src/base/json.h"

namespace understudy {

struct Member {
  std::string pointer;              // /Products/*/Qty; "" is the whole value
  std::string schema;               // JSON Pointer of its schema in the document
  bool required = false;            // in the object that holds it
  std::string type;                 // "integer", "string or null"; empty: any
  std::vector<std::string> limits;  // the other keywords: "minimum 1", "one of "a", "b""
  std::string about;                // its description; may be empty
};

// In the order of the value, members by name. What `anyOf`, `oneOf` and `if` require of a member is no requirement here; a schema that
// contains itself is listed once. The whole value has a row unless it is an object without limits.
std::vector<Member> list_members(const Json& document, std::string_view schema);

}  // namespace understudy
