// Sets of files: those of a folder, and those of the bundle.
#include <array>
#include <filesystem>

#include "contracts/src/base/text.h"
#include "contracts/src/load/load.h"

namespace understudy {

bool is_contract_file(std::string_view path) {
  constexpr std::array<std::string_view, 4> kExtensions = {".yaml", ".yml", ".json", ".txt"};
  return contains(kExtensions, to_lower(std::filesystem::path(path).extension().string()));
}

Result<FileSet> load_folder(const std::string& folder, std::string_view prefix) {
  namespace fs = std::filesystem;
  std::error_code error;
  FileSet files;
  for (auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    // A link that leads nowhere is read, too, which is an error.
    if (!entry->is_regular_file(unknown) && (!entry->is_symlink(unknown) || entry->exists(unknown))) continue;
    if (!is_contract_file(entry->path().string())) continue;
    auto text = load_text(entry->path().string());
    if (!text) return tl::unexpected(text.error());
    files[std::string(prefix) + "/" + entry->path().lexically_relative(folder).generic_string()] = std::move(*text);
  }
  if (error) return tl::unexpected(make_problem(Failure::bad_file, "folder-unreadable", error.message(), Place{.file = folder}));
  return files;
}

FileSet make_file_set(std::span<const BundledFile> files) {
  FileSet set;
  for (const BundledFile& file : files) set.emplace(file.path, file.text);
  return set;
}

}  // namespace understudy
