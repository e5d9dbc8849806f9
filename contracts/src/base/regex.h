// Regular expressions in the dialect of JSON Schema (ECMA-262, as far as PCRE2 supports it). Unlike std::regex they cannot exhaust
// the stack, and a search that takes too long ends as `undecided`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace understudy {

enum class Verdict { yes, no, undecided };

// Immutable and cheap to copy; search() may be called from any thread.
class Regex {
 public:
  // The error is one sentence that names what is wrong and where in the pattern.
  static tl::expected<Regex, std::string> compile(std::string_view pattern);

  // Whether the pattern matches anywhere in the text, which must be valid UTF-8 (else: undecided).
  Verdict search(std::string_view text) const;
  // The same, undecided as soon as it needs more than `most` backtracking steps.
  Verdict search(std::string_view text, std::uint32_t most) const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

}  // namespace understudy
