// Base64 (RFC 4648): bytes as text in JSON members and in Authorization headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy {

std::string encode_base64(std::string_view bytes);                // padded with '='
std::optional<std::string> decode_base64(std::string_view text);  // padding may be absent; nullopt: not base64

}  // namespace understudy
