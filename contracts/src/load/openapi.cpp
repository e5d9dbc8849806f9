#include <algorithm>
#include <array>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"
#include "contracts/src/model/path_template.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"get", "post", "put", "patch", "delete", "head", "options"};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), ascii_upper);
  return text;
}

Fact fact_at(const Contract& contract, std::string_view pointer) {
  return contract.find_fact(pointer).value_or(Fact{.source = contract.api, .evidence = Evidence::assumed});
}

// Reads the parts of one operation.
struct OperationReader {
  LoadContext& context;
  Reader& reader;
  std::string at;  // JSON Pointer of the operation

  std::vector<Parameter> parameters() {
    std::vector<Parameter> out;
    const std::string list = at + "/parameters";
    for (std::size_t i = 0, n = reader.size(list); i < n; ++i) {
      const std::string one = join_pointer(list, i);
      reader.keys(one, {"name", "in", "required", "description", "schema", "example", "x-source", "x-evidence"});
      Parameter parameter{.name = reader.required_text(one + "/name"), .required = reader.flag(one + "/required"), .many = false};
      using In = Parameter::In;
      parameter.in = reader.choice<In>(one + "/in", {{"path", In::path}, {"query", In::query}, {"header", In::header}}, In::query);
      if (!reader.has(one + "/in")) reader.fail(one, "missing-key", "'in' is missing");
      if (reader.has(one + "/schema")) parameter.schema = one + "/schema";
      const Json* schema = follow_refs(reader.root(), reader.find(one + "/schema"));
      const Json* type = schema == nullptr ? nullptr : find_pointer(*schema, "/type");
      parameter.many = type != nullptr && *type == "array";
      parameter.number = type != nullptr && (*type == "integer" || *type == "number");
      if (type != nullptr && *type == "object")
        reader.fail(one + "/schema", "unsupported-parameter", "found type object, expected a type that a text can have, or array");
      out.push_back(std::move(parameter));
    }
    return out;
  }

  void body(Operation& operation) {
    const std::string body = at + "/requestBody";
    if (!reader.has(body)) return;
    reader.keys(body, {"required", "description", "content"}, true);
    operation.has_body = true;
    operation.body_required = reader.flag(body + "/required");
    for (const std::string& type : reader.members(body + "/content")) {
      const std::string media = join_pointer(body + "/content", type);
      reader.keys(media, {"schema", "example", "examples"}, true);
      operation.any_media_type |= type == "*/*";
      if (type != "*/*") operation.media_types.push_back(media_type_of(type));
      if (operation.body_schema.empty() || media_type_of(type) == "application/json") operation.body_schema = media + "/schema";
    }
    if (operation.body_schema.empty() || !reader.has(operation.body_schema)) reader.fail(body, "missing-key", "requestBody has no schema");
  }

  void responses(Operation& operation) {
    for (const std::string& status : reader.members(at + "/responses")) {
      const std::string one = join_pointer(at + "/responses", status);
      reader.keys(one, {"description", "content", "headers", "x-source", "x-evidence"}, true);
      if (const auto evidence = reader.evidence(one + "/x-evidence")) operation.statuses[status] = *evidence;
      if (reader.is_checked()) continue;
      for (const std::string& type : reader.members(one + "/content")) {
        reader.keys(join_pointer(one + "/content", type), {"schema", "example", "examples"}, true);
      }
    }
  }
};

std::string ref_pointer(Reader& reader, const std::string& at) {
  const std::string ref = reader.required_text(at);
  if (ref.starts_with("#/")) {
    if (!reader.has(ref.substr(1)))
      reader.fail(at, "dangling-ref", "found a reference to '" + ref + "', which this document does not contain");
    return ref.substr(1);
  }
  if (!ref.empty()) reader.fail(at, "remote-ref", "found '" + ref + "', expected a reference inside this document (#/...)");
  return {};
}

std::optional<Redelivery> read_redelivery(LoadContext& context, Reader& reader, const std::string& at) {
  if (!reader.has(at)) return std::nullopt;
  reader.keys(at, {"acknowledged", "after", "then", "attempts", "x-source", "x-evidence"});
  const auto duration = [&](const std::string& pointer, const std::string& text) {
    const auto value = parse_duration(text);
    if (!value) reader.fail(pointer, "bad-duration", "found '" + text + "', expected a duration such as 90s or 8m");
    return value.value_or(Milliseconds{0});
  };
  Redelivery redelivery{.acknowledged = reader.required_text(at + "/acknowledged"),
                        .then = duration(at + "/then", reader.required_text(at + "/then")),
                        .attempts = static_cast<std::size_t>(std::max<std::int64_t>(reader.integer(at + "/attempts", 1), 1)),
                        .fact = fact_at(context.contract, at)};
  const auto after = reader.texts(at + "/after");
  for (std::size_t i = 0; i < after.size(); ++i) redelivery.after.push_back(duration(join_pointer(at + "/after", i), after[i]));
  return redelivery;
}

