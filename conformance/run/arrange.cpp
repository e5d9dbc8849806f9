#include "conformance/run/arrange.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/src/model/needs.h"

namespace understudy {
namespace {

// Whether all that `part` says holds in `whole`.
bool is_part_of(const Json& part, const Json& whole) {
  if (part.is_object() && whole.is_object()) {
    return std::all_of(part.items().begin(), part.items().end(), [&](const auto& member) {
      const auto found = whole.find(member.key());
      return found != whole.end() && is_part_of(member.value(), *found);
    });
  }
  if (part.is_array() && whole.is_array())
    return part.size() == whole.size() && std::equal(part.begin(), part.end(), whole.begin(), is_part_of);
  return json_equal(part, whole);
}

const Json& resolve(const Json& document, const Json& schema) {
  const Json* target = follow_refs(document, &schema);
  return target != nullptr ? *target : schema;
}

// The schemas that a value of this schema is also held to.
std::vector<const Json*> with_parts(const Json& document, const Json& schema) {
  std::vector<const Json*> all = {&resolve(document, schema)};
  for (std::size_t i = 0; i < all.size() && all.size() < 200; ++i) {
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const auto found = all[i]->find(word);
      if (found == all[i]->end() || !found->is_array()) continue;
      for (const Json& part : *found) all.push_back(&resolve(document, part));
    }
  }
  return all;
}

// The pointer of the first member that no schema declares; an operation would pass it over, so the record would be another one.
std::optional<std::string> find_undeclared(const Json& document, const Json& schema, const Json& value, const std::string& pointer) {
  const auto parts = with_parts(document, schema);
  if (value.is_array()) {
    for (const Json* part : parts) {
      const auto items = part->find("items");
      if (items == part->end()) continue;
      for (std::size_t i = 0; i < value.size(); ++i)
        if (auto found = find_undeclared(document, *items, value[i], join_pointer(pointer, i))) return found;
    }
    return std::nullopt;
  }
  if (!value.is_object()) return std::nullopt;
  for (const auto& [name, member] : value.items()) {
    const Json* declared = nullptr;
    bool is_open = true;  // an object of which nothing is said takes anything
    for (const Json* part : parts) {
      const auto properties = part->find("properties");
      if (properties == part->end()) continue;
      is_open = false;
      const auto property = properties->find(name);
      if (property != properties->end()) declared = &*property;
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

// x of "{{x}}".
std::string name_of(const Json& value) {
  if (!value.is_string()) return {};
  const auto names = find_names(value);
  const auto& text = value.get_ref<const std::string&>();
  return names.size() == 1 && text.starts_with("{{") && text.find("}}") == text.size() - 2 ? names.front().first : std::string();
}

class Planner {
 public:
  Planner(const Run& run, const RunContext& context, const Variables& variables)
      : run_(run),
        context_(context),
        target_(context.target),
        scenario_(run.file->scenario),
        given_(scenario_.given),
        variables_(variables) {}

  Arrangement plan() {
    asks_states_ = !target_.can_arrange() && target_.provider_states && !given_.states.empty();
    if (asks_states_) {
      for (const auto& state : given_.states)
        plan_.states.push_back({.state = {.name = state.name, .params = state.params}, .returns = state.returns, .pointer = state.pointer});
    }
    for (const auto& need : find_needs(scenario_, context_.contracts, &run_.asked)) {
      if (auto lack = meet(need); !lack.empty()) plan_.lacks.push_back(std::move(lack));
    }
    return std::move(plan_);
  }

 private:
  // Empty, or why it is not met.
  std::string meet(const std::string& need) {
    if (need == "states") return meet_states();
    if (target_.can_arrange()) return {};
    if (need == "records") return meet_records();
    if (need == "settings") return meet_settings();
    if (need == "clock") return meet_clock();
    if (need == "profile") return meet_by_state(need, given_.profile);
    if (need == "ids") return meet_by_state(need, given_.ids);
    if (need == "faults") return meet_by_state(need, given_.faults);
    if (need == "limits") return meet_by_state(need, given_.limits);
    return meet_by_state(need, true);  // alone
  }

  void set_state(const std::string& need, const Json& value) {
    plan_.states.push_back({.state = {.name = need, .params = {{"api", scenario_.api}, {need, value}}}, .pointer = "/given/" + need});
  }

  std::string meet_by_state(const std::string& need, const Json& value) {
    if (!has_ability(target_, need)) return explain_need(scenario_, need);
    set_state(need, value);
    return {};
  }

  // States stand for records and settings, and the other way round.
  std::string meet_states() const {
    const bool is_said_twice = !given_.records.empty() || !given_.settings.empty();
    return asks_states_ || is_said_twice ? std::string() : explain_need(scenario_, "states");
  }

  std::string meet_settings() {
    if (asks_states_) return {};
    std::string wrong;
    for (const auto& [name, value] : given_.settings.items()) {
      const auto [contract, own] = split(name);
      const auto api = contract == nullptr ? scenario_.api : contract->api;
      const Json* declared = find_pointer(target_.settings, join_pointer(join_pointer("", api), own));
      if (declared == nullptr || *declared != value)
        wrong += fmt::format("{}{} {}", wrong.empty() ? "" : ", ", own, declared == nullptr ? "is not told of" : "is the other way there");
    }
    if (wrong.empty() || meet_by_state("settings", given_.settings).empty()) return {};
    return target_.settings.empty() ? explain_need(scenario_, "settings") : fmt::format("settings: {}", wrong);
  }

  std::string meet_clock() {
    if (has_ability(target_, "clock")) {
      if (given_.clock)
        plan_.states.push_back(
            {.state = {.name = "clock", .params = {{"api", scenario_.api}, {"clock", render_rfc3339_millis(*given_.clock)}}},
             .pointer = "/given/clock"});
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

  struct Own {
    const Contract* contract;
    std::string name;
  };
  Own split(const std::string& name) const {
    const auto dot = name.find('.');
    if (dot != std::string::npos)
      if (const auto* contract = context_.contracts.find_api(name.substr(0, dot))) return {contract, name.substr(dot + 1)};
    return {context_.contracts.find_api(scenario_.api), name};
  }

  std::string meet_records() {
    if (asks_states_) return {};
    std::string why;
    Json missing = Json::object();
    std::vector<RecordToMake> makes;
    for (const auto& [name, list] : given_.records.items()) {
      const auto [contract, own] = split(name);
      const auto collection = contract == nullptr ? nullptr : find_collection(*contract, own);
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (collection != nullptr && is_provided(contract->api, own, list[i])) continue;
        missing[name].push_back(list[i]);
        RecordToMake record{.contract = contract, .collection = collection, .pointer = fmt::format("/given/records/{}/{}", name, i)};
        auto obstacle = collection == nullptr ? "it is of no collection" : plan_record(list[i], record);
        if (obstacle.empty())
          makes.push_back(std::move(record));
        else if (why.empty())
          why = fmt::format("{}[{}]: {}", own, i, obstacle);
      }
    }
    if (missing.empty()) return {};
    if (meet_by_state("records", missing).empty()) return {};
    if (!why.empty()) return fmt::format("{} ({})", explain_need(scenario_, "records"), why);
    plan_.records = std::move(makes);
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
    return filled && std::any_of(list->begin(), list->end(), [&](const Json& one) { return is_part_of(*filled, one); });
  }

  // Empty, or why no operation makes this very record.
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
      if (plan.id_name.empty()) return fmt::format("{} is the server's to give", name);
    }
    if (plan.body.is_null()) plan.body = Json::object();
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
  const Given& given_;
  const Variables& variables_;
  bool asks_states_ = false;
  Arrangement plan_;
};

}  // namespace

bool has_ability(const Target& target, std::string_view need) {
  return target.provider_states && target.provider_states->abilities.contains(need);
}

Arrangement plan_arrangement(const Run& run, const RunContext& context, const Variables& variables) {
  return Planner(run, context, variables).plan();
}

}  // namespace understudy
