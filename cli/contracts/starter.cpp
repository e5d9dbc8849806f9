#include "cli/contracts/starter.h"

#include <algorithm>

#include "contracts/src/base/hash.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/check.h"
#include "contracts/src/schema/sample.h"
#include "mock/mock.h"
#include "scenarios/src/lint/lint.h"
#include "scenarios/src/model/given.h"
#include "scenarios/src/model/staged.h"

namespace understudy {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kMultipart = "multipart/form-data";

// Whether the scenario language would read something in it.
bool has_signs(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().find("{{") != std::string::npos;
  if (!value.is_structured()) return false;
  for (auto one = value.begin(); one != value.end(); ++one) {
    if ((value.is_object() && one.key().starts_with('$')) || has_signs(*one)) return true;
  }
  return false;
}
Json as_sent(const Json& value) { return has_signs(value) ? Json{{"$literal", value}} : value; }

// a[b]=1 for members of members.
void flatten(const Json& value, const std::string& name, Json& form) {
  if (value.is_object()) {
    for (const auto& [member, one] : value.items()) flatten(one, name.empty() ? member : name + "[" + member + "]", form);
  } else if (value.is_array()) {
    for (const Json& one : value) {
      if (one.is_primitive()) form[name].push_back(as_sent(as_text(one)));
    }
  } else if (!value.is_null()) {
    form[name] = as_sent(as_text(value));
  }
}

class Starter {
 public:
  Starter(const Contract& contract, const Operation& operation)
      : contract_(contract), operation_(operation), sampler_(contract.document, fnv1a(operation.id)) {}

  // Null: no valid request could be made.
  Json make() {
    if (!make_parameters() || !make_body()) return nullptr;
    Json steps = Json::array();
    const bool has_credential = operation_.secured && contract_.credentials.kind != Credentials::Kind::none;
    if (has_credential) steps.push_back(step("no credential", operation_.refusals.credentials, {{"auth", "none"}}));
    add_missing_members(steps);
    if (Json unknown = unknown_path(); !unknown.is_null()) {
      Json one = step("unknown id", operation_.refusals.record);
      one["with"]["path"] = std::move(unknown);
      steps.push_back(std::move(one));
    }
    steps.push_back(step("success", operation_.success));
    Json scenario = {{"understudy", 1},       {"scenario", title()},    {"api", contract_.api},
                     {"evidence", "assumed"}, {"labels", {"imported"}}, {"steps", std::move(steps)}};
    if (Json records = given_records(); !records.empty()) scenario["given"]["records"] = std::move(records);
    return scenario;
  }

 private:
  std::string title() const {
    const auto pointer = find_node();
    const Json* summary = pointer == nullptr ? nullptr : find_pointer(*pointer, "/summary");
    std::string text = summary != nullptr && summary->is_string() ? summary->get<std::string>() : std::string();
    text = text.substr(0, text.find('\n'));
    const bool is_plain = !text.empty() && text.find("{{") == std::string::npos;
    return operation_.id + (is_plain ? ": " + text : std::string());
  }

  const Json* find_node() const {
    std::string method = to_lower(operation_.method);
    for (const auto& [path, item] : contract_.document->at("paths").items()) {
      const Json* node = find_pointer(item, "/" + method);
      if (node != nullptr && node->value("operationId", Json()) == operation_.id) return node;
    }
    return nullptr;
  }

  Json step(const char* name, const std::string& answer, Json more = Json::object()) const {
    Json made = {{"name", name}, {"send", operation_.id}, {"expect", {{"answer", answer}}}};
    if (!with_.empty()) made["with"] = with_;
    made.update(more);
    return made;
  }

  const Json* schema_at(const std::string& pointer) const { return pointer.empty() ? nullptr : find_pointer(contract_.document, pointer); }

