// docs/sources.md spells out every short name that contracts give as a source.
#include <set>
#include <string>
#include <vector>

#include "contracts/src/yaml/yaml.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/pages.h"

using namespace understudy;
using namespace understudy::test;

namespace {

struct Cited {
  std::string text;  // one of the parts that `;` separates
  std::string where;
};

void collect(const Json& value, const std::string& where, std::vector<Cited>& cited) {
  if (!value.is_structured()) return;
  for (const auto& [name, member] : value.items()) {
    if (!value.is_object() || (name != "source" && name != "x-source") || !member.is_string()) {
      collect(member, where + "/" + name, cited);
      continue;
    }
    std::string rest = member.get<std::string>() + ";";
    for (auto end = rest.find(';'); end != std::string::npos; end = rest.find(';')) {
      const auto start = rest.find_first_not_of(' ');
      cited.push_back({rest.substr(start, end - start), where});
      rest.erase(0, end + 1);
    }
  }
}

const std::vector<Cited>& all_cited() {
  static const std::vector<Cited> kCited = [] {
    std::vector<Cited> cited;
    for (const auto& [path, text] : bundled_file_set()) {
      if (!path.starts_with("contracts/") || !path.ends_with(".yaml")) continue;
      const auto document = parse_yaml(text, path);
      REQUIRE(document);
      collect(document->root, path, cited);
    }
    return cited;
  }();
  return kCited;
}

// The first cell of each row of the page's tables, without its back ticks.
std::set<std::string> listed_names(const std::string& page) {
  std::set<std::string> names;
  const std::string open = "\n| `";
  for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at + 1)) {
    const auto start = at + open.size();
    names.insert(page.substr(start, page.find('`', start) - start));
  }
  return names;
}

// "swagger OrderBaseModel" and "sc-auth says 60 minutes" cite swagger and sc-auth; empty when no listed name opens the text.
std::string name_in(const std::string& text, const std::set<std::string>& names) {
  for (const std::string& name : names)
    if (text == name || text.starts_with(name + " ") || text.starts_with(name + ":")) return name;
  return {};
}

}  // namespace

TEST_CASE("every source that a contract names stands on the page of sources", "[docs][sources]") {
  const auto names = listed_names(load_page("docs/sources.md"));
  CHECK(all_cited().size() > 300);  // the contracts were really read
  for (const Cited& cited : all_cited()) {
    INFO(cited.where << " cites '" << cited.text << "'");
    CHECK(name_in(cited.text, names) != "");
  }
}

TEST_CASE("the page of sources lists nothing that no contract names", "[docs][sources]") {
  const auto names = listed_names(load_page("docs/sources.md"));
  std::set<std::string> used;
  for (const Cited& cited : all_cited()) {
    used.insert(name_in(cited.text, names));
    for (const std::string& name : names)
      if (cited.text.find(" " + name) != std::string::npos) used.insert(name);  // "aborroto and zimaxx saw a number"
  }
  for (const std::string& name : names) {
    INFO(name);
    CHECK(used.contains(name));
  }
}

TEST_CASE("a cited name is followed by a blank, a colon or nothing", "[docs][sources]") {
  const std::set<std::string> names = {"swagger", "sc-auth"};
  CHECK(name_in("swagger", names) == "swagger");
  CHECK(name_in("swagger OrderBaseModel", names) == "swagger");
  CHECK(name_in("sc-auth:12", names) == "sc-auth");
  CHECK(name_in("sc-authentication", names) == "");
  CHECK(name_in("", names) == "");
}
