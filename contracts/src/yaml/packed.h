// YAML documents that were parsed at build time. The bundled contracts are embedded as parsed values with their places, because
// parsing their YAML took three quarters of the start of `serve` (docs/decisions/packed-contracts.md).
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
// The document, without its text. Its places stay packed, so that the bytes must outlive it; nullopt: pack_document did not write them.
std::optional<YamlDocument> unpack_document(std::string_view packed, std::string file);

// The places of a value and of its key, which has line 0 if there is none.
struct PackedMark {
  std::size_t line = 0, column = 0, key_line = 0, key_column = 0;
};
// The mark with this JSON Pointer. `lines` are sorted by their pointers.
std::optional<PackedMark> find_packed_mark(std::string_view lines, std::string_view pointer);

}  // namespace understudy
