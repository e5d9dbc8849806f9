#include "cli/contracts/examples.h"

#include <algorithm>

#include "cli/inputs.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {

Result<FileSet> files_of(const Contract& contract, const std::string& folder) {
  if (folder.empty()) return embedded_files();
  auto files = load_folder(folder, "contracts");
  if (!files) return files;
  const auto prefix = "contracts/" + contract.api + "/";
  const bool is_there = std::ranges::any_of(*files, [&](const auto& file) { return file.first.starts_with(prefix); });
  return is_there ? std::move(files) : embedded_files();
}

std::vector<DocumentedExample> documented_examples(const Contract& contract, const FileSet& files) {
  const auto folder = "contracts/" + contract.api + "/examples/";
  const auto index = files.find(folder + "examples.yaml");
  std::vector<DocumentedExample> examples;
  if (index == files.end()) return examples;
  const auto list = parse_yaml(index->second, index->first);
  for (const Json& example : list && list->root.is_array() ? list->root : Json::array()) {
    const auto file = files.find(folder + example.value("file", ""));
    if (file == files.end()) continue;
    examples.push_back({.request = example.value("request", ""),
                        .answer = example.value("answer", ""),
                        .source = example.value("source", ""),
                        .because = example.value("because", ""),
                        .text = file->second});
  }
  return examples;
}

}  // namespace understudy
