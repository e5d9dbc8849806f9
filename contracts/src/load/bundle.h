// The files embedded in the binary: bundled contracts and scenarios. cmake/Embed.cmake generates the definition at build time; only
// the program and the tests link it.
#pragma once

#include <span>
#include <string_view>

namespace understudy {

struct BundledFile {
  std::string_view path;  // relative to the project's root: contracts/veeqo/openapi.yaml
  std::string_view text;
};
std::span<const BundledFile> bundled_files();  // sorted by path

}  // namespace understudy
