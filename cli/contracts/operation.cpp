#include "cli/contracts/operation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "cli/contracts/contract_words.h"
#include "cli/inputs.h"
#include "cli/terminal.h"
#include "contracts/src/base/terminal.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "contracts/src/model/members.h"
#include "contracts/src/model/profile.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

// The operation's mapping in openapi.yaml; null: it is a call of a batch.
const Json* find_description(const Contract& contract, const Operation& operation) {
  const auto paths = contract.document->value("paths", Json::object());
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, one] : methods.items()) {
      if (one.is_object() && one.value("operationId", "") == operation.id)
        return find_pointer(contract.document, join_pointer(join_pointer("/paths", path), method));
    }
  }
  return nullptr;
}

class OperationPage {
 public:
  OperationPage(const Contract& contract, const Operation& operation, const FileSet& files, std::size_t columns)
      : contract_(contract), operation_(operation), files_(files), columns_(columns) {
    for (const Profile& profile : standard_profiles()) profiles_.emplace_back(profile.base, resolve_profile(profile, contract));
  }

  std::string render() {
    add_head();
    add_parameters();
    add_body();
    add_rows();
    if (!operation_.changes.empty()) heading("changes, in their order");
    add_changes(operation_.changes, 2);
    add_refusals();
    add_answers();
    add_switches();
    add_examples();
    return std::move(text_);
  }

 private:
  struct ProfileSwitches {
    ProfileSwitches(std::string profile, Switches resolved) : name(std::move(profile)), switches(std::move(resolved)) {}
    std::string name;
    Switches switches;
  };

  void line(std::size_t indent, const std::string& text) {
    text_ += wrap_line(std::string(indent, ' ') + escape_for_terminal(text), columns_);
  }
  void heading(const std::string& text) { text_ += "\n" + text + "\n"; }
  void about(std::size_t indent, const std::string& text) {
    if (!text.empty()) line(indent, text);
  }

  void add_head() {
    line(0, operation_.name);
    line(2, fmt::format("{} {}{}{}", operation_.method, contract_.base, operation_.path,
                        operation_.call.empty() ? "" : ", call " + operation_.call));
    if (const Json* description = find_description(contract_, operation_)) about(2, description->value("summary", ""));
    line(2, "source " + render_fact(operation_.fact));
    about(2, operation_.fact.because.empty() ? "" : "because: " + operation_.fact.because);
    line(2, operation_.secured ? "needs credentials" : "needs no credentials");
    if (!operation_.items.empty()) line(2, fmt::format("performed for each element of {}", operation_.items));
    if (operation_.idempotent_redelivery) line(2, "a repeated delivery must not do the work again");
  }

  void add_parameters() {
    if (!operation_.parameters.empty()) heading("parameters");
    for (const Parameter& parameter : operation_.parameters) {
      const char* in = parameter.in == Parameter::In::path ? "path" : parameter.in == Parameter::In::query ? "query" : "header";
      auto rows = parameter.schema.empty() ? std::vector<Member>() : list_members(contract_.document, parameter.schema);
      Member row = rows.empty() ? Member{.type = "string"} : rows.front();
      row.pointer = parameter.name;
      row.required = parameter.required;
      for (const auto& element : rows) {
        if (element.pointer == "/*") row.type = fmt::format("array of {}", element.type);
      }
      const auto fact = contract_.find_fact(parameter.schema).value_or(operation_.fact);
      line(2, fmt::format("{} {}  {}", in, render_member(row), render_fact(fact)));
      const auto description = parameter.schema.substr(0, parameter.schema.rfind('/')) + "/description";
      if (const Json* words = find_pointer(contract_.document, description); words != nullptr && words->is_string())
        about(6, as_text(*words));
    }
  }

  void add_body() {
    if (operation_.body_schema.empty()) return;
    heading(fmt::format("body{}{}",
                        operation_.call.empty() ? (operation_.body_required ? ", required" : ", optional") : ": the call's arguments",
                        operation_.media_types.empty() ? "" : fmt::format("; {}", fmt::join(operation_.media_types, ", "))));
    for (const Member& member : list_members(contract_.document, operation_.body_schema)) {
      auto fact = contract_.find_fact(member.schema).value_or(operation_.fact);
      line(2, fmt::format("{}  {}", render_member(member), render_fact(fact)));
      about(6, member.about);
    }
  }

  // "rule_broken (500)", with both statuses where the profiles differ.
  std::string render_answer_name(const std::string& name) const {
    const ResponseDefinition* answer = contract_.find_response(name);
    if (answer == nullptr) return name;
    std::vector<std::string> statuses;
    for (const auto& [profile, switches] : profiles_) {
      auto status = std::to_string(status_of(pick_variant(*answer, switches), switches));
      if (!statuses.empty() && statuses.front() != status) status += " in profile " + profile;
      if (!contains(statuses, status)) statuses.push_back(std::move(status));
    }
    return fmt::format("{} ({})", name, fmt::join(statuses, ", "));
  }

