#include "cli/serve/state.h"

#include <cstdlib>
#include <filesystem>

#include "cli/inputs.h"
#include "contracts/src/base/hash.h"
#include "mock/storage/commit_queue.h"
#include "mock/storage/redis/shared_queue.h"
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

bool is_redis(const StateOptions& options) { return options.place.find("://") != std::string::npos; }

Result<OpenedState> open_redis(const StateOptions& options, const FileSet& contracts) {
  auto address = redis::parse_address(options.place);
  if (!address) return tl::unexpected(std::move(address.error()));
  if (const char* password = std::getenv(kStatePassword)) address->password = password;
  auto log = redis::FleetLog::open({.address = *std::move(address),
                                    .name = options.name.empty() ? kStateName : options.name,
                                    .contracts = digest_of(contracts),
                                    .starts_anew = options.starts_anew});
  if (!log) {
    if (log.error().message.find("NOAUTH") != std::string::npos)
      log.error().message += std::string("; set the environment variable ") + kStatePassword;
    return tl::unexpected(std::move(log.error()));
  }
  auto warnings = (*log)->find_weaknesses();
  return OpenedState{.queue = std::make_shared<redis::SharedQueue>(*std::move(log)), .warnings = std::move(warnings)};
}

tl::unexpected<Problem> needless(const std::string& option, const std::string& expected) {
  return tl::unexpected(usage_problem("no-state", "found " + option + " without " + expected + ", expected both"));
}

Result<void> check_file(const StateOptions& options) {
  if (!options.name.empty()) return needless("--state-name", "--state redis://...");
  const auto folder = std::filesystem::path(options.place).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error))
    return tl::unexpected(usage_problem("bad-state", "found --state '" + options.place + "', and '" + folder.string() + "' is no folder"));
  return {};
}

}  // namespace

Result<void> check_state_options(const StateOptions& options) {
  if (options.place.empty()) {
    if (options.starts_anew) return needless("--restage", "--state");
    if (options.sync != "normal") return needless("--state-sync", "--state");
    if (options.keeps_journal) return needless("--state-journal", "--state");
    if (!options.name.empty()) return needless("--state-name", "--state");
    return {};
  }
  if (!is_redis(options)) return check_file(options);
  if (options.sync != "normal") return needless("--state-sync", "--state FILE");
  if (options.keeps_journal) return needless("--state-journal", "--state FILE");
  if (const auto address = redis::parse_address(options.place); !address) return tl::unexpected(address.error());
  return {};
}

Result<OpenedState> open_state(const StateOptions& options, const FileSet& contracts) {
  if (is_redis(options)) return open_redis(options, contracts);
  auto storage = open_sqlite(
      {.file = options.place, .contracts = digest_of(contracts), .full_sync = options.sync == "full", .starts_anew = options.starts_anew});
  if (!storage) return tl::unexpected(std::move(storage.error()));
  return OpenedState{.queue = std::make_shared<CommitQueue>(*std::move(storage), options.keeps_journal), .warnings = {}};
}

}  // namespace understudy
