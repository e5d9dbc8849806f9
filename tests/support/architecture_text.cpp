// Reads the source tree, and separates code, comments and literals of a text.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/architecture.h"

namespace understudy::architecture {

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  for (std::size_t at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_character(word.front()) || !is_word_character(text[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end == text.size() || !is_word_character(word.back()) || !is_word_character(text[end]);
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

std::vector<SourceFile> load_tree(const std::string& root) {
  namespace fs = std::filesystem;
  static const std::vector<std::string_view> kTexts = {".cpp", ".h", ".md", ".yaml", ".yml", ".cmake", ".txt", ".sh", ".json", ".tsv"};
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name.starts_with('.') || name.starts_with("build") || name == "node_modules")) {
      entry.disable_recursion_pending();
      continue;
    }
    const bool is_script = name == "dev" || name == "run";
    const std::string extension = entry->path().extension().string();
    if (!entry->is_regular_file() || (!is_script && std::find(kTexts.begin(), kTexts.end(), extension) == kTexts.end())) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    files.push_back({fs::relative(entry->path(), root).generic_string(), text.str()});
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::string classify(std::string_view text) {
  std::string kinds(text.size(), 'c');
  std::size_t at = 0;
  const auto mark = [&](std::size_t end, char kind) {
    for (; at < std::min(end, kinds.size()); ++at) kinds[at] = kind;
  };
  const auto after = [&](std::string_view what, std::size_t from) {
    const std::size_t found = text.find(what, from);
    return found == std::string_view::npos ? text.size() : found + what.size();
  };
  const auto closing_quote = [&](char quote) {
    std::size_t end = at + 1;
    while (end < text.size() && text[end] != quote && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
    return end + 1;
  };
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    const bool inside_name = at > 0 && is_word_character(text[at - 1]);
    if (rest.starts_with("//")) {
      mark(std::min(text.find('\n', at), text.size()), '/');
    } else if (rest.starts_with("/*")) {
      mark(after("*/", at + 2), '/');
    } else if (rest.starts_with("R\"") && !inside_name) {
      const std::string delimiter(rest.substr(2, rest.find('(') - 2));
      at += 2;
      mark(after(")" + delimiter + "\"", at) - 1, '"');
      ++at;
    } else if (rest.front() == '"' || (rest.front() == '\'' && !inside_name)) {  // 1'000 is no character
      const std::size_t end = closing_quote(rest.front());
      ++at;
      mark(end - 1, '"');
      ++at;
    } else {
      ++at;
    }
  }
  return kinds;
}

std::string keep(std::string_view text, std::string_view kept) {
  std::string out(text);
  const std::string kinds = classify(text);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] != '\n' && kept.find(kinds[i]) == std::string_view::npos) out[i] = ' ';
  return out;
}

std::string blank_out(std::string_view text, bool strings) { return keep(text, strings ? "c" : "c\""); }

std::string comments_of(const SourceFile& file) {
  if (is_cpp(file)) return keep(file.text, "/");
  std::string out = file.text;
  bool is_comment = false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n')
      is_comment = false;
    else if (out[i] == '#' && (i == 0 || file.text[i - 1] == ' ' || file.text[i - 1] == '\n'))
      is_comment = true;
    else if (!is_comment)
      out[i] = ' ';
  }
  return out;
}

}  // namespace understudy::architecture
