#include "contracts/src/load/load.h"

#include <algorithm>
#include <array>
#include <future>
#include <set>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"
#include "contracts/src/yaml/packed.h"

namespace understudy {
namespace {

constexpr const char* kNoCollections = "{}";
constexpr std::array<std::string_view, 4> kParts = {"openapi.yaml", "rules.yaml", "answers.yaml", "collections.yaml"};

Problem at_file(const std::string& file, std::string code, std::string message) {
  return make_problem(Failure::bad_file, std::move(code), std::move(message), Place{.file = file});
}

// The name that this page of the contract has in this code: openapi.yaml of openapi.yml, openapi.json and OpenAPI.YAML.
std::string plain_name(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const std::string_view extension : {".yml", ".json"}) {
    const std::string stem = lower.substr(0, lower.ends_with(extension) ? lower.size() - extension.size() : lower.size());
    if (contains(kParts, stem + ".yaml")) return stem + ".yaml";
  }
  return lower;
}

// The files of one API, and of many. `packed` has files of the bundle, which stay.
struct ApiTexts {
  std::string api, folder;
  std::map<std::string, std::string_view, std::less<>> texts, packed;
};
using TextSet = std::map<std::string, std::string_view, std::less<>>;

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view folder_of(std::string_view path) { return path.substr(0, std::min(path.rfind('/'), path.size())); }

bool has_part(const FileSet& files, std::string_view folder, std::string_view part) {
  return std::ranges::any_of(
      files, [&](const auto& file) { return folder_of(file.first) == folder && plain_name(file_name(file.first)) == part; });
}

// Files of a contract where none is read: openapi.yaml in the folder itself or too deep, or parts of one without openapi.yaml.
std::optional<Problem> find_unread(const FileSet& files, std::string_view root) {
  const auto depth = [](std::string_view path) { return std::ranges::count(path, '/'); };
  bool is_empty = true;
  for (const auto& [path, text] : files) {
    const std::string part = plain_name(file_name(path));
    if (!contains(kParts, part)) continue;
    const std::string_view folder = folder_of(path);
    const auto levels = depth(path) - depth(root);
    is_empty &= levels != 2 || part != "openapi.yaml";
    if (levels == 2 && !has_part(files, folder, "openapi.yaml"))
      return at_file(std::string(folder) + "/openapi.yaml", "file-missing",
                     "found " + std::string(file_name(path)) + ", expected openapi.yaml beside it");
    if (part == "openapi.yaml" && (levels == 1 || (levels > 2 && !has_part(files, folder_of(folder), "openapi.yaml"))))
      return at_file(
          path, "wrong-folder",
          "found " + std::string(file_name(path)) + " here, expected it in a folder with the name of its API: FOLDER/<api>/openapi.yaml");
  }
  if (is_empty) return at_file(std::string(root), "no-contracts", "found no contract, expected a folder for each API: <api>/openapi.yaml");
  return std::nullopt;
}

// Compiles every schema, in a checked contract when it is needed. A problem names the file that the schema came from.
std::optional<Problem> compile_schemas(LoadContext& context, const YamlDocument& openapi, const YamlDocument& answers) {
  Contract& contract = context.contract;
  std::set<std::string> pointers;
  for (const Operation& operation : contract.operations) {
    if (!operation.body_schema.empty()) pointers.insert(operation.body_schema);
    for (const Parameter& parameter : operation.parameters) {
      if (!parameter.schema.empty()) pointers.insert(parameter.schema);
    }
  }
  for (const auto& [name, answer] : contract.answers) {
    for (const ResponseVariant& variant : answer.variants) {
      if (!variant.schema.empty()) pointers.insert(variant.schema);
    }
  }
  // Unused schemas are compiled too, so that a typo in one is found now.
  if (const Json* schemas = find_pointer(contract.document, "/components/schemas"); schemas != nullptr) {
    for (const auto& [name, schema] : schemas->items()) pointers.insert(join_pointer("/components/schemas", name));
  }
  constexpr SchemaOptions kOptions{.max_depth = 5000};
  if (openapi.is_checked) {
    contract.schemas =
        std::make_shared<const SchemaSet>(SchemaSet::compile_later(contract.document, {pointers.begin(), pointers.end()}, kOptions));
    return std::nullopt;
  }
  auto compiled = SchemaSet::compile(contract.document, {pointers.begin(), pointers.end()}, kOptions);
  if (compiled) {
    contract.schemas = std::make_shared<const SchemaSet>(std::move(*compiled));
    return std::nullopt;
  }
  const SchemaError& error = compiled.error();
  for (const auto& [inlined, origin] : context.schema_origin) {
    if (error.pointer.starts_with(inlined))
      return answers.problem(origin + error.pointer.substr(inlined.size()), error.code, error.message);
  }
  return openapi.key_problem(error.pointer, error.code, error.message);
}

// Whether an answer needs the body after the operation was performed. A refusal comes before, unless a change refuses.
void find_shown_request(const Contract& contract, Operation& operation) {
  operation.shows_request = false;
  const auto look_at = [&operation](const ResponseVariant& variant) {
    if (!variant.names.contains("request")) return;
    const bool is_in_body_alone =
        !variant.fill && operation.call.empty() && !variant.text_template.roots().contains("request") &&
        std::ranges::none_of(variant.header_templates, [](const auto& header) { return header.second.roots().contains("request"); });
    if (is_in_body_alone && !variant.body_template.needs_value("request"))
      operation.merges_request = true;
    else
      operation.shows_request = true;
  };
  for (const std::string& name : operation.answers) {
    const ResponseDefinition* answer = contract.find_response(name);
    if (answer != nullptr && (answer->success || !operation.changes.empty())) std::ranges::for_each(answer->variants, look_at);
  }
}

void bind_operations(LoadContext& context) {
  context.contract.binding = context.words;
  for (Operation& operation : context.contract.operations) {
    find_shown_request(context.contract, operation);
    if (operation.body_schema.empty()) continue;
    operation.binder =
        std::make_shared<const Binder>(context.contract.document, operation.body_schema, words_for(operation, context.words));
  }
}

Result<YamlDocument> parse_part(const ApiTexts& files, const std::string& name, const char* fallback = nullptr) {
  const auto found = std::ranges::find_if(files.texts, [&](const auto& file) { return plain_name(file.first) == name; });
  const std::string path = files.folder + "/" + (found == files.texts.end() ? name : found->first);
  if (const auto twin = std::find_if(found == files.texts.end() ? found : std::next(found), files.texts.end(),
                                     [&](const auto& file) { return plain_name(file.first) == name; });
      twin != files.texts.end())
    return tl::unexpected(at_file(path, "second-file", "found " + twin->first + " too, expected one of them"));
  if (const auto packed = files.packed.find(name); packed != files.packed.end()) {
    if (auto document = unpack_document(packed->second, path)) return *std::move(document);
  }
  // An imported API may be far larger than what people write.
  constexpr YamlLimits kLimits{.bytes = 64u << 20, .depth = 200, .nodes = 4'000'000};
  if (found != files.texts.end()) return parse_yaml(found->second, path, kLimits);
  if (fallback != nullptr) return parse_yaml(fallback, path);
  return tl::unexpected(at_file(path, "file-missing", "a contract needs " + name));
}

// Whether a request can have a value of the parameter that is refused: a text without bounds cannot.
bool can_be_wrong(const Contract& contract, const Parameter& parameter) {
  if (parameter.in == Parameter::In::path && parameter.number && contract.paths_typed) return false;
  if (parameter.required && parameter.in != Parameter::In::path) return true;
  const Json* schema = follow_refs(contract.document, find_pointer(contract.document, parameter.schema));
  if (parameter.schema.empty() || schema == nullptr || !schema->is_object()) return false;
  const auto words = schema->items();
  return std::any_of(words.begin(), words.end(), [](const auto& word) {
    return !(word.key() == "type" && word.value() == "string") && word.key() != "description" && word.key() != "example" &&
           word.key() != "default";
  });
}

// Whether the engine can reach this stage for the operation.
bool can_give(const Contract& contract, const Operation& operation, std::string_view stage) {
  if (stage == "bad_credentials") return operation.perform == Perform::issue_token;
  if (stage == "credentials") return operation.secured;
  if (stage == "media_type" || stage == "undecodable") return operation.has_body;
  if (stage == "shape") {
    return operation.has_body ||
           std::ranges::any_of(operation.parameters, [&](const Parameter& one) { return can_be_wrong(contract, one); });
  }
  if (stage == "rows") return !operation.rows.empty();
  if (stage == "record") return operation.names_record() && operation.perform != Perform::list;
  return true;
}

}  // namespace

