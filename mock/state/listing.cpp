// The contract's filters, order and paging applied to the stored records.
#include <algorithm>
#include <limits>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "mock/state/store.h"

namespace understudy {
namespace {

std::string comparable(const Json& value, bool ignore_case) {
  const std::string text = as_text(value);
  return ignore_case ? to_lower(text) : text;
}

bool passes(const Filter& filter, const Json& record, const Json& wanted, bool ignore_case) {
  const Json* value = find_pointer(record, filter.member);
  if (value == nullptr) return false;
  const std::string have = comparable(*value, ignore_case);
  const auto fits = [&](const Json& one) {
    const std::string want = comparable(one, ignore_case);
    if (filter.match == Filter::Match::contains) return have.find(want) != std::string::npos;
    return have == want || json_equal(*value, one);
  };
  return wanted.is_array() ? std::any_of(wanted.begin(), wanted.end(), fits) : fits(wanted);
}

std::int64_t read_count(const Json& query, const std::string& name, std::int64_t fallback) {
  const auto value = query.find(name);
  if (value == query.end() || !is_written_as_integer(*value) || compare_numbers(*value, 0) <= 0) return fallback;
  return to_int64(*value).value_or(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, bool ignore_case) {
  if (operation.newest_first) std::ranges::reverse(stored);
  for (const Filter& filter : operation.filters) {
    const auto wanted = query.find(filter.parameter);
    if (wanted == query.end()) continue;
    std::erase_if(stored, [&](const Record& record) { return !passes(filter, *record, *wanted, ignore_case); });
  }
  const auto total = static_cast<std::int64_t>(stored.size());
  std::int64_t number = 1;
  std::int64_t size = std::max<std::int64_t>(total, 1);
  if (operation.paging) {
    const Paging& paging = *operation.paging;
    number = std::max(read_count(query, paging.number, paging.first), paging.first);
    size = std::min(read_count(query, paging.size, paging.default_size), paging.maximum_size);
    // Division before multiplication: a page number from the network may be enormous.
    const std::int64_t pages_before = number - paging.first;
    const std::int64_t skipped = pages_before > total / size ? total : std::min(pages_before * size, total);
    stored.erase(stored.begin(), stored.begin() + skipped);
    if (static_cast<std::int64_t>(stored.size()) > size) stored.resize(static_cast<std::size_t>(size));
  }
  return {.records = std::move(stored),
          .page = {{"number", number}, {"size", size}, {"total", total}, {"pages", (total + size - 1) / size}}};
}

}  // namespace understudy
