#include "conformance/measure/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "contracts/src/model/responses.h"
#include "scenarios/src/model/parse.h"

namespace understudy {
namespace {

constexpr std::array kKinds = {CoverageItem::Kind::answer, CoverageItem::Kind::row,     CoverageItem::Kind::member,
                               CoverageItem::Kind::value,  CoverageItem::Kind::setting, CoverageItem::Kind::switch_value};
constexpr std::array kEvidences = {Evidence::documented, Evidence::published, Evidence::observed, Evidence::assumed};

// A documented statement about an operation with weaker evidence has the evidence of the operation.

std::string member_id(const Operation& operation, const std::string& pattern) { return operation.name + "#" + pattern; }
std::string value_id(const Operation& operation, const std::string& pattern, const Json& value) {
  return member_id(operation, pattern) + " = " + as_text(value);
}

bool is_success_answer(const Contract& contract, const std::string& answer) {
  const ResponseDefinition* found = contract.find_response(answer);
  return found != nullptr && found->success;
}

}  // namespace

std::string_view to_string(CoverageItem::Kind kind) {
  switch (kind) {
    case CoverageItem::Kind::answer: return "answers";
    case CoverageItem::Kind::row: return "rules";
    case CoverageItem::Kind::member: return "rows";
    case CoverageItem::Kind::value: return "enum values";
    case CoverageItem::Kind::setting: return "settings";
    case CoverageItem::Kind::switch_value: return "switches";
  }
  return "";
}

std::string_view describe_gap(const CoverageItem& item) {
  if (!item.refusable) return "never seen";
  if (item.seen.empty() && item.refused.empty()) return "never asked";
  return item.refused.empty() ? "never seen to refuse" : "never seen to hold";
}

Coverage::Coverage(const Contracts& contracts) : contracts_(contracts) {
  for (const auto& contract : contracts.apis) {
    for (const Operation& operation : contract->operations) add_operation(*contract, operation);
    for (const Setting& setting : contract->settings) {
      for (const char* state : {"off", "on"}) {
        add_item({.api = contract->api,
                  .kind = CoverageItem::Kind::setting,
                  .id = contract->api + " setting " + setting.name + " " + state,
                  .evidence = setting.fact.evidence});
      }
    }
    for (const Switch& one : contract->switches) {
      std::vector<Json> values = {one.documented, one.observed};
      values.insert(values.end(), one.others.begin(), one.others.end());
      for (const Json& value : values) {
        const Evidence evidence = json_equal(value, one.documented) ? one.fact.evidence : Evidence::assumed;
        add_item({.api = contract->api,
                  .kind = CoverageItem::Kind::switch_value,
                  .id = contract->api + " switch " + one.name + " " + render_json(value),
                  .evidence = evidence});
      }
    }
  }
}

void Coverage::add_item(CoverageItem item) {
  if (by_id_.try_emplace(item.id, items_.size()).second) items_.push_back(std::move(item));
}

CoverageItem* Coverage::find(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &items_[found->second];
}

void Coverage::add_operation(const Contract& contract, const Operation& operation) {
  const Switches switches = resolve_profile({}, contract);
  for (const std::string& name : operation.answers) {
    const ResponseDefinition* answer = contract.find_response(name);
    if (answer == nullptr || operation.answers_nothing) continue;
    // Refusals of an unknown path, method or call belong to no operation: they count once for the API.
    const bool of_api = name == operation.refusals.path || name == operation.refusals.method ||
                        (contract.batch && (name == contract.batch->undecodable || name == contract.batch->unknown_call));
    const std::string id = (of_api ? contract.api : operation.name) + " -> " + name;
    const Evidence evidence = pick_variant(*answer, switches).fact.evidence;
    add_item({.api = contract.api,
              .kind = CoverageItem::Kind::answer,
              .id = id,
              .evidence = of_api ? evidence : weaker_of(evidence, operation.fact.evidence)});
  }
  for (const Row& row : operation.rows) {
    const bool refuses = row.verb != Verb::ignored && row.verb != Verb::becomes;
    add_item({.api = contract.api,
              .kind = CoverageItem::Kind::row,
              .id = contract.api + "." + row.id,
              .evidence = row.fact.evidence,
              .refusable = refuses});
  }
  if (operation.body_schema.empty()) return;
  if (const Json* schema = find_pointer(contract.document, operation.body_schema); schema != nullptr) {
    add_members(contract, operation, *schema, operation.body_schema, "", 0);
  }
}

void Coverage::add_members(const Contract& contract, const Operation& operation, const Json& schema, const std::string& at,
                           const std::string& pattern, int depth) {
  const Json* node = follow_refs(contract.document, &schema);
  if (node == nullptr || !node->is_object() || depth > 12) return;
  std::string place = at;
  if (const auto target = local_ref(schema)) place = *target;
  const auto fact_of = [&](const std::string& pointer) {
    return weaker_of(contract.find_fact(pointer).value_or(operation.fact).evidence, operation.fact.evidence);
  };
  for (const char* word : {"allOf", "anyOf", "oneOf"}) {
    const auto parts = node->find(word);
    if (parts == node->end()) continue;
    for (std::size_t i = 0; i < parts->size(); ++i)
      add_members(contract, operation, (*parts)[i], join_pointer(place + "/" + word, i), pattern, depth + 1);
  }
  if (const auto values = node->find("enum"); values != node->end() && !pattern.empty()) {
    for (const Json& value : *values) {
      add_item(
          {.api = contract.api, .kind = CoverageItem::Kind::value, .id = value_id(operation, pattern, value), .evidence = fact_of(place)});
    }
  }
  if (const auto items = node->find("items"); items != node->end())
    add_members(contract, operation, *items, place + "/items", pattern + "/*", depth + 1);
  const auto properties = node->find("properties");
  if (properties == node->end()) return;
  const Json required = node->value("required", Json::array());
  for (const auto& [name, member] : properties->items()) {
    const std::string one = join_pointer(place + "/properties", name);
    const std::string here = join_pointer(pattern, name);
    add_item({.api = contract.api, .kind = CoverageItem::Kind::member, .id = member_id(operation, here), .evidence = fact_of(one)});
    if (std::find(required.begin(), required.end(), name) != required.end()) {
      add_item({.api = contract.api,
                .kind = CoverageItem::Kind::row,
                .id = member_id(operation, here) + "/required",
                .evidence = fact_of(one),
                .refusable = !operation.answers_nothing});
    }
    add_members(contract, operation, member, one, here, depth + 1);
  }
}

void Coverage::see(const std::string& id, const std::string& scenario) {
  if (CoverageItem* item = find(id); item != nullptr) item->seen.insert(scenario);
}

void Coverage::add(const std::string& run, const Scenario& scenario, const Profile& profile, const Json& journal) {
  static_cast<void>(run);  // an item is exercised by a scenario, whatever the row
  const std::string name = scenario_name(scenario);
  const std::lock_guard lock(mutex_);
  played_.insert(scenario.api);
  for (const auto& contract : contracts_.apis) {
    if (contract->api != scenario.api) continue;
    for (const auto& [one, value] : resolve_profile(profile, *contract))
      see(contract->api + " switch " + one + " " + render_json(value), name);
    for (const Setting& setting : contract->settings) {
      const bool on = scenario.given.settings.value(setting.name, setting.value);
      see(contract->api + " setting " + setting.name + (on ? " on" : " off"), name);
    }
  }
  for (const Json& entry : journal) see_entry(name, entry);
}

void Coverage::see_entry(const std::string& scenario, const Json& entry) {
  const std::string api = entry.value("api", "");
  const Contract* contract = contracts_.find_api(api);
  const auto decisions = entry.find("decisions");
  if (contract == nullptr || decisions == entry.end()) return;
  std::map<std::string, std::vector<bool>> successes;  // by operation: of each decision
  for (const Json& decision : *decisions) {
    const std::string operation = decision.value("operation", "");
    const std::string answer = decision.value("answer", "");
    see(operation + " -> " + answer, scenario);
    see(api + " -> " + answer, scenario);
    for (const Json& row : decision.value("asked", Json::array())) see(api + "." + row.get<std::string>(), scenario);
    const std::string rule = decision.value("rule", "");
    if (CoverageItem* item = find(rule); item != nullptr) item->refused.insert(scenario);
    if (!rule.empty()) refused_[rule].insert(scenario);
    successes[operation].push_back(is_success_answer(*contract, answer));
  }
  const Json* text = find_pointer(entry, "/request/body");
  const auto body = parse_json(text != nullptr && text->is_string() ? text->get_ref<const std::string&>() : std::string());
  if (!body) return;
  if (!contract->batch) {
    if (decisions->empty()) return;  // a fault replaced the whole exchange
    const Operation* operation = contracts_.find_operation(decisions->front().value("operation", ""));
    if (operation != nullptr && operation->binder != nullptr && successes[operation->name].front()) {
      see_value(scenario, *operation, operation->binder->bind(*body), "");
    }
    return;
  }
  for (const Json& call : body->is_array() ? *body : Json::array({*body})) {
    const Json* method = find_pointer(call, contract->batch->member_operation);
    const Json* arguments = find_pointer(call, contract->batch->member_arguments);
    const auto known =
        method != nullptr && method->is_string() ? contract->batch->calls.find(method->get<std::string>()) : contract->batch->calls.end();
    if (known == contract->batch->calls.end() || arguments == nullptr) continue;
    const Operation* operation = contract->find_operation(known->second);
    Json bound = operation->binder->bind(*arguments);
    auto& done = successes[operation->name];
    Json* items = operation->items.empty() ? nullptr : find_pointer(bound, operation->items);
    if (operation->answers_nothing) {
      see_value(scenario, *operation, bound, "");
    } else if (items != nullptr && items->is_array()) {
      // The decisions are in the order of the items; a redelivered item has none.
      Json kept = Json::array();
      for (std::size_t i = 0; i < items->size() && i < done.size(); ++i) {
        if (done[i]) kept.push_back((*items)[i]);
      }
      done.erase(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(std::min(items->size(), done.size())));
      *items = std::move(kept);
      see_value(scenario, *operation, bound, "");
    } else if (!done.empty() && done.front()) {
      see_value(scenario, *operation, bound, "");
      done.erase(done.begin());
    }
  }
}

void Coverage::see_value(const std::string& scenario, const Operation& operation, const Json& value, const std::string& pattern) {
  if (value.is_array()) {
    for (const Json& element : value) see_value(scenario, operation, element, pattern + "/*");
    return;
  }
  if (!value.is_object()) {
    see(value_id(operation, pattern, value), scenario);
    return;
  }
  for (const auto& [name, member] : value.items()) {
    const std::string here = join_pointer(pattern, name);
    see(member_id(operation, here), scenario);
    see(member_id(operation, here) + "/required", scenario);
    see_value(scenario, operation, member, here);
  }
}

Coverage::Counts Coverage::count() const {
  Counts counts;
  for (const CoverageItem& item : items_) {
    if (!played_.contains(item.api)) continue;
    Count& count = counts[{item.api, item.kind, item.evidence}];
    count.exercised += item.is_exercised() ? 1u : 0u;
    ++count.all;
  }
  return counts;
}

Coverage::Count Coverage::count(std::string_view api, Evidence evidence) const {
  Count sum;
  for (const auto& [key, count] : this->count()) {
    if ((!api.empty() && std::get<0>(key) != api) || std::get<2>(key) != evidence) continue;
    sum.exercised += count.exercised;
    sum.all += count.all;
  }
  return sum;
}

const std::set<std::string>* Coverage::find_refused(const std::string& rule) const {
  const auto found = refused_.find(rule);
  return found == refused_.end() ? nullptr : &found->second;
}

const std::set<std::string>* Coverage::find_seen(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &items_[found->second].seen;
}

std::string Coverage::render() const {
  std::string out;
  auto counts = count();
  for (const auto& contract : contracts_.apis) {
    if (!played_.contains(contract->api)) continue;
    out += fmt::format("coverage of {}\n  {:<12}", contract->api, "");
    for (const Evidence evidence : kEvidences) out += fmt::format(" {:>12}", to_string(evidence));
    out += "\n";
    for (const CoverageItem::Kind kind : kKinds) {
      std::string cells;
      bool is_empty = true;
      for (const Evidence evidence : kEvidences) {
        const auto [exercised, all] = counts[{contract->api, kind, evidence}];
        cells += fmt::format(" {:>12}", all == 0 ? "-" : fmt::format("{}/{}", exercised, all));
        is_empty = is_empty && all == 0;
      }
      if (!is_empty) out += fmt::format("  {:<12}{}\n", to_string(kind), cells);
    }
  }
  for (const CoverageItem& item : items_) {
    if (item.is_exercised() || !played_.contains(item.api)) continue;
    out += fmt::format("untouched: {} [{}]: {}\n", item.id, to_string(item.evidence), describe_gap(item));
  }
  const auto [exercised, all] = count("", Evidence::documented);
  return out + fmt::format("documented: {} of {} exercised, {:.1f}%\n", exercised, all,
                           all == 0 ? 100.0 : 100.0 * static_cast<double>(exercised) / static_cast<double>(all));
}

}  // namespace understudy
