#include "conformance/run/arrange.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/src/model/needs.h"

namespace understudy {
namespace {

// Whether `whole` has every member of `part` with its value.
bool is_part_of(const Json& part, const Json& whole) {
  if (part.is_object() && whole.is_object()) {
    for (const auto& [name, value] : part.items()) {
      const auto found = whole.find(name);
      if (found == whole.end() || !is_part_of(value, *found)) return false;
    }
    return true;
  }
  if (part.is_array() && whole.is_array()) return std::equal(part.begin(), part.end(), whole.begin(), whole.end(), is_part_of);
  return json_equal(part, whole);
}

// The schemas that apply to a value of this schema: the schema itself, references followed, and its allOf, anyOf and oneOf.
std::vector<const Json*> applicable_schemas(const Json& document, const Json& schema) {
  std::vector<const Json*> all = {&schema};
  for (std::size_t i = 0; i < all.size() && all.size() < 200; ++i) {
    if (const auto target = local_ref(*all[i])) {
      if (const Json* schema_there = find_pointer(document, *target)) all.push_back(schema_there);
    }
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const auto found = all[i]->find(word);
      if (found == all[i]->end() || !found->is_array()) continue;
      for (const Json& part : *found) all.push_back(&part);
    }
  }
  return all;
}

// The pointer of the first member that no schema declares: the operation would ignore it and make another record.
std::optional<std::string> find_undeclared(const Json& document, const Json& schema, const Json& value, const std::string& pointer) {
  for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
    for (const Json* part : applicable_schemas(document, schema)) {
      const auto items = part->find("items");
      if (items == part->end()) continue;
      if (auto found = find_undeclared(document, *items, value[i], join_pointer(pointer, i))) return found;
    }
  }
  if (!value.is_object()) return std::nullopt;
  for (const auto& [name, member] : value.items()) {
    const Json* declared = nullptr;
    bool is_open = true;  // an object without declared members accepts any member
    for (const Json* part : applicable_schemas(document, schema)) {
      const auto properties = part->find("properties");
      if (properties == part->end()) continue;
      is_open = false;
      if (const auto property = properties->find(name); property != properties->end()) declared = &*property;
    }
    if (is_open) continue;
    if (declared == nullptr) return join_pointer(pointer, name);
    if (auto found = find_undeclared(document, *declared, member, join_pointer(pointer, name))) return found;
  }
  return std::nullopt;
}

void add_defaults(Json& body, const Json& defaults) {
  for (const auto& [name, value] : defaults.items()) {
    if (!body.contains(name))
      body[name] = value;
    else if (value.is_object() && body[name].is_object())
      add_defaults(body[name], value);
  }
}

// x of "{{x}}"; empty for anything else.
std::string name_of(const Json& value) {
  if (!value.is_string()) return {};
  const auto names = find_names(value);
  const auto& text = value.get_ref<const std::string&>();
  return names.size() == 1 && text.starts_with("{{") && text.find("}}") == text.size() - 2 ? names.front().first : std::string();
}

class ArrangementPlanner {
 public:
  ArrangementPlanner(const Run& run, const RunContext& context, const Variables& variables)
      : run_(run), context_(context), target_(context.target), scenario_(run.file->scenario), variables_(variables) {}

  Arrangement plan() {
    sets_states_ = !target_.can_arrange() && target_.provider_states && !given_.states.empty();
    if (sets_states_) {
      for (const auto& state : given_.states)
        plan_.states.push_back({.state = {.name = state.name, .params = state.params}, .returns = state.returns, .pointer = state.pointer});
    }
    for (const auto& need : find_needs(scenario_, context_.contracts, &run_.target_profile)) {
      if (auto reason = plan_need(need); !reason.empty()) plan_.unsupported.push_back(std::move(reason));
    }
    return std::move(plan_);
  }

 private:
  // The functions below plan one need. They return why it is not supported; empty: it is.
  std::string plan_need(const std::string& need) {
    if (need == "states") return plan_states();
    if (target_.can_arrange()) return {};
    if (need == "records") return plan_records();
    if (need == "settings") return plan_settings();
    if (need == "clock") return plan_clock();
    if (need == "profile") return plan_by_state(need, given_.profile);
    if (need == "ids") return plan_by_state(need, given_.ids);
    if (need == "faults") return plan_by_state(need, given_.faults);
    if (need == "limits") return plan_by_state(need, given_.limits);
    return plan_by_state(need, true);  // alone
  }

  // Whether the target's provider states cover the need.
  bool has_ability(const std::string& need) const { return target_.provider_states && target_.provider_states->abilities.contains(need); }

  void set_state(const std::string& need, const Json& value) {
    plan_.states.push_back({.state = {.name = need, .params = {{"api", scenario_.api}, {need, value}}}, .pointer = "/given/" + need});
  }

  std::string plan_by_state(const std::string& need, const Json& value) {
    if (!has_ability(need)) return explain_need(scenario_, need);
    set_state(need, value);
    return {};
  }

