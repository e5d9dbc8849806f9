// Any bytes are a JSON value that survives rendering, or an error with a position; pointers made from it find its parts again.
#include "contracts/src/base/json.h"
#include "contracts/src/base/number.h"
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

// Numbers that stand beside each other, as [value, centre, distance].
void check_numbers(const Json& list) {
  for (std::size_t i = 0; i + 2 < list.size() && i < 8; ++i) {
    const Json &left = list[i], &right = list[i + 1], &distance = list[i + 2];
    if (!is_number(left) || !is_number(right) || !is_number(distance)) continue;
    const int order = compare_numbers(left, right);
    require(order == -compare_numbers(right, left), "an order has two sides");
    require((order == 0) == (number_key(left) == number_key(right)), "equal numbers have one key");
    require(order != 0 || hash_number(left) == hash_number(right), "equal numbers have one hash");
    require(is_within(left, right, distance) == is_within(right, left, distance), "a distance has no direction");
    require(!is_within(left, right, 0) || order == 0, "no distance is equality");
    require(!is_multiple_of(left, right) || compare_numbers(right, 0) != 0 || compare_numbers(left, 0) == 0, "zero has one multiple");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> duplicates;
  const auto value = parse_json(text, &duplicates);
  const auto usual = parse_json(text);  // without a list of duplicates most texts take another way
  require(usual.has_value() == value.has_value(), "both ways accept the same texts");
  require(!value || render_json(*usual) == render_json(*value), "both ways read the same value");
  if (!value) {
    require(value.error().line > 0 && value.error().column > 0 && !value.error().message.empty(), "an error has a position");
    return 0;
  }
  const auto again = parse_json(render_json(*value));
  require(again && json_equal(*again, *value), "a value survives rendering");
  require(!describe(*value).empty() && !render_json_pretty(*value).empty(), "a value can be described");
  walk(*value, *value, "");
  if (value->is_array()) check_numbers(*value);
  return 0;
}
