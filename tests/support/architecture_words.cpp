#include <algorithm>
#include <array>
#include <cctype>

#include "tests/support/architecture.h"

namespace understudy::architecture {
namespace {

// A name that ends in '_' is the beginning of many.
constexpr std::array kRetiredNames = {
    "Misconduct",  "Deviation",      "bend_",   "waive",     "waive_",  "Desk",      "hand_in",     "pass_on",
    "Told",        "Strikes",        "Going",   "Stand",     "Bench",   "Look",      "look_first",  "look_closer",
    "patience",    "send_patiently", "kLobby",  "AdminDoor", "Reach",   "Undoing",   "Comparing",   "Planning",
    "Naming",      "Linting",        "Loading", "Pairing",   "Wording", "step_text", "faults_ever", "exchanges_before",
    "left_behind", "weigh",          "placed",  "tell",      "tell_",   "complain",  "exit_of",     "exercise"};

constexpr std::array kRetiredPhrases = {"told",       "nobody",       "whoever",     "struck",       "patience",
                                        "stands for", "stood in for", "'s business", "without leave"};

// `name` as a word of its own; as the beginning of one if it ends in '_'.
bool holds_name(std::string_view line, std::string_view name) {
  if (!name.ends_with('_')) return find_word(line, name, 0) != std::string_view::npos;
  for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1))
    if (at == 0 || !is_word_character(line[at - 1])) return true;
  return false;
}

// Text as a reader sees it: lower case, with one space for line breaks, comment marks and quotes, and the line of each character.
struct Prose {
  std::string text;
  std::vector<std::size_t> lines;
};

Prose read_prose(std::string_view text) {
  Prose prose;
  std::size_t line = 1;
  for (const char c : text) {
    const bool is_gap = std::string_view(" \t\n/#\"*>").find(c) != std::string_view::npos;
    if (!is_gap || (!prose.text.empty() && prose.text.back() != ' ')) {
      prose.text += is_gap ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      prose.lines.push_back(line);
    }
    if (c == '\n') ++line;
  }
  return prose;
}

// The members of our YAML that people read.
constexpr std::array kTextMembers = {"scenario:", "name:", "title:", "description:", "about:", "because:", "summary:", "reason:"};

// Comments and text members of a scenario or a contract; what is sent or matched is blank. A text member goes on in deeper lines.
// The rows of a scenario (`each` at the margin) are part of the names of runs, which programs read, so they are blank, too.
std::string texts_of_yaml(const SourceFile& file) {
  std::string out = comments_of(file);
  bool is_text = false, is_row = false;
  std::size_t depth = 0;
  for (std::size_t start = 0; start < file.text.size();) {
    const std::size_t end = std::min(file.text.find('\n', start), file.text.size());
    const std::string_view line = std::string_view(file.text).substr(start, end - start);
    const std::size_t indent = std::min(line.find_first_not_of(" -"), line.size());
    if (indent == 0 && line.find(':') != std::string_view::npos) is_row = line.starts_with("each:");
    const auto copy = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) out[start + i] = file.text[start + i];
    };
    if (is_text && indent > depth && indent < line.size()) {
      copy(0, line.size());
    } else if (indent < line.size()) {
      is_text = false;
    }
    for (const std::string_view member : kTextMembers) {
      for (auto at = find_word(line, member, 0); at != std::string_view::npos; at = find_word(line, member, at + 1)) {
        const std::size_t value = at + member.size();
        if (at == indent) {  // a block: the rest of the line and what is deeper
          is_text = true;
          depth = indent;
          copy(value, line.size());
        } else if (const auto before = line.find_last_not_of(' ', at - 1); before == std::string_view::npos || line[before] != '-') {
          const bool opens_step = before != std::string_view::npos && line[before] == '{' && line.find_first_not_of(" -{") == at;
          if ((opens_step && !is_row) || member != "name:") copy(value, std::min(line.find_first_of(",}", value), line.size()));
        }
      }
    }
    start = end + 1;
  }
  return out;
}

// A Markdown page without its `code`: a member or option keeps its name.
std::string without_code(std::string text) {
  bool is_code = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`' && text.compare(i, 3, "```") != 0 && (i == 0 || text[i - 1] != '`')) is_code = !is_code;
    if (text[i] == '\n') is_code = false;
    if (is_code) text[i] = ' ';
  }
  return text;
}

// Comments and literals. A literal without a blank, or a quoted word in a literal, is a value or a member name, not a text for people.
std::string texts_of_cpp(std::string_view code) {
  std::string out = keep(code, "/\"");
  const std::string kinds = classify(code);
  for (std::size_t start = kinds.find('"'); start != std::string::npos; start = kinds.find('"', start)) {
    const std::size_t end = std::min(kinds.find_first_not_of('"', start), kinds.size());
    const bool is_text = code.substr(start, end - start).find(' ') != std::string_view::npos;
    const auto blank = [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i)
        if (out[i] != '\n') out[i] = ' ';
    };
    if (!is_text) blank(start, end);
    for (std::size_t i = start; i < end; ++i) {  // "member" inside a text
      if (code[i] != '"') continue;
      std::size_t last = i + 1;
      while (last < end && is_word_character(code[last])) ++last;
      if (last < end && (code[last] == '"' || code[last] == '\\')) blank(i, last);
    }
    start = end;
  }
  return out;
}

}  // namespace

Violations check_retired_names(const SourceFile& file) {
  if (!is_cpp(file)) return {};
  Violations violations;
  const std::string code = blank_out(file.text, true);
  std::size_t number = 1;
  for (std::size_t start = 0; start < code.size(); ++number) {
    const std::size_t end = std::min(code.find('\n', start), code.size());
    const std::string_view line = std::string_view(code).substr(start, end - start);
    for (const std::string_view name : kRetiredNames)
      if (holds_name(line, name)) violations.push_back({file.path, number, "uses the retired name " + std::string(name)});
    start = end + 1;
  }
  return violations;
}

Violations check_retired_phrases(const SourceFile& file) {
  std::string text;
  if (is_cpp(file))
    text = texts_of_cpp(file.text);
  else if (file.path.ends_with(".md"))
    text = without_code(file.text);
  else if (file.path.ends_with(".yaml"))
    text = texts_of_yaml(file);
  else if (file.path.ends_with(".cmake") || file.path.ends_with(".txt"))
    text = comments_of(file);
  const Prose prose = read_prose(text);
  Violations violations;
  for (const std::string_view phrase : kRetiredPhrases)
    for (auto at = find_word(prose.text, phrase, 0); at != std::string::npos; at = find_word(prose.text, phrase, at + 1))
      violations.push_back({file.path, prose.lines[at], "says '" + std::string(phrase) + "'"});
  return violations;
}

}  // namespace understudy::architecture
