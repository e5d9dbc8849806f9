// docs/<api>.md tells an integrator every operation, answer, switch and setting; these tables are held against the contract.
#include <algorithm>
#include <string>

#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"
#include "tests/support/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/pages.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// The rows of the page's tables whose first cell is this name; a name may stand in several tables.
std::string rows_of(const std::string& page, const std::string& name) {
  const std::string open = "\n| `" + name + "` |";
  std::string rows;
  for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at + 1))
    rows += page.substr(at + 1, page.find('\n', at + 1) - at);
  return rows;
}

// "500 / 400" where the profiles differ, "500" where they agree.
std::string side_by_side(const std::string& documented, const std::string& observed) {
  return documented == observed ? documented : documented + " / " + observed;
}

void check_answer(const std::string& rows, const Contract& contract, const ResponseDefinition& answer) {
  std::string status[2], evidence[2];
  const auto profiles = standard_profiles();
  REQUIRE(profiles.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const Switches switches = resolve_profile(profiles[i], contract);
    const ResponseVariant& variant = pick_variant(answer, switches);
    status[i] = std::to_string(status_of(variant, switches));
    evidence[i] = to_string(variant.fact.evidence);
  }
  const std::string cells = "| " + side_by_side(status[0], status[1]) + " | " + side_by_side(evidence[0], evidence[1]) + " |";
  INFO("the page lacks a row '| `" << answer.name << "` " << cells << " ...'");
  CHECK(rows.find(cells) != std::string::npos);
}

}  // namespace

TEST_CASE("a vendor's page has a row for each operation, answer, switch and setting", "[docs]") {
  for (const auto& contract : bundled_contracts().apis) {
    const std::string page = load_page("docs/" + contract->api + ".md");
    INFO("docs/" << contract->api << ".md");
    for (const Operation& operation : contract->operations) {
      INFO(operation.name);
      CHECK(rows_of(page, operation.id).find("| " + std::string(to_string(operation.fact.evidence)) + " |") != std::string::npos);
    }
    for (const auto& [name, answer] : contract->answers) check_answer(rows_of(page, name), *contract, answer);
    for (const Switch& one : contract->switches) {
      INFO(one.name);
      CHECK(rows_of(page, one.name).find("| " + as_text(one.documented) + " | " + as_text(one.observed) + " |") != std::string::npos);
    }
    for (const Setting& setting : contract->settings) {
      INFO(setting.name);
      CHECK(rows_of(page, setting.name).find("| " + setting.called + " |") != std::string::npos);
    }
  }
}

TEST_CASE("a parameter of a list either has an effect, or is listed as ignored on the vendor's page", "[docs]") {
  for (const auto& contract : bundled_contracts().apis) {
    if (contract->api == "veeqo") continue;  // C++ reads its lists
    const std::string page = load_page("docs/" + contract->api + ".md");
    for (const Operation& operation : contract->operations) {
      for (const std::string& name : operation.ignored) {
        INFO(operation.name << " " << name);
        CHECK(page.find("`" + name + "`", page.find("without effect |")) != std::string::npos);
        CHECK(std::ranges::find(operation.parameters, name, &Parameter::name) != operation.parameters.end());
      }
      if (operation.perform != Perform::list) continue;
      for (const Parameter& parameter : operation.parameters) {
        const std::string& name = parameter.name;
        INFO(operation.name << " " << name);
        const bool pages = operation.paging && (name == operation.paging->number || name == operation.paging->size);
        const bool filters = std::ranges::find(operation.filters, name, &Filter::parameter) != operation.filters.end();
        CHECK((pages || filters || parameter.required || contains(operation.ignored, name)));
      }
    }
  }
}
