#include "tests/reference/sellercenter/items.h"

#include <algorithm>
#include <array>

namespace reference {
namespace {

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
    FieldCheck{"id_catalog_product", is_text_or_number},
    FieldCheck{"product_id", is_digits},
    FieldCheck{"sku", is_text},
    FieldCheck{"quantity", is_digits},
    FieldCheck{"seller_id", is_digits},
};

struct NeededField {
  std::string_view name;
  std::string_view shown;
};
constexpr std::array kNeededFields{NeededField{"seller", "seller"}, NeededField{"seller_sku", "seller SKU"}, NeededField{"title", "title"},
                                   NeededField{"price", "price"}};

}  // namespace

bool is_given(const Json& item, std::string_view name) {
  const Json* member = find_member(item, name);
  return member && !member->is_null() && *member != "";
}

std::string id_at(const Json& item, std::string_view name) {
  const Json* member = find_member(item, name);
  if (!member) return {};
  return member->is_number() ? render_json(*member) : text_at(item, name);
}

Json failure(const std::string& message) { return {{"status", "failure"}, {"error", {{"message", message}, {"code", 0}}}}; }

Json no_dates(const Json& item) {
  Json failed = failure("No special from and/or to date specified for special price");
  failed["product"] = {{"seller_sku", text_at(item, "seller_sku")}};
  return failed;
}

bool lacks_special_dates(const Json& item) {
  return is_given(item, "special_price") && !(is_given(item, "special_from_date") && is_given(item, "special_to_date"));
}

std::optional<Json> find_wrong_field(const Json& item, const Rules& rules) {
  if (!item.is_object()) return failure("Product is not an object");
  for (const FieldCheck& check : kFieldChecks) {
    if (is_given(item, check.name) && !check.fits(item[std::string(check.name)]) && rules.keeps("item:" + std::string(check.name))) {
      return failure("Invalid value for " + std::string(check.name));
    }
  }
  return std::nullopt;
}

std::optional<Json> find_failure(const Json& item, const Rules& rules) {
  if (auto failed = find_wrong_field(item, rules)) return failed;
  if (!is_given(item, "attribute_set") && rules.keeps("attribute_set_needed")) return failure("No attribute set specified");
  for (const NeededField& field : kNeededFields) {
    if (!is_given(item, field.name) && rules.keeps("needed:" + std::string(field.name)))
      return failure("No " + std::string(field.shown) + " specified");
  }
  if (lacks_special_dates(item) && rules.keeps("special_dates_needed")) return no_dates(item);
  return std::nullopt;
}

bool are_images(const Json& params) {
  const Json* set = find_member(params, "productSetSrcId");
  const Json* images = find_member(params, "images");
  return set && is_digits(*set) && images && images->is_array() && std::all_of(images->begin(), images->end(), [](const Json& image) {
           const Json* url = find_member(image, "url");
           const Json* hash = find_member(image, "hash");
           return url && url->is_string() && hash && hash->is_string();
         });
}

}  // namespace reference
