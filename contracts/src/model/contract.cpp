#include "contracts/src/model/contract.h"

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

#include <algorithm>

namespace understudy {
namespace {

// The element whose `member` is the name, or nullptr.
template <class T>
const T* find_by(const std::vector<T>& list, std::string T::*member, std::string_view name) {
  const auto found = std::ranges::find(list, name, member);
  return found == list.end() ? nullptr : &*found;
}

// The parent of "/a/b" is "/a", of "value /a" is "value ", of "header x" is "headers"; "" above all.
std::string parent_aspect(const std::string& aspect) {
  if (aspect.starts_with("header ")) return "headers";
  if (const auto slash = aspect.rfind('/'); slash != std::string::npos) return aspect.substr(0, slash);
  if (aspect == "value ") return "values";
  return {};
}

}  // namespace

Fact ResponseVariant::fact_of(std::string_view aspect) const {
  constexpr std::string_view kValue = "value ";
  for (auto name = std::string(aspect); !name.empty(); name = parent_aspect(name)) {
    if (const auto found = aspects.find(name); found != aspects.end()) return found->second;
  }
  if (aspect.starts_with(kValue)) return fact_of(aspect.substr(kValue.size()));
  const auto of_body = aspects.find("body");
  return (aspect.empty() || aspect.starts_with('/')) && of_body != aspects.end() ? of_body->second : fact;
}

std::vector<Json> Switch::values() const {
  std::vector<Json> values = {documented, observed};
  values.insert(values.end(), others.begin(), others.end());
  return values;
}

const Operation* Contract::find_operation(std::string_view id) const { return find_by(operations, &Operation::id, id); }

const ResponseDefinition* Contract::find_response(std::string_view name) const {
  const auto found = answers.find(name);
  return found == answers.end() ? nullptr : &found->second;
}

const Switch* Contract::find_switch(std::string_view name) const { return find_by(switches, &Switch::name, name); }
const Setting* Contract::find_setting(std::string_view name) const { return find_by(settings, &Setting::name, name); }

bool Contract::is_parameter_name(const Parameter& parameter, std::string_view name) const {
  const std::string& prefix = query_prefix;
  if (!prefix.empty() && name.size() > prefix.size() && equals_ignore_case(name.substr(0, prefix.size()), prefix))
    name.remove_prefix(prefix.size());
  if (const auto open = name.find('['); binding.brackets_are_lists && open != std::string_view::npos && name.ends_with(']') &&
                                        std::ranges::all_of(name.substr(open + 1, name.size() - open - 2), is_digit))
    name = name.substr(0, open);
  return paths_ignore_case ? equals_ignore_case(name, parameter.name) : name == parameter.name;
}

Place Contract::schema_place(std::string_view pointer) const { return shape == nullptr ? Place() : shape->place(pointer); }

std::optional<Fact> Contract::find_fact(std::string_view schema_pointer) const {
  std::optional<std::string> source;
  std::optional<Evidence> evidence;
  std::string pointer(schema_pointer);
  for (;;) {
    if (const Json* node = find_pointer(document, pointer); node != nullptr && node->is_object()) {
      if (const auto found = node->find("x-source"); !source && found != node->end() && found->is_string()) {
        source = found->get<std::string>();
      }
      if (const auto found = node->find("x-evidence"); !evidence && found != node->end() && found->is_string()) {
        evidence = parse_evidence(found->get_ref<const std::string&>());
      }
    }
    if ((source && evidence) || pointer.empty()) break;
    pointer.resize(pointer.rfind('/'));
  }
  if (!source) return std::nullopt;
  return Fact{.source = *source, .evidence = evidence.value_or(Evidence::documented)};
}

const Contract* Contracts::find_api(std::string_view api) const {
  const auto found = std::ranges::find_if(apis, [&](const auto& one) { return one->api == api; });
  return found == apis.end() ? nullptr : found->get();
}

const Operation* Contracts::find_operation(std::string_view name, std::string_view default_api) const {
  const auto dot = name.find('.');
  const Contract* contract = find_api(dot == std::string_view::npos ? default_api : name.substr(0, dot));
  if (contract == nullptr) return nullptr;
  return contract->find_operation(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

const Contract* Contracts::contract_of(const Operation& operation) const {
  return find_api(std::string_view(operation.name).substr(0, operation.name.find('.')));
}

std::vector<std::string> Contracts::api_names() const {
  std::vector<std::string> names;
  for (const auto& contract : apis) names.push_back(contract->api);
  return names;
}

std::vector<std::string> Contracts::operation_names() const {
  std::vector<std::string> names;
  for (const auto& contract : apis) {
    for (const Operation& operation : contract->operations) names.push_back(operation.name);
  }
  return names;
}

std::vector<const Operation*> Contracts::find_operations(std::string_view name) const {
  std::vector<const Operation*> found;
  for (const auto& contract : apis) {
    const Operation* operation = find_operation(name, contract->api);
    if (operation != nullptr && contract_of(*operation) == contract.get()) found.push_back(operation);
  }
  return found;
}

std::string Contracts::did_you_mean_operation(std::string_view name) const {
  if (name.find('.') != std::string_view::npos) return did_you_mean(name, operation_names());
  std::vector<std::string> ids;
  for (const auto& contract : apis)
    for (const Operation& operation : contract->operations) ids.push_back(operation.id);
  const auto nearest = find_nearest(name, ids);
  std::string list;
  for (const Operation* operation : nearest ? find_operations(*nearest) : std::vector<const Operation*>())
    list += (list.empty() ? "'" : " or '") + operation->name + "'";
  return list.empty() ? "" : " (did you mean " + list + "?)";
}

BindingWords words_for(const Operation& operation, BindingWords words) {
  if (!operation.unwrap.empty()) words.unwrap = operation.unwrap;
  return words;
}

Milliseconds delay_before(const Redelivery& redelivery, std::size_t number) {
  return number < redelivery.after.size() ? redelivery.after[number] : redelivery.then;
}

}  // namespace understudy