void connect_answers(LoadContext& context, Reader& rules) {
  Contract& contract = context.contract;
  const auto known = [&](const std::string& name) { return contract.answers.contains(name); };
  std::vector<std::string> names;
  for (const auto& [name, answer] : contract.answers) names.push_back(name);
  const auto demand = [&](const std::string& pointer, const std::string& name) {
    if (!name.empty() && !known(name))
      rules.fail(pointer, "unknown-answer", "answers.yaml has no '" + name + "'" + did_you_mean(name, names));
  };
  for (const auto& [pointer, name] : context.change_answers) demand(pointer, name);
  for (Operation& operation : contract.operations) {
    const std::string at = join_pointer("/operations", operation.id);
    if (operation.success.empty() && !operation.answers_nothing)
      rules.fail(at, "missing-key", "operation '" + operation.id + "' names no 'success' answer");
    demand(at + "/success", operation.success);
    for (std::size_t i = 0; i < operation.answers.size(); ++i) demand(join_pointer(at + "/answers", i), operation.answers[i]);
    std::vector<std::string> all = {operation.success};
    all.insert(all.end(), operation.answers.begin(), operation.answers.end());
    for (const auto& [pointer, name] : context.change_answers) {
      if (pointer.starts_with(at + "/")) all.push_back(name);
    }
    for (std::size_t i = 0; i < operation.rows.size(); ++i) {
      demand(join_pointer("/rows", operation.id, i), operation.rows[i].refuse);
      all.push_back(operation.rows[i].refuse);
    }
    for (const auto& [stage, member] : kRefusalStages) {
      const std::string& name = operation.refusals.*member;
      demand(join_pointer("/refusals", stage), name);
      if (can_give(contract, operation, stage)) all.push_back(name);
    }
    if (contract.batch && !operation.call.empty()) {
      for (const std::string* name :
           {&contract.batch->unknown_call, &contract.batch->bad_arguments, &contract.batch->not_authorized, &contract.batch->undecodable}) {
        demand("", *name);
        all.push_back(*name);
      }
    }
    operation.answers.clear();
    for (const std::string& name : all) {
      if (!name.empty() && !contains(operation.answers, name)) operation.answers.push_back(name);
    }
    if (const auto success = contract.answers.find(operation.success); success != contract.answers.end()) success->second.success = true;
    if (!operation.collection.empty() && !contract.collections.contains(operation.collection)) {
      rules.fail(at + "/collection", "unknown-collection", "collections.yaml has no '" + operation.collection + "'");
    }
  }
}