void load_calls(LoadContext& context, Reader& reader, const Operation& carrier, const std::string& at) {
  reader.keys(
      at, {"operation", "arguments", "correlation", "credential", "envelope", "result", "refusals", "operations", "each", "redelivery"});
  reader.keys(at + "/credential", {"operation", "position", "username", "password"});
  reader.keys(at + "/refusals", {"unknown_call", "bad_arguments", "not_authorized", "undecodable"});
  Batch batch{.operation = carrier.id,
              .method = carrier.method,
              .path = carrier.path,
              .member_operation = reader.required_text(at + "/operation"),
              .member_arguments = reader.required_text(at + "/arguments"),
              .member_correlation = reader.required_text(at + "/correlation"),
              .credential_operation = reader.text(at + "/credential/operation"),
              .credential_position = static_cast<std::size_t>(reader.integer(at + "/credential/position")),
              .credential_username = reader.text(at + "/credential/username"),
              .credential_password = reader.text(at + "/credential/password"),
              .envelope = reader.has(at + "/envelope") ? *reader.find(at + "/envelope") : Json::object(),
              .result_member = reader.text(at + "/result", "result"),
              .unknown_call = reader.required_text(at + "/refusals/unknown_call"),
              .bad_arguments = reader.required_text(at + "/refusals/bad_arguments"),
              .not_authorized = reader.required_text(at + "/refusals/not_authorized"),
              .undecodable = reader.required_text(at + "/refusals/undecodable"),
              .redelivery = read_redelivery(context, reader, at + "/redelivery")};
  for (const std::string& call : reader.members(at + "/operations")) {
    const std::string one = join_pointer(at + "/operations", call);
    reader.keys(one, {"operationId", "arguments", "items", "answers", "redelivery", "summary", "description", "x-source", "x-evidence"});
    Operation operation;
    operation.id = reader.required_text(one + "/operationId");
    operation.name = context.contract.api + "." + operation.id;
    operation.method = carrier.method;
    operation.path = carrier.path;
    operation.call = call;
    operation.has_body = operation.body_required = true;
    operation.body_schema = ref_pointer(reader, one + "/arguments");
    operation.items = reader.text(one + "/items");
    operation.answers_nothing = reader.word(one + "/answers", {"none"}) == "none";
    operation.idempotent_redelivery = reader.word(one + "/redelivery", {"idempotent"}) == "idempotent";
    operation.fact = fact_at(context.contract, one);
    operation.place = reader.place(one);
    batch.calls[call] = operation.id;
    context.contract.operations.push_back(std::move(operation));
  }
  context.contract.batch = std::move(batch);
}

// The path of the first server: the mock serves the API below it, whatever the host.
std::string read_base(Reader& reader) {
  constexpr std::string_view kServer = "/servers/0";
  if (!reader.has(kServer)) return {};
  const std::string at = std::string(kServer) + "/url";
  for (std::size_t i = 0, n = reader.size("/servers"); i < n; ++i)
    reader.keys(join_pointer("/servers", i), {"url", "description", "variables"}, true);
  const std::string url = reader.required_text(at);
  // Names in the URL have defaults (OpenAPI 3.1, server variable object).
  std::string filled;
  for (std::size_t done = 0; done < url.size();) {
    const auto open = std::min(url.find('{', done), url.size()), close = url.find('}', open);
    filled += url.substr(done, open - done);
    if (open == url.size()) break;
    const std::string name = url.substr(open + 1, std::min(close, url.size()) - open - 1);
    const std::string value = join_pointer(std::string(kServer) + "/variables", name) + "/default";
    if (close == std::string::npos || !reader.has(value))
      reader.fail(at, "unknown-variable", "found {" + name + "}, expected a name with a default under 'variables'");
    filled += reader.text(value);
    done = close == std::string::npos ? url.size() : close + 1;
  }
  std::string_view base = filled;
  if (const auto host = base.find("://"); host != std::string_view::npos) {
    const auto path = base.find('/', host + 3);
    base = path == std::string_view::npos ? "/" : base.substr(path);
  }
  if (!base.starts_with('/') || base.find_first_of("?#") != std::string_view::npos) {
    reader.fail(at, "bad-url", "found '" + url + "', expected a path (/v1) or a URL with one (https://shop.example/v1)");
    return {};
  }
  while (base.size() > 1 && base.ends_with('/')) base.remove_suffix(1);
  return parse_path_template(base).value_or(PathTemplate{}).sent;
}

// A second path that no request could reach, because the first one takes them all, is a mistake.
PathTemplate read_path(Reader& reader, const std::string& path, const std::string& at, std::map<std::string, std::string>& shapes) {
  auto parsed = parse_path_template(path);
  if (!parsed) {
    reader.fail_key(at, "bad-path", "path '" + path + "': " + parsed.error());
    return {};
  }
  std::string shape;
  for (const PathSegment& segment : parsed->segments) {
    shape += '/';
    for (const std::string& text : segment.texts) shape += text + "{}";
  }
  if (const auto [first, is_new] = shapes.emplace(shape, path); !is_new)
    reader.fail_key(at, "duplicate-path", "path '" + path + "' is the same as '" + first->second + "', expected one of them");
  return *std::move(parsed);
}

