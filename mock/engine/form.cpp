#include "mock/engine/form.h"

#include <algorithm>
#include <map>
#include <optional>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {

bool has_type(const Json* schema, std::string_view word) {
  const Json* type = schema == nullptr ? nullptr : find_pointer(*schema, "/type");
  const auto is = [&](const Json& one) { return one.is_string() && one.get_ref<const std::string&>() == word; };
  return type != nullptr && (type->is_array() ? std::ranges::any_of(*type, is) : is(*type));
}

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// The schema of a form's body.
struct FormSchema {
  const Json& document;
  const Json* root;
  const Json* member(const Json* schema, const std::string& name) const {
    schema = follow_refs(document, schema);
    if (schema == nullptr || !schema->is_object()) return nullptr;
    if (const Json* found = find_pointer(*schema, join_pointer("/properties", name))) return follow_refs(document, found);
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      const Json* parts = find_pointer(*schema, join_pointer("", word));
      for (std::size_t i = 0; parts != nullptr && i < parts->size(); ++i) {
        if (const Json* found = member(&(*parts)[i], name)) return found;
      }
    }
    return nullptr;
  }
};

// A field's text as its schema's type wants it.
Json read_field(const Json* schema, const std::string& text) {
  const bool is_number_type = has_type(schema, "integer") || has_type(schema, "number");
  if (is_number_type) {
    if (auto number = read_number(text)) return *std::move(number);
  }
  if (has_type(schema, "boolean") && (text == "true" || text == "false")) return text == "true";
  if (has_type(schema, "object") || has_type(schema, "array")) {
    if (auto value = parse_json(text); value && value->is_structured()) return *std::move(value);
  }
  return text;
}

// A value that is read from fields. Those of an object are in a tree first: each new member of Json moves others.
struct FormPart {
  Json value;
  std::optional<std::map<std::string, FormPart>> members = {};  // of an object that fields have added to

  bool is_object() const { return members || value.is_object(); }
  std::map<std::string, FormPart>& open() {
    if (!members) members.emplace();
    if (value.is_object()) {
      for (auto& [name, member] : value.get_ref<Json::object_t&>()) (*members)[name].value = std::move(member);
    }
    value = nullptr;
    return *members;
  }
  Json take() {
    if (!members) return std::move(value);
    std::vector<std::pair<std::string, Json>> all;
    for (auto& [name, part] : *members) all.emplace_back(name, part.take());
    return object_of(all);
  }
};

Json read_fields(const Fields& fields, const FormSchema& schema) {
  FormPart form{.value = Json::object()};
  for (const auto& [name, text] : fields) {
    std::vector<std::string> path = {name.substr(0, name.find('['))};
    for (auto open = name.find('['); open != std::string::npos; open = name.find('[', open + 1))
      path.push_back(name.substr(open + 1, name.find(']', open) - open - 1));
    FormPart* place = &form;
    const Json* here = schema.root;
    for (std::size_t i = 0; i < path.size() && place->is_object(); ++i) {
      here = schema.member(here, path[i]);
      const bool is_list = has_type(here, "array") || (i + 1 < path.size() && path[i + 1].empty());
      const bool is_last = i + 1 == path.size() || is_list;
      FormPart& part = place->open()[path[i]];
      if (is_list) {
        part.members.reset();
        Json& member = part.value;
        const Json* items = here != nullptr && here->contains("items") ? follow_refs(schema.document, &here->at("items")) : nullptr;
        Json value = read_field(items, text);
        if (!member.is_array()) member = Json::array();
        if (auto whole = has_type(here, "array") && text.starts_with('[') ? parse_json(text) : tl::unexpected(JsonError{});
            whole && whole->is_array())
          member = *std::move(whole);
        else
          member.push_back(std::move(value));
      } else if (is_last) {
        part = {.value = read_field(here, text)};
      } else if (!part.is_object()) {
        part = {.value = Json::object()};
      }
      if (is_last) break;
      place = &part;
    }
  }
  return form.take();
}

// The parts of a multipart body (RFC 7578): names and contents.
Fields parse_multipart(std::string_view content_type, std::string_view body) {
  Fields fields;
  const auto at = content_type.find("boundary=");
  if (at == std::string_view::npos) return fields;
  std::string_view boundary = content_type.substr(at + 9);
  boundary = boundary.substr(0, boundary.find(';'));
  if (boundary.size() > 1 && boundary.front() == '"') boundary = boundary.substr(1, boundary.find('"', 1) - 1);
  const std::string mark = "--" + std::string(boundary);
  for (auto start = body.find(mark); start != std::string_view::npos;) {
    const auto end = body.find(mark, start + mark.size());
    if (end == std::string_view::npos) break;
    const std::string_view part = body.substr(start + mark.size(), end - start - mark.size());
    start = end;
    const auto blank = part.find("\r\n\r\n"), named = part.find("name=\"");
    if (blank == std::string_view::npos || named == std::string_view::npos || named > blank) continue;
    const std::string name(part.substr(named + 6, part.find('"', named + 6) - named - 6));
    std::string_view content = part.substr(blank + 4);
    if (content.ends_with("\r\n")) content.remove_suffix(2);
    fields.emplace_back(name, is_valid_utf8(content) ? std::string(content) : encode_base64(content));
  }
  return fields;
}

}  // namespace

Json read_form(const Contract& contract, const Operation& operation, std::string_view content_type, std::string_view body) {
  const FormSchema schema{.document = contract.document, .root = find_pointer(contract.document, operation.body_schema)};
  const bool is_multipart = media_type_of(content_type) == kMultipartType;
  return read_fields(is_multipart ? parse_multipart(content_type, body) : parse_form(body), schema);
}

}  // namespace understudy
