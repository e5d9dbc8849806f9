#include "mock/admin/admin.h"

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

struct Query {
  std::string_view name, description;
};
constexpr std::array kQueries = std::to_array<Query>({
    {"tenant", "Only this tenant"},
    {"collection", "api.collection"},
    {"unmatched", "true: only requests that match no operation"},
    {"refused", "true: only requests that got an error response"},
    {"since", "Only what arrived after this time (RFC 3339)"},
    {"limit", "At most this many"},
    {"after", "Only what has a greater number"},
    {"before", "Only what has a smaller number"},
    {"from", "The number of the earlier commit"},
    {"to", "The number of the later commit; without it, the last one"},
    {"format", "json, ndjson or har"},
    {"secrets", "true: credentials as they were sent"},
});

Json media(std::string_view schema) {
  return {{"application/json", {{"schema", {{"$ref", "#/components/schemas/" + std::string(schema)}}}}}};
}

Json render_parameters(const AdminOperation& operation) {
  Json parameters = Json::array();
  for (const std::string_view segment : path_segments(operation.path)) {
    if (!is_path_parameter(segment)) continue;
    parameters.push_back(
        {{"name", parameter_name(segment)}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}, {"minLength", 1}}}});
  }
  for (std::string_view rest = operation.shape.query; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    const auto query = std::ranges::find(kQueries, name, &Query::name);
    parameters.push_back({{"name", name}, {"in", "query"}, {"description", query->description}, {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

Json render_responses(const AdminOperation& operation, bool has_names) {
  const AdminShape& shape = operation.shape;
  const bool is_error = shape.status >= 400;
  Json success = {{"description", is_error ? "Error" : "Done"}};
  if (is_error) success["content"] = media("Error");
  if (!shape.result.empty()) success["content"] = media(shape.result);
  if (!shape.media.empty()) success["content"] = {{std::string(shape.media), {{"schema", {{"type", "string"}}}}}};
  Json responses = {{std::to_string(shape.status), success}};
  if (shape.other_status != 0) responses[std::to_string(shape.other_status)] = success;
  std::vector<std::string> errors = {"401", "403"};
  if (!shape.error.empty()) errors.emplace_back(shape.error);
  if (has_names || !shape.query.empty()) errors.emplace_back("404");
  if (has_names || !shape.query.empty() || !shape.body.empty()) errors.emplace_back("400");
  for (const std::string& status : errors) {
    if (!responses.contains(status)) responses[status] = {{"$ref", "#/components/responses/Refused"}};
  }
  return responses;
}

}  // namespace

Json render_openapi(std::span<const AdminTable> tables) {
  Json paths = Json::object();
  for (const AdminTable& table : tables) {
    for (const AdminOperation& operation : table.operations) {
      Json rendered = {{"operationId", operation.id}, {"tags", {table.tag}}, {"summary", operation.summary}};
      if (Json parameters = render_parameters(operation); !parameters.empty()) rendered["parameters"] = std::move(parameters);
      if (!operation.shape.body.empty()) rendered["requestBody"] = {{"content", media(operation.shape.body)}};
      rendered["responses"] = render_responses(operation, operation.path.find('{') != std::string_view::npos);
      paths["/__admin" + (operation.path == "/" ? "" : std::string(operation.path))][to_lower(operation.method)] = std::move(rendered);
    }
  }
  Json document = *parse_json(admin_document());
  document["paths"] = std::move(paths);
  return document;
}

}  // namespace understudy
