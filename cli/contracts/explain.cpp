// `understudy explain ID`: what a rule, an implicit row or an answer says, and where that comes from.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/exercise.h"
#include "cli/sources.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

void show_fact(const Fact& fact) {
  std::cout << "  source    " << fact.source << "\n  evidence  " << to_string(fact.evidence) << "\n";
  if (!fact.because.empty()) std::cout << "  because   " << fact.because << "\n";
}

void show_place(const Place& place) {
  if (!place.file.empty()) std::cout << "  at        " << render_place(place) << "\n";
}

void show_names(const std::string& what, const std::set<std::string>& names) {
  std::cout << "  " << what << (names.empty() ? " no scenario\n" : "\n");
  for (const std::string& name : names) std::cout << "    " << name << "\n";
}

// Which scenarios exercise it, found by running them.
void show_exercise(const Coverage& coverage, const std::string& id, bool refusable) {
  for (const CoverageItem& item : coverage.items()) {
    if (item.id != id) continue;
    if (refusable) show_names("refused in", item.refused);
    show_names(refusable ? "held in" : "seen in", item.seen);
  }
}

void explain_answer(const Contract& contract, const ResponseDefinition& answer, const Coverage& coverage) {
  std::cout << contract.api << "." << answer.name << ": an answer of scope "
            << (answer.scope == Scope::item   ? "item"
                : answer.scope == Scope::call ? "call"
                                              : "exchange")
            << "\n";
  show_place(answer.place);
  for (const ResponseVariant& variant : answer.variants) {
    std::cout << "\n  variant" << (variant.when_switch.empty() ? "" : " where " + render_json(Json(variant.when_switch))) << "\n";
    std::cout << "  status    " << render_json(variant.status) << (variant.reason.is_null() ? "" : " " + render_json(variant.reason))
              << "\n";
    if (variant.body) std::cout << "  body      " << render_json(*variant.body) << "\n";
    show_fact(variant.fact);
  }
  std::cout << "\n";
  const std::string ending = " -> " + answer.name;
  std::set<std::string> names;
  for (const CoverageItem& item : coverage.items()) {
    if (item.api == contract.api && item.kind == CoverageItem::Kind::answer && item.id.ends_with(ending))
      names.insert(item.seen.begin(), item.seen.end());
  }
  show_names("seen in", names);
}

void explain_row(const Contract& contract, const Operation& operation, const Row& row, const Coverage& coverage) {
  std::cout << contract.api << "." << row.id << ": a row of " << operation.name << "\n";
  show_place(row.place);
  std::cout << "  says      " << row.at << " " << to_string(row.verb) << " " << render_json(row.argument) << "\n";
  for (const Condition& condition : row.when) std::cout << "  when      " << condition.name << " is " << render_json(condition.is) << "\n";
  if (!row.refuse.empty()) std::cout << "  refuses   " << contract.api << "." << row.refuse << "\n";
  if (!row.message.empty()) std::cout << "  message   " << row.message << "\n";
  show_fact(row.fact);
  show_exercise(coverage, contract.api + "." + row.id, true);
}

// sellercloud.createProduct#/ProductName/required: the keyword of a schema.
bool explain_implicit(const Contract& contract, const Operation& operation, const std::string& id, const std::string& pointer,
                      const Coverage& coverage) {
  const auto tokens = split_pointer(pointer);
  if (tokens.empty()) return false;
  const std::string& keyword = tokens.back();
  std::string member;
  const Json* schema = find_pointer(contract.document, operation.body_schema);
  std::string at = operation.body_schema;
  const auto follow = [&] {
    for (auto target = schema ? local_ref(*schema) : std::nullopt; target; target = schema ? local_ref(*schema) : std::nullopt) {
      at = *target;
      schema = find_pointer(contract.document, at);
    }
  };
  const Json* parent = nullptr;
  follow();
  for (std::size_t i = 0; i + 1 < tokens.size() && schema != nullptr; ++i) {
    parent = schema;
    at = tokens[i] == "*" ? at + "/items" : join_pointer(at + "/properties", tokens[i]);
    schema = find_pointer(contract.document, at);
    follow();
  }
  if (schema == nullptr) return false;
  std::cout << id << ": a row of " << operation.name << "\n";
  show_place(contract.schema_place(at));
  const bool is_required = keyword == "required" && parent != nullptr;
  std::cout << "  says      "
            << (is_required ? "the member must be there"
                            : keyword + ": " + (schema->contains(keyword) ? render_json(schema->at(keyword)) : "not said"))
            << "\n";
  if (schema->contains("description")) std::cout << "  text      " << schema->at("description").get<std::string>() << "\n";
  show_fact(contract.find_fact(at).value_or(operation.fact));
  show_exercise(coverage, is_required ? id : operation.name + "#" + pointer.substr(0, pointer.rfind('/')), is_required);
  return true;
}

int explain(const std::string& folder, const std::string& id) {
  const auto contracts = load_contracts(folder);
  if (!contracts) {
    std::cerr << render_problem(contracts.error()) << "\n";
    return exit_of(contracts.error());
  }
  const auto exercised = exercise(*contracts, parse_scenarios(bundled_file_set_of_binary()));
  if (!exercised) {
    std::cerr << render_problem(exercised.error()) << "\n";
    return exit_of(exercised.error());
  }
  const Coverage& coverage = **exercised;
  const auto hash = id.find('#');
  std::vector<std::string> known;
  for (const auto& contract : contracts->apis) {
    for (const auto& [name, answer] : contract->answers) {
      known.push_back(contract->api + "." + name);
      if (known.back() != id) continue;
      explain_answer(*contract, answer, coverage);
      return kPassed;
    }
    for (const Operation& operation : contract->operations) {
      if (hash != std::string::npos && operation.name == id.substr(0, hash)) {
        if (explain_implicit(*contract, operation, id, id.substr(hash + 1), coverage)) return kPassed;
      }
      for (const Row& row : operation.rows) {
        known.push_back(contract->api + "." + row.id);
        if (known.back() != id) continue;
        explain_row(*contract, operation, row, coverage);
        return kPassed;
      }
    }
  }
  std::cerr << "error: found unknown id '" << id
            << "', expected a row (api.operation.row), an implicit row (api.operation#/Member/keyword) or an answer (api.name)"
            << did_you_mean(id, known) << " [unknown-id]\n";
  return kUsage;
}

}  // namespace

Command add_explain(CLI::App& parent) {
  struct Options {
    std::string contracts, id;
  };
  auto options = std::make_shared<Options>();
  CLI::App* app = parent.add_subcommand("explain", "Say what a rule, row or answer means and where it comes from");
  app->add_option("id", options->id, "As in sellercloud.createPurchaseOrder.units-positive or veeqo.not_authorized")->required();
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->footer(
      "Examples:\n  understudy explain sellercloud.createPurchaseOrder.units-positive\n  understudy explain "
      "'veeqo.createProduct#/title/required'\n");
  return {app, [options] { return explain(options->contracts, options->id); }};
}

}  // namespace understudy
