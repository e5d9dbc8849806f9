#include "contracts/src/model/responses.h"

#include "contracts/src/model/complete.h"

namespace understudy {
namespace {

const Json kNull = nullptr;

std::string render_text(const Json& value) { return value.is_null() ? std::string() : as_text(value); }

std::string render_body(const Template& body, const TemplateScope& scope) {
  std::string text = spare_bodies().take();
  body.write(scope, text);
  return text;
}

// {switch: name} is replaced by the profile's value.
const Json& resolve_switch(const Json& value, const Switches& switches) {
  if (!value.is_object()) return value;
  const auto name = value.find("switch");
  if (name == value.end() || !name->is_string()) return kNull;
  const auto found = switches.find(name->get_ref<const std::string&>());
  return found == switches.end() ? kNull : found->second;
}

}  // namespace

const ResponseVariant& pick_variant(const ResponseDefinition& answer, const Switches& switches) {
  for (const ResponseVariant& variant : answer.variants) {
    bool holds = true;
    for (const auto& [name, value] : variant.when_switch) {
      const auto found = switches.find(name);
      holds = holds && found != switches.end() && json_equal(found->second, value);
    }
    if (holds) return variant;
  }
  return answer.variants.back();
}

int status_of(const ResponseVariant& variant, const Switches& switches) {
  const Json& status = resolve_switch(variant.status, switches);
  return status.is_number_integer() ? status.get<int>() : 500;
}

std::string reason_of(const ResponseVariant& variant, const Switches& switches) {
  const Json& reason = resolve_switch(variant.reason, switches);
  return reason.is_string() ? reason.get<std::string>() : std::string();
}

void compile_templates(ResponseVariant& variant, const Json& document) {
  variant.names.clear();
  const Json body = variant.body.value_or(nullptr);
  variant.body_template = Template(variant.complete ? complete_pattern(body, find_pointer(document, variant.schema), document) : body);
  variant.text_template = Template(variant.text ? Json(*variant.text) : Json());
  variant.header_templates.clear();
  for (const auto& [name, value] : variant.headers.items()) variant.header_templates.emplace_back(name, Template(value));
  const auto add = [&](const Template& one) { variant.names.insert(one.roots().begin(), one.roots().end()); };
  add(variant.body_template);
  add(variant.text_template);
  for (const auto& [name, value] : variant.header_templates) add(value);
}

Response render_response(const ResponseVariant& variant, const Switches& switches, const TemplateScope& scope) {
  Response response;
  response.status = status_of(variant, switches);
  response.reason = reason_of(variant, switches);
  response.headers.reserve(variant.header_templates.size() + 1);
  if (variant.body || variant.text) {
    if (!variant.content_type.empty()) response.headers.push_back({"Content-Type", variant.content_type});
    if (variant.body) {
      response.body = render_body(variant.body_template, scope);
    } else {
      response.body = render_text(variant.text_template.fill(scope));
    }
  }
  for (const auto& [name, value] : variant.header_templates) {
    Json filled = value.fill(scope);
    if (filled.is_string())
      response.headers.push_back({name, std::move(filled.get_ref<std::string&>())});
    else if (!filled.is_null())
      response.headers.push_back({name, render_text(filled)});
  }
  return response;
}

}  // namespace understudy
