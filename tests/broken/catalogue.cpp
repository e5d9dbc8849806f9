#include "tests/broken/catalogue.h"

#include <algorithm>
#include <iterator>

namespace broken {

const std::vector<Variant>& catalogue() {
  static const std::vector<Variant> kAll = [] {
    std::vector<Variant> all;
    for (auto* variants : {sellercloud_variants, purchase_order_and_token_variants, veeqo_variants, seller_center_variants}) {
      auto some = variants();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
  }();
  return kAll;
}

const Variant* find_variant(std::string_view name) {
  const auto& all = catalogue();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Variant& variant) { return variant.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace broken
