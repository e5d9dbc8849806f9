// Owns a Veeqo product: what a request must hold, and the created product with every value derived from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/reference/clock.h"
#include "tests/reference/json.h"
#include "tests/reference/rules.h"

namespace reference {

// The next id of each kind; the first ones are those of the vendor's example.
struct VeeqoIds {
  std::int64_t product = 8636420;
  std::int64_t sellable = 14144702;
  std::int64_t image = 11499439;
  std::int64_t measurement = 12587623;
};

// Sentences in Rails' wording; empty when the product is fine.
std::vector<std::string> find_veeqo_faults(const Json& product, const Rules& rules);

// `product` has no faults.
Json make_veeqo_product(const Json& product, VeeqoIds& ids, Time now);

}  // namespace reference
