// Coverage: which parts of the contracts a run exercised, read from the journal of the mock. A rule counts if it both passed and refused a
// request; an answer, a member or an enumeration value counts if it occurred.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "conformance/measure/journal_reader.h"
#include "contracts/src/model/contract.h"

namespace understudy {

struct CoverageItem {
  enum class Kind { answer, row, member, value, setting, switch_value };
  std::string api;
  Kind kind = Kind::answer;
  std::string id;  // sellercloud.createOrder -> order_created; sellercloud.createOrder.company-positive; ...
  Evidence evidence = Evidence::documented;
  bool refusable = false;              // a rule: must both pass and refuse
  std::set<std::string> seen = {};     // scenarios in which it passed or occurred
  std::set<std::string> refused = {};  // scenarios in which it refused

  bool is_exercised() const { return !seen.empty() && (!refusable || !refused.empty()); }
};
std::string_view to_string(CoverageItem::Kind kind);
// Why an item is not exercised: "never seen", "never asked" ...
std::string_view describe_gap(const CoverageItem& item);

class Coverage final : public JournalReader {
 public:
  explicit Coverage(const Contracts& contracts);

  void add(const std::string& run, const Scenario& scenario, const Profile& profile, const Json& journal) override;

  const std::vector<CoverageItem>& items() const { return items_; }  // after the run
  // The exercised and all items of the APIs that were run, by API, kind and evidence.
  struct Count {
    std::size_t exercised = 0, all = 0;
  };
  using Counts = std::map<std::tuple<std::string, CoverageItem::Kind, Evidence>, Count>;
  Counts count() const;
  // Of one API (empty: of all) with this evidence.
  Count count(std::string_view api, Evidence evidence) const;
  // The scenarios in which this rule refused, by its id in the journal; null: none.
  const std::set<std::string>* find_refused(const std::string& rule) const;
  // The scenarios in which an item occurred, by its id; null: no such item.
  const std::set<std::string>* find_seen(const std::string& id) const;
  bool was_played(std::string_view api) const { return played_.find(std::string(api)) != played_.end(); }
  // A table for each API, then the items that no scenario exercises.
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
  std::set<std::string, std::less<>> played_;             // APIs of the scenarios that were run; other APIs are not counted
  std::mutex mutex_;
};

}  // namespace understudy
