// Owns what is asked of one product that Seller Center sends, before anything is known of the shop.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/reference/json.h"
#include "tests/reference/rules.h"

namespace reference {

// null, "" and nothing at all are the same to this caller, which is written in PHP.
bool is_given(const Json& item, std::string_view name);
std::string id_at(const Json& item, std::string_view name);  // ids come as numbers or as strings; "" if there is none

Json failure(const std::string& message);
Json no_dates(const Json& item);  // the failure of a special price without both dates
bool lacks_special_dates(const Json& item);

// The failure of the first field whose value is wrong, whichever they are; nothing: all are right.
std::optional<Json> find_wrong_field(const Json& item, const Rules& rules = {});
// The same, and what a new product must have.
std::optional<Json> find_failure(const Json& item, const Rules& rules);

// The params of updateImageCollection: a set and a list of addresses with hashes.
bool are_images(const Json& params);

}  // namespace reference
