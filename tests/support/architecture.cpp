#include "tests/support/architecture.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
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

// Does the line hold `word`, not as a part of a longer name?
bool holds_word(std::string_view line, std::string_view word) { return find_word(line, word, 0) != std::string_view::npos; }

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
// An entry that ends in '/' is a folder with all folders below it; another entry is one folder alone, or one file.
struct Room {
  std::string_view path;  // the longest that fits counts
  Prefixes may_include;   // beside its own folder
};

Prefixes operator+(Prefixes left, const Prefixes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::vector<Room> make_rooms() {
  const Prefixes contracts = {"contracts/src/"};
  const Prefixes model = {"contracts/src/base", "contracts/src/yaml", "contracts/src/schema", "contracts/src/redact"};
  const Prefixes data = contracts + Prefixes{"scenarios/src/"};
  const Prefixes engine =
      data + Prefixes{"mock", "mock/records", "mock/state", "mock/history", "mock/storage", "mock/vendors", "mock/engine"};
  const Prefixes judge = data + Prefixes{"conformance/target", "conformance/judge"};
  const Prefixes program = data + Prefixes{"mock/", "conformance/"};
  const Prefixes everything = program + Prefixes{"library/", "cli/", "tests/", "bench/"};
  return {
      {"contracts/src/base/", {}},
      {"contracts/src/yaml/", {"contracts/src/base"}},
      {"contracts/src/schema/", {"contracts/src/base", "contracts/src/yaml"}},
      {"contracts/src/redact/", {"contracts/src/base"}},
      {"contracts/src/har/", {"contracts/src/base"}},
      {"contracts/src/model/", model},
      {"contracts/src/openapi/", model + Prefixes{"contracts/src/model"}},
      {"contracts/src/guess/", model + Prefixes{"contracts/src/model"}},
      {"contracts/src/load/", model + Prefixes{"contracts/src/model", "contracts/src/openapi", "contracts/src/guess"}},
      {"contracts/", contracts},
      {"scenarios/src/match/", contracts},
      {"scenarios/src/model/", contracts + Prefixes{"scenarios/src/match"}},
      {"scenarios/src/lint/", contracts + Prefixes{"scenarios/src/match", "scenarios/src/model"}},
      {"scenarios/src/write/", contracts + Prefixes{"scenarios/src/model", "scenarios/src/lint"}},
      {"mock/", contracts},
      {"mock/mock.cpp", engine + Prefixes{"mock/mutation", "mock/admin", "mock/wiremock"}},
      {"mock/records/", data},
      {"mock/state/", data + Prefixes{"mock", "mock/records"}},
      {"mock/history/", data + Prefixes{"mock", "mock/records", "mock/state"}},
      {"mock/storage/", data + Prefixes{"mock", "mock/records", "mock/state", "mock/history"}},
      {"mock/storage/sqlite/", data + Prefixes{"mock", "mock/records", "mock/state", "mock/storage"}},
      {"mock/storage/redis/", data + Prefixes{"mock", "mock/records", "mock/state", "mock/history", "mock/storage"}},
      {"mock/vendors/", data + Prefixes{"mock", "mock/records", "mock/state"}},
      {"mock/engine/", data + Prefixes{"mock", "mock/records", "mock/state", "mock/history", "mock/storage", "mock/vendors"}},
      {"mock/mutation/", engine},
      {"mock/admin/", engine},
      {"mock/wiremock/", engine + Prefixes{"mock/admin"}},
      {"mock/wire/", contracts + Prefixes{"mock"}},
      {"conformance/target/", data},
      {"conformance/judge/", data + Prefixes{"conformance/target"}},
      {"conformance/live/", judge},
      {"conformance/measure/", data},
      {"conformance/report/", judge + Prefixes{"conformance/measure"}},
      {"conformance/run/", judge + Prefixes{"conformance/live", "conformance/measure", "conformance/report"}},
      {"conformance/traffic/", judge},
      {"conformance/compare/", judge + Prefixes{"conformance/report"}},
      {"conformance/generate/", data},
      {"library/", data + Prefixes{"mock/", "library/"}},
      {"library/include/", {}},  // users have no other header of ours
      {"cli/", program},
      {"cli/serve/", program + Prefixes{"cli"}},
      {"cli/verify/", program + Prefixes{"cli"}},
      {"cli/contracts/", program + Prefixes{"cli"}},
      {"cli/record/", program + Prefixes{"cli", "cli/verify"}},
      {"cli/mcp/", program + Prefixes{"cli", "cli/contracts"}},
      {"cli/main.cpp", program + Prefixes{"cli/"}},
      {"tests/reference/", {"tests/reference/", "tests/broken/", "tests/support/catch.h"}},  // independent of the library
      {"tests/consumer/", {"tests/consumer/"}},                                              // uses the installed library
      {"tests/", everything},
      {"bench/", everything},
  };
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

bool may_include(const Room& room, const SourceFile& file, std::string_view included) {
  if (folder_of(included) == folder_of(file.path) && folder_of(included).size() > 0) return true;
  for (const std::string_view allowed : room.may_include)
    if (allowed.ends_with('/') ? included.starts_with(allowed) : folder_of(included) == allowed || included == allowed) return true;
  return false;
}

Violations check_include_direction(const SourceFile& file) {
  static const std::vector<Room> kRooms = make_rooms();
  const Room* room = nullptr;
  for (const Room& candidate : kRooms)
    if (file.path.starts_with(candidate.path) && (room == nullptr || candidate.path.size() > room->path.size())) room = &candidate;
  if (!is_cpp(file) || room == nullptr) return {};
  Violations violations;
  for (const Include& include : includes_of(file))
    if (include.is_ours && !may_include(*room, file, include.path))
      violations.push_back({file.path, include.line, "includes " + include.path});
  return violations;
}

// --- walls --------------------------------------------------------------------------------------------------------------
struct Wall {
  Prefixes headers;
  Prefixes behind;  // the only files that include them
};
const std::vector<Wall> kWalls = {
    {{"boost/asio", "boost/beast"}, {"mock/wire/"}},
    {{"boost/uuid"}, {"contracts/src/base/"}},
    {{"sqlite3.h"}, {"mock/storage/sqlite/database.cpp"}},
    {{"hiredis/"}, {"mock/storage/redis/connection.cpp"}},
    {{"openssl/"}, {"mock/wire/", "contracts/src/base/base64.cpp", "contracts/src/base/hash.cpp", "tests/"}},
    {{"httplib.h"}, {"tests/"}},
    {{"curl/"}, {"conformance/target/http_transport.cpp", "conformance/target/url.cpp"}},
    {{"zlib.h", "brotli/"}, {"conformance/target/content_coding.cpp"}},
    {{"valijson/"}, {"contracts/src/schema/"}},
    {{"pcre2"}, {"contracts/src/schema/", "contracts/src/base/regex.cpp"}},
    {{"yaml-cpp/"}, {"contracts/src/yaml/yaml.cpp"}},
    {{"CLI/"}, {"cli/arguments.cpp"}},
    {{"sys/inotify.h"}, {"cli/serve/watch.cpp"}},
    {{"catch2/"}, {"tests/support/catch.h", "tests/consumer/catch.h"}},
    {{"sys/socket.h", "netinet/", "netdb.h"}, {"mock/wire/", "conformance/target/plain_socket.cpp", "tests/", "bench/"}},
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
  return find_words(file, {"steady_clock"}, {"contracts/src/base/env", "mock/wire/", "conformance/", "cli/", "tests/", "bench/"});
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

Violations check_numbers(const SourceFile& file) {
  return find_words(file, {"is_number()"}, {"contracts/src/base/number", "tests/", "bench/"});
}

Violations check_output(const SourceFile& file) {
  return find_words(file, {"std::cout", "std::cerr", "std::clog", "printf", "fprintf", "puts", "fputs", "fmt::print", "stdout", "stderr"},
                    {"cli/", "bench/", "tests/", "contracts/pack/"});
}

Violations check_exceptions(const SourceFile& file) {
  return find_words(file, {"throw", "catch", "try"},
                    {"contracts/src/yaml/yaml.cpp", "contracts/src/base/json.cpp", "contracts/src/schema/", "mock/wire/", "library/",
                     "cli/", "tests/", "bench/"});
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

Violations check_mutation(const SourceFile& file) {
  if (!is_cpp(file) ||
      !starts_with_any(file.path, {"mock/engine/", "mock/history/", "mock/records/", "mock/state/", "mock/vendors/", "mock/wire/"}))
    return {};
  Violations violations;
  for (const Line& line : lines_of(lower(file.text)))
    for (const std::string_view word : {"mutation", "mutant", "mutate", "on purpose"})
      if (line.text.find(word) != std::string::npos) violations.push_back({file.path, line.number, "mentions " + std::string(word)});
  return violations;
}

// --- how a file begins, and where it ends ---------------------------------------------------------------------------------
Violations check_header_opening(const SourceFile& file) {
  if (!file.path.ends_with(".h")) return {};
  const auto lines = lines_of(file.text);
  std::size_t comment = 0;
  while (comment < lines.size() && lines[comment].text.starts_with("//")) ++comment;
  if (comment == 0) return {{file.path, 1, "opens without saying what is here"}};
  if (comment > 4) return {{file.path, 5, "opens with more than four lines"}};
  if (comment == lines.size() || lines[comment].text != "#pragma once")
    return {{file.path, comment + 1, "has no #pragma once after its opening"}};
  return {};
}

// A file without a header of its own passes.
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

Violations check_folder_size(const std::vector<SourceFile>& tree) {
  std::map<std::string, std::size_t> counts;
  for (const SourceFile& file : tree)
    if (is_cpp(file)) ++counts[std::string(folder_of(file.path))];
  Violations violations;
  for (const auto& [folder, count] : counts)
    if (count > kLargestFolder) violations.push_back({folder, 0, "has " + std::to_string(count) + " C++ files"});
  return violations;
}

// The page that a comment of `file` names: a path from the root, or one beside the file.
const SourceFile* find_page(const std::vector<SourceFile>& tree, const SourceFile& file, const std::string& name) {
  const std::string beside = std::string(folder_of(file.path)) + "/" + name;
  for (const SourceFile& page : tree)
    if (page.path == name || page.path == beside) return &page;
  return nullptr;
}

// A page named in a comment must exist, and so must a section that follows in quotes. Pages have no numbered sections.
Violations check_pages(const std::vector<SourceFile>& tree) {
  static const std::regex kPage(R"x(([A-Za-z0-9_/-]+\.md)(?:, "([^"]+)"| (\d))?)x");
  Violations violations;
  for (const SourceFile& file : tree) {
    if (!is_cpp(file) && !file.path.ends_with(".yaml") && !file.path.ends_with(".cmake") && !file.path.ends_with(".txt")) continue;
    for (const Line& line : lines_of(comments_of(file))) {
      if (line.text.find(".md") == std::string::npos) continue;
      for (std::sregex_iterator match(line.text.begin(), line.text.end(), kPage); match != std::sregex_iterator(); ++match) {
        const SourceFile* page = find_page(tree, file, (*match)[1]);
        const std::string heading = (*match)[2];
        if (page == nullptr || (*match)[3].matched)
          violations.push_back({file.path, line.number, "names " + match->str() + ", which does not exist"});
        else if (!heading.empty() && page->text.find("# " + heading + "\n") == std::string::npos)
          violations.push_back({file.path, line.number, "names the section " + heading + ", which " + page->path + " does not have"});
      }
    }
  }
  return violations;
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

template <Violations (*Check)(const SourceFile&)>
Violations each_file(const std::vector<SourceFile>& tree) {
  Violations all;
  for (const SourceFile& file : tree)
    for (Violation& violation : Check(file)) all.push_back(std::move(violation));
  return all;
}

}  // namespace

const std::vector<Rule>& rules() {
  static const std::vector<Rule> kRules = {
      {"include direction", "a folder includes only the folders below it, so that it can be read and tested without those above it",
       each_file<check_include_direction>},
      {"walls", "a heavy library is included in one place, so that it can be replaced and costs its build time once",
       each_file<check_walls>},
      {"clock", "time comes from Env, so that the same scenario twice gives the same bytes", each_file<check_clock>},
      {"stopwatch", "only sockets and reports measure real time", each_file<check_stopwatch>},
      {"randomness", "randomness comes from Env, so that the same scenario twice gives the same bytes", each_file<check_randomness>},
      {"environment", "only the command line reads the environment", each_file<check_environment>},
      {"sleep", "waiting is data (a Delivery's delay, a step's advance); only the wire and the runner's wait really wait",
       each_file<check_sleep>},
      {"numbers",
       "is_number(value) of contracts/src/base/number.h sees all numbers, the member of Json only those that fit 64 bits or a double",
       each_file<check_numbers>},
      {"output", "stdout is data and stderr is talk: only the command line prints", each_file<check_output>},
      {"exceptions", "third-party exceptions stop at the walls; elsewhere errors are values", each_file<check_exceptions>},
      {"vendor names", "what is particular to a vendor is data, or C++ in mock/vendors", each_file<check_vendor_names>},
      {"mutation", "a reader of the engine need not know mutation testing: it is a policy and a decorator in mock/mutation",
       each_file<check_mutation>},
      {"state writers", "what changes a tenant is a Change that apply() makes, so that commits are complete",
       each_file<check_state_writers>},
      {"header opening", "a reader learns from the first lines what a header offers", each_file<check_header_opening>},
      {"own header first", "so that a header stands on its own", each_file<check_own_header_first>},
      {"length", "a file this long holds two ideas", each_file<check_length>},
      {"folder size", "a folder is read at one glance: more than 30 C++ files hold two topics", check_folder_size},
      {"pages", "a comment names only pages and sections that exist", check_pages},
      {"retired names", "an identifier uses the field's words, so that a newcomer understands it at first reading",
       each_file<check_retired_names>},
      {"retired phrases", "texts for people are plain English: subject, verb, object", each_file<check_retired_phrases>},
      {"machine paths", "the tree must work on every machine", each_file<check_machine_paths>},
  };
  return kRules;
}

std::string render(const Violation& violation, const Rule& rule) {
  return violation.path + ":" + std::to_string(violation.line) + ": " + violation.found + " (" + rule.name + ": " + rule.reason + ")";
}

bool is_cpp(const SourceFile& file) { return file.path.ends_with(".cpp") || file.path.ends_with(".h"); }

}  // namespace understudy::architecture
