#include "contracts/src/guess/resources.h"

#include <algorithm>
#include <set>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// The path of the segments with {} for each parameter.
std::string key_of(const std::vector<std::string>& segments, std::size_t count) {
  std::string key;
  for (std::size_t i = 0; i < count; ++i) key += "/" + (is_parameter(segments[i]) ? std::string("{}") : segments[i]);
  return key;
}

// The words of petId, pet_id, pet-id: pet, id.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words = {""};
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts = is_upper(name[i]) && i > 0 && !is_upper(name[i - 1]);
    const bool is_text = is_letter(name[i]) || is_digit(name[i]);
    if ((starts || !is_text) && !words.back().empty()) words.emplace_back();
    if (is_text) words.back() += ascii_lower(name[i]);
  }
  return words;
}

// Which member of a record in this collection the path parameter names; empty: none.
std::string choose_id(const std::map<std::string, std::string>& members, const std::string& parameter, const std::string& collection) {
  if (members.contains(parameter)) return parameter;
  std::vector<std::string> wanted = {plain_word(parameter), words_of(parameter).back()};
  for (const char* usual : {"id", "gid", "uuid", "guid", "sid", "key", "slug", "code", "name", "number"}) wanted.emplace_back(usual);
  for (const std::string& word : wanted) {
    for (const auto& [name, schema] : members) {
      if (plain_word(name) == word) return name;
    }
  }
  const std::string kind = singular(plain_word(collection));
  for (const auto& [name, schema] : members) {  // petId of /pet/{pet}, imageId of /product-images/{id}
    const auto words = words_of(name);
    if (words.size() < 2 || words.back() != "id") continue;
    const std::string word = plain_word(name);
    if (words.front() == words_of(parameter).front() || kind.ends_with(word.substr(0, word.size() - 2))) return name;
  }
  return {};
}

// Where an object of the record has the id: /user/id of user_id, /metadata/name of name; empty: nowhere.
std::string choose_inner_id(const SchemaIndex& schemas, const std::string& model, const std::string& parameter) {
  const auto words = words_of(parameter);
  for (const auto& [member, pointer] : schemas.members(model)) {
    if (!schemas.is_object(pointer)) continue;
    const bool is_own = words.size() > 1 && plain_word(member) == words.front(), is_metadata = plain_word(member).starts_with("meta");
    for (const auto& [name, schema] : schemas.members(pointer)) {
      const std::string word = plain_word(name);
      if ((is_own && word == words.back()) || (is_metadata && word == plain_word(parameter))) return join_pointer("", member, name);
    }
  }
  return {};
}

// Whether only the path says what the operation acts on.
bool takes_no_input(const ApiOperation& operation) {
  const Json parameters = operation.node->value("parameters", Json::array());
  return operation.body.empty() && std::ranges::none_of(parameters, [](const Json& one) { return one.value("in", "") == "query"; });
}

struct Finder {
  const SchemaIndex& schemas;
  std::vector<ApiOperation>& operations;
  std::vector<Resource> resources;
  std::map<std::string, std::size_t> by_key;
  std::set<std::string> names;

  std::string make_name(const std::vector<std::string>& segments, std::size_t count) {
    std::string name;
    for (std::size_t i = 0; i < count; ++i) {
      std::string segment = is_parameter(segments[i]) ? "" : segments[i];
      std::erase_if(segment, [](char c) { return c == '{' || c == '}' || c == '.' || c == ':' || c == '@'; });
      if (segment.empty() || (i + 1 < count && segment.size() > 1 && segment.front() == 'v' && is_digit(segment[1]))) continue;
      name += (name.empty() ? "" : "_") + segment;
    }
    if (name.empty()) name = "records";
    std::string one = name;
    for (int i = 2; !names.insert(one).second; ++i) one = name + std::to_string(i);
    return one;
  }

  std::vector<ApiOperation*> at(const std::string& key, bool item) {
    std::vector<ApiOperation*> found;
    for (ApiOperation& one : operations) {
      const std::size_t count = one.segments.size();
      const bool is_item = count > 1 && is_parameter(one.segments.back());
      if (is_item == item && key_of(one.segments, count - (item ? 1 : 0)) == key) found.push_back(&one);
    }
    return found;
  }

  static void act(ApiOperation* operation, const char* perform, std::size_t resource) {
    operation->perform = perform;
    operation->resource = resource;
  }

