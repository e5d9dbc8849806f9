// Any bytes are a JSON value that survives rendering, or an error with a position; pointers made from it find its parts again.
#include "contracts/src/base/json.h"
#include "tests/fuzz/require.h"

using namespace understudy;

namespace {

void walk(const Json& root, const Json& value, const std::string& pointer) {
  require(find_pointer(root, pointer) == &value, "a pointer finds what it was made for");
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) walk(root, member, join_pointer(pointer, name));
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) walk(root, value[i], join_pointer(pointer, i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> duplicates;
  const auto value = parse_json(text, &duplicates);
  if (!value) {
    require(value.error().line > 0 && value.error().column > 0 && !value.error().message.empty(), "an error has a position");
    return 0;
  }
  const auto again = parse_json(render_json(*value));
  require(again && json_equal(*again, *value), "a value survives rendering");
  require(!describe(*value).empty() && !render_json_pretty(*value).empty(), "a value can be described");
  walk(*value, *value, "");
  return 0;
}
