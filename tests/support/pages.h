// Reads the fenced blocks of README.md and docs/*.md that tests run: `sh run` holds commands, `file PATH` a file that later
// commands use. Other blocks are not returned.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::test {

struct PageBlock {
  enum class Kind { commands, file } kind = Kind::commands;
  std::size_t line = 0;  // of the opening fence
  std::string path;      // of a file
  std::string text;
  std::vector<std::string> expected;  // what `#=> text` lines of commands say, in order
};

std::vector<PageBlock> parse_blocks(std::string_view page);

// README.md and every docs/*.md, relative to the repository, sorted.
std::vector<std::string> list_pages();
std::string load_page(const std::string& page);

}  // namespace understudy::test
