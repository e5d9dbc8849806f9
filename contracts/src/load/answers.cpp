#include <set>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"
#include "contracts/src/model/responses.h"

namespace understudy {
namespace {

// An interim status (RFC 9110 section 15.2) is no answer: a client would wait for another one.
void check_status(const LoadContext& context, Reader& reader, const std::string& at, const Json& status) {
  const auto check = [&](const Json& value, const std::string& origin) {
    if (value.is_number_integer() && compare_numbers(value, 200) >= 0 && compare_numbers(value, 599) <= 0) return;
    reader.fail(at, "bad-status", "found " + render_json(value) + origin + ", expected a final status: 200 to 599");
  };
  if (!status.is_object()) return check(status, "");
  const Switch* one = context.contract.find_switch(status.value("switch", ""));
  for (const Json& value : one == nullptr ? std::vector<Json>{} : one->values()) check(value, ", a value of switch '" + one->name + "'");
}

// `aspects`: {media_type: assumed, /ID: { evidence: documented, source: ... }}
void read_aspects(Reader& reader, const std::string& at, const Fact& whole, std::map<std::string, Fact, std::less<>>& aspects) {
  static const std::vector<std::string> kWords = {"status", "reason", "media_type", "headers", "body", "values"};
  for (const std::string& name : reader.members(at + "/aspects")) {
    const auto pointer = join_pointer(at + "/aspects", name);
    const bool is_pointer = name.starts_with("/") || name.starts_with("value /");
    if (!contains(kWords, name) && !is_pointer && !name.starts_with("header "))
      reader.fail_key(pointer, "unknown-aspect",
                      "found '" + name + "', expected status, reason, media_type, headers, header NAME, body, values, a JSON Pointer or " +
                          "'value ' and a JSON Pointer" + did_you_mean(name, kWords));
    const Json* value = reader.find(pointer);
    Fact fact = whole;
    if (value != nullptr && value->is_object()) {
      reader.keys(pointer, {"source", "evidence", "because"});
      fact = read_fact(reader, pointer, whole);
    } else if (const auto evidence = reader.evidence(pointer)) {
      fact.evidence = *evidence;
    }
    aspects.insert_or_assign(name.starts_with("header ") ? to_lower(name) : name, std::move(fact));
  }
}

ResponseVariant read_variant(LoadContext& context, Reader& reader, const std::string& name, std::size_t index, const std::string& at,
                             const ResponseVariant& defaults) {
  reader.keys(at, {"switch", "status", "reason", "headers", "body", "text", "complete", "fill", "content_type", "schema", "id", "source",
                   "evidence", "because", "aspects"});
  ResponseVariant variant;
  for (const std::string& word : reader.members(at + "/switch")) {
    if (context.contract.find_switch(word) == nullptr)
      reader.fail_key(join_pointer(at + "/switch", word), "unknown-switch", "found unknown switch '" + word + "'");
    if (const Json* value = reader.find(join_pointer(at + "/switch", word)); value != nullptr) variant.when_switch[word] = *value;
  }
  for (const auto& [member, into] : {std::pair{"/status", &variant.status}, {"/reason", &variant.reason}}) {
    const Json* value = reader.find(at + member);
    if (value == nullptr) continue;
    *into = *value;
    if (const auto word = value->find("switch");
        value->is_object() && (word == value->end() || context.contract.find_switch(word->get<std::string>()) == nullptr)) {
      reader.fail(at + member, "unknown-switch", "expected {switch: <a known switch>}");
    }
  }
  check_status(context, reader, at + "/status", variant.status);
  if (const Json* headers = reader.find(at + "/headers"); headers != nullptr) variant.headers = *headers;
  if (const Json* body = reader.find(at + "/body"); body != nullptr) variant.body = *body;
  if (reader.has(at + "/text")) variant.text = reader.text(at + "/text");
  if (variant.body && variant.text) reader.fail(at, "two-bodies", "an answer has either body or text");
  variant.complete = reader.flag(at + "/complete");
  variant.fill = reader.flag(at + "/fill");
  variant.content_type = reader.text(at + "/content_type", variant.text ? "text/plain" : defaults.content_type);
  if (reader.has(at + "/id")) variant.id = reader.text(at + "/id");
  variant.fact = read_fact(reader, at, defaults.fact);
  variant.aspects = defaults.aspects;
  read_aspects(reader, at, variant.fact, variant.aspects);
  variant.place = reader.place(at);
  if (const Json* schema = reader.find(at + "/schema"); schema != nullptr) {
    if (schema->is_string()) {
      variant.schema = join_pointer("/components/schemas", schema->get<std::string>());
      if (find_pointer(context.contract.document, variant.schema) == nullptr) {
        reader.fail(at + "/schema", "dangling-ref", "components/schemas has no '" + schema->get<std::string>() + "'");
      }
    } else {
      // Inline schemas become part of the document, so that their references resolve like all others.
      variant.schema = join_pointer("/x-answers", name, std::to_string(index));
      Json& home = (*context.document)["x-answers"][name];
      home[std::to_string(index)] = *schema;
      context.schema_origin[variant.schema] = at + "/schema";
    }
  } else if (variant.body) {
    reader.fail(at, "missing-key", "an answer with a body needs a schema");
  }
  if (variant.complete && (!variant.body || variant.schema.empty()))
    reader.fail(at + "/complete", "missing-key", "an answer that is completed needs a body and a schema");
  if (variant.fill && (!variant.body || variant.schema.empty()))
    reader.fail(at + "/fill", "missing-key", "an answer that is filled needs a body and a schema");
  if (const auto wrong = reader.is_checked() ? std::nullopt : check_template(variant.body.value_or(nullptr)))
    reader.fail(at + "/body", "bad-template", *wrong);
  else
    compile_templates(variant, context.contract.document);
  check_template_names(context, reader, at);
  return variant;
}

// Every combination of the switches that a response names must select a variant.
void check_cover(LoadContext& context, Reader& reader, const ResponseDefinition& answer, const std::string& at) {
  if (reader.is_checked()) return;
  std::set<std::string> names;
  for (const ResponseVariant& variant : answer.variants) {
    for (const auto& [name, value] : variant.when_switch) names.insert(name);
  }
  std::vector<Switches> combinations = {{}};
  for (const std::string& name : names) {
    const Switch* one = context.contract.find_switch(name);
    if (one == nullptr) return;
    std::vector<Switches> next;
    for (const Switches& before : combinations) {
      for (const Json& value : one->values()) {
        next.push_back(before);
        next.back()[name] = value;
      }
    }
    combinations = std::move(next);
  }
  for (const Switches& switches : combinations) {
    const ResponseVariant& picked = pick_variant(answer, switches);
    for (const auto& [name, value] : picked.when_switch) {
      if (!json_equal(switches.at(name), value)) {
        reader.fail(at, "uncovered-switch", "answer '" + answer.name + "' has no variant for " + render_json(Json(switches)));
        return;
      }
    }
  }
}

// `create: createProduct`, or a mapping.
Creation read_creation(Reader& reader, const std::string& at) {
  Creation create;
  const Json* value = reader.find(at);
  if (value == nullptr) return create;
  if (value->is_string()) {
    create.operation = reader.text(at);
    return create;
  }
  reader.keys(at, {"operation", "remove", "rename", "defaults"});
  create.operation = reader.required_text(at + "/operation");
  create.remove = reader.text(at + "/remove");
  create.rename = reader.text_map(at + "/rename");
  if (reader.has(at + "/defaults")) create.defaults = *reader.find(at + "/defaults");
  return create;
}

}  // namespace

void load_answers(LoadContext& context, const YamlDocument& document) {
  Reader reader(document, context.problem);
  reader.keys("", {"defaults", "names", "answers"});
  const std::vector<std::string> module_names = reader.texts("/names");
  context.module_names.insert(context.module_names.end(), module_names.begin(), module_names.end());
  reader.keys("/defaults", {"source", "evidence", "content_type", "aspects"});
  ResponseVariant defaults;
  defaults.fact = read_fact(reader, "/defaults", {.source = context.contract.api, .evidence = Evidence::documented});
  defaults.content_type = reader.text("/defaults/content_type", "application/json");
  read_aspects(reader, "/defaults", defaults.fact, defaults.aspects);
  for (const std::string& name : reader.members("/answers")) {
    const std::string at = join_pointer("/answers", name);
    ResponseDefinition answer{.name = name, .scope = Scope::exchange, .success = false, .place = document.key_place(at)};
    std::string list = at;
    if (const Json* value = reader.find(at); value != nullptr && value->is_object()) {
      reader.keys(at, {"scope", "variants"});
      const std::string scope = reader.word(at + "/scope", {"exchange", "call", "item"}, "exchange");
      answer.scope = scope == "call" ? Scope::call : scope == "item" ? Scope::item : Scope::exchange;
      list = at + "/variants";
    }
    const std::size_t count = reader.size(list);
    answer.variants.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      answer.variants.push_back(read_variant(context, reader, name, i, join_pointer(list, i), defaults));
    }
    if (answer.variants.empty()) {
      reader.fail(at, "missing-key", "answer '" + name + "' has no variant");
    } else {
      check_cover(context, reader, answer, at);
    }
    context.contract.answers.emplace(name, std::move(answer));
  }
}

