#include "contracts/src/base/hash.h"

#include <fmt/format.h>

namespace understudy {

std::string render_uuid(std::uint64_t high, std::uint64_t low) {
  return fmt::format("{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff, high & 0xfff, (low >> 48 & 0x3fff) | 0x8000,
                     low & 0xffffffffffff);
}

}  // namespace understudy
