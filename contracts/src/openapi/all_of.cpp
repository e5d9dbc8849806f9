// Parts of allOf that refuse each other's members.
//
// A part with `additionalProperties: false` accepts its own members only, so that no object has the members of two such parts. Files mean
// the sum of the parts; the keyword is left out of them.
#include "contracts/src/openapi/normalise.h"

namespace understudy {
namespace {

bool is_closed(const Json& schema) { return schema.is_object() && schema.value("additionalProperties", Json()) == false; }

class Opener {
 public:
  // Insertion into an object leaves references to its other members valid.
  explicit Opener(Json& document) : document_(document), schemas_(document["components"]["schemas"]) {}

  // Opens the parts of every allOf below the value.
  void open_below(Json& value) {
    if (!value.is_structured()) return;
    if (value.is_object() && value.contains("allOf") && value["allOf"].is_array()) open_parts(value);
    for (Json& member : value) open_below(member);
  }

  std::size_t count() const { return count_; }

 private:
  void open_parts(Json& schema) {
    Json& parts = schema["allOf"];
    if (parts.size() + (schema.contains("properties") ? 1 : 0) < 2) return;  // there is one part only
    open(schema);
    for (Json& part : parts) {
      if (part.is_object() && part.contains("$ref"))
        open_reference(part);
      else
        open(part);
    }
  }

  void open(Json& schema) {
    if (!is_closed(schema)) return;
    schema.erase("additionalProperties");
    ++count_;
  }

  // The schema stays closed for those who use it alone; the part refers to an open copy of it.
  void open_reference(Json& part) {
    const std::string reference = part["$ref"].get<std::string>();
    const Json* found = follow_refs(document_, &part);
    if (!is_closed(found == nullptr ? Json() : *found) || !reference.starts_with(kSchemaPrefix)) return;
    const std::string name = reference.substr(kSchemaPrefix.size()) + "_open";
    part["$ref"] = std::string(kSchemaPrefix) + name;
    if (schemas_.contains(name)) return;
    Json& copy = schemas_[name] = Json(*found);
    open(copy);
    open_below(copy);
  }

  Json& document_;
  Json& schemas_;
  std::size_t count_ = 0;
};

}  // namespace

void Normaliser::open_parts_of_all_of() {
  Opener opener(out_);
  opener.open_below(out_);
  if (opener.count() > 0) ignored["'additionalProperties: false' of a part of allOf"] += opener.count();
}

}  // namespace understudy
