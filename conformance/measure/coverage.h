// Owns coverage: what of the contracts a run has exercised, read from the journal of the mock that was asked. A rule counts
// when it was seen to refuse and seen to hold; an answer, a member or an enumeration value when it was seen.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "contracts/src/model/contract.h"
#include "contracts/src/model/profile.h"
#include "scenarios/src/model/scenario.h"

namespace understudy {

struct CoverageItem {
  enum class Kind { answer, row, member, value, setting, switch_value };
  std::string api;
  Kind kind = Kind::answer;
  std::string id;  // sellercloud.createOrder -> order_created; sellercloud.createOrder.company-positive; ...
  Evidence evidence = Evidence::documented;
  bool refusable = false;              // a rule: must be seen both ways
  std::set<std::string> seen = {};     // scenarios that saw it hold (or just saw it)
  std::set<std::string> refused = {};  // scenarios that saw it refuse

  bool is_exercised() const { return !seen.empty() && (!refusable || !refused.empty()); }
};
std::string_view to_string(CoverageItem::Kind kind);

class Coverage {
 public:
  explicit Coverage(const Contracts& contracts);

  // What one run of a scenario did: `journal` is the list that GET /__admin/tenants/{name}/requests gives. Any thread.
  void add(const std::string& name, const Scenario& scenario, const Profile& profile, const Json& journal);

  const std::vector<CoverageItem>& items() const { return items_; }  // after the run
  // Exercised and all items of an API (empty: of every API that was run) with this evidence.
  std::pair<std::size_t, std::size_t> count(std::string_view api, Evidence evidence) const;
  // Scenarios in which this rule refused, by the rule's id in the journal; null: none.
  const std::set<std::string>* find_refused(const std::string& rule) const;
  // Scenarios that met an item by its id, refused or not; null: none.
  const std::set<std::string>* find_seen(const std::string& id) const;
  bool was_played(std::string_view api) const { return played_.find(std::string(api)) != played_.end(); }
  // A table for each API, then what no scenario exercises, by name.
  std::string render() const;

 private:
  CoverageItem* find(const std::string& id);
  void add_item(CoverageItem item);
  void add_operation(const Contract& contract, const Operation& operation);
  void add_members(const Contract& contract, const Operation& operation, const Json& schema, const std::string& at,
                   const std::string& pattern, int depth);
  void see(const std::string& id, const std::string& scenario);
  void see_entry(const std::string& scenario, const Json& entry);
  void see_value(const std::string& scenario, const Operation& operation, const Json& value, const std::string& pattern);

  const Contracts& contracts_;
  std::vector<CoverageItem> items_;
  std::map<std::string, std::size_t> by_id_;
  std::map<std::string, std::set<std::string>> refused_;  // by rule
  std::set<std::string, std::less<>> played_;             // APIs of the scenarios that were run; the others are left out of the sum
  std::mutex mutex_;
};

}  // namespace understudy
