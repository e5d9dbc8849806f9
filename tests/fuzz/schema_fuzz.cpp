// The input is [schema, value...]. Whatever the schema, compiling it ends in a SchemaSet or an error; whatever the values, the
// three ways of judging them agree.
#include "contracts/src/schema/schema.h"
#include "tests/fuzz/require.h"

using namespace understudy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = parse_json({reinterpret_cast<const char*>(data), size});
  if (!document || !document->is_array() || document->empty()) return 0;
  const auto schemas = SchemaSet::compile(*document, {"/0"});
  if (!schemas) {
    require(!schemas.error().code.empty() && !schemas.error().message.empty(), "an error has a code and a sentence");
    return 0;
  }
  for (std::size_t i = 1; i < document->size(); ++i) {
    const Json& value = (*document)[i];
    const Findings findings = schemas->check("/0", value);
    require(findings.empty() == schemas->accepts("/0", value), "check and accepts agree");
    for (const Finding& finding : findings) require(!finding.code.empty(), "a finding names its keyword");
  }
  return 0;
}
