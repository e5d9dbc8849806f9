#include "cli/serve/state.h"

#include <filesystem>

#include "cli/inputs.h"
#include "contracts/src/base/hash.h"
#include "mock/storage/sqlite/sqlite_storage.h"

namespace understudy {
namespace {

constexpr std::size_t kDigestShown = 16;

std::string digest_of(const FileSet& files) {
  Sha256 hash;
  for (const auto& [name, text] : files) {
    hash.add(name);
    hash.add(std::string_view("\0", 1));
    hash.add(text);
    hash.add(std::string_view("\0", 1));
  }
  return hash.finish().substr(0, kDigestShown);
}

}  // namespace

Result<void> check_state_options(const StateOptions& options) {
  if (options.place.empty()) {
    if (options.starts_anew) return tl::unexpected(usage_problem("no-state", "found --restage without --state, expected both"));
    if (options.sync != "normal") return tl::unexpected(usage_problem("no-state", "found --state-sync without --state, expected both"));
    return {};
  }
  if (const auto scheme = options.place.find("://"); scheme != std::string::npos) {
    return tl::unexpected(usage_problem("bad-state", "found --state '" + options.place + "', expected a file such as shop.db"));
  }
  const auto folder = std::filesystem::path(options.place).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error))
    return tl::unexpected(usage_problem("bad-state", "found --state '" + options.place + "', and '" + folder.string() + "' is no folder"));
  return {};
}

Result<std::unique_ptr<Storage>> open_state(const StateOptions& options, const FileSet& contracts) {
  return open_sqlite(
      {.file = options.place, .contracts = digest_of(contracts), .full_sync = options.sync == "full", .starts_anew = options.starts_anew});
}

}  // namespace understudy
