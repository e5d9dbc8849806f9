// Owns values that are secret wherever they stand: whole or in part, as they are, in base64, hexadecimal, percent-encoded,
// or escaped for JSON, XML and HTML. What makes a value secret is secrets.h's business.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace understudy {

class SecretValues {
 public:
  static constexpr std::size_t kShortest = 6;  // "demo" in a sentence is no secret

  // Shorter ones are ignored: they are left to the names that they go by.
  void add(std::string_view value);
  void add(const SecretValues& others);
  // Every occurrence becomes ***. A part of a value is one of 8 characters or more that no language has as a word.
  std::string hide(std::string text) const;
  bool empty() const { return values_.empty(); }

 private:
  void add_form(std::string form);
  void add_parts(std::string_view form);

  std::set<std::string> added_;
  std::vector<std::string> values_;
  std::unordered_set<std::uint64_t> parts_;  // 8 bytes each
  std::vector<bool> sieve_;                  // of the parts, by hash: most text holds none
};

}  // namespace understudy