  void add_rows() {
    if (!operation_.rows.empty()) heading("rules, in the order of the checks");
    for (const Row& row : operation_.rows) {
      std::vector<std::string> conditions;
      for (const Condition& condition : row.when) conditions.push_back(render_condition(condition));
      line(2, fmt::format("{}.{}", contract_.api, row.id));
      const bool refuses = row.verb != Verb::ignored && row.verb != Verb::becomes && !row.refuse.empty();
      line(6, fmt::format("{}{}{}  {}", render_demand(row),
                          conditions.empty() ? "" : fmt::format(", where {}", fmt::join(conditions, " and ")),
                          refuses ? "; else " + render_answer_name(row.refuse) : "", render_fact(row.fact)));
      about(6, row.message.empty() ? "" : fmt::format("message: {}", row.message));
      about(6, row.fact.because.empty() ? "" : fmt::format("because: {}", row.fact.because));
    }
  }

  void add_changes(const std::vector<RecordChange>& changes, std::size_t indent) {
    for (const RecordChange& change : changes) {
      line(indent, render_change(change));
      if (!change.missing.empty() && change.missing != RecordChange::kCreate)
        line(indent + 4, "without it " + render_answer_name(change.missing));
      if (!change.refuse.empty()) line(indent + 4, "refused with " + render_answer_name(change.refuse));
      add_changes(change.then, indent + 2);
    }
  }

  void add_refusals() {
    static constexpr std::pair<std::string_view, std::string_view> kWords[] = {{"path", "an unknown path"},
                                                                               {"method", "a method that the path does not have"},
                                                                               {"credentials", "no credentials"},
                                                                               {"throttle", "too many calls"},
                                                                               {"media_type", "a wrong media type"},
                                                                               {"undecodable", "a body that cannot be read"},
                                                                               {"shape", "a value of a wrong form"},
                                                                               {"rows", "a broken rule"},
                                                                               {"record", "a record that does not exist"},
                                                                               {"unhandled", "a failure"},
                                                                               {"bad_credentials", "wrong credentials"}};
    std::string list;
    for (const auto& [stage, member] : kRefusalStages) {
      const auto& name = (operation_.refusals.*member).empty() ? contract_.refusals.*member : operation_.refusals.*member;
      if (name.empty() || !contains(operation_.answers, name)) continue;
      const auto words = std::ranges::find(kWords, stage, &std::pair<std::string_view, std::string_view>::first);
      if (list.empty()) heading("refusals");
      list = name;
      line(2, fmt::format("{}: {}", words->second, render_answer_name(name)));
    }
  }

  void add_answers() {
    heading("answers");
    if (operation_.answers_nothing) line(2, "none");
    for (const std::string& name : operation_.answers) {
      const ResponseDefinition* answer = contract_.find_response(name);
      if (answer == nullptr) continue;
      line(2, fmt::format("{}.{}{}{}", contract_.api, name, name == operation_.success ? ", the success" : "",
                          answer->scope == Scope::item   ? ", for each item"
                          : answer->scope == Scope::call ? ", of the call"
                                                         : ""));
      const ResponseVariant* last = nullptr;
      std::string last_status;
      for (const auto& [profile, switches] : profiles_) {
        const auto& variant = pick_variant(*answer, switches);
        const auto status = render_status(variant, switches);
        const bool is_new = &variant != last || status != last_status;
        if (last != nullptr && is_new) line(4, fmt::format("in profile {}:", profile));
        if (is_new) add_variant(variant, switches, last == nullptr ? 4 : 6);
        last = &variant;
        last_status = status;
      }
    }
  }

  static std::string render_status(const ResponseVariant& variant, const Switches& switches) {
    const auto reason = reason_of(variant, switches);
    return std::to_string(status_of(variant, switches)) + (reason.empty() ? "" : " " + reason);
  }

  void add_variant(const ResponseVariant& variant, const Switches& switches, std::size_t indent) {
    Fact fact = variant.fact_of("status");
    fact.evidence = evidence_of_status(operation_, variant, switches);
    line(indent, fmt::format("status {}  {}", status_of(variant, switches), render_fact(fact)));
    if (!reason_of(variant, switches).empty())
      line(indent, fmt::format("reason {}  {}", reason_of(variant, switches), fact_text(variant, "reason")));
    about(indent, variant.fact.because.empty() ? "" : fmt::format("because: {}", variant.fact.because));
    for (const auto& [name, value] : variant.headers.items())
      line(indent, fmt::format("header {}: {}  {}", name, as_text(value), fact_text(variant, "header " + to_lower(name))));
    const bool has_body = variant.body || variant.text;
    if (has_body && !variant.content_type.empty())
      line(indent, fmt::format("media type {}  {}", variant.content_type, fact_text(variant, "media_type")));
    if (variant.text) line(indent, fmt::format("text: {}  {}", *variant.text, fact_text(variant, "body")));
    if (!has_body) line(indent, fmt::format("no body  {}", fact_text(variant, "body")));
    if (variant.schema.empty()) return;
    if (variant.body && !variant.body->is_structured())
      line(indent, fmt::format("value {}  {}", as_text(*variant.body), fact_text(variant, "values")));
    const auto members = list_members(contract_.document, variant.schema);
    for (const Member& member : members) add_answer_member(variant, member, indent);
  }

