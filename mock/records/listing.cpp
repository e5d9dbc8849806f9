// The contract's filters, order and paging applied to the stored records.
#include <algorithm>
#include <limits>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "mock/records/store.h"

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

// The order that the query asks for: by a member that some record has.
void sort_records(const Sorting& sorting, const Json& query, std::vector<Record>& records) {
  const auto text_of = [&](const std::string& name) {
    const auto found = query.find(name);
    if (name.empty() || found == query.end()) return std::string();
    return as_text(found->is_array() ? found->empty() ? Json("") : found->front() : *found);
  };
  std::string by = text_of(sorting.by);
  const std::string order = to_lower(text_of(sorting.order));
  by = by.substr(0, by.find(','));
  bool down = order.starts_with("desc") || order == "-1" || by.starts_with('-');
  if (by.starts_with('-') || by.starts_with('+')) by.erase(0, 1);
  if (const auto end = by.find_first_of(": "); end != std::string::npos) {
    down |= to_lower(by.substr(end + 1)).starts_with("desc");
    by.resize(end);
  }
  const auto has_member = [&](const Record& record) { return record->contains(by); };
  if (by.empty() && down) std::ranges::reverse(records);
  if (by.empty() || std::ranges::none_of(records, has_member)) return;
  std::ranges::stable_sort(records, [&](const Record& one, const Record& other) {
    const Json left = one->value(by, Json()), right = other->value(by, Json());
    const auto is_less = [](const Json& a, const Json& b) {
      return is_number(a) && is_number(b) ? compare_numbers(a, b) < 0 : as_text(a) < as_text(b);
    };
    return down ? is_less(right, left) : is_less(left, right);
  });
}

// The place of a page among all records that fit.
struct Page {
  std::int64_t number = 1, size = 1, skipped = 0;
};

// The number and the size that the query asks for.
Page asked_page(const Paging& paging, const Json& query, const ListRules& rules) {
  Page page;
  if (paging.kind == Paging::Kind::number) page.number = std::max(read_count(query, paging.number, paging.first), paging.first);
  std::int64_t most = paging.maximum_size;
  if (const auto value = rules.switches.find(paging.maximum_switch); value != rules.switches.end())
    most = std::max<std::int64_t>(to_int64(value->second).value_or(most), 1);
  page.size = std::min(read_count(query, paging.size, paging.default_size), most);
  return page;
}

// How many records precede the page. `after` tells how many there are up to the one that a cursor names.
template <class After>
std::int64_t count_before(const Paging& paging, const Json& query, const Page& page, std::int64_t total, After after) {
  if (paging.kind == Paging::Kind::offset) return std::min(read_count(query, paging.number, 0), total);
  if (paging.kind == Paging::Kind::number) {
    // Division before multiplication: a page number from the network may be enormous.
    const std::int64_t pages_before = page.number - paging.first;
    return pages_before > total / page.size ? total : std::min(pages_before * page.size, total);
  }
  const auto cursor = query.find(paging.number);
  return cursor == query.end() || as_text(*cursor).empty() ? 0 : after(as_text(*cursor));
}

Listing describe_page(const Operation& operation, const Page& page, std::int64_t total, std::vector<Record> records,
                      const ListRules& rules) {
  const std::int64_t shown = page.skipped + static_cast<std::int64_t>(records.size());
  Json next;
  if (operation.paging && shown < total && !records.empty()) {
    const auto kind = operation.paging->kind;
    next = kind == Paging::Kind::offset   ? Json(shown)
           : kind == Paging::Kind::number ? Json(page.number + 1)
                                          : records.back()->value(rules.id_member, Json());
  }
  return {.records = std::move(records),
          .page = {{"number", page.number},
                   {"size", page.size},
                   {"total", total},
                   {"pages", (total + page.size - 1) / page.size},
                   {"offset", page.skipped},
                   {"next", std::move(next)},
                   {"more", shown < total}}};
}

}  // namespace

bool passes_filters(const Operation& operation, const Json& query, const Json& record, const ListRules& rules) {
  return std::ranges::all_of(operation.filters, [&](const Filter& filter) {
    const auto wanted = query.find(filter.parameter);
    return wanted == query.end() || passes(filter, record, *wanted, rules);
  });
}

Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, const ListRules& rules) {
  if (operation.newest_first) std::ranges::reverse(stored);
  sort_records(operation.sorting, query, stored);
  const auto total = static_cast<std::int64_t>(stored.size());
  Page page{.size = std::max<std::int64_t>(total, 1)};
  if (operation.paging) {
    page = asked_page(*operation.paging, query, rules);
    page.skipped = count_before(*operation.paging, query, page, total, [&](const std::string& cursor) {
      const auto last =
          std::ranges::find_if(stored, [&](const Record& record) { return as_text(record->value(rules.id_member, Json())) == cursor; });
      return last == stored.end() ? total : last - stored.begin() + 1;
    });
    stored.erase(stored.begin(), stored.begin() + page.skipped);
    if (static_cast<std::int64_t>(stored.size()) > page.size) stored.resize(static_cast<std::size_t>(page.size));
  }
  return describe_page(operation, page, total, std::move(stored), rules);
}

bool pages_all_records(const Operation& operation, const Json& query) {
  const auto asks = [&](const std::string& name) { return !name.empty() && query.contains(name); };
  return operation.paging && operation.paging->kind != Paging::Kind::cursor && !asks(operation.sorting.by) &&
         !asks(operation.sorting.order) && std::ranges::none_of(operation.filters, asks, &Filter::parameter);
}

Listing list_page(const Operation& operation, const Json& query, const Store& store, const ListRules& rules) {
  const auto total = static_cast<std::int64_t>(store.count(operation.collection));
  Page page = asked_page(*operation.paging, query, rules);
  page.skipped = count_before(*operation.paging, query, page, total, [](const std::string&) { return 0; });
  auto records =
      store.page(operation.collection, static_cast<std::size_t>(page.skipped), static_cast<std::size_t>(page.size), operation.newest_first);
  return describe_page(operation, page, total, std::move(records), rules);
}

}  // namespace understudy
