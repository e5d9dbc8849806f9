// The rules of the source tree: include directions, walls round heavy libraries, file and folder sizes, words. Each rule is a
// function over file texts; architecture_test.cpp applies them to the real tree and to small samples that break them.
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
  Violations (*check)(const std::vector<SourceFile>& tree);
};
const std::vector<Rule>& rules();

// A longer file fails; one past the second number is listed.
inline constexpr std::size_t kLongestFile = 600;
inline constexpr std::size_t kLongFile = 400;
inline constexpr std::size_t kLargestFolder = 30;  // C++ files directly in one folder

std::string render(const Violation& violation, const Rule& rule);  // path:line: found ... (reason)

// All C++ of the tree, and the other texts we write (Markdown, YAML, CMake, scripts); without build/ and hidden folders.
std::vector<SourceFile> load_tree(const std::string& root);
bool is_cpp(const SourceFile& file);  // .cpp or .h

// For each character of C++ text: 'c' code, '/' comment, '"' inside a literal.
std::string classify(std::string_view text);
// Same length and lines; characters of other kinds are blanks.
std::string keep(std::string_view text, std::string_view kinds);
// Comments are blanks, and with `strings` the contents of literals, too.
std::string blank_out(std::string_view text, bool strings);
// Only the comments, of C++ or of a file with # comments; the rest is blank.
std::string comments_of(const SourceFile& file);

bool is_word_character(char c);
// Where `word` is, not as a part of a longer name; npos if nowhere.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from);

Violations check_state_writers(const SourceFile& file);  // architecture_state.cpp
// The rules about words: architecture_words.cpp.
Violations check_retired_names(const SourceFile& file);
Violations check_retired_phrases(const SourceFile& file);

}  // namespace understudy::architecture
