// `understudy contracts`: lists APIs and operations, shows one operation, exports an API, and compares profiles.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/contracts/export.h"
#include "cli/contracts/operation.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

int list_contracts(const std::string& folder) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  std::size_t width = 0;
  for (const std::string& name : contracts->operation_names()) width = std::max(width, name.size());
  for (const auto& contract : contracts->apis) {
    print("{}: {}, base {}, {} operations, {} answers\n", contract->api, contract->title, contract->base, contract->operations.size(),
          contract->answers.size());
    for (const Operation& operation : contract->operations) {
      print("  {:<{}}  {:<6} {}{}  [{}]\n", operation.name, width, operation.method, operation.path,
            operation.call.empty() ? "" : " " + operation.call, to_string(operation.fact.evidence));
    }
  }
  return kPassed;
}

int export_api(const std::string& folder, const std::string& api, const std::string& to) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  if (const auto known = check_api_name(api, *contracts); !known) return report_problem(known.error());
  const Contract& contract = *contracts->find_api(api);
  const auto files = files_of(contract, folder);
  if (!files) return report_problem(files.error());
  const auto text = render_json_pretty(export_openapi(contract, documented_examples(contract, *files))) + "\n";
  if (to == "-") {
    std::cout << text;
    return kPassed;
  }
  auto file = open_report(to);
  if (!file) return report_problem(file.error());
  *file << text;
  const auto closed = close_report(*file, to);
  return closed ? kPassed : report_problem(closed.error());
}

int show_operation_named(const std::string& folder, const std::string& name) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  const auto operation = find_one_operation(*contracts, name);
  if (!operation) return report_problem(operation.error());
  return show_operation(*contracts->contract_of(**operation), **operation, folder);
}

// "500 Internal Server Error, BookError"
std::string summarize(const ResponseVariant& variant, const Switches& switches) {
  const std::string reason = reason_of(variant, switches);
  std::string text = std::to_string(status_of(variant, switches)) + (reason.empty() ? "" : " " + reason);
  const auto slash = variant.schema.rfind('/');
  if (variant.schema.starts_with("/components/schemas/"))
    text += ", " + variant.schema.substr(slash + 1);
  else if (variant.body)
    text += ", body " + render_json(*variant.body);
  else if (!variant.text)
    text += ", empty body";
  return text;
}

std::string escape_cell(std::string text) {
  for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) text.insert(at, "\\");
  return text;
}

// The differences of two profiles as Markdown: switches with their meaning, then answers with a row for each profile.
void render_diff(const Contract& contract, const Profile& left, const Profile& right) {
  const Switches a = resolve_profile(left, contract);
  const Switches b = resolve_profile(right, contract);
  std::string switches, meanings, answers;
  for (const Switch& one : contract.switches) {
    if (json_equal(a.at(one.name), b.at(one.name))) continue;
    switches += fmt::format("| `{}` | `{}` | `{}` | {} |\n", one.name, escape_cell(render_json(a.at(one.name))),
                            escape_cell(render_json(b.at(one.name))), to_string(one.fact.evidence));
    meanings += fmt::format("- `{}`: {}\n  Source: {}\n", one.name, one.about, one.fact.source);
  }
  for (const auto& [name, answer] : contract.answers) {
    const ResponseVariant& from = pick_variant(answer, a);
    const ResponseVariant& to = pick_variant(answer, b);
    const std::string before = summarize(from, a);
    const std::string after = summarize(to, b);
    if (before == after) continue;
    const auto row = [&](const Profile& profile, const std::string& words, const Fact& fact) {
      answers += fmt::format("| `{}` | {} | {} | {} | {} |\n", name, profile.base, escape_cell(words), escape_cell(fact.source),
                             to_string(fact.evidence));
    };
    row(left, before, from.fact);
    row(right, after, to.fact);
  }
  print("\n## {}\n", contract.title);
  if (!switches.empty()) print("\n| switch | {} | {} | evidence |\n|---|---|---|---|\n{}\n{}", left.base, right.base, switches, meanings);
  if (!answers.empty()) print("\n| answer | profile | response | source | evidence |\n|---|---|---|---|---|\n{}", answers);
  if (switches.empty() && answers.empty()) print("\nNo difference.\n");
}

int diff_profiles(const std::string& folder, const std::string& left, const std::string& right) {
  const auto contracts = load_contracts(folder);
  if (!contracts) return report_problem(contracts.error());
  std::vector<Profile> profiles;
  for (const std::string& name : {left, right}) {
    auto profile = parse_profile(Json(name), *contracts);
    if (!profile) {
      profile.error().failure = Failure::usage;
      return report_problem(profile.error());
    }
    profiles.push_back(std::move(*profile));
  }
  print(
      "# Where profiles `{0}` and `{1}` differ\n\nWritten by `understudy contracts diff {0} {1}`; a test compares this page with its "
      "output.\n",
      left, right);
  for (const auto& contract : contracts->apis) render_diff(*contract, profiles[0], profiles[1]);
  return kPassed;
}

}  // namespace

Command make_contracts_command() {
  struct ContractsOptions {
    std::string contracts, operation, api, to = "-", left = "documented", right = "observed";
  };
  auto options = std::make_shared<ContractsOptions>();
  return {.name = "contracts",
          .about = "List the known APIs, show one operation, export an API as OpenAPI, or compare two profiles.",
          .options = {contracts_option(options->contracts)},
          .subcommands = {
              {.name = "list",
               .about = "List every API with its operations.",
               .examples = "Examples:\n  understudy contracts list\n  understudy contracts list --contracts my/contracts\n",
               .exits = {kBadFile},
               .run = [options] { return list_contracts(options->contracts); }},
              {.name = "show",
               .about = "Show all of one operation: its request, rules, answers with their evidence, and examples.",
               .options = {{"operation", &options->operation,
                            "The name of an operation, such as sellercloud.createOrder, or createOrder where that is unique.", required()}},
               .examples = "Examples:\n  understudy contracts show sellercloud.createOrder\n",
               .exits = {kBadFile},
               .run = [options] { return show_operation_named(options->contracts, options->operation); }},
              {.name = "export",
               .about = "Write an API as one OpenAPI 3.1 document in JSON, with its named answers as examples, for other tools.",
               .options = {{"api", &options->api, "The name of an API, such as veeqo.", required()},
                           {"--to FILE", &options->to, "Write to this file; - is standard output.", not_empty()}},
               .examples = "Examples:\n  understudy contracts export veeqo --to veeqo.json\n",
               .exits = {kBadFile},
               .run = [options] { return export_api(options->contracts, options->api, options->to); }},
              {.name = "diff",
               .about = "Print the differences of two profiles as Markdown, with their sources.",
               .options = {{"left", &options->left, "A profile."}, {"right", &options->right, "Another profile."}},
               .examples = "Examples:\n  understudy contracts diff documented observed > profiles.md\n",
               .exits = {kBadFile},
               .run = [options] { return diff_profiles(options->contracts, options->left, options->right); }}}};
}

}  // namespace understudy
