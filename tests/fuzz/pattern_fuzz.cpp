// The input is a pattern, a line break, and a text. Whatever the pattern, it compiles or has an error with its reason; whatever the
// text, a search ends, the same way each time, and
// a bound changes no decision.
#include "contracts/src/base/json.h"
#include "contracts/src/base/regex.h"
#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(pattern.size() + 1, input.size()));
  const auto regex = Regex::compile(pattern);
  const auto again = Regex::compile(pattern);
  require(regex.has_value() == again.has_value(), "a pattern compiles each time or never");
  if (!regex) {
    require(!regex.error().empty() && regex.error() == again.error(), "an error has a reason, the same each time");
    return 0;
  }
  const Verdict found = regex->search(text), bounded = regex->search(text, 1000);
  require(found == again->search(text), "a search has the same result each time");
  require(bounded == found || bounded == Verdict::undecided || found == Verdict::undecided, "a bound changes no decision");
  if (!is_valid_utf8(text)) require(found == Verdict::undecided, "a text that is no UTF-8 is undecided");
  return 0;
}
