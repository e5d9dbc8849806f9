#include "cli/sources.h"

#include "cli/commands.h"
#include "contracts/src/bundle.h"
#include "contracts/src/packed.h"

namespace understudy {
namespace {
constexpr std::string_view kContractsRoot = "contracts/";
}

const FileSet& bundled_file_set_of_binary() {
  static const FileSet files = [] {
    FileSet set;
    for (const BundledFile& file : bundled_files()) set[std::string(file.path)] = std::string(file.text);
    return set;
  }();
  return files;
}

Result<Contracts> load_contracts(const std::string& folder) {
  FileSet files = bundled_file_set_of_binary();
  FileSet given;
  if (!folder.empty()) {
    auto own = load_folder(folder, "contracts");
    if (!own) return tl::unexpected(own.error());
    given = *own;
    for (auto& [path, text] : *own) {
      // An API given here replaces the bundled one whole, never file by file.
      const std::string api = path.substr(0, path.find('/', std::string_view("contracts/").size()) + 1);
      if (own->contains(api + "openapi.yaml"))
        std::erase_if(files, [&](const auto& entry) { return entry.first.starts_with(api) && !own->contains(entry.first); });
      files[path] = text;
      files.erase(path + std::string(kPackedSuffix));
    }
  }
  auto contracts = parse_contracts(files);
  // A mistake is told with the path that an editor can open.
  if (!contracts && given.contains(contracts.error().place.file)) {
    auto& file = contracts.error().place.file;
    file = folder + (folder.ends_with('/') ? "" : "/") + file.substr(kContractsRoot.size());
  }
  return contracts;
}

int exit_of(const Problem& problem) {
  switch (problem.failure) {
    case Failure::usage: return kUsage;
    case Failure::bad_file: return kBadFile;
    case Failure::unreachable: return kUnreachable;
    case Failure::unsafe: return kUnsafe;
    case Failure::internal: return kOurBug;
  }
  return kOurBug;
}

}  // namespace understudy
