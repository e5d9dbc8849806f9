// Owns the list of ISO 3166-1 alpha-2 country codes, for the row format of that name.
#pragma once

#include <string_view>

namespace understudy {

bool is_country_code(std::string_view code);  // case is ignored

}  // namespace understudy
