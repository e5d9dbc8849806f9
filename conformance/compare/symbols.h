// What may differ between two correct runs of one scenario: ids, times and tokens, recognised by the name of their member and their form;
// and a table that pairs the values of one run with those of the other.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

enum class SymbolKind { none, id, time, token };

// `member`: the name of the innermost member that contains the value.
SymbolKind find_symbol_kind(std::string_view member, const Json& value);

// The form of a time, with each digit replaced by 0: 2026-03-02T09:00:00Z -> 0000-00-00T00:00:00Z.
std::string time_form(std::string_view text);

class SymbolTable {
 public:
  // Pairs two values. False: one of them is already paired with another value.
  bool pair(const Json& left, const Json& right);
  bool is_paired(const Json& left, const Json& right) const;
  // Whether the texts are equal except for paired values at the same places. Values of less than 4 characters count only as whole words:
  // the 5 in /x/5, not in /x/15.
  bool is_translation(std::string_view left, std::string_view right) const;

 private:
  std::map<std::string, std::string> to_right_, to_left_;  // as text, so that 5 and "5" are one symbol
};

}  // namespace understudy
