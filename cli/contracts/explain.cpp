// `understudy explain ID`: prints the meaning of an operation, a rule, an implicit row or an answer, its source, and the scenarios that
// exercise it.
#include <fmt/format.h>

#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/contracts/operation.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/local_mock.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

// One line; nothing if the value is empty.
void show(std::string_view name, std::string_view value) {
  if (!value.empty()) print("  {:<10}{}\n", name, value);
}

void show_fact(const Fact& fact) {
  show("source", fact.source);
  show("evidence", to_string(fact.evidence));
  show("because", fact.because);
}

void show_names(std::string_view what, const std::set<std::string>& names) {
  print("  {}{}\n", what, names.empty() ? " no scenario" : "");
  for (const std::string& name : names) print("    {}\n", name);
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
  const char* scope = answer.scope == Scope::item ? "item" : answer.scope == Scope::call ? "call" : "exchange";
  print("{}.{}: an answer of scope {}\n", contract.api, answer.name, scope);
  show("at", render_place(answer.place));
  for (const ResponseVariant& variant : answer.variants) {
    print("\n  variant{}\n", variant.when_switch.empty() ? "" : " where " + render_json(Json(variant.when_switch)));
    show("status", render_json(variant.status) + (variant.reason.is_null() ? "" : " " + render_json(variant.reason)));
    if (variant.body) show("body", render_json(*variant.body));
    show_fact(variant.fact);
  }
  print("\n");
  const std::string ending = " -> " + answer.name;
  std::set<std::string> names;
  for (const CoverageItem& item : coverage.items()) {
    if (item.api == contract.api && item.kind == CoverageItem::Kind::answer && item.id.ends_with(ending))
      names.insert(item.seen.begin(), item.seen.end());
  }
  show_names("seen in", names);
}

void explain_row(const Contract& contract, const Operation& operation, const Row& row, const Coverage& coverage) {
  print("{}.{}: a row of {}\n", contract.api, row.id, operation.name);
  show("at", render_place(row.place));
  show("says", fmt::format("{} {} {}", row.written_at(), to_string(row.verb), render_json(row.argument)));
  for (const Condition& condition : row.when) show("when", condition.name + " is " + render_json(condition.is));
  if (!row.refuse.empty()) show("refuses", contract.api + "." + row.refuse);
  show("message", row.message);
  show_fact(row.fact);
  show_scenarios(coverage, contract.api + "." + row.id, true);
}

// An implicit row is a keyword of a schema, such as sellercloud.createProduct#/ProductName/required.
bool explain_implicit(const Contract& contract, const Operation& operation, const std::string& id, const std::string& pointer,
                      const Coverage& coverage) {
  const auto tokens = split_pointer(pointer);
  if (tokens.empty()) return false;
  const std::string& keyword = tokens.back();
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
  print("{}: a row of {}\n", id, operation.name);
  show("at", render_place(contract.schema_place(at)));
  const bool is_required = keyword == "required" && parent != nullptr;
  const std::string value = schema->contains(keyword) ? render_json(schema->at(keyword)) : "not given";
  show("says", is_required ? "the member is required" : keyword + ": " + value);
  if (schema->contains("description")) show("text", schema->at("description").get<std::string>());
  show_fact(contract.find_fact(at).value_or(operation.fact));
  show_scenarios(coverage, is_required ? id : operation.name + "#" + pointer.substr(0, pointer.rfind('/')), is_required);
  return true;
}

int explain(const std::string& folder, const std::string& id) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  if (id.find('#') == std::string::npos) {
    const auto found = contracts->find_operations(id);
    if (found.size() == 1) return show_operation(*contracts->contract_of(*found.front()), *found.front(), folder);
    if (!found.empty()) return report_problem(find_one_operation(*contracts, id).error());
  }
  const auto hash = id.find('#');
  std::vector<std::string> known = contracts->operation_names();
  for (const auto& contract : contracts->apis) {
    for (const auto& [name, answer] : contract->answers) known.push_back(contract->api + "." + name);
    for (const Operation& operation : contract->operations)
      for (const Row& row : operation.rows) known.push_back(contract->api + "." + row.id);
  }
  const auto report_unknown = [&] {
    constexpr const char* kExpected =
        "an operation (api.operation), a row (api.operation.row), an implicit row (api.operation#/Member/keyword) or an answer (api.name)";
    const auto hint = id.find('.') == std::string::npos ? contracts->did_you_mean_operation(id) : did_you_mean(id, known);
    return report_problem(usage_problem("unknown-id", fmt::format("found unknown id '{}', expected {}{}", id, kExpected, hint)));
  };
  // Learning which scenarios exercise an id runs them all.
  if (hash == std::string::npos && !contains(known, id)) return report_unknown();
  const auto collected = collect_coverage(*contracts, parse_scenarios(embedded_files()));
  if (!collected) return report_problem(collected.error());
  const Coverage& coverage = **collected;
  for (const auto& contract : contracts->apis) {
    for (const auto& [name, answer] : contract->answers) {
      if (contract->api + "." + name != id) continue;
      explain_answer(*contract, answer, coverage);
      return kPassed;
    }
    for (const Operation& operation : contract->operations) {
      if (hash != std::string::npos && operation.name == id.substr(0, hash)) {
        if (explain_implicit(*contract, operation, id, id.substr(hash + 1), coverage)) return kPassed;
      }
      for (const Row& row : operation.rows) {
        if (contract->api + "." + row.id != id) continue;
        explain_row(*contract, operation, row, coverage);
        return kPassed;
      }
    }
  }
  return report_unknown();
}

}  // namespace

Command make_explain_command() {
  struct ExplainOptions {
    std::string contracts, id;
  };
  auto options = std::make_shared<ExplainOptions>();
  return {.name = "explain",
          .about = "Explain an operation, a rule, row or answer, and print its source.",
          .options = {{"id", &options->id,
                       "An id such as sellercloud.createPurchaseOrder.units-positive, veeqo.not_authorized or veeqo.createProduct.",
                       required()},
                      contracts_option(options->contracts)},
          .examples =
              "Examples:\n"
              "  understudy explain sellercloud.createPurchaseOrder.units-positive\n"
              "  understudy explain 'veeqo.createProduct#/title/required'\n"
              "  understudy explain createPurchaseOrder\n",
          .exits = {kBadFile},
          .run = [options] { return explain(options->contracts, options->id); }};
}

}  // namespace understudy