  // The schema of a record: what is read, else listed, else returned when it is created.
  void choose_model(Resource& resource, const std::vector<ApiOperation*>& items, const std::vector<ApiOperation*>& collection) {
    const auto try_record = [&](const std::vector<ApiOperation*>& candidates, std::string_view method) {
      for (const ApiOperation* one : candidates) {
        if (!resource.model.empty() || one->method != method || one->response.empty()) continue;
        auto found = find_record(schemas, one->response, resource);
        if (!found) continue;
        // Without an id member yet, a wrapper shows by having no id itself.
        const std::string id =
            choose_id(schemas.members(found->schema), resource.id_param.empty() ? "id" : resource.id_param, last_segment(resource));
        if (id.empty() && found->path.empty()) {
          for (const auto& [member, pointer] : schemas.members(found->schema)) {
            if (!contains(kWrappers, plain_word(member)) && schemas.members(found->schema).size() != 1) continue;
            if (schemas.items(pointer).empty() && schemas.is_object(pointer)) found = Inside{.path = {member}, .schema = pointer};
          }
        }
        resource.model = schemas.follow(found->schema);
      }
    };
    try_record(items, "GET");
    for (const ApiOperation* one : collection) {
      if (!resource.model.empty() || one->method != "GET") continue;
      if (const auto found = find_list(schemas, one->response, last_segment(resource))) resource.model = schemas.follow(found->schema);
    }
    try_record(collection, "POST");
    for (const char* method : {"PUT", "PATCH", "POST"}) try_record(items, method);
    if (resource.model.empty()) {
      for (const ApiOperation* one : collection) {
        if (one->method == "POST" && schemas.is_object(one->body)) resource.model = schemas.follow(one->body);
      }
    }
    if (!resource.id_param.empty())
      resource.id_member = choose_id(schemas.members(resource.model), resource.id_param, last_segment(resource));
    if (!resource.id_param.empty() && resource.id_member.empty())
      resource.id_at = choose_inner_id(schemas, resource.model, resource.id_param);
  }

  void set_client(Resource& resource, const ApiOperation& creator) {
    resource.has_creator = true;
    if (const auto inside = find_record(schemas, creator.body, resource)) resource.client = inside->schema;
  }

