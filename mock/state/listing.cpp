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

// The time that an end of a span means.
Time resolve(const SpanEnd& end, Time now) {
  using namespace std::chrono;
  if (end.unit == 'h') return now + hours(end.count);
  const auto today = floor<days>(now);
  if (end.unit == 'd') return today + days(end.count);
  if (end.unit == 'w') return today - (weekday(today) - Sunday) + weeks(end.count);
  const year_month_day date(today);
  if (end.unit == 'y') return sys_days((date.year() + years(end.count)) / January / 1);
  return sys_days((date.year() / date.month() + months(end.count)) / 1);
}

std::optional<Time> read_time(const Json& value) {
  return value.is_string() ? parse_date(value.get_ref<const std::string&>()) : std::nullopt;
}

// Numbers by size, dates by time; a value that cannot be compared is outside.
bool is_beyond(const Filter& filter, const Json& value, const Json& bound) {
  const bool upper = filter.match == Filter::Match::to;
  if (is_number(value) && is_number(bound)) return upper ? compare_numbers(value, bound) > 0 : compare_numbers(value, bound) < 0;
  const auto have = read_time(value), want = read_time(bound);
  return !have || !want || (upper ? *have > *want : *have < *want);
}

bool is_within(const Span& span, const Json& value, Time now) {
  const auto time = read_time(value);
  return time && (!span.from || *time >= resolve(*span.from, now)) && (!span.to || *time < resolve(*span.to, now));
}

bool equals(const Filter& filter, const Json& value, const Json& wanted, bool ignore_case) {
  if (comparable(value, ignore_case) == comparable(wanted, ignore_case) || json_equal(value, wanted)) return true;
  const auto meant = filter.values.find(as_text(wanted));
  if (meant == filter.values.end()) return false;
  const Json& other = meant->second;
  if (!other.is_array()) return json_equal(value, other);
  return std::ranges::any_of(other, [&](const Json& one) { return json_equal(value, one); });
}

bool fits(const Filter& filter, const Json& value, const Json& wanted, const ListRules& rules) {
  switch (filter.match) {
    case Filter::Match::from:
    case Filter::Match::to: return !is_beyond(filter, value, wanted);
    case Filter::Match::within: return is_within(filter.spans.find(as_text(wanted))->second, value, rules.now);
    case Filter::Match::contains: return comparable(value, true).find(comparable(wanted, true)) != std::string::npos;
    case Filter::Match::equals: break;
  }
  return equals(filter, value, wanted, rules.ignore_case);
}

// A value of the parameter that every record fits.
bool is_open(const Filter& filter, const Json& wanted) {
  if (filter.match == Filter::Match::from || filter.match == Filter::Match::to) return !is_number(wanted) && !read_time(wanted);
  if (filter.match == Filter::Match::within) {
    const auto span = filter.spans.find(as_text(wanted));
    return span == filter.spans.end() || (!span->second.from && !span->second.to);
  }
  const auto meant = filter.values.find(as_text(wanted));
  return meant != filter.values.end() && meant->second == "all";
}

// The values of the member; one that the record does not have is what the filter says.
std::vector<const Json*> values_at(const Filter& filter, const Json& record) {
  std::vector<const Json*> values;
  for (const std::string& member : filter.members) {
    const bool is_plain = member.find('*') == std::string::npos;
    for (const std::string& place : is_plain ? std::vector{member} : expand_pointer(record, member)) {
      if (const Json* value = find_pointer(record, place); value != nullptr && !value->is_null()) values.push_back(value);
    }
    if (!values.empty() && filter.match != Filter::Match::contains) break;
  }
  if (values.empty() && !filter.absent.is_null()) values.push_back(&filter.absent);
  return values;
}

bool passes(const Filter& filter, const Json& record, const Json& wanted, const ListRules& rules) {
  const auto values = values_at(filter, record);
  const auto fits_one = [&](const Json& one) {
    if (is_open(filter, one)) return true;
    return std::ranges::any_of(values, [&](const Json* value) { return fits(filter, *value, one, rules); });
  };
  if (!wanted.is_array()) return fits_one(wanted);
  return wanted.empty() || std::ranges::any_of(wanted, fits_one);
}

std::int64_t read_count(const Json& query, const std::string& name, std::int64_t fallback) {
  const auto value = query.find(name);
  if (value == query.end() || !is_written_as_integer(*value) || compare_numbers(*value, 0) <= 0) return fallback;
  return to_int64(*value).value_or(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, const ListRules& rules) {
  if (operation.newest_first) std::ranges::reverse(stored);
  for (const Filter& filter : operation.filters) {
    const auto wanted = query.find(filter.parameter);
    if (wanted == query.end()) continue;
    std::erase_if(stored, [&](const Record& record) { return !passes(filter, *record, *wanted, rules); });
  }
  const auto total = static_cast<std::int64_t>(stored.size());
  std::int64_t number = 1;
  std::int64_t size = std::max<std::int64_t>(total, 1);
  if (operation.paging) {
    const Paging& paging = *operation.paging;
    number = std::max(read_count(query, paging.number, paging.first), paging.first);
    std::int64_t most = paging.maximum_size;
    if (const auto value = rules.switches.find(paging.maximum_switch); value != rules.switches.end())
      most = std::max<std::int64_t>(to_int64(value->second).value_or(most), 1);
    size = std::min(read_count(query, paging.size, paging.default_size), most);
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