void load_operation(LoadContext& context, Reader& reader, const PathTemplate& path, std::string_view method, const std::string& at) {
  reader.keys(at, {"operationId", "summary", "description", "tags", "security", "parameters", "requestBody", "responses", "x-source",
                   "x-evidence", "x-calls"});
  OperationReader parts{context, reader, at};
  Operation operation;
  operation.id = reader.required_text(at + "/operationId");
  operation.name = context.contract.api + "." + operation.id;
  operation.method = upper(std::string(method));
  operation.path = path.sent;
  operation.parameters = parts.parameters();
  for (std::size_t i = 0; i < operation.parameters.size(); ++i) {
    const Parameter& parameter = operation.parameters[i];
    if (parameter.in == Parameter::In::path && !contains(path.names(), parameter.name))
      reader.fail(join_pointer(at, "parameters", i, "name"), "unknown-path-parameter",
                  "found path parameter '" + parameter.name + "', which is not in the path '" + path.sent + "'" +
                      did_you_mean(parameter.name, path.names()));
  }
  const Json* security = reader.find(at + "/security");
  operation.secured = security == nullptr || !security->is_array() || !security->empty();
  parts.body(operation);
  parts.responses(operation);
  operation.fact = fact_at(context.contract, at);
  operation.place = reader.place(at);
  if (reader.has(at + "/x-calls")) {
    load_calls(context, reader, operation, at + "/x-calls");
  } else {
    context.contract.operations.push_back(std::move(operation));
  }
}

// The pointer of the first reference to nothing.
std::optional<std::string> find_dangling(const Json& root, const Json& node, std::set<std::string>& known) {
  if (node.is_object()) {
    if (auto target = local_ref(node); target && target->starts_with('/') && !known.contains(*target)) {
      if (find_pointer(root, *target) == nullptr) return "/$ref";
      known.insert(*std::move(target));
    }
    for (const auto& [name, member] : node.items()) {
      if (!member.is_structured()) continue;
      if (const auto found = find_dangling(root, member, known)) return join_pointer("", name) + *found;
    }
    return std::nullopt;
  }
  for (std::size_t i = 0; i < node.size(); ++i) {
    if (!node[i].is_structured()) continue;
    if (const auto found = find_dangling(root, node[i], known)) return join_pointer("", i) + *found;
  }
  return std::nullopt;
}

// Reports dangling references first: other problems may only follow from them.
void check_references(Reader& reader) {
  if (reader.is_checked() || !reader.root().is_structured()) return;
  std::set<std::string> known;
  if (const auto pointer = find_dangling(reader.root(), reader.root(), known)) {
    reader.fail(*pointer, "dangling-ref",
                "found a reference to '" + reader.find(*pointer)->get<std::string>() + "', which this document does not contain");
  }
}

}  // namespace

void load_openapi(LoadContext& context, YamlDocument& document) {
  Contract& contract = context.contract;
  context.document = std::make_shared<Json>(std::move(document.root));
  contract.document = SharedJson(context.document);
  document.root = nullptr;
  Reader reader(document, *context.document, context.problem);
  check_references(reader);
  reader.keys("", {"openapi", "jsonSchemaDialect", "info", "servers", "tags", "security", "paths", "components", "x-source", "x-evidence"});
  reader.keys("/components", {"schemas", "securitySchemes"});
  if (!reader.required_text("/openapi").starts_with("3.1")) reader.fail("/openapi", "unsupported-version", "expected OpenAPI 3.1");
  if (!reader.text("/jsonSchemaDialect").starts_with("http://json-schema.org/draft-07/schema")) {
    reader.fail("/jsonSchemaDialect", "unsupported-dialect", "expected jsonSchemaDialect http://json-schema.org/draft-07/schema#");
  }
  contract.title = reader.text("/info/title");
  contract.base = read_base(reader);
  std::map<std::string, std::string> shapes;
  for (const std::string& path : reader.members("/paths")) {
    const std::string item = join_pointer("/paths", path);
    reader.keys(item, {"get", "post", "put", "patch", "delete", "head", "options", "summary", "description", "x-source", "x-evidence"});
    const PathTemplate parsed = read_path(reader, path, item, shapes);
    for (const std::string_view method : kMethods) {
      if (reader.has(join_pointer(item, method))) load_operation(context, reader, parsed, method, join_pointer(item, method));
    }
  }
  contract.operations.shrink_to_fit();  // they are large, and kept as long as the contract
  std::set<std::string> seen;
  for (const Operation& operation : contract.operations) {
    if (!seen.insert(operation.id).second && !reader.failed()) {
      context.problem =
          make_problem(Failure::bad_file, "duplicate-operation", "operationId '" + operation.id + "' is used twice", operation.place);
    }
  }
}

}  // namespace understudy
