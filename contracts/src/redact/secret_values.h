// Masks values that are known to be secret, wherever they appear in a text: whole or in part, plain, in base64, hexadecimal,
// percent-encoded, or escaped for JSON, XML and HTML. The time is linear in the text, however many values there are.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace understudy {

class SecretValues {
 public:
  static constexpr std::size_t kShortest = 6;  // "demo" in a sentence is not a secret

  // Ignores shorter values: only their names can protect them.
  void add(std::string_view value);
  void add(const SecretValues& others);
  // Replaces every occurrence by ***, and each part of 8 or more characters that looks generated.
  std::string mask(std::string text) const;
  bool empty() const { return values_.empty(); }

 private:
  using Spans = std::vector<std::pair<std::size_t, std::size_t>>;
  struct Index;
  void add_form(std::string form);
  void add_parts(std::string_view form);
  const Index& index() const;
  void find_spans(std::string_view window, std::size_t offset, Spans& spans) const;

  std::set<std::string> added_;
  std::set<std::string, std::less<>> values_;
  mutable std::shared_ptr<const Index> index_;  // of values_; made when it is first needed
  std::unordered_set<std::uint64_t> parts_;     // 8 bytes each
  std::vector<bool> sieve_;                     // by hash of a part: rules out most text quickly
};

}  // namespace understudy