  bool make_parameters() {
    for (const Parameter& parameter : operation_.parameters) {
      const bool in_path = parameter.in == Parameter::In::path;
      if (!parameter.required && !in_path) continue;
      if (parameter.in == Parameter::In::header && is_credential(parameter.name)) continue;
      Json value = sampler_.make(schema_at(parameter.schema), parameter.name);
      if (value.is_array() && value.empty()) value.push_back("a");
      if (value.is_null() || value.is_object()) value = "a";
      if (value.is_string() && value.get_ref<const std::string&>().empty()) value = "a";
      if (!parameter.schema.empty() && !contract_.schemas->accepts(parameter.schema, value)) return false;
      if (in_path) path_[parameter.name] = value.is_array() ? value.front() : value;
      Json& place = with_[in_path ? "path" : parameter.in == Parameter::In::query ? "query" : "headers"];
      if (value.is_string() && !in_path) value = as_sent(value);
      place[parameter.name] = in_path && value.is_array() ? value.front() : value;
    }
    return true;
  }

  bool is_credential(const std::string& name) const {
    return equals_ignore_case(name, "Authorization") || equals_ignore_case(name, contract_.credentials.header) ||
           equals_ignore_case(name, "Accept") || equals_ignore_case(name, "Content-Type");
  }

  bool make_body() {
    if (!operation_.has_body) return true;
    const Json* schema = schema_at(operation_.body_schema);
    body_ = sampler_.make(schema, "value");
    if (body_.is_null()) body_ = sampler_.fit(Json::object(), schema, false);
    if (contains(operation_.media_types, std::string_view("application/json-patch+json"))) body_ = Json::array();  // changes nothing
    remove_read_only(schema);
    if (!contract_.schemas->accepts(operation_.body_schema, body_)) {
      body_ = sampler_.fit(Json::object(), schema, false);
      if (!contract_.schemas->accepts(operation_.body_schema, body_)) return false;
    }
    set_body(with_, body_);
    return true;
  }

  void remove_read_only(const Json* schema) {
    if (!body_.is_object()) return;
    for (const auto& [name, member] : sampler_.members(schema)) {
      const Json* one = follow_refs(contract_.document, member);
      if (one != nullptr && one->is_object() && one->value("readOnly", Json()) == true) body_.erase(name);
    }
  }

  bool accepts(std::string_view type) const { return contains(operation_.media_types, type); }
  bool takes_json() const {
    return operation_.media_types.empty() || operation_.any_media_type ||
           std::ranges::any_of(operation_.media_types, [](const std::string& type) {
             return type == "application/json" || type.ends_with("+json") || type == "text/json";
           });
  }

  void set_body(Json& with, const Json& body) const {
    if (takes_json()) {
      with["body"] = as_sent(body);
      const bool is_plain = operation_.media_types.empty() || operation_.any_media_type || accepts("application/json");
      if (!is_plain)
        with["headers"]["Content-Type"] =
            *std::ranges::find_if(operation_.media_types, [](const std::string& type) { return type.find("json") != std::string::npos; });
    } else if (accepts(kForm)) {
      with["form"] = Json::object();
      flatten(body, "", with["form"]);
    } else if (accepts(kMultipart)) {
      std::string text;
      for (const auto& [name, value] : body.items()) text += body.is_object() ? part(name, value) : "";
      with["text"] = text + "--part--\r\n";
      with["headers"]["Content-Type"] = "multipart/form-data; boundary=part";
    } else {
      with["text"] = body.is_string() ? body.get<std::string>() : "text";
      with["headers"]["Content-Type"] = operation_.media_types.front();
    }
  }
  static std::string part(const std::string& name, const Json& value) {
    return "--part\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + as_text(value) + "\r\n";
  }

  void add_missing_members(Json& steps) {
    if (!takes_json() || !body_.is_object()) return;
    Json rows = Json::array();
    for (const auto& [name, value] : body_.items()) {
      Json body = body_;
      body.erase(name);
      if (body.empty() && !operation_.body_required) continue;
      if (contract_.schemas->accepts(operation_.body_schema, body)) continue;
      rows.push_back({{"name", "without " + name}, {"body", as_sent(body)}});
    }
    if (rows.empty()) return;
    Json one = step("member missing", operation_.refusals.shape, {{"each", std::move(rows)}});
    one["with"]["body"] = "{{body}}";
    steps.push_back(std::move(one));
  }

  const Collection* collection() const {
    const auto found = contract_.collections.find(operation_.collection);
    return found == contract_.collections.end() ? nullptr : &found->second;
  }
  bool needs_record() const {
    const bool acts = operation_.perform == Perform::read || operation_.perform == Perform::update || operation_.perform == Perform::remove;
    return acts && !operation_.missing && collection() != nullptr && operation_.names_record();
  }

