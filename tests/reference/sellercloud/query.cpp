#include "tests/reference/sellercloud/query.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "tests/reference/text.h"

namespace reference {
namespace {

// Parameters that hold whole numbers, whatever the list.
constexpr std::array<std::string_view, 17> kNumbers{"pageNumber",     "pageSize",          "id",           "orderIDs",       "companyID",
                                                    "companyIDs",     "companyIDList",     "companyIds",   "orderStatus",    "pOIds",
                                                    "pOStatuses",     "vendorIDs",         "warehouseIds", "productTypeIds", "customerIds",
                                                    "shippingStatus", "receiveWarehouseID"};

}  // namespace

Query::Query(const std::multimap<std::string, std::string>& parameters) {
  const std::string_view prefix = "model.";
  for (const auto& [name, value] : parameters) {
    const std::string lower = to_lower(name);
    parameters_.emplace(lower.starts_with(prefix) ? lower.substr(prefix.size()) : lower, value);
  }
}

std::string Query::text(std::string_view name) const {
  const auto found = parameters_.find(to_lower(name));
  return found == parameters_.end() ? std::string() : found->second;
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> all;
  const auto [first, last] = parameters_.equal_range(to_lower(name));
  for (auto at = first; at != last; ++at) {
    for (std::string_view rest = at->second; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      all.emplace_back(trim(rest.substr(0, comma)));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return all;
}

bool Query::admits(std::string_view name, const Json& value) const {
  const auto wanted = list(name);
  const std::string shown = value.is_string() ? value.get<std::string>() : render_json(value);
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return same_word(one, shown); });
}

bool Query::admits_part(std::string_view name, const std::string& whole) const {
  return to_lower(whole).find(to_lower(text(name))) != std::string::npos;
}

std::string Query::find_unreadable() const {
  for (const std::string_view name : kNumbers) {
    const auto numbers = list(name);
    if (!std::all_of(numbers.begin(), numbers.end(), [](const std::string& one) { return parse_integer(one).has_value(); }))
      return std::string(name);
  }
  return {};
}

Json Query::page(const std::vector<Json>& rows) const {
  const std::int64_t size = std::clamp<std::int64_t>(parse_integer(text("pageSize")).value_or(10), 1, 50);
  const std::int64_t number = std::max<std::int64_t>(parse_integer(text("pageNumber")).value_or(1), 1);
  const auto total = static_cast<std::int64_t>(rows.size());
  Json items = Json::array();
  for (std::int64_t at = (number - 1) * size; at < std::min(total, number * size); ++at)
    items.push_back(rows[static_cast<std::size_t>(at)]);
  return {{"TotalResults", total}, {"Items", items}};
}

}  // namespace reference
