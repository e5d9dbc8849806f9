// `understudy contracts`: what is stood in for, as read from the data.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

int list_contracts(const std::string& folder) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return complain(contracts.error());
  std::size_t width = 0;
  for (const std::string& name : contracts->operation_names()) width = std::max(width, name.size());
  for (const auto& contract : contracts->apis) {
    std::cout << contract->api << ": " << contract->title << ", base " << contract->base << ", " << contract->operations.size()
              << " operations, " << contract->answers.size() << " answers\n";
    for (const Operation& operation : contract->operations) {
      std::cout << "  " << padded(operation.name, width) << "  " << padded(operation.method, 6) << " " << operation.path
                << (operation.call.empty() ? "" : " " + operation.call) << "  [" << to_string(operation.fact.evidence) << "]\n";
    }
  }
  return kPassed;
}

void show_condition(const Condition& condition) {
  const char* kind = condition.kind == Condition::Kind::setting        ? "setting "
                     : condition.kind == Condition::Kind::switch_value ? "switch "
                     : condition.kind == Condition::Kind::present      ? "present "
                                                                       : "";
  std::cout << " when " << kind << condition.name << " is " << render_json(condition.is);
}

void show_operation(const Contract& contract, const Operation& operation) {
  std::cout << operation.name << "\n  " << operation.method << " " << contract.base << operation.path
            << (operation.call.empty() ? "" : "  call " + operation.call) << "\n  source " << operation.fact.source << " ["
            << to_string(operation.fact.evidence) << "]\n";
  if (!operation.body_schema.empty()) {
    std::cout << "\nbody\n" << render_json_pretty(*find_pointer(contract.document, operation.body_schema)) << "\n";
  }
  if (!operation.rows.empty()) std::cout << "\nrows, in order of judgement\n";
  for (const Row& row : operation.rows) {
    std::cout << "  " << contract.api << "." << row.id << ": " << row.at << " " << to_string(row.verb) << " " << render_json(row.argument);
    for (const Condition& condition : row.when) show_condition(condition);
    std::cout << " -> " << row.refuse << "  (" << row.fact.source << ") [" << to_string(row.fact.evidence) << "]\n";
  }
  std::cout << "\nanswers\n";
  for (const std::string& name : operation.answers) {
    const ResponseDefinition* answer = contract.find_response(name);
    if (answer == nullptr) continue;
    std::cout << "  " << contract.api << "." << name;
    for (const Profile& profile : standard_profiles()) {
      const Switches switches = resolve_profile(profile, contract);
      const ResponseVariant& variant = pick_variant(*answer, switches);
      const std::string reason = reason_of(variant, switches);
      std::cout << "  " << profile.base << " " << status_of(variant, switches) << (reason.empty() ? "" : " " + reason);
    }
    std::cout << "\n";
  }
}

int show_operation_named(const std::string& folder, const std::string& name) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return complain(contracts.error());
  const Operation* operation = contracts->find_operation(name);
  if (operation == nullptr) {
    std::cerr << "error: found unknown operation '" << name << "'" << did_you_mean(name, contracts->operation_names())
              << " [unknown-operation]\n";
    return kUsage;
  }
  show_operation(*contracts->contract_of(*operation), *operation);
  return kPassed;
}

// What one profile answers, in few words: 500 Internal Server Error, schema BookError.
std::string variant_words(const ResponseVariant& variant, const Switches& switches) {
  const std::string reason = reason_of(variant, switches);
  std::string words = std::to_string(status_of(variant, switches)) + (reason.empty() ? "" : " " + reason);
  const auto slash = variant.schema.rfind('/');
  if (variant.schema.starts_with("/components/schemas/"))
    words += ", " + variant.schema.substr(slash + 1);
  else if (variant.body)
    words += ", body " + render_json(*variant.body);
  else if (!variant.text)
    words += ", empty body";
  return words;
}

std::string cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

// The differences of two profiles as Markdown tables: switches, then answers.
void render_diff(const Contract& contract, const Profile& left, const Profile& right) {
  const Switches a = resolve_profile(left, contract);
  const Switches b = resolve_profile(right, contract);
  std::cout << "\n## " << contract.title << "\n\n";
  bool any = false;
  for (const Switch& one : contract.switches) {
    if (json_equal(a.at(one.name), b.at(one.name))) continue;
    if (!any)
      std::cout << "| switch | " << left.base << " | " << right.base << " | about | source | evidence |\n|---|---|---|---|---|---|\n";
    any = true;
    std::cout << "| `" << one.name << "` | `" << cell(render_json(a.at(one.name))) << "` | `" << cell(render_json(b.at(one.name))) << "` | "
              << cell(one.about) << " | " << cell(one.fact.source) << " | " << to_string(one.fact.evidence) << " |\n";
  }
  bool answers = false;
  for (const auto& [name, answer] : contract.answers) {
    const ResponseVariant& from = pick_variant(answer, a);
    const ResponseVariant& to = pick_variant(answer, b);
    const std::string before = variant_words(from, a);
    const std::string after = variant_words(to, b);
    if (before == after) continue;
    if (!answers)
      std::cout << (any ? "\n" : "") << "| answer | " << left.base << " | source | " << right.base
                << " | source |\n|---|---|---|---|---|\n";
    answers = any = true;
    std::cout << "| `" << name << "` | " << cell(before) << " | " << cell(from.fact.source) << " [" << to_string(from.fact.evidence)
              << "] | " << cell(after) << " | " << cell(to.fact.source) << " [" << to_string(to.fact.evidence) << "] |\n";
  }
  if (!any) std::cout << "No difference.\n";
}

int diff_profiles(const std::string& folder, const std::string& left, const std::string& right) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return complain(contracts.error());
  std::vector<Profile> profiles;
  for (const std::string& name : {left, right}) {
    auto profile = parse_profile(Json(name), *contracts);
    if (!profile) {
      profile.error().failure = Failure::usage;
      return complain(profile.error());
    }
    profiles.push_back(std::move(*profile));
  }
  std::cout << "# Where profiles `" << left << "` and `" << right << "` differ\n\nMade by `understudy contracts diff " << left << " "
            << right << "`; a test keeps this page current.\n";
  for (const auto& contract : contracts->apis) render_diff(*contract, profiles[0], profiles[1]);
  return kPassed;
}

}  // namespace

Command add_contracts(CLI::App& parent) {
  struct Options {
    std::string contracts, operation;
    std::string left = "documented", right = "observed";
    CLI::App* show = nullptr;
    CLI::App* diff = nullptr;
  };
  auto options = std::make_shared<Options>();
  CLI::App* app = parent.add_subcommand("contracts", "List the APIs stood in for, or show one operation");
  app->require_subcommand(1);
  app->add_option("--contracts", options->contracts, "Folder with contracts that add to or replace the bundled ones");
  app->add_subcommand("list", "Every API and its operations")->fallthrough();  // takes --contracts behind it too
  options->show = app->add_subcommand("show", "One operation: its body, rows and answers")->fallthrough();
  options->show->add_option("operation", options->operation, "As in sellercloud.createOrder")->required();
  options->diff = app->add_subcommand("diff", "Where two profiles differ, as Markdown, with sources");
  options->diff->add_option("left", options->left, "A profile")->capture_default_str();
  options->diff->add_option("right", options->right, "A profile")->capture_default_str();
  return {app, [options] {
            if (*options->diff) return diff_profiles(options->contracts, options->left, options->right);
            return *options->show ? show_operation_named(options->contracts, options->operation) : list_contracts(options->contracts);
          }};
}

}  // namespace understudy
