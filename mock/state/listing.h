// Owns which records a list shows: the contract's filters, order and paging over what is stored. Lists of data and lists of a
// vendor's C++ page alike.
#pragma once

#include <vector>

#include "contracts/src/model/contract.h"
#include "mock/state/store.h"

namespace understudy {

struct Listing {
  std::vector<Record> records;  // of the page
  Json page;                    // {number, size, total, pages}
};

// `stored` in order of creation; `query` by documented names. Page numbers and sizes below 1 count as left out, a page behind
// the last is empty however far behind; names and texts are compared in any case if `ignore_case`.
Listing list_page(const Operation& operation, const Json& query, std::vector<Record> stored, bool ignore_case);

}  // namespace understudy
