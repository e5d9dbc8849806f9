// Reads OpenAPI 3.0, 3.1 and Swagger 2.0 files as they are in the wild. The result is the OpenAPI 3.1 that contracts use
// (docs/contracts.md): references to other files are resolved, dialects are translated, and what has no effect is left out and counted.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contracts/src/yaml/yaml.h"

namespace understudy {

struct ApiFile {
  std::string name;                            // of the API: petstore of petstore.yaml
  YamlDocument shape;                          // openapi.yaml of a contract, with the places of the file that was read
  std::map<std::string, std::size_t> ignored;  // what has no effect -> how often it occurs
};

// Whether the text is an OpenAPI document: YAML with `openapi:` or `swagger:` at the margin, or JSON with that member at its top.
bool is_api(std::string_view text);

using TextReader = std::function<Result<std::string>(const std::string& path)>;
// `path` names the API and is the base of relative references. `read` is called for the other files that the text refers to. On failure
// all problems of the file, at least one.
tl::expected<ApiFile, std::vector<Problem>> read_api(const std::string& path, const std::string& text, const TextReader& read = load_text);

}  // namespace understudy
