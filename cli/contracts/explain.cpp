// `understudy explain ID`: prints the meaning of a rule, an implicit row or an answer, its source, and the scenarios that exercise it.
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/coverage_run.h"
#include "cli/inputs.h"
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

// The scenarios that exercise `id`.
void show_scenarios(const Coverage& coverage, const std::string& id, bool refusable) {
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
  show_scenarios(coverage, contract.api + "." + row.id, true);
}

// An implicit row is a keyword of a schema, such as sellercloud.createProduct#/ProductName/required.
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
            << (is_required ? "the member is required"
                            : keyword + ": " + (schema->contains(keyword) ? render_json(schema->at(keyword)) : "not said"))
            << "\n";
  if (schema->contains("description")) std::cout << "  text      " << schema->at("description").get<std::string>() << "\n";
  show_fact(contract.find_fact(at).value_or(operation.fact));
  show_scenarios(coverage, is_required ? id : operation.name + "#" + pointer.substr(0, pointer.rfind('/')), is_required);
  return true;
}

int explain(const std::string& folder, const std::string& id) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  const auto collected = collect_coverage(*contracts, parse_scenarios(embedded_files()));
  if (!collected) return report_problem(collected.error());
  const Coverage& coverage = **collected;
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
  return report_problem(usage_problem(
      "unknown-id", "found unknown id '" + id +
                        "', expected a row (api.operation.row), an implicit row (api.operation#/Member/keyword) or an answer (api.name)" +
                        did_you_mean(id, known)));
}

}  // namespace

Command make_explain_command() {
  struct ExplainOptions {
    std::string contracts, id;
  };
  auto options = std::make_shared<ExplainOptions>();
  return {
      .name = "explain",
      .about = "Explain a rule, row or answer, and print its source.",
      .options = {{"id", &options->id, "An id such as sellercloud.createPurchaseOrder.units-positive or veeqo.not_authorized.", required()},
                  contracts_option(options->contracts)},
      .examples =
          "Examples:\n"
          "  understudy explain sellercloud.createPurchaseOrder.units-positive\n"
          "  understudy explain 'veeqo.createProduct#/title/required'\n",
      .run = [options] { return explain(options->contracts, options->id); }};
}

}  // namespace understudy
