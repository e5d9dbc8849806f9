#include "tests/support/architecture.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace understudy::architecture {
namespace {

using Prefixes = std::vector<std::string_view>;

bool starts_with_any(std::string_view path, const Prefixes& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [path](std::string_view prefix) { return path.starts_with(prefix); });
}

struct Line {
  std::size_t number;
  std::string text;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back({lines.size() + 1, line});
  return lines;
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Does the line hold `word`, not as a part of a longer name?
bool holds_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_character(word.front()) || !is_word_character(line[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end == line.size() || !is_word_character(word.back()) || !is_word_character(line[end]);
    if (starts && ends) return true;
  }
  return false;
}

struct Include {
  std::size_t line;
  std::string path;
  bool is_ours;  // in quotes
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  for (const Line& line : lines_of(blank_out(file.text, false))) {
    std::string_view rest = line.text;
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (!rest.starts_with("#include ")) continue;
    rest.remove_prefix(std::string_view("#include ").size());
    if (rest.size() < 2) continue;
    const char closing = rest.front() == '"' ? '"' : '>';
    includes.push_back({line.number, std::string(rest.substr(1, rest.find(closing, 1) - 1)), closing == '"'});
  }
  return includes;
}

// --- who may include whom -----------------------------------------------------------------------------------------------
struct Layer {
  std::string_view folder;  // the longest that fits counts
  Prefixes may_include;
};
const std::vector<Layer> kLayers = {
    {"contracts/src/", {"contracts/src/"}},
    {"scenarios/src/", {"contracts/src/", "scenarios/src/"}},
    {"mock/", {"contracts/src/", "scenarios/src/", "mock/"}},
    {"conformance/", {"contracts/src/", "scenarios/src/", "conformance/"}},
    {"library/", {"contracts/src/", "scenarios/src/", "mock/", "library/"}},
    {"library/include/", {}},  // users have no other header of ours
    {"cli/", {"contracts/src/", "scenarios/src/", "mock/", "conformance/", "cli/"}},
    {"tests/reference/", {"tests/reference/", "tests/broken/", "tests/support/catch.h"}},  // none of our library
    {"tests/consumer/", {"tests/consumer/"}},                                              // beside what was installed
    {"tests/", {"contracts/src/", "scenarios/src/", "mock/", "conformance/", "library/", "cli/", "tests/", "bench/"}},
    {"bench/", {"contracts/src/", "scenarios/src/", "mock/", "conformance/", "cli/", "tests/", "bench/"}},
};

Violations check_include_direction(const SourceFile& file) {
  const Layer* layer = nullptr;
  for (const Layer& candidate : kLayers)
    if (file.path.starts_with(candidate.folder) && (layer == nullptr || candidate.folder.size() > layer->folder.size())) layer = &candidate;
  if (!is_cpp(file) || layer == nullptr) return {};
  Violations violations;
  for (const Include& include : includes_of(file))
    if (include.is_ours && !starts_with_any(include.path, layer->may_include))
      violations.push_back({file.path, include.line, "includes " + include.path});
  return violations;
}

// --- walls --------------------------------------------------------------------------------------------------------------
struct Wall {
  Prefixes headers;
  Prefixes behind;  // the only files that include them
};
const std::vector<Wall> kWalls = {
    {{"boost/"}, {"mock/wire/wire.cpp", "mock/wire_"}},
    {{"openssl/"}, {"mock/wire/wire.cpp", "mock/wire_", "tests/"}},
    {{"httplib.h"}, {"tests/"}},
    {{"curl/"}, {"conformance/target/http_transport.cpp"}},
    {{"valijson/"}, {"contracts/src/schema"}},
    {{"pcre2"}, {"contracts/src/schema", "contracts/src/base/regex.cpp"}},
    {{"yaml-cpp/"}, {"contracts/src/yaml/yaml.cpp"}},
    {{"CLI/"}, {"cli/"}},
    {{"sys/inotify.h"}, {"cli/serve/watch.cpp"}},
    {{"catch2/"}, {"tests/support/catch.h", "tests/consumer/catch.h"}},
    {{"sys/socket.h", "netinet/", "netdb.h"},
     {"mock/wire/wire.cpp", "mock/wire_", "conformance/target/plain_socket.cpp", "tests/", "bench/"}},
};

Violations check_walls(const SourceFile& file) {
  if (!is_cpp(file)) return {};
  Violations violations;
  for (const Include& include : includes_of(file))
    for (const Wall& wall : kWalls)
      if (!include.is_ours && starts_with_any(include.path, wall.headers) && !starts_with_any(file.path, wall.behind))
        violations.push_back({file.path, include.line, "includes <" + include.path + ">"});
  return violations;
}

// --- words that only named files may use --------------------------------------------------------------------------------
Violations find_words(const SourceFile& file, const std::vector<std::string_view>& words, const Prefixes& allowed) {
  if (!is_cpp(file) || starts_with_any(file.path, allowed)) return {};
  Violations violations;
  for (const Line& line : lines_of(blank_out(file.text, true)))
    for (const std::string_view word : words)
      if (holds_word(line.text, word)) violations.push_back({file.path, line.number, "uses " + std::string(word)});
  return violations;
}

Violations check_clock(const SourceFile& file) {
  return find_words(file, {"system_clock", "high_resolution_clock", "time(nullptr)", "gettimeofday", "clock_gettime"},
                    {"contracts/src/base/env.cpp", "tests/", "bench/"});
}

// Deadlines of real sockets and durations in reports; never what a mock answers.
Violations check_stopwatch(const SourceFile& file) {
  return find_words(file, {"steady_clock"},
                    {"contracts/src/env", "mock/wire/wire.cpp", "mock/wire_", "conformance/", "cli/", "tests/", "bench/"});
}

Violations check_randomness(const SourceFile& file) {
  return find_words(file, {"random_device", "mt19937", "mt19937_64", "default_random_engine", "rand()", "srand", "getrandom", "getentropy"},
                    {"contracts/src/base/env.cpp", "tests/", "bench/"});
}

Violations check_environment(const SourceFile& file) {
  return find_words(file, {"getenv", "setenv", "secure_getenv", "environ"}, {"cli/", "tests/", "bench/"});
}

Violations check_sleep(const SourceFile& file) {
  return find_words(file, {"sleep_for", "sleep_until", "usleep", "nanosleep"},
                    {"conformance/target/wait.cpp", "tests/reference/", "bench/"});
}

Violations check_output(const SourceFile& file) {
  return find_words(file, {"std::cout", "std::cerr", "std::clog", "printf", "fprintf", "puts", "fputs", "fmt::print", "stdout", "stderr"},
                    {"cli/", "bench/", "tests/", "contracts/pack/"});
}

Violations check_exceptions(const SourceFile& file) {
  return find_words(file, {"throw", "catch", "try"},
                    {"contracts/src/yaml/yaml.cpp", "contracts/src/base/json.cpp", "contracts/src/schema", "mock/wire/wire.cpp",
                     "mock/wire_", "library/", "cli/", "tests/", "bench/"});
}

// --- vendors ------------------------------------------------------------------------------------------------------------
const std::vector<std::string_view> kVendors = {"sellercloud", "veeqo", "sellercenter"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

Violations check_vendor_names(const SourceFile& file) {
  static const Prefixes kGeneric = {"contracts/src/", "scenarios/src/", "mock/", "conformance/", "library/", "cli/"};
  if (!is_cpp(file) || !starts_with_any(file.path, kGeneric)) return {};
  const bool speaks_to_users = file.path.starts_with("cli/");  // examples in --help are bundled ones; decisions are not
  Violations violations;
  for (const std::string_view vendor : kVendors) {
    if (file.path.starts_with("mock/vendors/" + std::string(vendor))) continue;
    std::size_t free_lines = file.path == "mock/vendors/registry.cpp" ? 2 : 0;  // its declaration and its row
    for (const Line& line : lines_of(lower(blank_out(file.text, false)))) {
      const bool decides = line.text.find("==") != std::string::npos || line.text.find("!=") != std::string::npos;
      if (line.text.find(vendor) == std::string::npos || (speaks_to_users && !decides)) continue;
      if (free_lines > 0)
        --free_lines;
      else
        violations.push_back({file.path, line.number, "names " + std::string(vendor)});
    }
  }
  return violations;
}

// --- how a file begins, and where it ends ---------------------------------------------------------------------------------
Violations check_header_opening(const SourceFile& file) {
  if (!file.path.ends_with(".h")) return {};
  const auto lines = lines_of(file.text);
  std::size_t comment = 0;
  while (comment < lines.size() && lines[comment].text.starts_with("//")) ++comment;
  if (comment == 0) return {{file.path, 1, "opens without saying what it owns"}};
  if (comment > 4) return {{file.path, 5, "opens with more than four lines"}};
  if (comment == lines.size() || lines[comment].text != "#pragma once")
    return {{file.path, comment + 1, "has no #pragma once after its opening"}};
  return {};
}

// Is told by name whether the .cpp has a header: the tree is not at hand here, so the include itself must be among the first.
Violations check_own_header_first(const SourceFile& file) {
  if (!file.path.ends_with(".cpp")) return {};
  const std::string own = file.path.substr(0, file.path.size() - 4) + ".h";
  const auto includes = includes_of(file);
  for (std::size_t i = 1; i < includes.size(); ++i)
    if (includes[i].path == own) return {{file.path, includes[i].line, "includes its own header after others"}};
  return {};
}

Violations check_length(const SourceFile& file) {
  const std::size_t count = lines_of(file.text).size();
  if (!is_cpp(file) || count <= kLongestFile) return {};
  return {{file.path, kLongestFile + 1, "has " + std::to_string(count) + " lines"}};
}

Violations check_machine_paths(const SourceFile& file) {
  // in two parts, so that this file does not hold what it forbids
  static const std::vector<std::string> kPaths = {std::string("/wo") + "rk/", std::string("/ho") + "me/", std::string("/ro") + "ot/",
                                                  std::string("/tm") + "p/wt"};
  Violations violations;
  for (const Line& line : lines_of(file.text))
    for (const std::string& path : kPaths)
      if (const auto at = line.text.find(path); at != std::string::npos && (at == 0 || !is_word_character(line.text[at - 1])))
        violations.push_back({file.path, line.number, "holds a path of one machine: " + path});
  return violations;
}

}  // namespace

const std::vector<Rule>& rules() {
  static const std::vector<Rule> kRules = {
      {"include direction",
       "contracts <- scenarios <- mock | conformance <- cli, so that each layer can be read and tested without those above it",
       check_include_direction},
      {"walls", "a heavy library is met in one place, so that it can be replaced and costs its build time once", check_walls},
      {"clock", "time comes from Env, so that the same scenario twice gives the same bytes", check_clock},
      {"stopwatch", "only sockets and reports measure real time", check_stopwatch},
      {"randomness", "randomness comes from Env, so that the same scenario twice gives the same bytes", check_randomness},
      {"environment", "only the command line reads the environment", check_environment},
      {"sleep", "waiting is data (a Delivery's delay, a step's advance); only the wire and the runner's wait really wait", check_sleep},
      {"output", "stdout is data and stderr is talk: only the command line prints", check_output},
      {"exceptions", "third-party exceptions stop at the walls; elsewhere errors are values", check_exceptions},
      {"vendor names", "what is particular to a vendor is data, or C++ in mock/vendors", check_vendor_names},
      {"header opening", "a reader learns from the first lines what a header owns", check_header_opening},
      {"own header first", "so that a header stands on its own", check_own_header_first},
      {"length", "a file this long holds two ideas", check_length},
      {"machine paths", "the tree must work on every machine", check_machine_paths},
  };
  return kRules;
}

std::string render(const Violation& violation, const Rule& rule) {
  return violation.path + ":" + std::to_string(violation.line) + ": " + violation.found + " (" + rule.name + ": " + rule.reason + ")";
}

bool is_cpp(const SourceFile& file) { return file.path.ends_with(".cpp") || file.path.ends_with(".h"); }

std::vector<SourceFile> load_tree(const std::string& root) {
  namespace fs = std::filesystem;
  static const Prefixes kTexts = {".cpp", ".h", ".md", ".yaml", ".yml", ".cmake", ".txt", ".sh", ".json", ".tsv"};
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

std::string blank_out(std::string_view text, bool strings) {
  std::string out(text);
  std::size_t at = 0;
  const auto blank = [&](std::size_t end, bool really) {
    for (; at < std::min(end, out.size()); ++at)
      if (really && out[at] != '\n') out[at] = ' ';
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
      blank(std::min(text.find('\n', at), text.size()), true);
    } else if (rest.starts_with("/*")) {
      blank(after("*/", at + 2), true);
    } else if (rest.starts_with("R\"") && !inside_name) {
      const std::string delimiter(rest.substr(2, rest.find('(') - 2));
      at += 2;
      blank(after(")" + delimiter + "\"", at) - 1, strings);
      ++at;
    } else if (rest.front() == '"' || (rest.front() == '\'' && !inside_name)) {  // 1'000 is no character
      const std::size_t end = closing_quote(rest.front());
      ++at;
      blank(end - 1, strings);
      ++at;
    } else {
      ++at;
    }
  }
  return out;
}

}  // namespace understudy::architecture
