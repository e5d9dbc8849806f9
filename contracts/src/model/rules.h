// Owns the judgement of rows over a bound body: in file order, the first broken row answers. What rows ask of stored records
// goes through a tiny interface that its user implements (the Store in the mock, nothing in the runner).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "contracts/src/model/contract.h"

namespace understudy {

using Settings = std::map<std::string, bool, std::less<>>;  // a value for each setting of one contract

// What rows may ask about records.
class RecordLookup {
 public:
  virtual ~RecordLookup() = default;
  // Is there a record in the collection whose members at `keys` equal `values`?
  virtual bool has_record(std::string_view collection, const std::vector<std::string>& keys, const std::vector<Json>& values) const = 0;
  // Did the scenario seed this collection? (exists_in is asked only then.)
  virtual bool is_seeded(std::string_view collection) const = 0;
};

struct RuleContext {
  const Settings& settings;
  const Switches& switches;
  const RecordLookup* records = nullptr;  // null: unique_in and exists_in are passed over
};

struct Broken {
  const Row* row;
  Finding finding;
};

// Which rows were asked (their `when` held and their member was there to be judged), for coverage; may be null.
using EvaluatedRules = std::vector<const Row*>;

// Applies `ignored` and `becomes` to the body on the way.
std::optional<Broken> judge_rows(const Contract& contract, const Operation& operation, Json& body, const RuleContext& context,
                                 EvaluatedRules* asked = nullptr);

// `format` words of rows: iso-3166-1-alpha-2 (any case), and the formats of JSON Schema.
bool is_known_row_format(std::string_view format);

}  // namespace understudy
