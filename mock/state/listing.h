// The page of records that a list operation shows: the contract's filters, order and paging applied to the stored records.
#pragma once

#include "contracts/src/model/contract.h"
#include "mock/state/store.h"

namespace understudy {

struct Listing {
  std::vector<Record> records;  // of the page
  Json page;                    // {number, size, total, pages}
};

// `stored` in order of creation; `query` by documented names. Page numbers and sizes below 1 count as absent; a page after the last is
// empty. Filters ignore case if `ignore_case`.
Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, bool ignore_case);

}  // namespace understudy
