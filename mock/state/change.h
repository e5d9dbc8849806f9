// The closed list of what can change in the state of a tenant. A change says what is so afterwards, so that it can be applied to a copy
// elsewhere with the same result. Its texts and lists belong to the caller: a change lives as long as they do. Commit (commit.h) keeps
// changes; each kind has its name there, and members() lists what it consists of.
#pragma once

#include <variant>

#include "mock/state/state.h"

namespace understudy {

namespace change {

// The name of a member that JSON leaves out if it is 0 or false.
struct Optional {
  const char* name;
};

// --- records ------------------------------------------------------------------------------------------------------------

struct RecordStored {  // created or replaced
  static constexpr std::string_view kKind = "record-stored";
  std::string_view api, collection, id;
  PackedRecord record;
  bool is_new = true;
  std::uint64_t serial = 0;     // its place in the order of creation; 0: the next one. In a commit it is never 0
  const Json* value = nullptr;  // the same record, where the writer has it; a commit does not keep it
  static void members(auto& self, auto& visit) {
    visit("api", self.api), visit("collection", self.collection), visit("id", self.id), visit("record", self.record);
    visit("new", self.is_new), visit(Optional{"serial"}, self.serial);
  }
};

struct RecordRemoved {
  static constexpr std::string_view kKind = "record-removed";
  std::string_view api, collection, id;
  std::uint64_t next_serial = 0;  // of the next new record, if the creation of this one is taken back; 0: as it is
  static void members(auto& self, auto& visit) {
    visit("api", self.api), visit("collection", self.collection), visit("id", self.id), visit(Optional{"next_serial"}, self.next_serial);
  }
};

struct CollectionCleared {
  static constexpr std::string_view kKind = "collection-cleared";
  std::string_view api, collection;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("collection", self.collection); }
};

struct CollectionSeeded {  // counts as seeded from now on, even if it is empty
  static constexpr std::string_view kKind = "collection-seeded";
  std::string_view api, collection;
  bool is_undone = false;  // no longer counts as seeded
  static void members(auto& self, auto& visit) {
    visit("api", self.api), visit("collection", self.collection), visit(Optional{"undone"}, self.is_undone);
  }
};

struct Settled {  // no record changes by itself until then
  static constexpr std::string_view kKind = "settled";
  std::string_view api;
  Time until;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("until", self.until); }
};

// --- ids, randomness, time ------------------------------------------------------------------------------------------------

struct SequenceMoved {
  static constexpr std::string_view kKind = "sequence-moved";
  std::string_view sequence;  // api.sequence
  std::int64_t next = 1;
  static void members(auto& self, auto& visit) { visit("sequence", self.sequence), visit("next", self.next); }
};

struct SequenceForgotten {  // takes back the first move of a sequence
  static constexpr std::string_view kKind = "sequence-forgotten";
  std::string_view sequence;
  static void members(auto& self, auto& visit) { visit("sequence", self.sequence); }
};

struct RandomMoved {
  static constexpr std::string_view kKind = "random-moved";
  Random random;
  static void members(auto& self, auto& visit) { visit("random", self.random); }
};

struct ClockMoved {
  static constexpr std::string_view kKind = "clock-moved";
  Clock clock;
  static void members(auto& self, auto& visit) { visit("clock", self.clock); }
};

// --- credentials, limits, deliveries ------------------------------------------------------------------------------------------

struct TokenIssued {
  static constexpr std::string_view kKind = "token-issued";
  std::string_view token, username;
  Time issued, expires;
  static void members(auto& self, auto& visit) {
    visit("token", self.token), visit("username", self.username), visit("issued", self.issued), visit("expires", self.expires);
  }
};

struct TokenExpired {
  static constexpr std::string_view kKind = "token-expired";
  std::string_view token;
  Time expires;
  static void members(auto& self, auto& visit) { visit("token", self.token), visit("expires", self.expires); }
};

struct TokenForgotten {
  static constexpr std::string_view kKind = "token-forgotten";
  std::string_view token;
  static void members(auto& self, auto& visit) { visit("token", self.token); }
};

struct LimitSet {  // and counted from 0
  static constexpr std::string_view kKind = "limit-set";
  std::string_view api;
  std::shared_ptr<const RateLimit> limit;  // null: none
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("limit", self.limit); }
};

struct LimitCounted {
  static constexpr std::string_view kKind = "limit-counted";
  std::string_view api;
  Limiter::Count count;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("count", self.count); }
};

struct CallDelivered {  // perhaps again
  static constexpr std::string_view kKind = "call-delivered";
  std::string_view api, call;  // its key
  std::uint64_t items = 0;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("call", self.call), visit("items", self.items); }
};

struct ItemDone {
  static constexpr std::string_view kKind = "item-done";
  std::string_view api, call;
  std::uint64_t item = 0;
  std::string_view entry;  // of the item in the answer, as JSON
  static void members(auto& self, auto& visit) {
    visit("api", self.api), visit("call", self.call), visit("item", self.item), visit("entry", self.entry);
  }
};

