// Evaluates the rows of rules.yaml over a bound body, in file order: the first broken row decides the response. Rows that look at
// stored records use RecordLookup, which the mock's Store implements.
#pragma once

#include <boost/container/small_vector.hpp>
#include <functional>
#include <optional>
#include <string>

#include "contracts/src/model/contract.h"

namespace understudy {

using Settings = std::map<std::string, bool, std::less<>>;  // a value for each setting of one contract

// The values of keys, in their order.
using KeyValues = boost::container::small_vector<const Json*, 4>;

// The stored records, as rows see them.
class RecordLookup {
 public:
  virtual ~RecordLookup() = default;
  // Whether the collection has a record whose members at `keys` equal `values`.
  virtual bool has_record(std::string_view collection, const std::vector<std::string>& keys, const KeyValues& values) const = 0;
  // Whether the scenario seeded this collection; exists_in is evaluated only then.
  virtual bool is_seeded(std::string_view collection) const = 0;
};

struct RuleContext {
  const Settings& settings;
  const Switches& switches;
  const RecordLookup* records = nullptr;  // null: unique_in and exists_in are skipped
  const Json* record = nullptr;           // that the operation is about; null: rows and conditions about it do not hold
};

struct Broken {
  const Row* row;
  Finding finding;
};

// The rows that were evaluated (their `when` matched and their member exists), for coverage.
using EvaluatedRules = boost::container::small_vector<const Row*, 16>;

// Evaluates all rows until one is broken. `ignored` and `becomes` change the body. `evaluated` may be null.
std::optional<Broken> judge_rows(const Contract& contract, const Operation& operation, Json& body, const RuleContext& context,
                                 EvaluatedRules* evaluated = nullptr);

// The same for the first `limit` broken rows.
std::vector<Broken> find_broken_rows(const Contract& contract, const Operation& operation, Json& body, const RuleContext& context,
                                     std::size_t limit, EvaluatedRules* evaluated = nullptr);

// `format` words of rows: iso-3166-1-alpha-2 (any case), and the formats of JSON Schema.
bool is_known_row_format(std::string_view format);

}  // namespace understudy
