// Bodies of application/merge-patch+json (RFC 7396): a record's schema describes them, but members that stay are left out, and null
// removes a member.
#include "contracts/src/openapi/normalise.h"

namespace understudy {
namespace {

class PartialSchemas {
 public:
  explicit PartialSchemas(Json& document) : schemas_(document["components"]["schemas"]) {}

  // What a patch of a value with this schema looks like.
  Json make(const Json& schema) {
    if (!schema.is_object()) return schema;
    if (schema.contains("$ref")) return make_reference(schema);
    Json out = schema;
    for (const char* word : {"required", "minProperties", "dependencies"}) out.erase(word);
    for (const char* word : {"allOf", "anyOf", "oneOf"}) {
      if (!out.contains(word)) continue;
      for (Json& part : out[word]) part = make(part);
    }
    if (out.contains("properties")) {
      for (Json& member : out["properties"]) member = {{"anyOf", Json::array({make(member), {{"type", "null"}}})}};
    }
    return out;
  }

 private:
  Json make_reference(const Json& schema) {
    const std::string reference = schema["$ref"].get<std::string>();
    if (!reference.starts_with(kSchemaPrefix)) return schema;
    const std::string name = reference.substr(kSchemaPrefix.size()), partial = name + "_patch";
    if (!schemas_.contains(partial) && schemas_.contains(name)) {
      schemas_[partial] = Json::object();  // a schema that contains itself
      Json made = make(schemas_[name]);
      schemas_[partial] = std::move(made);
    }
    return {{"$ref", std::string(kSchemaPrefix) + partial}};
  }

  Json& schemas_;
};

}  // namespace

void Normaliser::make_merge_patches_partial() {
  PartialSchemas partial(out_);
  for (Json& item : out_["paths"]) {
    for (Json& operation : item) {
      Json* types = operation.is_object() ? find_pointer(operation, "/requestBody/content") : nullptr;
      if (types == nullptr) continue;
      for (auto& [type, media] : types->items()) {
        if (type.ends_with("merge-patch+json") && media.contains("schema")) media["schema"] = partial.make(media["schema"]);
      }
    }
  }
}

}  // namespace understudy
