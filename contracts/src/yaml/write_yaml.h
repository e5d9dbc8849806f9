// Writes a value as YAML for people: block style near the top, JSON further inside.
#pragma once

#include <string>

#include "contracts/src/base/json.h"

namespace understudy {

// Appends an object or list that is not empty, indented by so many blanks. Objects and lists are blocks on `spread` further levels and
// where they are long; everything else is JSON, so that every text is quoted and YAML cannot change its type.
void write_yaml(const Json& value, std::size_t indent, std::string& out, int spread = 2);

}  // namespace understudy
