// Operations: parameters, bodies and responses.
#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/openapi/normalise.h"

namespace understudy {
namespace {

bool is_json_type(const std::string& type) {
  return type == "application/json" || type.ends_with("+json") || type == "text/json" || type == "*/*" || type == "application/*";
}
bool is_form_type(const std::string& type) { return type == "application/x-www-form-urlencoded" || type == "multipart/form-data"; }
bool is_xml_type(const std::string& type) { return type.ends_with("/xml") || type.ends_with("+xml"); }
// The best first.
int rank_of(const std::string& type) {
  return type == "application/json" ? 0 : is_json_type(type) ? 1 : is_form_type(type) ? 2 : is_xml_type(type) ? 4 : 3;
}

// getPetsById of get /pets/{id}.
std::string made_id(const std::string& method, const std::string& path) {
  std::string id = method;
  bool capital = true;
  for (const char c : path) {
    if (!is_letter(c) && !is_digit(c)) {
      capital = true;
      if (c == '{') id += "By";
    } else {
      id += capital ? ascii_upper(c) : c;
      capital = false;
    }
  }
  return id;
}

bool has_public_alternative(const Json& security) {
  return security.is_array() &&
         (security.empty() || std::ranges::any_of(security, [](const Json& one) { return one.is_object() && one.empty(); }));
}

// A parameter's schema with one type for its text: without null, references and allOf. Null: a text cannot say what it describes.
Json text_schema(const Json& document, const Json* schema, int depth = 0) {
  constexpr int kDeepest = 8;
  schema = follow_refs(document, schema);
  if (schema == nullptr || !schema->is_object() || depth > kDeepest) return Json::object();
  Json out = *schema;
  if (out.contains("type") && out["type"].is_array()) {
    Json types = Json::array();
    for (const Json& type : out["type"]) {
      if (type != "null") types.push_back(type);
    }
    out["type"] = types.size() == 1 ? types.front() : types;
  }
  const Json type = out.value("type", Json());
  const bool is_object = type == "object" || (type.is_array() && contains(type, Json("object"))) || out.contains("properties");
  if (is_object || (out.contains("items") && text_schema(document, &out["items"], depth + 1).is_null())) return nullptr;
  const auto add = [&](const Json& part) {
    for (const auto& [name, value] : part.items()) out.emplace(name, value);
  };
  const Json parts = out.value("allOf", Json::array());
  out.erase("allOf");
  for (const Json& part : parts) {
    const Json one = text_schema(document, &part, depth + 1);
    if (one.is_null()) return nullptr;
    add(one);
  }
  if (!out.contains("anyOf")) return out;
  Json alternatives = Json::array();
  for (const Json& part : out["anyOf"]) {
    Json one = text_schema(document, &part, depth + 1);
    if (one.is_null()) return nullptr;
    if (one != Json{{"type", "null"}} && one != Json{{"type", Json::array()}}) alternatives.push_back(std::move(one));
  }
  out.erase("anyOf");
  if (alternatives.size() == 1)
    add(alternatives.front());
  else if (!alternatives.empty())
    out["anyOf"] = std::move(alternatives);
  return out;
}

// The members of a Swagger 2.0 parameter or header that belong to its schema.
Json inline_schema(const Json& given) {
  Json schema = given;
  for (const char* name : {"name", "in", "required", "description", "collectionFormat", "allowEmptyValue"}) schema.erase(name);
  return schema;
}

}  // namespace

Json Normaliser::content(const Located& at, bool one) {
  Json out = Json::object();
  if (at.value == nullptr || !at.value->is_object()) return out;
  std::vector<std::string> types;
  for (const auto& [type, value] : at.value->items()) types.push_back(type);
  std::ranges::stable_sort(types, {}, [](const std::string& type) { return rank_of(media_type_of(type)); });
  for (const std::string& type : types) {
    std::string plain = media_type_of(type);
    if (is_xml_type(plain) && !out.empty()) {
      note("XML bodies");
      continue;
    }
    if (one && !out.empty()) break;
    if (plain.ends_with("/*") && !one) plain = "*/*";
    if (one && (plain == "*/*" || plain == "application/*")) plain = "application/json";
    const Located media = child(at, type);
    Json entry = Json::object();
    const bool is_raw = !is_json_type(plain) && !is_form_type(plain);
    const Json* given = media.value == nullptr || !media.value->is_object() ? nullptr : find_pointer(*media.value, "/schema");
    if (given != nullptr && !is_raw)
      entry["schema"] = schema({.value = given, .file = media.file, .pointer = join_pointer(media.pointer, "schema")});
    else
      entry["schema"] = Json::object();
    if (Json example = media.member("example"); !example.is_null()) entry["example"] = std::move(example);
    const Located examples = child(media, "examples");
    if (!entry.contains("example") && examples.value != nullptr && examples.value->is_object() && !examples.value->empty()) {
      const Located first = child(examples, examples.value->begin().key());
      if (Json value = first.member("value"); !value.is_null()) entry["example"] = std::move(value);
    }
    if (!out.contains(plain)) out[plain] = std::move(entry);
  }
  return out;
}

std::optional<Json> Normaliser::parameter(const Located& at, const std::vector<std::string>& names) {
  const std::string in = text_of(at.member("in")), name = text_of(at.member("name"));
  if (in == "cookie") {
    note("parameters in cookies");
    return std::nullopt;
  }
  if (name.empty() || (in != "path" && in != "query" && in != "header")) {
    note("parameters that name no place");
    return std::nullopt;
  }
  if (in == "path" && !contains(names, name)) {
    note("path parameters that are not in their path");
    return std::nullopt;
  }
  Json out = {{"name", name}, {"in", in}, {"required", in == "path" || at.member("required") == true}};
  if (const Json text = at.member("description"); text.is_string()) out["description"] = text;
  if (const Json example = at.member("example"); !example.is_null()) out["example"] = example;
  Json made = Json::object();
  if (is_swagger_) {
    const Json plain = inline_schema(*at.value);
    made = schema({.value = &plain, .file = at.file, .pointer = at.pointer});
  } else if (const Json* given = find_pointer(*at.value, "/schema")) {
    made = schema({.value = given, .file = at.file, .pointer = at.pointer + "/schema"});
  } else {
    const Json types = content(child(at, "content"), true);
    if (!types.empty()) made = types.begin()->at("schema");
  }
  const std::string style = text_of(at.member("style")), format = text_of(at.member("collectionFormat"));
  const bool is_split = style == "pipeDelimited" || style == "spaceDelimited" || format == "pipes" || format == "ssv" || format == "tsv";
  if (is_split) {
    note("lists with another separator than a comma (not checked)");
    made = Json::object();
  }
  out["schema"] = std::move(made);
  return out;
}

// Parameters are checked as far as a text can follow their schemas, which are known once all references are read.
void Normaliser::finish_parameters() {
  for (auto& [path, item] : out_["paths"].items()) {
    for (auto& [method, operation] : item.items()) {
      for (Json& one : operation["parameters"]) {
        Json made = text_schema(out_, &one["schema"]);
        if (made.is_null()) {
          note("parameters that are objects (not checked)");
          one["required"] = one["in"] == "path";
          made = Json::object();
        }
        one["schema"] = std::move(made);
      }
    }
  }
}

Json Normaliser::parameters(const Located& item, const Located& at, const std::vector<std::string>& names, Json& body,
                            const Json& consumes) {
  Json out = Json::array();
  std::set<std::pair<std::string, std::string>> seen;
  Json form = Json::object(), required = Json::array();
  bool has_file = false;
  for (const Located& owner : {at, item}) {
    const Located list = child(owner, "parameters");
    if (list.value == nullptr || !list.value->is_array()) continue;
    for (std::size_t i = 0; i < list.value->size(); ++i) {
      const Located one = follow({.value = &(*list.value)[i], .file = list.file, .pointer = join_pointer(list.pointer, i)});
      if (one.value == nullptr || !one.value->is_object()) continue;
      const std::string in = text_of(one.member("in")), name = text_of(one.member("name"));
      if (!seen.emplace(in, name).second) continue;
      if (is_swagger_ && in == "body") {
        const Json* given = find_pointer(*one.value, "/schema");
        Json made = given == nullptr ? Json::object() : schema({.value = given, .file = one.file, .pointer = one.pointer + "/schema"});
        body = {{"required", one.member("required") == true}, {"content", Json::object()}};
        for (const Json& type : consumes) {
          const std::string plain = media_type_of(text_of(type));
          if (!is_xml_type(plain) && !plain.empty()) body["content"][plain] = {{"schema", made}};
          if (is_xml_type(plain)) note("XML bodies");
        }
        if (body["content"].empty()) body["content"]["application/json"] = {{"schema", made}};
      } else if (is_swagger_ && in == "formData") {
        const Json plain = inline_schema(*one.value);
        has_file |= one.member("type") == "file";
        form[name] = schema({.value = &plain, .file = one.file, .pointer = one.pointer});
        if (one.member("required") == true) required.push_back(name);
      } else if (auto made = parameter(one, names)) {
        out.push_back(std::move(*made));
      }
    }
  }
  for (const std::string& name : names) {
    if (!seen.contains({"path", name}))
      out.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  if (!form.empty()) {
    Json made = {{"type", "object"}, {"properties", std::move(form)}};
    if (!required.empty()) made["required"] = required;
    body = {{"required", !required.empty()}, {"content", Json::object()}};
    for (const char* type : {"multipart/form-data", "application/x-www-form-urlencoded"}) {
      const bool is_default = !has_file || std::string_view(type).starts_with("multipart");
      if (contains(consumes, Json(type)) || is_default) body["content"][type] = {{"schema", made}};
    }
  }
  return out;
}

Json Normaliser::request_body(const Located& at) {
  if (at.value == nullptr || !at.value->is_object()) return nullptr;
  Json types = content(child(at, "content"), false);
  if (types.empty()) return nullptr;
  return {{"required", at.member("required") == true}, {"content", std::move(types)}};
}

Json Normaliser::responses(const Located& at, const Json& produces) {
  Json out = Json::object();
  if (at.value == nullptr || !at.value->is_object()) return out;
  for (const auto& [status, value] : at.value->items()) {
    if (status.starts_with("x-")) continue;
    const Located one = child(at, status);
    if (one.value == nullptr || !one.value->is_object()) continue;
    Json made = {{"description", text_of(one.member("description"), "-")}};
    if (is_swagger_) {
      if (const Json* given = find_pointer(*one.value, "/schema")) {
        std::string type = "application/json";
        const bool has_json = produces.empty() || std::ranges::any_of(produces, [](const Json& one_type) {
                                return is_json_type(media_type_of(text_of(one_type)));
                              });
        if (!has_json) type = media_type_of(text_of(produces.front(), "application/json"));
        if (is_xml_type(type)) type = "application/json";
        made["content"][type]["schema"] = schema({.value = given, .file = one.file, .pointer = one.pointer + "/schema"});
        const Json examples = one.member("examples");
        if (examples.is_object() && examples.contains("application/json")) made["content"][type]["example"] = examples["application/json"];
      }
    } else if (Json types = content(child(one, "content"), true); !types.empty()) {
      made["content"] = std::move(types);
    }
    const Located headers = child(one, "headers");
    const Json named = headers.value != nullptr && headers.value->is_object() ? *headers.value : Json::object();
    for (const auto& [name, header] : named.items()) {
      const Located declared = child(headers, name);
      const Located schema_at = is_swagger_ ? declared : child(declared, "schema");
      made["headers"][name] = {{"schema", {{"type", schema_at.member("type").is_string() ? schema_at.member("type") : Json("string")}}}};
    }
    if (one.value->contains("links")) note("links of responses");
    out[status] = std::move(made);
  }
  return out;
}

Json Normaliser::operation(const Located& item, const Located& at, const std::string& path, const std::string& method) {
  const Located root{.value = &root_.document.root, .file = &root_};
  std::string id = text_of(at.member("operationId"));
  std::ranges::replace_if(
      id, [](char c) { return !is_letter(c) && !is_digit(c) && c != '_' && c != '-'; }, '_');
  if (id.empty()) id = made_id(method, path);
  const std::string stem = id;
  for (int i = 2; !operation_ids_.insert(id).second; ++i) id = stem + "_" + std::to_string(i);
  Json out = {{"operationId", id}};
  for (const char* name : {"summary", "description"}) {
    if (const Json text = at.member(name); text.is_string()) out[name] = text;
  }
  std::vector<std::string> names;
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
    names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
  const auto types = [&](const char* word) {
    Json own = at.member(word);
    if (!own.is_array()) own = root.member(word);
    return own.is_array() ? own : Json::array();
  };
  Json body = request_body(child(at, "requestBody"));
  out["parameters"] = parameters(item, at, names, body, types("consumes"));
  if (!body.is_null()) out["requestBody"] = std::move(body);
  out["responses"] = responses(child(at, "responses"), types("produces"));
  Json security = at.member("security");
  if (!security.is_array()) security = root.member("security");
  const bool is_public = !security.is_array() || has_public_alternative(security) || out_["components"]["securitySchemes"].empty();
  if (is_public) out["security"] = Json::array();
  for (const char* name : {"callbacks", "externalDocs", "servers"}) {
    if (at.value->contains(name)) note(std::string(name) + " of operations");
  }
  return out;
}

}  // namespace understudy