  // Values of the path that name no record; null: there are none.
  Json unknown_path() const {
    if (!needs_record() || path_.empty() || operation_.id_template) return nullptr;
    const std::string& name = operation_.record_id.empty() ? last_parameter() : operation_.record_id;
    const auto parameter = std::ranges::find(operation_.parameters, name, &Parameter::name);
    if (parameter == operation_.parameters.end() || !path_.contains(name)) return nullptr;
    Json other = path_;
    Sampler sampler(contract_.document, fnv1a("unknown"));
    for (const Json& candidate : {Json("unknown"), Json(987654), sampler.make(schema_at(parameter->schema), "unknown")}) {
      if (as_text(candidate) == as_text(path_[name])) continue;
      if (!parameter->schema.empty() && !contract_.schemas->accepts(parameter->schema, candidate)) continue;
      other[name] = candidate;
      return other;
    }
    return nullptr;
  }

  std::string last_parameter() const {
    std::string last;
    std::size_t place = 0;
    for (const Parameter& one : operation_.parameters) {
      const auto at = operation_.path.find("{" + one.name + "}");
      if (one.in == Parameter::In::path && at != std::string::npos && at >= place) {
        place = at;
        last = one.name;
      }
    }
    return last;
  }

  // The records that the success needs, with the members by which the operation finds them.
  Json given_records() const {
    Json records = Json::object();
    Json names = {{"path", Json::object()}, {"request", body_}};
    for (const auto& [name, value] : path_.items()) names["path"][name] = as_text(value);
    const auto add = [&](const std::string& name, const Json& where) {
      Json record = Json::object();
      for (const auto& [member, value] : where.items())
        set_pointer(record, member.starts_with('/') ? member : join_pointer("", member), value);
      records[name] = Json::array({std::move(record)});
    };
    for (const RecordChange& change : operation_.changes) {
      if (!change.collection.empty() && !change.missing.empty()) add(change.collection, change.where.fill(names));
    }
    if (!needs_record()) return records;
    if (operation_.where)
      add(operation_.collection, operation_.where->fill(names));
    else
      add(operation_.collection, {{collection()->id_member, operation_.id_template ? operation_.id_template->fill(names)
                                                                                   : path_.value(operation_.record_id, Json())}});
    return records;
  }

  const Contract& contract_;
  const Operation& operation_;
  Sampler sampler_;
  Json with_ = Json::object(), path_ = Json::object(), body_;
};

}  // namespace

namespace {

// Whether the command `lint` finds nothing: neither in the file nor in its records.
bool passes_lint(const Json& scenario, const Contracts& contracts, Mock& mock) {
  YamlDocument document;
  document.root = scenario;
  document.file = "starter.yaml";
  const auto file = parse_scenario(std::move(document));
  if (!file || !lint_scenario(*file, contracts).empty()) return false;
  const auto given = render_given(*file, staged_variables(file->scenario));
  return !given || file->scenario.given.records.empty() || mock.stage("starter", *given).has_value();
}

// Where no record follows its schema, the success, which is the last step, is left out with the records. Null: nothing is left.
Json make_sound(Json scenario, const Contracts& contracts, Mock& mock) {
  if (scenario.is_null() || passes_lint(scenario, contracts, mock)) return scenario;
  scenario.erase("given");
  scenario["steps"].erase(scenario["steps"].size() - 1);
  return !scenario["steps"].empty() && passes_lint(scenario, contracts, mock) ? scenario : Json();
}

}  // namespace

StarterScenarios make_starter_scenarios(const std::shared_ptr<const Contract>& contract) {
  StarterScenarios scenarios;
  const Contracts contracts{.apis = {contract}};
  Mock mock(contracts, {.demo = false});
  for (const Operation& operation : contract->operations) {
    Json made = make_sound(Starter(*contract, operation).make(), contracts, mock);
    if (made.is_null())
      scenarios.without.push_back(operation.id);
    else
      scenarios.files.emplace(operation.id, std::move(made));
  }
  return scenarios;
}

}  // namespace understudy
