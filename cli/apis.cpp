#include "cli/apis.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

bool is_api_file(const fs::path& path) {
  if (!is_contract_file(path.string())) return false;
  const auto text = load_text(path.string());
  return text && is_api(*text);
}

// A file of a contract, which is read strictly: its other files are beside it.
bool is_part_of_contract(const fs::path& path) {
  constexpr std::string_view kOthers[] = {"rules", "answers", "collections"};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), error)) {
    if (is_contract_file(entry.path().string()) && contains(kOthers, entry.path().stem().string())) return true;
  }
  return false;
}

}  // namespace

Sources sort_sources(const std::vector<std::string>& paths) {
  Sources sources;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      const auto text = fs::is_regular_file(path, error) ? load_text(path) : Result<std::string>("");
      (text && is_api(*text) ? sources.apis : sources.scenarios).push_back(path);
      continue;
    }
    std::vector<std::string> apis, others;
    for (auto entry = fs::recursive_directory_iterator(path, error); !error && entry != fs::recursive_directory_iterator();
         entry.increment(error)) {
      if (!entry->is_regular_file(error) || !is_contract_file(entry->path().string())) continue;
      (is_api_file(entry->path()) && !is_part_of_contract(entry->path()) ? apis : others).push_back(entry->path().string());
    }
    if (apis.empty()) {
      sources.scenarios.push_back(path);
      continue;
    }
    std::ranges::sort(apis);
    sources.apis.insert(sources.apis.end(), apis.begin(), apis.end());
    std::ranges::sort(others);
    for (const std::string& other : others) {  // parts of an API are read where they are referred to
      const auto text = load_text(other);
      if (text && (text->starts_with("understudy:") || text->find("\nunderstudy:") != std::string::npos))
        sources.scenarios.push_back(other);
    }
  }
  return sources;
}

Result<void> add_api(Contracts& contracts, const ApiContract& api, const std::string& path) {
  const std::string& name = api.contract->api;
  if (contracts.find_api(name) != nullptr)
    return tl::unexpected(make_problem(Failure::bad_file, "duplicate-api",
                                       "found a second API '" + name + "', expected another name of the file", {.file = path}));
  contracts.apis.push_back(api.contract);
  return {};
}

std::string describe_api(const ApiContract& api) {
  std::string text;
  for (const std::string& line : api.guess.summary) text += "    " + line + "\n";
  for (const auto& [kind, count] : api.file.ignored)
    text += fmt::format("    ignored: {} ({} {})\n", kind, count, count == 1 ? "time" : "times");
  return text;
}

}  // namespace understudy
