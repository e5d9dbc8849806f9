// The commits of all tenants in Redis, as several servers append and read them. Each append says which commit it follows, so that no two
// servers can append after the same one. Blocking, for one thread. See also: scripts.h (the data).
#pragma once

#include <variant>

#include "mock/storage/redis/connection.h"
#include "mock/storage/redis/scripts.h"
#include "mock/storage/storage.h"

namespace understudy::redis {

struct FleetOptions {
  Address address;
  std::string name;          // the prefix of all keys
  std::string contracts;     // the digest of the contracts that the state belongs to
  bool starts_anew = false;  // forget what is stored
};

// One thing to do. A check does nothing but look.
struct FleetEntry {
  enum class Kind { check, commit, introduce, remove, check_directory };
  Kind kind = Kind::check;
  std::string tenant{};
  SharedPosition after{};                    // of the tenant, when everything before this entry is done
  std::optional<std::uint64_t> directory{};  // must have this number
  SharedPosition then{};                     // after a commit or an introduction
  std::shared_ptr<const Commit> commit{};    // of these two
  std::shared_ptr<const TenantIdentity> identity{};
  std::shared_ptr<const TenantState> image{};  // the state after the commit, if it is to be stored; the log becomes shorter by it

  bool writes() const { return kind != Kind::check && kind != Kind::check_directory; }
};

enum class FleetOutcome {
  done,
  behind,       // nothing was done: there is something that this server does not know
  unreachable,  // nothing was done: failure() says why
  unknown,      // it may have been done; settle() finds out when Redis answers again
};

struct RemoteCommit {
  std::string id;
  Time at;  // by the clock of the server that made it
  std::shared_ptr<const Commit> commit;
};

// What a server does not know of a tenant.
namespace reading {
struct Follows {
  std::vector<RemoteCommit> commits;
  SharedPosition position;  // after them
};
struct Whole {  // so much that the commits are no longer there
  std::unique_ptr<StoredTenant> tenant;
};
struct Replaced {};  // it was removed, or another has its name
struct Lost {        // Redis does not have what it had
  std::string reason;
};
struct Unreachable {};
}  // namespace reading
using Reading = std::variant<reading::Follows, reading::Whole, reading::Replaced, reading::Lost, reading::Unreachable>;

struct Readings {
  std::vector<Reading> of;           // each tenant
  std::optional<std::string> epoch;  // of the data; nullopt: unreachable
  std::uint64_t directory = 0;
};

struct Directory {
  std::string epoch;  // empty: Redis has no data
  std::uint64_t number = 0;
  bool is_whole = false;  // every tenant that is not here was removed
  std::vector<StoredTenant> entered;
  std::vector<std::string> removed;
};

class FleetLog {
 public:
  // Fails with code state-unreachable, state-unusable, state-version or state-of-other-contracts.
  static Result<std::unique_ptr<FleetLog>> open(FleetOptions options);

  void use(const Contracts& contracts) { contracts_ = &contracts; }  // before anything else is read
  // In order; one that is not done fails those that follow it.
  std::vector<FleetOutcome> append(std::span<const FleetEntry> entries);
  // Of entries that are unknown, in order: done, behind (not done, and never will be) or still unknown.
  std::vector<FleetOutcome> settle(std::span<const FleetEntry> entries);
  Readings read(std::span<const std::pair<std::string, SharedPosition>> known);
  std::optional<Directory> read_directory(std::uint64_t since);  // nullopt: unreachable
  void store_image(const FleetEntry& entry);
  // Makes the data if there are none, and belongs to them from now on. False: unreachable, or the data belong to other contracts.
  bool join();

  const std::string& epoch() const { return epoch_; }
  const std::string& failure() const { return failure_; }
  std::string new_id();
  // What Redis does not promise as it is configured, as sentences.
  std::vector<std::string> find_weaknesses();

 private:
  explicit FleetLog(FleetOptions options);
  std::string key(const char* kind, const std::string& tenant = {}) const;
  Command call(Script script, std::vector<std::string> keys, std::vector<std::string> arguments) const;
  Command command_of(const FleetEntry& entry) const;
  Command settlement_of(const FleetEntry& entry);
  bool connect();
  bool reconnect();
  bool load_scripts();
  std::string where() const { return "Redis at " + options_.address.text(); }
  Reply open_data();  // epoch, version and contracts of the data, which are made if there are none
  std::vector<Reply> run(std::span<const Command> commands);
  Reply run_one(const Command& command) { return std::move(run(std::span(&command, 1)).front()); }
  Reading judge(const std::string& tenant, const SharedPosition& known, const Reply& reply);
  Reading read_whole(const std::string& tenant);
  std::optional<StoredTenant> parse_whole(const std::string& tenant, const Reply& reply);
  std::optional<std::vector<RemoteCommit>> parse_commits(const Reply& reply);
  Result<void> begin();

  const FleetOptions options_;
  const std::string prefix_;
  const std::string server_;  // makes ids of commits unique
  std::atomic<std::uint64_t> last_id_ = 0;
  const Contracts* contracts_ = nullptr;
  std::optional<Connection> connection_;
  std::vector<std::string> digests_;  // of the scripts
  std::string epoch_, failure_;
};

}  // namespace understudy::redis
