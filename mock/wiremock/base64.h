// Owns base64 (RFC 4648, with padding): bytes as text inside JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy {

std::string encode_base64(std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);  // nullopt: not base64

}  // namespace understudy
