// The JSON types that a schema allows at a place inside a value, as far as the schema alone decides it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

// Of null, boolean, number (integers too), string, array, object. nullopt: the schema does not say, or says it by a condition.
std::optional<std::set<std::string>> allowed_types(const Json& document, std::string_view schema, std::string_view value_pointer);

}  // namespace understudy
