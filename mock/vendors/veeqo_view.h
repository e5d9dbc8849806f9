// What Veeqo's answers derive from a stored product: amounts, titles, images and stock. A stored product has the member names of the
// answer; absent members have defaults in collections.yaml.
#pragma once

#include "mock/vendors/module.h"

namespace understudy::veeqo {

// How the profile of this call shows products.
struct View {
  const Json& account;
  const Transaction& store;
  std::vector<Record> warehouses;
  bool floats = false;       // 150.0, not 150
  bool zeros = true;         // show a stock entry for each warehouse, also where none is stored
  bool newest_first = true;  // sellables
  bool of_2026 = false;      // the members that newer accounts show
};

View view_of(const HandlerCall& call);
bool shows_newest_first(const HandlerCall& call);  // sellables

// The stored product with the ids and times that it lacked; they are stored, too.
Json load_product(const HandlerCall& call, const Json& stored);

RenderedObject show_product(const View& view, const Json& product);
// One sellable of a stored product, with `product`, amounts and stock.
Json show_sellable_of(const View& view, const Json& product, const Json& sellable);
// `entry` may be empty: all levels 0.
RenderedObject show_stock_entry(const View& view, const Json& sellable, const Json& entry, const Json& warehouse);

// What answers show of orders, purchase orders and bundles: the records that they name by id.
const Shows& shows();

// Indices of the sellables in the order in which they are shown.
std::vector<std::size_t> shown_order(const Json& sellables, bool newest_first);
Json whole(double value);       // 150.0 as 150
Json whole(const Json& value);  // the same for a stored number; 0 for anything else

}  // namespace understudy::veeqo
