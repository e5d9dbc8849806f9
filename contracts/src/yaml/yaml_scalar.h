// Owns the type of a plain YAML scalar: the YAML 1.2 core schema, in which `no` and `on` are text. Where scalars stand in a
// file is yaml.cpp's business.
#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "contracts/src/base/json.h"

namespace understudy {

// null, a boolean, an integer (decimal, 0o octal, 0x hexadecimal), a float, or else a string. Fails with a sentence for
// numbers that JSON cannot say: .inf, .nan and those that no double holds.
tl::expected<Json, std::string> parse_plain_scalar(std::string_view text);

}  // namespace understudy
