// Owns the rules that keep the tree in shape (design.md 2, 3, 8; style.md), as functions over file texts: architecture_test.cpp
// holds the real tree and small bad samples against them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::architecture {

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

struct Violation {
  std::string path;
  std::size_t line = 0;  // 1-based; 0: the whole file
  std::string found;
};
using Violations = std::vector<Violation>;

struct Rule {
  std::string name;
  std::string reason;  // printed with each violation
  Violations (*check)(const SourceFile& file);
};
const std::vector<Rule>& rules();

// A file this long fails; one past the second number is listed.
inline constexpr std::size_t kLongestFile = 600;
inline constexpr std::size_t kLongFile = 400;

std::string render(const Violation& violation, const Rule& rule);  // path:line: found ... (reason)

// All C++ of the tree, and the other texts we write (Markdown, YAML, CMake, scripts); without build/ and hidden folders.
std::vector<SourceFile> load_tree(const std::string& root);
bool is_cpp(const SourceFile& file);  // .cpp or .h

// Same length and lines; comments are blanks, and with `strings` the contents of literals too.
std::string blank_out(std::string_view text, bool strings);

}  // namespace understudy::architecture