  // Records and settings describe the same account as states do: one of them is enough.
  std::string plan_states() const {
    const bool is_described = sets_states_ || !given_.records.empty() || !given_.settings.empty();
    return is_described ? std::string() : explain_need(scenario_, "states");
  }

  std::string plan_settings() {
    if (sets_states_) return {};
    std::string differences;
    for (const auto& [name, value] : given_.settings.items()) {
      const auto [contract, own] = split(name);
      const auto api = contract == nullptr ? scenario_.api : contract->api;
      const Json* declared = find_pointer(target_.settings, join_pointer(join_pointer("", api), own));
      if (declared == nullptr || *declared != value)
        differences += fmt::format("{}{} {}", differences.empty() ? "" : ", ", own,
                                   declared == nullptr ? "is not declared for the target" : "has the other value there");
    }
    if (differences.empty() || plan_by_state("settings", given_.settings).empty()) return {};
    return target_.settings.empty() ? explain_need(scenario_, "settings") : fmt::format("settings: {}", differences);
  }

  std::string plan_clock() {
    if (has_ability("clock")) {
      if (given_.clock) set_state("clock", render_rfc3339_millis(*given_.clock));
      return {};
    }
    const auto waits = find_waits(scenario_, context_.contracts);
    const auto why = explain_need(scenario_, "clock");
    if (!waits) return why;
    if (*waits > target_.max_wait)
      return fmt::format("{} ({} of waiting in all, --max-wait allows {})", why, render_duration(*waits),
                         render_duration(target_.max_wait));
    plan_.waits = true;
    return {};
  }

  // "api.name" of another API, or a name of the scenario's own.
  std::pair<const Contract*, std::string> split(const std::string& name) const {
    if (const auto dot = name.find('.'); dot != std::string::npos)
      if (const auto* contract = context_.contracts.find_api(name.substr(0, dot))) return {contract, name.substr(dot + 1)};
    return {context_.contracts.find_api(scenario_.api), name};
  }

  std::string plan_records() {
    if (sets_states_) return {};
    std::string why;
    Json missing = Json::object();
    std::vector<RecordToMake> records;
    for (const auto& [name, list] : given_.records.items()) {
      const auto [contract, own] = split(name);
      const auto* collection = contract == nullptr ? nullptr : find_collection(*contract, own);
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (collection != nullptr && is_provided(contract->api, own, list[i])) continue;
        missing[name].push_back(list[i]);
        RecordToMake record{.contract = contract, .collection = collection, .pointer = fmt::format("/given/records/{}/{}", name, i)};
        const auto obstacle = collection == nullptr ? "it is of no collection" : plan_record(list[i], record);
        if (obstacle.empty())
          records.push_back(std::move(record));
        else if (why.empty())
          why = fmt::format("{}[{}]: {}", own, i, obstacle);
      }
    }
    if (missing.empty() || plan_by_state("records", missing).empty()) return {};
    if (!why.empty()) return fmt::format("{} ({})", explain_need(scenario_, "records"), why);
    plan_.records = std::move(records);
    return {};
  }

  static const Collection* find_collection(const Contract& contract, const std::string& name) {
    const auto found = contract.collections.find(name);
    return found == contract.collections.end() ? nullptr : &found->second;
  }

  bool is_provided(const std::string& api, const std::string& collection, const Json& record) const {
    const Json* list = find_pointer(target_.records, join_pointer(join_pointer("", api), collection));
    if (list == nullptr || !list->is_array()) return false;
    const auto filled = variables_.render_sent(record);
    return filled && std::any_of(list->begin(), list->end(), [&](const Json& provided) { return is_part_of(*filled, provided); });
  }

  // Fills in the record. Returns why no operation makes exactly this one; empty: one does.
  static std::string plan_record(const Json& record, RecordToMake& plan) {
    const auto& create = plan.collection->create;
    const auto* operation = create.operation.empty() ? nullptr : plan.contract->find_operation(create.operation);
    if (operation == nullptr) return "no operation makes one";
    for (const auto& [name, value] : record.items()) {
      if (name != plan.collection->id_member) {
        const auto other = create.rename.find(name);
        plan.body[other == create.rename.end() ? name : other->second] = value;
        continue;
      }
      plan.id_name = name_of(value);
      if (plan.id_name.empty()) return fmt::format("the server chooses {}", name);
    }
    const Json* schema = find_pointer(plan.contract->document, operation->body_schema);
    const auto undeclared = schema == nullptr ? std::nullopt : find_undeclared(plan.contract->document, *schema, plan.body, "");
    if (undeclared) return fmt::format("{} takes no {}", operation->name, *undeclared);
    add_defaults(plan.body, create.defaults);
    return {};
  }

  const Run& run_;
  const RunContext& context_;
  const Target& target_;
  const Scenario& scenario_;
  const Given& given_ = scenario_.given;
  const Variables& variables_;
  bool sets_states_ = false;
  Arrangement plan_;
};

}  // namespace

Arrangement plan_arrangement(const Run& run, const RunContext& context, const Variables& variables) {
  return ArrangementPlanner(run, context, variables).plan();
}

}  // namespace understudy