void load_collections(LoadContext& context, const YamlDocument& document) {
  Reader reader(document, context.problem);
  Contract& contract = context.contract;
  reader.keys("", {"sequences", "account", "collections", "records"});
  for (const std::string& name : reader.members("/sequences")) contract.sequences[name] = reader.integer(join_pointer("/sequences", name));
  if (const Json* account = reader.find("/account"); account != nullptr) contract.account = *account;
  for (const std::string& name : reader.members("/collections")) {
    const std::string at = join_pointer("/collections", name);
    reader.keys(at, {"id", "ignore_case", "defaults", "create", "later", "model", "optional", "times"});
    reader.keys(at + "/id", {"member", "sequence", "from", "at", "schema"});
    reader.keys(at + "/times", {"created", "updated"});
    Collection collection{.name = name,
                          .id_member = reader.required_text(at + "/id/member"),
                          .sequence = reader.text(at + "/id/sequence"),
                          .id_from = reader.text(at + "/id/from"),
                          .id_at = reader.text(at + "/id/at"),
                          .ignore_case = reader.flag(at + "/ignore_case"),
                          .defaults = reader.has(at + "/defaults") ? *reader.find(at + "/defaults") : Json::object(),
                          .create = read_creation(reader, at + "/create")};
    if (const Json* schema = reader.find(at + "/id/schema")) collection.id_schema = *schema;
    if (const Json* model = reader.find(at + "/model"); model != nullptr) {
      const auto local = local_ref(*model);
      collection.model = local ? *local : join_pointer("/components/schemas", reader.text(at + "/model"));
    }
    for (std::string& member : reader.texts(at + "/optional")) collection.optional.insert(std::move(member));
    collection.created_times = reader.texts(at + "/times/created");
    collection.updated_times = reader.texts(at + "/times/updated");
    load_later(context, reader, at + "/later", collection);
    check_unfilled(reader, collection.defaults, at + "/defaults");
    check_unfilled(reader, collection.create.defaults, at + "/create/defaults");
    contract.collections.emplace(name, std::move(collection));
  }
  for (const char* part : {"/account", "/records"}) {
    if (const Json* value = reader.find(part)) check_unfilled(reader, *value, part);
  }
  for (const std::string& name : reader.members("/records")) {
    const std::string at = join_pointer("/records", name);
    if (!contract.collections.contains(name)) reader.fail_key(at, "unknown-collection", "found unknown collection '" + name + "'");
    for (std::size_t i = 0, n = reader.size(at); i < n; ++i) contract.records[name].push_back(*reader.find(join_pointer(at, i)));
  }
}