namespace {

// The contract of its four files, or their first problem.
Result<Contract> connect_parts(const std::string& api, YamlDocument openapi, const YamlDocument& rules, const YamlDocument& answers,
                               const YamlDocument& collections) {
  LoadContext context;
  context.contract.api = api;
  load_collections(context, collections);
  if (!context.problem) load_openapi(context, openapi);
  if (!context.problem) load_rules(context, rules);
  if (!context.problem) load_answers(context, answers);
  Reader reader(rules, context.problem);
  if (!context.problem) connect_answers(context, reader);
  if (!context.problem) check_creations(context, collections);
  if (!context.problem) context.problem = compile_schemas(context, openapi, answers);
  if (context.problem) return tl::unexpected(std::move(*context.problem));
  bind_operations(context);
  openapi.text = std::string();  // only places are needed from now on
  context.contract.shape = std::make_shared<const YamlDocument>(std::move(openapi));
  return std::move(context.contract);
}

}  // namespace

namespace {

Result<Contract> parse_texts(const ApiTexts& files) {
  // The largest file is parsed in parallel, unless that takes no time.
  const auto policy = files.packed.empty() ? std::launch::async : std::launch::deferred;
  auto reading = std::async(policy, [&] { return parse_part(files, "openapi.yaml"); });
  auto rules = parse_part(files, "rules.yaml");
  auto answers = parse_part(files, "answers.yaml");
  auto collections = parse_part(files, "collections.yaml", kNoCollections);
  auto openapi = reading.get();
  if (!openapi) return tl::unexpected(openapi.error());
  for (const auto* part : {&rules, &answers, &collections}) {
    if (!*part) return tl::unexpected(part->error());
  }
  const auto parts = {&*openapi, &*rules, &*answers, &*collections};
  const bool is_checked = std::ranges::all_of(parts, [](const YamlDocument* part) { return !part->packed_marks.empty(); });
  for (YamlDocument* part : parts) part->is_checked = is_checked;
  return connect_parts(files.api, *std::move(openapi), *rules, *answers, *collections);
}

// Every folder below `root` that has an openapi.yaml.
Result<Contracts> parse_apis(const TextSet& files, std::string_view root) {
  const std::string start = std::string(root) + "/";
  std::map<std::string, ApiTexts, std::less<>> apis;
  for (const auto& [path, text] : files) {
    if (!path.starts_with(start)) continue;
    const std::string_view rest = std::string_view(path).substr(start.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || rest.find('/', slash + 1) != std::string_view::npos) continue;
    const std::string api(rest.substr(0, slash));
    ApiTexts& one = apis[api];
    one.api = api;
    one.folder = start + api;
    std::string_view name = rest.substr(slash + 1);
    const bool is_packed = name.ends_with(kPackedSuffix);
    if (is_packed) name.remove_suffix(kPackedSuffix.size());
    (is_packed ? one.packed : one.texts).emplace(name, text);
  }
  std::erase_if(apis, [](const auto& entry) {
    return std::ranges::none_of(entry.second.texts, [](const auto& file) { return plain_name(file.first) == "openapi.yaml"; });
  });
  std::vector<std::future<Result<Contract>>> reading;
  for (const auto& [api, one] : apis) {
    // Texts take long. Packed files are read by this thread one after the other, which leaves the fewest holes in its memory.
    const auto policy = one.packed.empty() ? std::launch::async : std::launch::deferred;
    reading.push_back(std::async(policy, [&files_of_one = one] { return parse_texts(files_of_one); }));
  }
  Contracts contracts;
  std::optional<Problem> problem;
  for (auto& one : reading) {
    auto contract = one.get();
    if (contract) {
      contracts.apis.push_back(std::make_shared<const Contract>(std::move(*contract)));
    } else if (!problem) {
      problem = std::move(contract.error());
    }
  }
  if (problem) return tl::unexpected(std::move(*problem));
  return contracts;
}

// Without the packed files: only those of the bundle stay as long as a contract.
TextSet texts_of(const FileSet& files) {
  TextSet texts;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(kPackedSuffix)) texts.emplace(path, text);
  }
  return texts;
}

