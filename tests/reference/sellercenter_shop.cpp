#include "tests/reference/sellercenter_shop.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "tests/reference/text.h"

namespace reference {
namespace {

// null, "" and nothing at all are the same to this caller, which is written in PHP.
bool is_given(const Json& item, std::string_view name) {
  const Json* member = find_member(item, name);
  return member && !member->is_null() && *member != "";
}

// Ids come as numbers or as strings.
std::string id_at(const Json& item, std::string_view name) {
  const Json* member = find_member(item, name);
  if (!member) return {};
  return member->is_number() ? render_json(*member) : text_at(item, name);
}

bool is_digits(const Json& value) {
  if (value.is_number_unsigned()) return true;
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool is_money(const Json& value) {
  const auto amount = as_number(value);
  return amount && *amount >= 0;
}

bool is_text(const Json& value) { return value.is_string(); }
bool is_map(const Json& value) { return value.is_object() || (value.is_array() && value.empty()); }  // PHP writes an empty map as []
bool is_text_or_number(const Json& value) { return value.is_string() || value.is_number(); }

bool is_id_list(const Json& value) { return value.is_array() && std::all_of(value.begin(), value.end(), is_text_or_number); }

bool is_one_of(const Json& value, std::initializer_list<std::string_view> words) {
  const std::string word = value.is_number_integer() ? render_json(value) : value.is_string() ? value.get<std::string>() : "";
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct FieldCheck {
  std::string_view name;
  bool (*fits)(const Json&);
};
constexpr std::array kFieldChecks{
    FieldCheck{"approval_status",
               [](const Json& value) {
                 return is_one_of(value, {"0", "1", "2"});
               }},
    FieldCheck{"attribute_set", is_digits},
    FieldCheck{"attributes", is_map},
    FieldCheck{"brand", is_digits},
    FieldCheck{"primary_category", is_digits},
    FieldCheck{"categories", is_id_list},
    FieldCheck{"config_id", is_digits},
    FieldCheck{"description", is_text},
    FieldCheck{"platform_identifier", is_text},
    FieldCheck{"price", is_money},
    FieldCheck{"product_set", is_digits},
    FieldCheck{"seller", is_digits},
    FieldCheck{"seller_sku", is_text},
    FieldCheck{"shipment_type",
               [](const Json& value) {
                 return is_one_of(value, {"1", "2", "3"});
               }},
    FieldCheck{"special_from_date", is_text},
    FieldCheck{"special_price", is_money},
    FieldCheck{"special_to_date", is_text},
    FieldCheck{"status",
               [](const Json& value) {
                 return is_text(value) && is_one_of(value, {"active", "inactive", "deleted"});
               }},
    FieldCheck{"stock", is_digits},
    FieldCheck{"tax_class", is_text_or_number},
    FieldCheck{"title", is_text},
    FieldCheck{"shipment_matrix_template", is_id_list},
    FieldCheck{"country_city", is_text_or_number},
    FieldCheck{"group_name", is_text},
    FieldCheck{"listing_type", is_text_or_number},
    FieldCheck{"product_identifier", is_text},
    FieldCheck{"rsin", is_text},
};

struct NeededField {
  std::string_view name;
  std::string_view shown;
};
constexpr std::array kNeededFields{NeededField{"seller", "seller"}, NeededField{"seller_sku", "seller SKU"}, NeededField{"title", "title"},
                                   NeededField{"price", "price"}};

Json failure(const std::string& message) { return {{"status", "failure"}, {"error", {{"message", message}, {"code", 0}}}}; }

// Judges the item by itself; what it needs to know of the shop comes later.
std::optional<Json> find_failure(const Json& item, const Rules& rules) {
  if (!item.is_object()) return failure("Product is not an object");
  for (const FieldCheck& check : kFieldChecks) {
    if (is_given(item, check.name) && !check.fits(item[std::string(check.name)]) && rules.keeps("item:" + std::string(check.name))) {
      return failure("Invalid value for " + std::string(check.name));
    }
  }
  if (!is_given(item, "attribute_set") && rules.keeps("attribute_set_needed")) return failure("No attribute set specified");
  for (const NeededField& field : kNeededFields) {
    if (!is_given(item, field.name) && rules.keeps("needed:" + std::string(field.name)))
      return failure("No " + std::string(field.shown) + " specified");
  }
  const bool dated = is_given(item, "special_from_date") && is_given(item, "special_to_date");
  if (is_given(item, "special_price") && !dated && rules.keeps("special_dates_needed")) {
    Json failed = failure("No special from and/or to date specified for special price");
    failed["product"] = {{"seller_sku", text_at(item, "seller_sku")}};
    return failed;
  }
  return std::nullopt;
}

std::string make_sku(std::int64_t config_id, std::int64_t id) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "RF%09lldREFER-%lld", static_cast<long long>(config_id), static_cast<long long>(id));
  return text.data();
}

}  // namespace

Json Shop::create_products(const Json& items, const std::string& delivery, const Clock& clock, const Rules& rules) {
  Json results = Json::array();
  auto& done = deliveries_[delivery];
  for (std::size_t at = 0; at < items.size(); ++at) {
    const auto before = done.find(at);
    if (before != done.end() && rules.keeps("redelivery_repeats")) {
      results.push_back(before->second);
      continue;
    }
    Json result = create_product(items[at], clock, rules);
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
  return {{"status", "success"},
          {"product",
           {{"seller_sku", text_at(item, "seller_sku")},
            {"sku", make_sku(parse_integer(config_id).value_or(0), id)},
            {"id", std::to_string(id)},
            {"config_id", config_id},
            {"updated_at", write_plain(clock.now())}}}};
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
