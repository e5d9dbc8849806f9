// Any bytes are a YAML document or a problem with a place; what was read can be rendered, and each mark points into it.
#include "contracts/src/yaml/yaml.h"
#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto document = parse_yaml(text, "fuzz.yaml", {.bytes = 1 << 16, .depth = 50, .nodes = 5000});
  if (!document) {
    require(!document.error().code.empty() && !document.error().message.empty(), "a problem has a code and a sentence");
    require(document.error().code == "too-large" || document.error().place.line > 0, "a problem has a place");
    require(!render_problem(document.error()).empty(), "a problem can be rendered");
    return 0;
  }
  const auto again = parse_json(render_json(document->root));
  require(again && json_equal(*again, document->root), "what was read survives as JSON");
  for (const auto& [pointer, mark] : document->marks)
    require(find_pointer(document->root, pointer) != nullptr, "a mark points into the value");
  for (const auto& [pointer, mark] : document->key_marks) require(find_pointer(document->root, pointer) != nullptr, "so does a key's mark");
  return 0;
}
