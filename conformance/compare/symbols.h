// Owns what may differ between two right runs of one scenario: ids, times and tokens, told by their members' names and forms,
// and the table in which each value of one run stands for one value of the other.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

enum class SymbolKind { none, id, time, token };

// `member`: the name of the innermost member that holds the value.
SymbolKind find_symbol_kind(std::string_view member, const Json& value);

// The form of a time, digits written as 0: 2026-03-02T09:00:00Z -> 0000-00-00T00:00:00Z.
std::string time_form(std::string_view text);

class SymbolTable {
 public:
  // Says that left stands for right from now on. False: one of them stands for something else already.
  bool pair(const Json& left, const Json& right);
  bool is_paired(const Json& left, const Json& right) const;
  // `left` with every paired text of it replaced by what it stands for.
  std::string translate(std::string_view left) const;

 private:
  std::map<std::string, std::string> to_right_, to_left_;  // as text, so that 5 and "5" are one symbol
};

}  // namespace understudy
