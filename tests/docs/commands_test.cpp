// The commands of README.md and docs/ that are marked `sh run` are run here, page by page, against a served mock. So are the
// Python, JavaScript and shell files that a page shows and its commands use.
#include <algorithm>
#include <filesystem>
#include <regex>

#include "contracts/src/base/text.h"
#include "mock/mock.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/wire_stage.h"
#include "tests/support/pages.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::string quoted(const std::string& text) { return "'" + text + "'"; }  // our own paths hold no quotes

std::string marker(const PageBlock& block) { return "@@ line " + std::to_string(block.line); }

// All commands of a page, in one shell as a reader would use it, each block after its marker.
std::string script_of(const std::vector<PageBlock>& blocks, const Folder& folder, const std::string& url) {
  const std::string binary_folder = std::filesystem::path(release_binary()).parent_path().string();
  std::string script = "set -euo pipefail\nexec 2>&1 </dev/null\ncd " + quoted(folder.path()) + "\nexport TMPDIR=" + quoted(folder.path()) +
                       " URL=" + quoted(url) + " PATH=" + quoted(binary_folder) +
                       ":\"$PATH\"\nunset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY\n";
  for (const PageBlock& block : blocks)
    if (block.kind == PageBlock::Kind::commands) script += "printf '\\n%s\\n' " + quoted(marker(block)) + "\n" + block.text;
  return script;
}

// What the block printed; empty if the shell ended earlier.
std::string output_of(const std::string& output, const PageBlock& block) {
  const std::string mark = "\n" + marker(block) + "\n";
  const auto at = output.find(mark);
  if (at == std::string::npos) return {};
  const auto start = at + mark.size();
  return output.substr(start, output.find("\n@@ line ", start) - start);
}

// Where the text is, from `at` on. A number stands alone or is the value of a JSON member: 41 is not in 1410, nor in "order:41".
std::size_t find_expected(const std::string& output, const std::string& text, std::size_t at) {
  const bool is_number = std::ranges::all_of(text, is_digit);
  const auto stands_alone = [&](std::size_t found) {
    const std::string before = output.substr(found < 2 ? 0 : found - 2, std::min<std::size_t>(found, 2));
    const std::size_t end = found + text.size();
    if (end < output.size() && is_digit(output[end])) return false;
    return before.empty() || (before.back() == ':' ? before == "\":" : !is_digit(before.back()));
  };
  auto found = output.find(text, at);
  while (is_number && found != std::string::npos && !stands_alone(found)) found = output.find(text, found + 1);
  return found;
}

// The first expected text that does not follow the ones before it; empty if all do.
std::string find_missing(const std::string& output, const std::vector<std::string>& expected) {
  std::size_t at = 0;
  for (const std::string& text : expected) {
    const auto found = find_expected(output, text, at);
    if (found == std::string::npos) return text;
    at = found + text.size();
  }
  return {};
}

}  // namespace

TEST_CASE("the commands of every page run, and print what the page says", "[docs]") {
  const std::string page = GENERATE(from_range(list_pages()));
  const auto blocks = parse_blocks(load_page(page));
  // As `understudy serve --no-rate-limit`: a page may send more in a second than a vendor accepts.
  Mock mock(bundled_contracts(), {.demo = true, .rate_limits = false});
  const auto wire = open_wire([&](Request&& request, const Peer& peer) { return mock.handle(request, {.loopback = peer.loopback}); });
  const Folder folder;
  for (const PageBlock& block : blocks)
    if (block.kind == PageBlock::Kind::file) folder.write(block.path, block.text);

  const auto script = script_of(blocks, folder, "http://127.0.0.1:" + std::to_string(wire->port()));
  const Ended ended = Process("/bin/bash", {"-c", script}).wait(std::chrono::minutes(3));  // a page starts many processes

  INFO(page << " printed:\n" << ended.out);
  CHECK(ended.code == 0);
  for (const PageBlock& block : blocks) {
    INFO("the block at " << page << ":" << block.line);
    CHECK(find_missing(output_of(ended.out, block), block.expected) == "");
  }
}

TEST_CASE("the front page, the tutorial, the cookbook and each vendor's page show commands that run", "[docs]") {
  const std::string page = GENERATE(as<std::string>{}, "README.md", "docs/tutorial.md", "docs/cookbook.md", "docs/test-your-client.md",
                                    "docs/sellercloud.md", "docs/veeqo.md", "docs/sellercenter.md", "docs/add-your-own-api.md");
  const auto blocks = parse_blocks(load_page(page));
  CHECK(std::any_of(blocks.begin(), blocks.end(),
                    [](const PageBlock& block) { return block.kind == PageBlock::Kind::commands && !block.expected.empty(); }));
}

TEST_CASE("a block is run only when its fence says so", "[docs]") {
  const auto blocks =
      parse_blocks("# a\n```sh\nno\n```\n```sh run\necho 1\n#=> 1\n#=> 2\n```\ntext\n```yaml file my/a.yaml\na: 1\n#=> b\n```\n");
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0].kind == PageBlock::Kind::commands);
  CHECK(blocks[0].line == 5);
  CHECK(blocks[0].text == "echo 1\n");
  CHECK(blocks[0].expected == std::vector<std::string>{"1", "2"});
  CHECK(blocks[1].kind == PageBlock::Kind::file);
  CHECK(blocks[1].path == "my/a.yaml");
  CHECK(blocks[1].text == "a: 1\n#=> b\n");
}

TEST_CASE("expected texts are looked for in their order", "[docs]") {
  CHECK(find_missing("one two", {"one", "two"}) == "");
  CHECK(find_missing("one two", {"two", "one"}) == "one");
  CHECK(find_missing("one two", {}) == "");
  CHECK(find_missing("158\norder:41\n", {"41"}) == "41");
  CHECK(find_missing("1410\n41\n", {"41"}) == "");
}

TEST_CASE("every option of the program is on a page", "[docs]") {
  std::string pages;
  for (const std::string& page : list_pages()) pages += load_page(page);
  const std::regex option("--[a-z][a-z-]+");
  for (const char* command : {"serve", "verify", "compare", "cleanup", "mutate", "lint", "explain", "contracts", "schema"}) {
    const std::string help = run_understudy({command, "--help"}).out;
    REQUIRE_FALSE(help.empty());
    for (std::sregex_iterator match(help.begin(), help.end(), option); match != std::sregex_iterator(); ++match) {
      INFO("understudy " << command << " " << match->str());
      CHECK(pages.find(match->str()) != std::string::npos);
    }
  }
}
