// What docs/in-your-tests.md shows is what tests/consumer compiles and runs.
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/pages.h"

using namespace understudy::test;

namespace {

// The first block of this language on the page.
std::string block_of(const std::string& page, const std::string& language) {
  const std::string fence = "```" + language + "\n";
  const auto start = page.find(fence) + fence.size();
  return page.substr(start, page.find("```", start) - start);
}

std::string consumer_file(const std::string& name) { return read_text(std::string(UNDERSTUDY_SOURCE_DIR) + "/tests/consumer/" + name); }

}  // namespace

TEST_CASE("the page about tests shows the example that the consumer compiles", "[docs]") {
  const std::string page = load_page("docs/in-your-tests.md");

  CHECK(consumer_file("ten_lines.cpp").ends_with(block_of(page, "cpp")));
  CHECK(consumer_file("lost-reply.yaml") == block_of(page, "yaml"));
}
