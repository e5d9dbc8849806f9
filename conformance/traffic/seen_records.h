// The records that a recording shows: those that were made, and those that were removed. Records from before the recording are unknown.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "contracts/src/model/rules.h"

namespace understudy {

class SeenRecords : public RecordLookup {
 public:
  enum class State { unknown, exists, removed };

  // `body`: of the request that made the record, bound. `rows`: of its operation; their unique keys are kept as digests.
  void add(const std::string& collection, const std::string& id, const std::vector<Row>& rows, const Json& body);
  void remove(const std::string& collection, const std::string& id);
  State find(const std::string& collection, const std::string& id) const;

  bool has_record(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const override;
  bool is_seeded(std::string_view) const override { return false; }  // there may be records that the recording does not show

 private:
  struct Record {
    bool is_removed = false;
    std::vector<std::uint64_t> keys;
  };
  std::unordered_map<std::string, Record> records_;  // by collection and id
  std::unordered_map<std::uint64_t, std::size_t> keys_;
};

}  // namespace understudy
