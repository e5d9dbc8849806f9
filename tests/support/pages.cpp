#include "tests/support/pages.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "tests/support/net/process.h"

namespace understudy::test {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kRun = "sh run";
constexpr std::string_view kFile = " file ";
constexpr std::string_view kExpected = "#=> ";

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::optional<PageBlock> open_block(std::string_view info, std::size_t line) {
  if (info == kRun) return PageBlock{.kind = PageBlock::Kind::commands, .line = line};
  const auto file = info.find(kFile);
  if (file == std::string_view::npos) return std::nullopt;
  return PageBlock{.kind = PageBlock::Kind::file, .line = line, .path = std::string(info.substr(file + kFile.size()))};
}

}  // namespace

std::vector<PageBlock> parse_blocks(std::string_view page) {
  std::vector<PageBlock> blocks;
  bool inside = false;
  std::optional<PageBlock> block;
  for (std::size_t number = 1; !page.empty(); ++number) {
    const auto line = take_line(page);
    if (line.starts_with(kFence)) {
      if (inside && block) blocks.push_back(std::move(*block));
      block = inside ? std::nullopt : open_block(line.substr(kFence.size()), number);
      inside = !inside;
    } else if (block && block->kind == PageBlock::Kind::commands && line.starts_with(kExpected)) {
      block->expected.emplace_back(line.substr(kExpected.size()));
    } else if (block) {
      block->text.append(line).append("\n");
    }
  }
  return blocks;
}

std::vector<std::string> list_pages() {
  std::vector<std::string> pages = {"README.md"};
  for (const auto& entry : std::filesystem::directory_iterator(UNDERSTUDY_SOURCE_DIR "/docs"))
    if (entry.path().extension() == ".md") pages.push_back("docs/" + entry.path().filename().string());
  std::sort(pages.begin(), pages.end());
  return pages;
}

std::string load_page(const std::string& page) { return read_text(UNDERSTUDY_SOURCE_DIR "/" + page); }

}  // namespace understudy::test
