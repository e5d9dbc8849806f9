// Reads quickly the JSON texts that most programs write: no escapes in strings, integers of at most 18 digits. Used by parse_json() only.
#pragma once

#include <optional>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

// The value that parse_json() gives; nullopt for any other text, valid or not. `text` must be valid UTF-8. `has_duplicates`: a name occurs
// twice in an object.
std::optional<Json> parse_usual_json(std::string_view text, bool& has_duplicates);

}  // namespace understudy
