// References, paths, security and servers of a document. See also: operations.cpp, schemas.cpp.
#include "contracts/src/openapi/normalise.h"

#include <algorithm>
#include <filesystem>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/model/path_template.h"

namespace understudy {
namespace {

constexpr std::string_view kMethods[] = {"get", "post", "put", "patch", "delete", "head", "options"};
constexpr int kMostReferences = 50;  // in a row

std::string shape_of(const PathTemplate& path) {
  std::string shape;
  for (const PathSegment& segment : path.segments) {
    shape += '/';
    for (const std::string& text : segment.texts) shape += text + "{}";
  }
  return shape;
}

// A path as contracts write it: without query and fragment, {id} for {+id} and {id*}, and each name once.
std::string clean_path(std::string_view text) {
  text = text.substr(0, text.find_first_of("?#"));
  std::string path = text.starts_with('/') ? "" : "/";
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size()), close = text.find('}', open);
    path += text.substr(0, open);
    if (open == text.size() || close == std::string_view::npos) break;
    std::string name(text.substr(open + 1, close - open - 1));
    std::erase_if(name, [](char c) { return c == '+' || c == '*' || c == '?'; });
    std::string one = name;
    for (int i = 2; contains(names, one); ++i) one = name + "_" + std::to_string(i);
    names.push_back(one);
    path += "{" + one + "}";
    text.remove_prefix(close + 1);
  }
  return path;
}

}  // namespace

Json Located::member(std::string_view name) const {
  if (value == nullptr || !value->is_object()) return nullptr;
  const auto found = value->find(name);
  return found == value->end() ? Json() : *found;
}

void Normaliser::report(const SourceFile& file, const std::string& pointer, std::string code, std::string message) {
  if (!file.document.marks.empty()) return problems.push_back(file.document.problem(pointer, std::move(code), std::move(message)));
  // A JSON text is read without places, which is faster. Now they are needed.
  const auto again = parse_yaml(file.document.text, file.path, {.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000});
  problems.push_back(again ? again->problem(pointer, std::move(code), std::move(message))
                           : make_problem(Failure::bad_file, std::move(code), std::move(message), {.file = file.path}));
}

const SourceFile* Normaliser::open(const std::string& path, const SourceFile& from, const std::string& pointer) {
  if (path == root_.path) return &root_;
  auto& file = files_[path];
  if (file != nullptr) return file.get();
  auto text = read_(path);
  if (!text) {
    report(from, pointer, "file-missing", "found a reference to '" + path + "', which cannot be read");
  } else if (auto document = parse_api_text(*text, path)) {
    file = std::make_unique<SourceFile>(SourceFile{.path = path, .document = std::move(*document)});
    return file.get();
  } else {
    problems.push_back(std::move(document.error()));
  }
  file = std::make_unique<SourceFile>(SourceFile{.path = path, .document = {}});  // reported once
  return file.get();
}

std::optional<Located> Normaliser::target(const std::string& reference, const SourceFile& from, const std::string& pointer) {
  const auto hash = std::min(reference.find('#'), reference.size());
  const std::string file = percent_decode(reference.substr(0, hash));
  if (file.find("://") != std::string::npos) {
    note("references to other hosts (not fetched)");
    return std::nullopt;
  }
  namespace fs = std::filesystem;
  const SourceFile* home =
      file.empty() ? &from : open((fs::path(from.path).parent_path() / file).lexically_normal().string(), from, pointer);
  std::string place = hash < reference.size() ? percent_decode(reference.substr(hash + 1)) : std::string();
  while (place.ends_with('/')) place.pop_back();
  // components.schemas.Pet, and a bare name, are seen for #/components/schemas/Pet.
  const Json* value = place.empty() || place.starts_with('/') ? find_pointer(home->document.root, place) : nullptr;
  if (value == nullptr && hash == reference.size() && find_pointer(from.document.root, "/components/schemas/" + reference) != nullptr) {
    place = "/components/schemas/" + reference;
    value = find_pointer(from.document.root, place);
    home = &from;
  }
  if (value == nullptr) {
    note("references that lead to nothing, such as " + reference);
    return std::nullopt;
  }
  return Located{.value = value, .file = home, .pointer = place};
}

Located Normaliser::follow(Located at) {
  for (int i = 0; i < kMostReferences && at.value != nullptr; ++i) {
    const std::string reference = text_of(at.member("$ref"));
    if (reference.empty()) return at;
    at = target(reference, *at.file, at.pointer).value_or(Located());
  }
  return {};
}

Located Normaliser::child(const Located& parent, std::string_view name) {
  if (parent.value == nullptr || !parent.value->is_object()) return {};
  const auto found = parent.value->find(name);
  if (found == parent.value->end()) return {};
  return follow({.value = &*found, .file = parent.file, .pointer = join_pointer(parent.pointer, name)});
}

Json Normaliser::info() {
  const Json& root = root_.document.root;
  const auto text = [&](const char* pointer, const char* fallback) {
    const Json* found = find_pointer(root, pointer);
    return found == nullptr || !found->is_primitive() || found->is_null() ? std::string(fallback) : as_text(*found);
  };
  return {{"title", text("/info/title", "API")}, {"version", text("/info/version", "1")}};
}

