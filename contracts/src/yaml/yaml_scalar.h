// The type of a plain YAML scalar by the YAML 1.2 core schema, in which `no` and `on` are text.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "contracts/src/base/json.h"

namespace understudy {

// null, a boolean, an integer (decimal, 0o octal, 0x hexadecimal), a float, or else a string. Fails with a sentence for
// numbers that JSON cannot represent: .inf, .nan and those outside of a double.
tl::expected<Json, std::string> parse_plain_scalar(std::string_view text);

}  // namespace understudy