Result<Contracts> load_over(TextSet files, const std::string& folder) {
  if (folder.empty()) return parse_apis(files, "contracts");
  auto own = load_folder(folder, "contracts");
  if (!own) return tl::unexpected(own.error());
  // Messages name the path that an editor can open.
  const auto rename = [&](Problem problem) {
    constexpr std::string_view kRoot = "contracts";
    problem.place.file = folder + (folder.ends_with('/') ? problem.place.file.substr(std::min(kRoot.size() + 1, problem.place.file.size()))
                                                         : problem.place.file.substr(kRoot.size()));
    return problem;
  };
  if (auto unread = find_unread(*own, "contracts")) return tl::unexpected(rename(*std::move(unread)));
  for (const auto& [path, text] : *own) {
    const auto end = path.find('/', std::string_view("contracts/").size());
    if (end == std::string::npos) continue;  // a file beside the folders belongs to no API
    // Whole, never file by file.
    const std::string api = path.substr(0, end + 1);
    std::erase_if(files, [&](const auto& entry) { return entry.first.starts_with(api) && !own->contains(entry.first); });
    files[path] = text;
  }
  auto contracts = parse_apis(files, "contracts");
  const auto* file = contracts ? nullptr : &contracts.error().place.file;
  const auto is_own = [&](const auto& entry) { return file->starts_with(folder_of(entry.first)); };
  if (file != nullptr && std::ranges::any_of(*own, is_own)) return tl::unexpected(rename(contracts.error()));
  return contracts;
}

}  // namespace

Result<Contract> parse_contract(const ContractFiles& files) {
  return parse_texts({.api = files.api, .folder = files.folder, .texts = {files.texts.begin(), files.texts.end()}, .packed = {}});
}

tl::expected<ApiContract, std::vector<Problem>> parse_api(const std::string& path, const std::string& text, const TextReader& read,
                                                          const std::string& name) {
  auto file = read_api(path, text, read);
  if (!file) return tl::unexpected(std::move(file.error()));
  if (!name.empty()) file->name = name;
  ApiContract made{.contract = nullptr, .file = std::move(*file), .guess = {}};
  made.guess = guess_contract(made.file.shape.root);
  const auto part = [&](const Json& root) {
    YamlDocument document;
    document.root = root;
    document.file = path;
    return document;
  };
  auto contract =
      connect_parts(made.file.name, made.file.shape, part(made.guess.rules), part(made.guess.answers), part(made.guess.collections));
  if (!contract) return tl::unexpected(std::vector<Problem>{std::move(contract.error())});
  contract->guessed = true;
  made.contract = std::make_shared<const Contract>(std::move(*contract));
  return made;
}

Result<Contracts> parse_contracts(const FileSet& files, std::string_view root) { return parse_apis(texts_of(files), root); }

Result<Contracts> load_contracts(const FileSet& files, const std::string& folder) { return load_over(texts_of(files), folder); }

Result<Contracts> load_contracts(std::span<const BundledFile> files, const std::string& folder) {
  TextSet texts;
  for (const BundledFile& file : files) {
    if (file.path.starts_with("contracts/")) texts.emplace(file.path, file.text);
  }
  return load_over(std::move(texts), folder);
}

}  // namespace understudy