// The path of the first server; empty: there is none.
std::string Normaliser::base() {
  const Json& root = root_.document.root;
  std::string url;
  if (is_swagger_) {
    if (const Json* path = find_pointer(root, "/basePath")) url = text_of(*path);
  } else if (const Json* first = find_pointer(root, "/servers/0/url")) {
    std::string_view rest = first->is_string() ? first->get_ref<const std::string&>() : std::string_view();
    while (!rest.empty()) {
      const auto open = std::min(rest.find('{'), rest.size()), close = rest.find('}', open);
      url += rest.substr(0, open);
      if (close == std::string_view::npos) break;
      const Json* value = find_pointer(root, join_pointer("/servers/0/variables", rest.substr(open + 1, close - open - 1)) + "/default");
      url += value == nullptr || value->is_null() ? "x" : as_text(*value);
      rest.remove_prefix(close + 1);
    }
    if (const Json* all = find_pointer(root, "/servers"); all->is_array() && all->size() > 1) note("servers after the first");
  }
  if (const auto host = url.find("://"); host != std::string::npos) url = url.substr(std::min(url.find('/', host + 3), url.size()));
  if (url.starts_with("//")) url = url.substr(std::min(url.find('/', 2), url.size()));
  url = url.substr(0, url.find_first_of("?#"));
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty() && !url.starts_with('/')) url = "/" + url;
  return url;
}

Json Normaliser::security_schemes() {
  Json out = Json::object();
  const Located root{.value = &root_.document.root, .file = &root_};
  const Located all = is_swagger_ ? child(root, "securityDefinitions") : child(child(root, "components"), "securitySchemes");
  if (all.value == nullptr || !all.value->is_object()) return out;
  for (const auto& [name, given] : all.value->items()) {
    const Located one = child(all, name);
    if (one.value == nullptr || !one.value->is_object()) continue;
    Json scheme = *one.value;
    if (scheme.value("type", Json()) == "basic") scheme = {{"type", "http"}, {"scheme", "basic"}};
    if (is_swagger_ && scheme.value("type", Json()) == "oauth2") {
      const std::string flow =
          text_of(scheme.value("flow", Json())) == "application" ? "clientCredentials" : text_of(scheme.value("flow", Json()));
      Json details = Json::object();
      for (const char* url : {"tokenUrl", "authorizationUrl"}) {
        if (scheme.contains(url)) details[url] = scheme[url];
      }
      scheme = {{"type", "oauth2"}, {"flows", {{flow, details}}}};
    }
    out[name] = std::move(scheme);
  }
  return out;
}

void Normaliser::path(const Located& item, std::string text) {
  if (!item.value->is_object()) return note("paths that are no objects");
  text = clean_path(text);
  auto parsed = parse_path_template(text);
  if (!parsed) return note("paths that cannot be matched, such as " + text);
  // Another spelling of a path that is known: its operations join that one, under the names of its parameters.
  const auto [first, is_new] = shapes_.emplace(shape_of(*parsed), text);
  const auto names = parse_path_template(first->second)->names(), own = parsed->names();
  Json& out = out_["paths"][first->second];
  for (const auto& [method, value] : item.value->items()) {
    if (!contains(kMethods, method)) {
      if (method == "servers" || method == "trace") note(method + " of paths");
      continue;
    }
    const Located at = child(item, method);
    if (at.value == nullptr || !at.value->is_object()) continue;
    if (!is_new && out.contains(method)) {
      note("operations whose path and method another one has");
      continue;
    }
    Json made = operation(item, at, text, method);
    for (Json& one : made["parameters"]) {
      const auto place = std::ranges::find(own, text_of(one["name"]));
      if (one["in"] == "path" && place != own.end()) one["name"] = names[static_cast<std::size_t>(place - own.begin())];
    }
    out[method] = std::move(made);
  }
  if (out.is_null()) out_["paths"].erase(first->second);
}

Json Normaliser::run() {
  const Json& root = root_.document.root;
  const auto version_text = [&](const char* name) {
    return root.is_object() && root.contains(name) ? as_text(root.at(name)) : std::string();
  };
  const std::string swagger = version_text("swagger"), openapi = version_text("openapi");
  is_swagger_ = !swagger.empty();
  is_31_ = openapi.starts_with("3.1") || openapi.starts_with("3.2");
  if (!swagger.starts_with("2") && !openapi.starts_with("3")) {
    report(root_, is_swagger_ ? "/swagger" : "/openapi", "unsupported-version",
           "found version '" + swagger + openapi + "', expected OpenAPI 3.0 or 3.1, or Swagger 2.0");
  }
  out_ = {
      {"openapi", "3.1.0"}, {"jsonSchemaDialect", "http://json-schema.org/draft-07/schema#"}, {"info", info()}, {"paths", Json::object()}};
  if (const std::string path = base(); !path.empty()) {
    if (parse_path_template(path))
      out_["servers"] = Json::array({{{"url", path}}});
    else
      note("the path of the server");
  }
  const Json top = root.is_object() ? root : Json::object();
  for (const auto& [name, value] : top.items()) {
    if (name == "webhooks" || name == "externalDocs") note(name);
    if (name.starts_with("x-")) note("extensions (x-...)");
  }
  const Located document{.value = &root, .file = &root_};
  const Located paths = child(document, "paths");
  if (paths.value == nullptr || !paths.value->is_object()) {
    report(root_, "/paths", "missing-key", "found no paths, expected 'paths' with the operations of the API");
    return {};
  }
  out_["components"]["securitySchemes"] = security_schemes();
  for (const auto& [text, value] : paths.value->items()) {
    if (text.starts_with("x-")) continue;
    if (const Located item = child(paths, text); item.value != nullptr) path(item, text);
  }
  if (out_["paths"].empty() && problems.empty())
    report(root_, "/paths", "no-operations", "found no operation, expected at least one below 'paths'");
  finish_schemas();
  finish_parameters();
  return out_;
}

}  // namespace understudy