struct CallForgotten {  // takes back the first delivery of a call
  static constexpr std::string_view kKind = "call-forgotten";
  std::string_view api, call;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("call", self.call); }
};

struct CallPlaced {  // takes back that a call was delivered again, or forgotten for another
  static constexpr std::string_view kKind = "call-placed";
  std::string_view api, call;
  std::shared_ptr<const Redeliveries::Entries> entries;
  std::string_view behind;  // the call that was delivered next; empty: none
  static void members(auto& self, auto& visit) {
    visit("api", self.api), visit("call", self.call), visit("entries", self.entries), visit("behind", self.behind);
  }
};

struct ItemUndone {  // takes back that an item was done
  static constexpr std::string_view kKind = "item-undone";
  std::string_view api, call;
  std::uint64_t item = 0;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("call", self.call), visit("item", self.item); }
};

// --- faults -----------------------------------------------------------------------------------------------------------------

struct FaultArmed {
  static constexpr std::string_view kKind = "fault-armed";
  std::uint64_t id = 0;
  std::shared_ptr<const FaultDefinition> fault;
  static void members(auto& self, auto& visit) { visit("id", self.id), visit("fault", self.fault); }
};

struct FaultCounted {
  static constexpr std::string_view kKind = "fault-counted";
  std::uint64_t id = 0, seen = 0, applied = 0;
  static void members(auto& self, auto& visit) { visit("id", self.id), visit("seen", self.seen), visit("applied", self.applied); }
};

struct FaultDisarmed {
  static constexpr std::string_view kKind = "fault-disarmed";
  std::uint64_t id = 0;
  std::uint64_t next_id = 0;  // of the next fault, if the arming of this one is taken back; 0: as it is
  static void members(auto& self, auto& visit) { visit("id", self.id), visit(Optional{"next_id"}, self.next_id); }
};

struct FaultsSet {  // all faults are these; takes back that some were disarmed
  static constexpr std::string_view kKind = "faults-set";
  std::shared_ptr<const std::vector<ArmedFault>> faults;
  std::uint64_t next_id = 1;
  static void members(auto& self, auto& visit) { visit("faults", self.faults), visit("next_id", self.next_id); }
};

// --- the whole tenant ---------------------------------------------------------------------------------------------------------

struct Staged {  // everything is empty; what it was staged with follows
  static constexpr std::string_view kKind = "staged";
  static void members(auto&, auto&) {}
};

struct ProfileSet {  // and the switches of every API after it
  static constexpr std::string_view kKind = "profile-set";
  std::shared_ptr<const Profile> profile;
  static void members(auto& self, auto& visit) { visit("profile", self.profile); }
};

struct SettingSet {
  static constexpr std::string_view kKind = "setting-set";
  std::string_view api, setting;
  bool value = false;
  static void members(auto& self, auto& visit) { visit("api", self.api), visit("setting", self.setting), visit("value", self.value); }
};

struct Restored {  // to a snapshot, or to how it was staged. Its snapshots stay, and no number of a fault is used again
  static constexpr std::string_view kKind = "restored";
  std::shared_ptr<const TenantState> state;
  static void members(auto& self, auto& visit) { visit("state", self.state); }
};

struct StateSet {  // to exactly this, also its snapshots; takes back what changed the whole tenant
  static constexpr std::string_view kKind = "state-set";
  std::shared_ptr<const TenantState> state;
  static void members(auto& self, auto& visit) { visit("state", self.state); }
};

struct SnapshotStored {
  static constexpr std::string_view kKind = "snapshot-stored";
  std::string_view name;
  std::shared_ptr<const Snapshot> snapshot;
  static void members(auto& self, auto& visit) { visit("name", self.name), visit("snapshot", self.snapshot); }
};

struct SnapshotRemoved {
  static constexpr std::string_view kKind = "snapshot-removed";
  std::string_view name;
  static void members(auto& self, auto& visit) { visit("name", self.name); }
};

}  // namespace change

using Change =
    std::variant<change::RecordStored, change::RecordRemoved, change::CollectionCleared, change::CollectionSeeded, change::Settled,
                 change::SequenceMoved, change::SequenceForgotten, change::RandomMoved, change::ClockMoved, change::TokenIssued,
                 change::TokenExpired, change::TokenForgotten, change::LimitSet, change::LimitCounted, change::CallDelivered,
                 change::ItemDone, change::CallForgotten, change::CallPlaced, change::ItemUndone, change::FaultArmed, change::FaultCounted,
                 change::FaultDisarmed, change::FaultsSet, change::Staged, change::ProfileSet, change::SettingSet, change::Restored,
                 change::StateSet, change::SnapshotStored, change::SnapshotRemoved>;

// The only writer of a tenant's state. What names an API that the state does not have changes nothing.
void apply(TenantState& state, const Change& change);

}  // namespace understudy
