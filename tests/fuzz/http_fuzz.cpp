// What a client writes into a target or a form is decoded without failure, and what we write is read back as it was.
#include "contracts/src/base/http.h"
#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  require(percent_decode(percent_encode(text)) == text, "encoding is undone by decoding");
  const auto pairs = parse_form(text);
  require(parse_form(render_form(pairs)) == pairs, "a form survives rendering");
  require(path_of(text).size() + query_of(text).size() <= size, "path and query are parts of the target");
  percent_decode(text, true);
  media_type_of(text);
  return 0;
}
