// The input is [expected, actual]: any two values are compared or the matchers refused, without failure; a value that holds no
// matcher is matched by itself.
#include "scenarios/src/match/match.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

// No '$' in any key: no matcher.
bool is_plain(const Json& tree) {
  if (!tree.is_structured()) return true;
  for (const auto& [name, member] : tree.items()) {
    if ((tree.is_object() && name.find('$') != std::string::npos) || !is_plain(member)) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pair = parse_json(text);
  if (!pair || !pair->is_array() || pair->size() != 2) return 0;
  const Json& expected = pair->at(0);
  const Json& actual = pair->at(1);
  if (const auto wrong = check_matchers(expected)) {
    require(!wrong->code.empty() && !wrong->message.empty(), "a wrong matcher has a code and a sentence");
    require(find_pointer(expected, wrong->pointer) != nullptr, "and a place in the tree");
  }
  for (const Finding& finding : match_value(expected, &actual, "", {.source = text})) {
    require(finding.code.starts_with("match."), "a difference has a code");
  }
  static_cast<void>(match_value(expected, nullptr));
  require(!is_plain(actual) || match_value(actual, &actual).empty(), "a value without matchers is matched by itself");
  return 0;
}
