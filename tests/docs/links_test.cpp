// Every Markdown page of the tree: relative links lead to files and headings that exist, and lines stay short.
#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/pages.h"

using namespace understudy::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaximumLine = 159;
const fs::path kTree = UNDERSTUDY_SOURCE_DIR;

// README.md and the other pages at the top, and all pages below the folders that have some.
std::vector<std::string> all_pages() {
  std::vector<std::string> pages;
  const auto add = [&](const fs::path& file) {
    if (file.extension() == ".md") pages.push_back(fs::relative(file, kTree).generic_string());
  };
  for (const auto& entry : fs::directory_iterator(kTree)) add(entry.path());
  for (const char* folder : {"bench", "docs", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(kTree / folder)) add(entry.path());
  std::sort(pages.begin(), pages.end());
  return pages;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> outside_fences(const std::string& page) {
  std::vector<std::string> lines;
  bool fenced = false;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with("```"))
      fenced = !fenced;
    else if (!fenced)
      lines.push_back(line);
  }
  return lines;
}

// The anchor that GitHub and the site give a heading: "## What a scenario needs" has "what-a-scenario-needs".
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading.substr(heading.find_first_not_of("# "))) {
    if (c >= 'A' && c <= 'Z')
      anchor += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')
      anchor += c;
    else if (c == ' ')
      anchor += '-';
  }
  return anchor;
}

std::set<std::string> anchors_of(const std::string& page) {
  std::set<std::string> anchors;
  for (const std::string& line : outside_fences(page))
    if (line.starts_with("#")) anchors.insert(anchor_of(line));
  return anchors;
}

// The targets of `[text](target)`; code in back ticks holds none.
std::vector<std::string> links_of(const std::string& page) {
  std::vector<std::string> links;
  for (const std::string& line : outside_fences(page)) {
    bool code = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (line[at] == '`') code = !code;
      if (code || line.compare(at, 2, "](") != 0) continue;
      links.push_back(line.substr(at + 2, line.find(')', at) - at - 2));
    }
  }
  return links;
}

// The paths in back ticks that begin with a folder of the tree: `mock/engine/`. Placeholders such as `contracts/<api>/` are left out.
std::vector<std::string> paths_of(const std::string& page) {
  static const std::regex kPath("`((?:bench|cli|cmake|conformance|contracts|docs|library|mock|scenarios|tests)/[A-Za-z0-9_./-]*)`");
  std::vector<std::string> paths;
  for (const std::string& line : outside_fences(page))
    for (std::sregex_iterator match(line.begin(), line.end(), kPath); match != std::sregex_iterator(); ++match)
      paths.push_back((*match)[1]);
  return paths;
}

// What is wrong with a link of this page; empty if nothing is. Links to other sites are not followed.
std::string check_link(const std::string& page, const std::string& link) {
  if (link.find("://") != std::string::npos) return {};
  const auto hash = std::min(link.find('#'), link.size());
  const fs::path target = hash == 0 ? kTree / page : (kTree / page).parent_path() / link.substr(0, hash);
  if (!fs::exists(target)) return "no such file";
  if (hash == link.size()) return {};
  const auto anchors = anchors_of(read_text(target.string()));
  return anchors.contains(link.substr(hash + 1)) ? "" : "no such heading";
}

}  // namespace

TEST_CASE("every relative link of a page leads to a file and a heading", "[docs]") {
  const std::string page = GENERATE(from_range(all_pages()));
  for (const std::string& link : links_of(load_page(page))) {
    INFO(page << " links to " << link);
    CHECK(check_link(page, link) == "");
  }
}

TEST_CASE("every path of the tree that a page names exists", "[docs]") {
  const std::string page = GENERATE(from_range(all_pages()));
  for (const std::string& path : paths_of(load_page(page))) {
    INFO(page << " names " << path);
    CHECK(fs::exists(kTree / path));
  }
}

TEST_CASE("Python and JavaScript on a page are files that its commands use", "[docs]") {
  const std::string page = GENERATE(from_range(all_pages()));
  for (const std::string& line : lines_of(load_page(page))) {
    INFO(page << " has a block '" << line << "', which no test runs");
    CHECK_FALSE((line == "```python" || line == "```js" || line == "```javascript"));
  }
}

TEST_CASE("no line of a page is longer than 159 characters", "[docs]") {
  const std::string page = GENERATE(from_range(all_pages()));
  std::size_t number = 0;
  for (const std::string& line : lines_of(load_page(page))) {
    ++number;
    INFO(page << ":" << number << " has " << line.size() << " bytes: " << line);
    CHECK(line.size() <= kMaximumLine);
  }
}

TEST_CASE("the pages of the site are all in its navigation", "[docs]") {
  const std::string site = load_page("mkdocs.yml");
  for (const std::string& page : all_pages()) {
    if (!page.starts_with("docs/")) continue;
    INFO(page);
    CHECK(site.find(page.substr(5) + "\n") != std::string::npos);
  }
}

TEST_CASE("links and anchors are read as GitHub reads them", "[docs]") {
  CHECK(anchor_of("## What a scenario needs") == "what-a-scenario-needs");
  CHECK(anchor_of("# Faults, limits and `time`") == "faults-limits-and-time");
  CHECK(links_of("a [b](c.md#d) and `[x](y)`\n```\n[no](no.md)\n```\n![p](q.png)\n") == std::vector<std::string>{"c.md#d", "q.png"});
  CHECK(paths_of("in `mock/a.cpp`, not `contracts/<api>/` or `mock`\n") == std::vector<std::string>{"mock/a.cpp"});
  CHECK(check_link("README.md", "docs/design.md#walls") == "");
  CHECK(check_link("README.md", "docs/design.md#roof") == "no such heading");
  CHECK(check_link("docs/design.md", "../mock/nothing.cpp") == "no such file");
  CHECK(check_link("docs/design.md", "#walls") == "");
}
