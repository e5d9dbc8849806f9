// The operations of a shape.
#include "contracts/src/guess/resources.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Calls of Calls.json, {id} of {id}.json.
std::string without_extension(std::string_view segment) {
  for (const std::string_view extension : {".json", ".{format}", ".{ext}"}) {
    if (segment.size() > extension.size() && segment.ends_with(extension)) segment.remove_suffix(extension.size());
  }
  return std::string(segment);
}

int choose_status(const Json& responses, const std::string& method, std::string& key) {
  std::vector<std::string> statuses;
  for (const auto& [status, response] : responses.items()) statuses.push_back(status);
  const auto pick = [&](auto fits) {
    const auto found = std::ranges::find_if(statuses, fits);
    if (found == statuses.end()) return false;
    key = *found;
    return true;
  };
  if (method == "POST" && pick([](const std::string& one) { return one == "201"; })) return 201;
  if (pick([](const std::string& one) { return one.size() == 3 && one.front() == '2' && is_digit(one[1]); })) return std::stoi(key);
  if (pick([](const std::string& one) { return one == "2XX" || one == "2xx" || one == "default"; })) return 200;
  if (pick([](const std::string& one) { return one.size() == 3 && one.front() == '3' && is_digit(one[1]); })) return std::stoi(key);
  return 200;
}

}  // namespace

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.find('}') == segment.size() - 1;
}

std::vector<std::string> path_parameters(const std::string& path) {
  std::vector<std::string> names;
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
    names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
  return names;
}

std::vector<ApiOperation> read_operations(const Json& shape) {
  std::vector<ApiOperation> operations;
  for (const auto& [path, item] : shape.at("paths").items()) {
    for (const auto& [method, node] : item.items()) {
      ApiOperation one{.id = node.at("operationId").get<std::string>(),
                       .method = method,
                       .path = path,
                       .pointer = join_pointer("/paths", path, method),
                       .node = &node};
      std::ranges::transform(one.method, one.method.begin(), ascii_upper);
      for (const std::string_view segment : path_segments(path)) {
        if (!segment.empty()) one.segments.push_back(without_extension(segment));
      }
      one.secured = !node.contains("security");
      std::string status;
      const Json& responses = node.at("responses");
      one.status = choose_status(responses, one.method, status);
      const Json* content = find_pointer(responses, join_pointer("", status) + "/content");
      if (!status.empty() && content != nullptr && !content->empty() && one.status != 204 && one.status != 205 && one.status != 304) {
        one.media = content->begin().key();
        const bool is_json = one.media == "application/json" || one.media.ends_with("+json") || one.media == "text/json";
        if (is_json) one.response = join_pointer(one.pointer, "responses", status, "content", one.media, "schema");
      }
      if (const Json* types = find_pointer(node, "/requestBody/content"); types != nullptr && !types->empty()) {
        const std::string type = types->contains("application/json") ? "application/json" : types->begin().key();
        one.body = join_pointer(one.pointer, "requestBody", "content", type, "schema");
      }
      operations.push_back(std::move(one));
    }
  }
  return operations;
}

}  // namespace understudy
