// Any JSONPath of a journal query is parsed or refused with a sentence, and selects from any JSON within its budget. The input is the
// expression, a line feed, and the JSON.
#include "mock/wiremock/json_path.h"
#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  const auto path = JsonPath::parse(text.substr(0, end));
  if (!path) {
    require(!path.error().empty(), "a refusal has a sentence");
    return 0;
  }
  const auto root = parse_json(end == std::string_view::npos ? std::string_view("{}") : text.substr(end + 1));
  if (!root) return 0;
  StepBudget budget(100'000);
  const auto found = path->select(*root, budget);
  require(found.size() <= 10'000, "a path selects at most 10,000 values");
  return 0;
}