void check_creations(LoadContext& context, const YamlDocument& document) {
  Reader reader(document, context.problem);
  for (const auto& [name, collection] : context.contract.collections) {
    if (!collection.model.empty() && find_pointer(context.contract.document, collection.model) == nullptr)
      reader.fail(join_pointer("/collections", name, "model"), "dangling-ref", "openapi.yaml has no schema at '" + collection.model + "'");
  }
  check_later(context, reader);
  for (const auto& [name, collection] : context.contract.collections) {
    const auto at = join_pointer("/collections", name) + "/create";
    const auto check = [&](const std::string& pointer, const std::string& id) {
      const auto* operation = id.empty() ? nullptr : context.contract.find_operation(id);
      if (!id.empty() && (operation == nullptr || !operation->call.empty()))
        reader.fail(pointer, "unknown-operation", "found '" + id + "', expected an operation that is no call of a batch");
      return operation;
    };
    const bool is_short = reader.find(at) != nullptr && reader.find(at)->is_string();
    check(is_short ? at : at + "/operation", collection.create.operation);
    const auto* remove = check(at + "/remove", collection.create.remove);
    if (remove != nullptr && remove->record_id.empty())
      reader.fail(at + "/remove", "no-record-id", "found '" + remove->id + "', which names no record by a parameter of its path");
  }
}

}  // namespace understudy
