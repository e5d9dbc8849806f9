// Owns a shop's products: what becomes of one item, the grouping of variations, and calls that are delivered again.
// What is asked of an item by itself is in sellercenter_items.h.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "tests/reference/clock.h"
#include "tests/reference/json.h"
#include "tests/reference/rules.h"

namespace reference {

class Shop {
 public:
  static bool knows(std::string_view method);  // of those whose params hold a list of products

  // One result for each item, in the order of `items`. `delivery` is equal for a call that is sent again: what was done the first
  // time is repeated, not done twice.
  Json perform(std::string_view method, const Json& items, const std::string& delivery, const Clock& clock, const Rules& rules);
  Json update_images(const Json& params);  // of are_images

 private:
  using Action = Json (Shop::*)(const Json& item, const Clock& clock, const Rules& rules);
  static const std::map<std::string, Action, std::less<>>& actions();

  Json create_product(const Json& item, const Clock& clock, const Rules& rules);
  Json update_product(const Json& item, const Clock& clock, const Rules& rules);
  Json update_stock(const Json& item, const Clock& clock, const Rules& rules);
  Json add_source(const Json& item, const Clock& clock, const Rules& rules);
  std::string find_group(const Json& item, const Rules& rules);
  Json touch(Json& product, const Clock& clock);  // the entry that says it was done

  std::map<std::string, std::map<std::size_t, Json>> deliveries_;  // successes by item
  std::map<std::string, Json> products_;                           // what the shop says of a product, by id
  std::set<std::pair<std::string, std::string>> known_skus_;       // seller, seller_sku
  std::set<std::string> config_ids_;
  std::map<std::string, std::string> config_of_set_;           // product_set -> config_id
  std::map<std::pair<std::string, std::string>, int> images_;  // set, hash -> number
  std::int64_t next_product_ = 468012;
  std::int64_t next_config_ = 453593;
};

}  // namespace reference
