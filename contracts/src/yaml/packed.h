// Owns YAML documents that were read at build time: the bundled contracts travel in the binary as parsed values with their
// places, because reading their YAML took three quarters of the start of `serve` (docs/decisions/packed-contracts.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contracts/src/yaml/yaml.h"

namespace understudy {

// Beside contracts/veeqo/openapi.yaml a set of files may hold contracts/veeqo/openapi.yaml.packed.
inline constexpr std::string_view kPackedSuffix = ".packed";

// Values, and the places of values and keys; how scalars were written is left out.
std::string pack_document(const YamlDocument& document);
// The document again; nullopt if the bytes are not pack_document's.
std::optional<YamlDocument> unpack_document(std::string_view packed, std::string file, std::string text);

}  // namespace understudy
