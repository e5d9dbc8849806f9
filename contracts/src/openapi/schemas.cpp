// Schemas: OpenAPI 3.0, 3.1 and Swagger 2.0 become draft-07, as contracts use it.
#include <algorithm>

#include "contracts/src/base/formats.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/regex.h"
#include "contracts/src/base/text.h"
#include "contracts/src/openapi/normalise.h"

namespace understudy {
namespace {

constexpr int kDeepest = 150;  // of schemas in schemas

constexpr std::string_view kTypes[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
constexpr std::string_view kNumbers[] = {"minimum", "maximum"};
constexpr std::string_view kCounts[] = {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"};
constexpr std::string_view kSchemas[] = {"additionalProperties", "propertyNames", "not", "if", "then", "else", "contains"};
constexpr std::string_view kLists[] = {"allOf", "anyOf", "oneOf"};
constexpr std::string_view kMaps[] = {"properties", "patternProperties"};
constexpr std::string_view kNotes[] = {"title", "description", "default", "readOnly", "writeOnly", "deprecated", "example"};
// Read together with another keyword, or meant for other tools.
constexpr std::string_view kElsewhere[] = {"exclusiveMinimum", "exclusiveMaximum", "required",   "nullable", "examples", "$schema",
                                           "$comment",         "definitions",      "$defs",      "items",    "type",     "contentMediaType",
                                           "contentEncoding",  "minContains",      "prefixItems"};

bool is_count(const Json& value) { return value.is_number_integer() && compare_numbers(value, 0) >= 0; }

std::optional<Json> read_type(const Json& value) {
  Json types = Json::array();
  for (const Json& word : value.is_array() ? value : Json::array({value})) {
    if (word == "file") types.push_back("string");
    if (word.is_string() && contains(kTypes, word.get<std::string>()) && !contains(types, word)) types.push_back(word);
  }
  if (types.empty()) return std::nullopt;
  return types.size() == 1 ? types.front() : types;
}

// An enumeration of a text type whose values YAML has read as numbers or booleans.
Json read_enum(const Json& values, const Json& type) {
  Json out = Json::array();
  for (const Json& value : values) out.push_back(type == "string" && !value.is_string() && !value.is_null() ? Json(as_text(value)) : value);
  return out;
}

void add_null(Json& schema) {
  if (const auto values = schema.find("enum"); values != schema.end() && !contains(*values, Json())) values->push_back(nullptr);
  if (const auto type = schema.find("type"); type != schema.end()) {
    if (!type->is_array()) *type = Json::array({*type});
    if (!contains(*type, Json("null"))) type->push_back("null");
    return;
  }
  if (schema.contains("allOf") || schema.contains("anyOf") || schema.contains("oneOf")) {
    schema = {{"anyOf", Json::array({std::move(schema), {{"type", "null"}}})}};
  }
}

}  // namespace

void Normaliser::keyword(const std::string& name, const Located& value, Json& out, int depth) {
  const Json& given = *value.value;
  const auto keep_if = [&](bool sound) {
    if (sound)
      out[name] = given;
    else
      note("'" + name + "' with a value that the keyword cannot have");
  };
  const auto at = [&](const Json& part, const auto& token) {
    return Located{.value = &part, .file = value.file, .pointer = join_pointer(value.pointer, token)};
  };
  if (contains(kNotes, name)) {
    out[name] = given;
  } else if (contains(kNumbers, name)) {
    keep_if(is_number(given));
  } else if (contains(kCounts, name)) {
    keep_if(is_count(given));
  } else if (contains(kSchemas, name)) {
    out[name] = schema(value, depth + 1);
  } else if (contains(kLists, name)) {
    Json list = Json::array();
    for (std::size_t i = 0; given.is_array() && i < given.size(); ++i) list.push_back(schema(at(given[i], i), depth + 1));
    if (list.empty()) return;
    // In many files several alternatives of oneOf accept the same value.
    if (name == "oneOf" && list.size() > 1) note("'oneOf' (one alternative or more is accepted)");
    const std::string word = name == "oneOf" ? "anyOf" : name;
    if (out.contains(word))
      out["allOf"].push_back({{word, std::move(list)}});
    else
      out[word] = std::move(list);
  } else if (contains(kMaps, name)) {
    if (!given.is_object()) return;
    out[name] = Json::object();
    for (const auto& [key, one] : given.items()) {
      if (name != "patternProperties" || Regex::compile(key)) out[name][key] = schema(at(one, key), depth + 1);
    }
  } else if (name == "pattern") {
    const bool sound = given.is_string() && Regex::compile(given.get_ref<const std::string&>());
    if (sound)
      out[name] = given;
    else
      note("patterns in a dialect that is not ECMA-262");
  } else if (name == "format") {
    const std::string format = given.is_string() ? given.get<std::string>() : std::string();
    if (find_format(format) != nullptr || is_annotating_format(format))
      out[name] = given;
    else
      note("format '" + format + "' (not checked)");
  } else if (name == "enum") {
    if (given.is_array() && !given.empty()) out[name] = read_enum(given, out.value("type", Json()));
  } else if (name == "const") {
    out[name] = given;
  } else if (name == "uniqueItems") {
    keep_if(given.is_boolean());
  } else if (name == "multipleOf") {
    keep_if(is_number(given) && compare_numbers(given, 0) > 0);
  } else if (name.starts_with("x-")) {
    if (name == "x-nullable" && given == true) return;
    note("extensions (x-...)");
  } else if (!contains(kElsewhere, name)) {
    note("schema keyword '" + name + "'");
  }
}

// Members that only one direction has are not required: a schema is used for both.
void Normaliser::relax_required(const Located& at, Json& out) {
  const Json required = at.member("required");
  if (!required.is_array()) return;
  const Located properties = child(at, "properties");
  Json kept = Json::array();
  for (const Json& name : required) {
    if (!name.is_string() || contains(kept, name)) continue;
    const Located member = properties.value == nullptr ? Located() : child(properties, name.get<std::string>());
    const bool is_one_way = member.value != nullptr && (member.member("readOnly") == true || member.member("writeOnly") == true);
    if (!is_one_way) kept.push_back(name);
  }
  if (!kept.empty()) out["required"] = std::move(kept);
}

Json Normaliser::schema_reference(const Located& at, int depth) {
  const Json reference = at.member("$ref");
  auto found = target(reference.is_string() ? reference.get<std::string>() : "", *at.file, at.pointer);
  if (!found) return Json::object();
  const std::string key = found->file->path + "#" + found->pointer;
  auto known = names_.find(key);
  if (known == names_.end()) {
    const auto slash = found->pointer.rfind('/');
    std::string name =
        slash == std::string::npos ? found->file->path.substr(found->file->path.rfind('/') + 1) : found->pointer.substr(slash + 1);
    std::ranges::replace_if(
        name, [](char c) { return !is_letter(c) && !is_digit(c) && c != '_' && c != '-' && c != '.'; }, '_');
    const std::string stem = name;
    for (int i = 2; !taken_.insert(name).second; ++i) name = stem + "_" + std::to_string(i);
    known = names_.emplace(key, name).first;
    waiting_.emplace_back(name, *found);
  }
  Json out = {{"$ref", std::string(kSchemaPrefix) + known->second}};
  const bool is_nullable = at.member("nullable") == true || at.member("x-nullable") == true;
  if (is_nullable) return {{"anyOf", Json::array({std::move(out), {{"type", "null"}}})}};
  if (!is_31_ || at.value->size() == 1) return out;
  // 3.1: what is beside a reference counts, too.
  Json rest = *at.value;
  rest.erase("$ref");
  Json beside = schema({.value = &rest, .file = at.file, .pointer = at.pointer}, depth + 1);
  for (const std::string_view name : kNotes) beside.erase(std::string(name));
  if (beside.empty()) return out;
  return {{"allOf", Json::array({std::move(out), std::move(beside)})}};
}

Json Normaliser::schema(const Located& at, int depth) {
  const Json& given = *at.value;
  if (given.is_boolean()) return given;
  if (!given.is_object() || depth > kDeepest) {
    note(given.is_object() ? "schemas that are nested too deep" : "schemas that are no objects");
    return Json::object();
  }
  if (given.contains("$ref") && given["$ref"].is_string()) return schema_reference(at, depth);
  Json out = Json::object();
  if (const auto type = given.find("type"); type != given.end()) {
    if (auto read = read_type(*type))
      out["type"] = std::move(*read);
    else
      note("unknown type " + describe(*type));
  }
  for (const auto& [name, value] : given.items())
    keyword(name, {.value = &value, .file = at.file, .pointer = join_pointer(at.pointer, name)}, out, depth);
  for (const auto& [exclusive, bound] : {std::pair{"exclusiveMinimum", "minimum"}, std::pair{"exclusiveMaximum", "maximum"}}) {
    const Json value = at.member(exclusive);
    if (is_number(value)) out[exclusive] = value;
    if (value == true && out.contains(bound)) {
      out[exclusive] = out[bound];
      out.erase(bound);
    }
  }
  const Json tuple = at.member("prefixItems"), items = at.member("items");
  const Json& list = tuple.is_array() ? tuple : items;
  if (list.is_array()) {
    note("lists with a schema for each position");
  } else if (!items.is_null()) {
    out["items"] = schema({.value = &given["items"], .file = at.file, .pointer = join_pointer(at.pointer, "items")}, depth + 1);
  }
  if (const Json examples = at.member("examples"); examples.is_array() && !examples.empty() && !out.contains("example"))
    out["example"] = examples.front();
  follow_example(out);
  relax_required(at, out);
  if (at.member("nullable") == true || at.member("x-nullable") == true) add_null(out);
  return out;
}

// The file's own example shows what the API really takes: a format or pattern that it breaks is not checked.
void Normaliser::follow_example(Json& schema) {
  const Json example = schema.value("example", Json());
  if (!example.is_string()) return;
  const std::string& text = example.get_ref<const std::string&>();
  const auto drop_if = [&](const char* word, bool breaks) {
    if (!breaks) return;
    note(std::string(word) + "s that the schema's own example breaks (not checked)");
    schema.erase(word);
  };
  if (const Json format = schema.value("format", Json()); format.is_string()) {
    const FormatCheck accepts = find_format(format.get_ref<const std::string&>());
    drop_if("format", accepts != nullptr && !accepts(text));
  }
  if (const Json pattern = schema.value("pattern", Json()); pattern.is_string()) {
    const auto regex = Regex::compile(pattern.get_ref<const std::string&>());
    drop_if("pattern", regex && regex->search(text) == Verdict::no);
  }
}

void Normaliser::finish_schemas() {
  Json& schemas = out_["components"]["schemas"];
  schemas = Json::object();
  while (!waiting_.empty()) {
    const auto [name, at] = std::move(waiting_.front());
    waiting_.pop_front();
    schemas[name] = schema(at);
  }
  // A schema that is only a reference to itself, or to a circle of references, says nothing.
  for (auto& [name, one] : schemas.items()) {
    if (one.contains("$ref") && follow_refs(out_, &one) == nullptr) one = Json::object();
  }
  open_parts_of_all_of();
  make_merge_patches_partial();
}

}  // namespace understudy
