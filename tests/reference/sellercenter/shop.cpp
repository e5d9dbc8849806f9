#include "tests/reference/sellercenter/shop.h"

#include <array>
#include <cstdio>

#include "tests/reference/sellercenter/items.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

std::string make_sku(std::int64_t config_id, std::int64_t id) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "RF%09lldREFER-%lld", static_cast<long long>(config_id), static_cast<long long>(id));
  return text.data();
}

// https://cdn.example/p/1.jpg -> /p/1.jpg
std::string path_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto slash = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  return slash == std::string::npos ? "/" : url.substr(slash);
}

}  // namespace

const std::map<std::string, Shop::Action, std::less<>>& Shop::actions() {
  static const std::map<std::string, Action, std::less<>> kActions{{"Product.createProducts", &Shop::create_product},
                                                                   {"Product.updateProducts", &Shop::update_product},
                                                                   {"Product.updatePrices", &Shop::update_product},
                                                                   {"Product.updateStock", &Shop::update_stock},
                                                                   {"Product.addSources", &Shop::add_source}};
  return kActions;
}

bool Shop::knows(std::string_view method) { return actions().contains(method); }

Json Shop::perform(std::string_view method, const Json& items, const std::string& delivery, const Clock& clock, const Rules& rules) {
  const Action action = actions().find(method)->second;
  Json results = Json::array();
  auto& done = deliveries_[delivery];
  for (std::size_t at = 0; at < items.size(); ++at) {
    const auto before = done.find(at);
    if (before != done.end() && rules.keeps("redelivery_repeats")) {
      results.push_back(before->second);
      continue;
    }
    Json result = (this->*action)(items[at], clock, rules);
    if (text_at(result, "status") == "success") done[at] = result;
    results.push_back(std::move(result));
  }
  return results;
}

Json Shop::create_product(const Json& item, const Clock& clock, const Rules& rules) {
  if (auto failed = find_failure(item, rules)) return *failed;
  if (is_given(item, "config_id") && !config_ids_.contains(id_at(item, "config_id")) && rules.keeps("config_id_known"))
    return failure("Unknown config_id");
  const auto sku_key = std::make_pair(id_at(item, "seller"), text_at(item, "seller_sku"));
  if (known_skus_.contains(sku_key) && rules.keeps("seller_sku_unique")) return failure("Seller SKU already exists");

  const std::string config_id = find_group(item, rules);
  const std::int64_t id = next_product_++;
  known_skus_.insert(sku_key);
  Json& product = products_[std::to_string(id)];
  product = {{"seller_sku", text_at(item, "seller_sku")},
             {"sku", rules.keeps("sku_ends_in_id") ? make_sku(parse_integer(config_id).value_or(0), id) : "REFER"},
             {"id", std::to_string(id)},
             {"config_id", config_id}};
  return touch(product, clock);
}

Json Shop::touch(Json& product, const Clock& clock) {
  product["updated_at"] = write_plain(clock.now());
  return {{"status", "success"}, {"product", product}};
}

Json Shop::update_product(const Json& item, const Clock& clock, const Rules&) {
  if (auto failed = find_wrong_field(item)) return *failed;
  const auto found = products_.find(id_at(item, "product_id"));
  if (found == products_.end()) return failure("Unknown product_id");
  if (lacks_special_dates(item)) return no_dates(item);
  if (is_given(item, "seller_sku")) found->second["seller_sku"] = text_at(item, "seller_sku");
  return touch(found->second, clock);
}

Json Shop::update_stock(const Json& item, const Clock& clock, const Rules&) {
  if (auto failed = find_wrong_field(item)) return *failed;
  const auto found = products_.find(id_at(item, "product_id"));
  if (found == products_.end() || !is_given(item, "quantity")) return failure("Stock failed to update");
  return touch(found->second, clock);
}

Json Shop::add_source(const Json& item, const Clock& clock, const Rules&) {
  if (auto failed = find_wrong_field(item)) return *failed;
  if (is_given(item, "shipment_type") && id_at(item, "shipment_type") != "1") return failure("Invalid value for shipment_type");
  const auto found = products_.find(id_at(item, "product_id"));
  if (found == products_.end()) return failure("Unknown product_id");
  return touch(found->second, clock);
}

Json Shop::update_images(const Json& params) {
  const std::string set = id_at(params, "productSetSrcId");
  Json images = Json::array();
  for (const Json& image : list_at(params, "images")) {
    const auto [known, is_new] = images_.emplace(std::make_pair(set, text_at(image, "hash")), 0);
    if (is_new) known->second = 122 + static_cast<int>(images_.size());
    images.push_back({{"uri", path_of(text_at(image, "url"))}, {"hash", text_at(image, "hash")}, {"srcId", known->second}});
  }
  return {{"productSetSrcId", parse_integer(set).value_or(0)}, {"images", images}};
}

// A given config_id wins; else all variations of one product_set share the id that the first of them was given.
std::string Shop::find_group(const Json& item, const Rules& rules) {
  const std::string set = id_at(item, "product_set");
  std::string config_id = is_given(item, "config_id") ? id_at(item, "config_id") : "";
  if (config_id.empty() && !set.empty() && rules.keeps("set_is_one_group")) {
    const auto known = config_of_set_.find(set);
    if (known != config_of_set_.end()) config_id = known->second;
  }
  if (config_id.empty()) config_id = std::to_string(next_config_++);
  config_ids_.insert(config_id);
  if (!set.empty()) config_of_set_.emplace(set, config_id);
  return config_id;
}

}  // namespace reference