  // The schema's own evidence counts where it is weaker.
  void add_answer_member(const ResponseVariant& variant, const Member& member, std::size_t indent) {
    Fact fact = variant.fact_of(member.pointer.empty() ? "body" : member.pointer);
    if (const auto own = contract_.find_fact(member.schema); own && own->evidence > fact.evidence) fact = *own;
    fact.evidence = weaker_of(fact.evidence, operation_.fact.evidence);
    line(indent, fmt::format("{}  {}", render_member(member), render_fact(fact)));
  }

  std::string fact_text(const ResponseVariant& variant, const std::string& aspect) const {
    Fact fact = variant.fact_of(aspect);
    fact.evidence = weaker_of(fact.evidence, operation_.fact.evidence);
    return render_fact(fact);
  }

  bool uses(const Switch& one) const {
    const auto is_it = [&](const Json& value) { return value.is_object() && value.value("switch", "") == one.name; };
    const auto in_row = [&](const Row& row) {
      return std::ranges::any_of(row.when, [&](const Condition& condition) {
        return condition.kind == Condition::Kind::switch_value && condition.name == one.name;
      });
    };
    const auto in_variant = [&](const ResponseVariant& variant) {
      return variant.when_switch.contains(one.name) || is_it(variant.status) || is_it(variant.reason);
    };
    const auto in_answer = [&](const std::string& name) {
      const auto* answer = contract_.find_response(name);
      return answer != nullptr && std::ranges::any_of(answer->variants, in_variant);
    };
    return std::ranges::any_of(operation_.rows, in_row) || std::ranges::any_of(operation_.answers, in_answer);
  }

  void add_switches() {
    bool is_first = true;
    for (const Switch& one : contract_.switches) {
      if (!uses(one)) continue;
      if (std::exchange(is_first, false)) heading("switches, with their values in profiles documented and observed");
      const auto others = one.others.empty() ? std::string() : fmt::format(", others {}", render_json(Json(one.others)));
      line(2, fmt::format("{}: {}, {}{}  {}", one.name, render_json(one.documented), render_json(one.observed), others,
                          render_fact(one.fact)));
      about(6, one.about);
    }
  }

  void add_examples() {
    bool is_first = true;
    for (const auto& example : documented_examples(contract_, files_)) {
      const bool is_request = example.request == operation_.id;
      if (!is_request && !contains(operation_.answers, example.answer)) continue;
      if (std::exchange(is_first, false)) heading("examples");
      line(2, fmt::format("{}  [{}]", is_request ? "a request" : "answer " + example.answer, example.source));
      about(2, example.because.empty() ? "" : "because: " + example.because);
      const auto json = parse_json(example.text);
      const auto shown = json ? render_json_pretty(*json) : example.text;
      for (const auto row : split(trim(shown), '\n')) text_ += "    " + escape_for_terminal(row) + "\n";
    }
  }

  const Contract& contract_;
  const Operation& operation_;
  const FileSet& files_;
  std::size_t columns_;
  std::vector<ProfileSwitches> profiles_;
  std::string text_;
};

}  // namespace

Result<const Operation*> find_one_operation(const Contracts& contracts, const std::string& name) {
  const auto found = contracts.find_operations(name);
  if (found.size() == 1) return found.front();
  if (found.empty())
    return tl::unexpected(
        usage_problem("unknown-operation", "found unknown operation '" + name + "'" + contracts.did_you_mean_operation(name)));
  std::vector<std::string> names;
  for (const auto* operation : found) names.push_back(operation->name);
  return tl::unexpected(usage_problem("ambiguous-operation", fmt::format("found operation '{}' in {} APIs, expected one of {}", name,
                                                                         names.size(), fmt::join(names, ", "))));
}

std::string render_operation(const Contract& contract, const Operation& operation, const FileSet& files, std::size_t columns) {
  return OperationPage(contract, operation, files, columns).render();
}

int show_operation(const Contract& contract, const Operation& operation, const std::string& folder) {
  constexpr std::size_t kMostColumns = 100;
  const auto files = files_of(contract, folder);
  if (!files) return report_problem(files.error());
  const auto columns = columns_of(STDOUT_FILENO);
  std::cout << render_operation(contract, operation, *files, columns == 0 ? kMostColumns : std::min(columns, kMostColumns));
  return kPassed;
}

}  // namespace understudy
