// FNV-1a and the ids made of it: the same on every machine and in every run; not for secrets. SHA-256, for digests that others recompute.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace understudy {

inline constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325u;
inline constexpr std::uint64_t kFnvPrime = 0x100000001b3u;

// FNV-1a, 64 bits. To hash several texts, pass the hash so far.
constexpr std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = kFnvOffset) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return hash;
}

// A UUID of version 8 (RFC 9562: its other bits have no meaning of their own): 60 bits of `high`, 62 of `low`.
std::string render_uuid(std::uint64_t high, std::uint64_t low);

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  std::string finish();  // 64 small hexadecimal digits; call it once, last

 private:
  std::shared_ptr<void> context_;
};
std::string sha256(std::string_view bytes);

}  // namespace understudy
