// The enforced formats of JSON Schema (RFC 3339, 5321, 1123, 4291, 3986, 6901, 4122). The other known formats are annotations:
// nothing is checked for them.
#pragma once

#include <string_view>

namespace understudy {

using FormatCheck = bool (*)(std::string_view text);

// date, time, date-time, email, hostname, ipv4, ipv6, uuid, uri, uri-reference, json-pointer, relative-json-pointer, regex;
// nullptr for every other name.
FormatCheck find_format(std::string_view name);

// int32, int64, float, double, password, byte, binary, and the international and template formats of draft-07.
bool is_annotating_format(std::string_view name);

}  // namespace understudy
