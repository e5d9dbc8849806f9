// Owns a shop's products: the checks of one item, the grouping of variations, and calls that are delivered again.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/reference/clock.h"
#include "tests/reference/json.h"
#include "tests/reference/rules.h"

namespace reference {

class Shop {
 public:
  // One result for each item, in the order of `items`. `delivery` is equal for a call that is sent again: what was done the first
  // time is repeated, not done twice.
  Json create_products(const Json& items, const std::string& delivery, const Clock& clock, const Rules& rules);

 private:
  Json create_product(const Json& item, const Clock& clock, const Rules& rules);
  std::string find_group(const Json& item, const Rules& rules);

  std::map<std::string, std::map<std::size_t, Json>> deliveries_;  // successes by item
  std::set<std::pair<std::string, std::string>> known_skus_;       // seller, seller_sku
  std::set<std::string> config_ids_;
  std::map<std::string, std::string> config_of_set_;  // product_set -> config_id
  std::int64_t next_product_ = 468012;
  std::int64_t next_config_ = 453593;
};

}  // namespace reference
