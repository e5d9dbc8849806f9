// Owns the query of a list call: names in any case and with or without `model.`, several values as repeated names or with commas,
// pages of 10 unless asked otherwise and never of more than 50.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/reference/json.h"

namespace reference {

class Query {
 public:
  explicit Query(const std::multimap<std::string, std::string>& parameters);

  std::string text(std::string_view name) const;                // "" if absent
  bool admits(std::string_view name, const Json& value) const;  // no such filter, or `value` is one of those asked for
  bool admits_part(std::string_view name, const std::string& text) const;
  std::string find_unreadable() const;             // a parameter of numbers that holds something else; "" if none does
  Json page(const std::vector<Json>& rows) const;  // {TotalResults, Items}

 private:
  std::vector<std::string> list(std::string_view name) const;
  std::multimap<std::string, std::string> parameters_;
};

}  // namespace reference