  void add_resource(const std::string& key, const ApiOperation& sample, bool has_id) {
    const std::size_t index = resources.size();
    const std::size_t count = sample.segments.size() - (has_id ? 1 : 0);
    const auto items = at(key, has_id), collection = has_id ? at(key, false) : std::vector<ApiOperation*>();
    Resource resource{.name = make_name(sample.segments, count), .key = key, .path = sample.path};
    resource.parents = path_parameters(sample.path);
    if (has_id) {
      resource.id_param = resource.parents.back();
      resource.parents.pop_back();
      const Json& parameters = sample.node->at("parameters");
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (parameters[i].at("in") == "path" && parameters[i].at("name") == resource.id_param)
          resource.id_schema = join_pointer(sample.pointer, "parameters", i, "schema");
      }
    }
    choose_model(resource, items, collection);
    for (ApiOperation* one : collection) {
      const bool has_object =
          one->body.empty() || (schemas.items(one->body).empty() &&
                                (schemas.is_object(one->body) || schemas.find(one->body) == nullptr || schemas.find(one->body)->empty()));
      if (one->method == "GET" && find_list(schemas, one->response, last_segment(resource))) {
        act(one, "list", index);
        resource.list_operation = one->id;
      } else if (one->method == "POST" && has_object) {
        act(one, "create", index);
        set_client(resource, *one);
        resource.has_own_creator = true;
        resource.create_operation = one->id;
      } else if ((one->method == "PUT" || one->method == "PATCH") && !resource.id_member.empty() &&
                 schemas.members(one->body).contains(resource.id_member)) {
        act(one, one->method == "PUT" ? "replace_by_body" : "update_by_body", index);
      } else if (one->method == "DELETE" && has_id && takes_no_input(*one)) {
        act(one, "clear", index);
      }
    }
    for (ApiOperation* one : items) {
      const bool has_object = one->body.empty() || schemas.items(one->body).empty();
      if (one->method == "GET" && !one->response.empty() && schemas.items(one->response).empty()) act(one, "read", index);
      if (one->method == "PUT" && has_object) act(one, "replace", index);
      if (one->method == "PATCH" || one->method == "POST") act(one, "update", index);
      if (one->method == "DELETE") {
        act(one, "delete", index);
        resource.delete_operation = one->id;
      }
    }
    resources.push_back(std::move(resource));
    by_key[key] = index;
  }

  // Operations on a collection below another resource, whose records have their own path elsewhere: /projects/{id}/tasks and /tasks/{id}.
  void add_views() {
    for (ApiOperation& one : operations) {
      const std::size_t count = one.segments.size();
      if (!one.perform.empty() || count < 2 || is_parameter(one.segments.back())) continue;
      for (std::size_t index = 0; index < resources.size() && one.perform.empty(); ++index) {
        Resource& resource = resources[index];
        if (resource.id_param.empty() || resource.key == key_of(one.segments, count)) continue;
        const std::string last = resource.key.substr(resource.key.rfind('/') + 1);
        const bool is_below = key_of(one.segments, count).starts_with(resource.key + "/");
        if (last != one.segments.back() && !is_below) continue;
        const auto list = one.method == "GET" ? find_list(schemas, one.response, last_segment(resource)) : std::nullopt;
        const bool is_own_list = list && schemas.follow(list->schema) == resource.model;
        if (is_below) {
          // /pet/findByStatus; /orders/{id}/cancel, which answers the order.
          const bool has_parameter =
              one.segments.size() > path_segments(resource.key).size() && is_parameter(one.segments[path_segments(resource.key).size()]);
          if (is_own_list && !has_parameter && path_parameters(one.path).size() == resource.parents.size()) act(&one, "list", index);
          const auto record = one.method == "GET" || !has_parameter || count != path_segments(resource.key).size() + 2
                                  ? std::nullopt
                                  : find_record(schemas, one.response, resource);
          if (record && !resource.id_member.empty() && schemas.follow(record->schema) == resource.model && one.method != "DELETE")
            act(&one, "update", index);
          const bool is_silent = one.perform.empty() && has_parameter && count == path_segments(resource.key).size() + 2 &&
                                 one.response.empty() && (one.method == "POST" || one.method == "PUT");
          if (is_silent && action_change(schemas, resource.model, one).is_object()) act(&one, "update", index);
          continue;
        }
        if (resource.parents.empty() && list && (is_own_list || schemas.members(list->schema).contains(resource.id_member)))
          act(&one, "list", index);
        const auto record = one.method == "POST" ? find_record(schemas, one.response, resource) : std::nullopt;
        const bool is_own_record = record && !resource.id_member.empty() && schemas.members(record->schema).contains(resource.id_member);
        if (resource.parents.empty() && is_own_record && one.method == "POST" && schemas.items(one.body).empty()) {
          act(&one, "create", index);
          set_client(resource, one);
          if (resource.create_operation.empty()) resource.create_operation = one.id;
        }
      }
    }
  }

  std::vector<Resource> find() {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const ApiOperation& one = operations[i];
      const std::size_t count = one.segments.size();
      if (count < 2 || !is_parameter(one.segments.back())) continue;
      const std::string key = key_of(one.segments, count - 1);
      if (!by_key.contains(key)) add_resource(key, one, true);
    }
    add_views();
    // A single record at a path of its own: /me, /users/{id}/settings.
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const ApiOperation& one = operations[i];
      const std::size_t count = one.segments.size();
      if (one.method != "GET" || !one.perform.empty() || count == 0 || is_parameter(one.segments.back()) ||
          find_list(schemas, one.response, ""))
        continue;
      const std::string key = key_of(one.segments, count);
      const bool is_changed = std::ranges::any_of(operations, [&](const ApiOperation& other) {
        return (other.method == "PUT" || other.method == "PATCH") && other.perform.empty() &&
               key_of(other.segments, other.segments.size()) == key;
      });
      if (is_changed && !by_key.contains(key) && !one.response.empty() && schemas.is_object(one.response)) add_resource(key, one, false);
    }
    for (std::size_t index = 0; index < resources.size(); ++index) finish(index);
    return std::move(resources);
  }

  void finish(std::size_t index) {
    Resource& resource = resources[index];
    if (resource.has_creator) return;
    resource.keying = Keying::by_path;
    for (const ApiOperation& one : operations) {
      const bool creates = one.perform == "replace" && one.resource == index && !resource.id_param.empty();
      if (!creates) continue;
      set_client(resource, one);
      resource.has_own_creator = true;
    }
    resource.exists_always = !resource.has_creator;
    for (ApiOperation& one : operations) {  // what always exists cannot be deleted
      if (resource.exists_always && one.perform == "delete" && one.resource == index) one.perform.clear();
    }
  }
};

}  // namespace

std::vector<Resource> find_resources(const Json& shape, std::vector<ApiOperation>& operations) {
  const SchemaIndex schemas(shape);
  return Finder{.schemas = schemas, .operations = operations}.find();
}

}  // namespace understudy
