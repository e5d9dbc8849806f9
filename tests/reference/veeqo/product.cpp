#include "tests/reference/veeqo/product.h"

#include <cmath>
#include <limits>

namespace reference {
namespace {

constexpr int kUser = 23005;
constexpr int kWarehouse = 22668;

bool is_given(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member && !member->is_null();
}

bool is_blank_text(const Json& value) { return value.is_string() && value.get_ref<const std::string&>().empty(); }

// "" counts as no number.
std::optional<double> number_in(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member ? as_number(*member) : std::nullopt;
}

Json number_or(const Json& object, std::string_view name, const Json& otherwise) {
  const auto number = number_in(object, name);
  return number ? plain_number(*number) : otherwise;
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

// A list of objects; Rails also takes an object with numbers for keys.
std::vector<Json> items_of(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (!member || !member->is_structured()) return {};
  std::vector<Json> items;
  for (const auto& item : *member) items.push_back(item);
  return items;
}

std::string_view variants_name(const Json& product) {
  return is_given(product, "product_variants_attributes") ? "product_variants_attributes" : "sellables_attributes";
}

class Faults {
 public:
  explicit Faults(std::string subject) : subject_(std::move(subject)) {}

  void need_text(const Json& object, std::string_view name, std::string_view shown, bool may_be_empty) {
    if (!is_given(object, name) || (!may_be_empty && text_at(object, name).empty() && object[std::string(name)].is_string()))
      say(shown, "can't be blank");
    else
      check_text(object, name, shown);
  }
  void need_number(const Json& object, std::string_view name, std::string_view shown) {
    if (!is_given(object, name) || is_blank_text(object[std::string(name)]))
      say(shown, "can't be blank");
    else
      check_number(object, name, shown);
  }
  void check_text(const Json& object, std::string_view name, std::string_view shown) {
    if (is_given(object, name) && !object[std::string(name)].is_string()) say(shown, "is not a string");
  }
  void check_number(const Json& object, std::string_view name, std::string_view shown) {
    if (is_given(object, name) && !is_blank_text(object[std::string(name)]) && !number_in(object, name)) say(shown, "is not a number");
  }
  void say(std::string_view shown, std::string_view complaint) {
    std::string sentence = subject_ + std::string(shown) + " " + std::string(complaint);
    if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z') sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
    found.push_back(std::move(sentence));
  }

  std::vector<std::string> found;

 private:
  std::string subject_;
};

void append(std::vector<std::string>& to, const std::vector<std::string>& from) { to.insert(to.end(), from.begin(), from.end()); }

std::vector<std::string> find_variant_faults(const Json& variant, const Rules& rules) {
  Faults faults("product variants ");
  if (!variant.is_object()) {
    faults.say("", "must be objects");
    return faults.found;
  }
  if (rules.keeps("variant_title_required")) faults.need_text(variant, "title", "title", true);
  if (rules.keeps("variant_price_required")) faults.need_number(variant, "price", "price");
  if (rules.keeps("variant_sku_required")) faults.need_text(variant, "sku_code", "sku code", true);
  for (const auto* name : {"cost_price", "weight_grams", "min_reorder_level", "quantity_to_reorder", "tax_rate"})
    faults.check_number(variant, name, name);
  for (const auto* name : {"upc_code", "model_number", "weight_unit"}) faults.check_text(variant, name, name);
  return faults.found;
}

Json make_image(const Json& image, std::int64_t position, std::int64_t id, std::int64_t product_id, const std::string& now) {
  return {{"id", id},
          {"binary_data", nullptr},
          {"content_type", nullptr},
          {"display_position", number_or(image, "display_position", position)},
          {"created_by_id", nullptr},
          {"updated_by_id", nullptr},
          {"deleted_at", nullptr},
          {"deleted_by_id", nullptr},
          {"created_at", now},
          {"updated_at", now},
          {"src", text_at(image, "src")},
          {"product_id", product_id},
          {"picture_file_name", nullptr},
          {"picture_content_type", nullptr},
          {"picture_file_size", nullptr},
          {"picture_updated_at", nullptr},
          {"picture_order", 9999}};
}

// Of several images the one with the lowest position is shown; null without any.
Json make_main_image(const Json& product, std::int64_t product_id, VeeqoIds& ids, const std::string& now) {
  Json main;
  double lowest = std::numeric_limits<double>::infinity();
  std::int64_t position = 0;
  for (const Json& image : items_of(product, "images_attributes")) {
    Json made = make_image(image, ++position, ids.image++, product_id, now);
    if (number_at(made, "display_position") >= lowest) continue;
    lowest = number_at(made, "display_position");
    main = std::move(made);
  }
  return main;
}

Json make_warehouse() {
  return {{"id", kWarehouse},
          {"name", "My Warehouse"},
          {"user_id", nullptr},
          {"address_line_1", ""},
          {"address_line_2", ""},
          {"city", ""},
          {"region", ""},
          {"country", nullptr},
          {"post_code", ""},
          {"inventory_type_code", "wavg"},
          {"default_min_reorder", 0},
          {"click_and_collect_enabled", false},
          {"click_and_collect_days", nullptr},
          {"created_by_id", kUser},
          {"updated_by_id", nullptr},
          {"deleted_at", nullptr},
          {"deleted_by_id", nullptr},
          {"created_at", "2017-07-04T09:40:37.539Z"},
          {"updated_at", "2017-07-04T09:40:37.539Z"},
          {"phone", nullptr},
          {"requested_carrier_account", nullptr}};
}

// Nothing is in stock yet, which is low stock unless the reorder level is negative.
Json make_stock_entry(std::int64_t sellable_id, double reorder_level, const std::string& now) {
  return {{"sellable_id", sellable_id},
          {"warehouse_id", kWarehouse},
          {"infinite", false},
          {"allocated_stock_level", 0},
          {"warehouse", make_warehouse()},
          {"location", nullptr},
          {"stock_running_low", 0 <= reorder_level},
          {"updated_at", now},
          {"incoming_stock_level", 0},
          {"physical_stock_level", 0},
          {"available_stock_level", 0},
          {"sellable_on_hand_value", 0}};
}

// A variant called "Default" or nothing adds nothing to the product's title.
std::string sellable_title(const std::string& title) { return title == "Default" ? "" : title; }

Json make_sellable(const Json& variant, std::int64_t id, const Json& product_part, const std::string& now) {
  const double price = number_in(variant, "price").value_or(0), cost = number_in(variant, "cost_price").value_or(0);
  const double profit = rounded(price - cost, 1e6);
  const double margin = price == 0 ? 0 : rounded((price - cost) / price * 100, 100);
  const std::string title = text_at(variant, "title"), short_title = sellable_title(title), product_title = text_at(product_part, "title");
  const Json weight = number_or(variant, "weight_grams", 0);
  const Json reorder_level = number_or(variant, "min_reorder_level", 0);

  Json sellable;
  sellable["total_quantity_sold"] = 0;
  sellable["allocated_stock_level_at_all_warehouses"] = 0;
  sellable["id"] = id;
  sellable["type"] = "ProductVariant";
  sellable["title"] = title;
  sellable["sku_code"] = text_at(variant, "sku_code");
  sellable["upc_code"] = text_at(variant, "upc_code");
  sellable["model_number"] = text_at(variant, "model_number");
  sellable["price"] = plain_number(price);
  sellable["cost_price"] = plain_number(cost);
  sellable["min_reorder_level"] = reorder_level;
  sellable["quantity_to_reorder"] = number_or(variant, "quantity_to_reorder", 0);
  sellable["created_by_id"] = kUser;
  sellable["created_at"] = now;
  sellable["updated_at"] = now;
  sellable["weight_grams"] = weight;
  sellable["weight_unit"] = "g";  // the account's unit; the request's is ignored
  sellable["product_title"] = product_title;
  sellable["full_title"] = short_title.empty() ? product_title : product_title + " " + short_title;
  sellable["sellable_title"] = short_title;
  sellable["profit"] = plain_number(profit);
  sellable["margin"] = plain_number(margin);
  sellable["tax_rate"] = number_or(variant, "tax_rate", 0);
  sellable["product"] = product_part;
  sellable["stock_entries"] = Json::array({make_stock_entry(id, reorder_level.get<double>(), now)});
  for (const auto* name : {"variant_option_specifics", "variant_property_specifics"}) sellable[name] = Json::array();
  sellable["measurement_attributes"] = {{"id", 0}, {"width", 0}, {"height", 0}, {"depth", 0}, {"dimensions_unit", "cm"}};
  for (const auto* name : {"images", "active_channels", "channel_sellables"}) sellable[name] = Json::array();
  for (const auto* name : {"available_stock_level_at_all_warehouses", "stock_level_at_all_warehouses", "on_hand_value"}) sellable[name] = 0;
  sellable["inventory"] = {{"infinite", false},
                           {"physical_stock_level_at_all_warehouses", 0},
                           {"allocated_stock_level_at_all_warehouses", 0},
                           {"available_stock_level_at_all_warehouses", 0},
                           {"incoming_stock_level_at_all_warehouses", 0}};
  sellable["weight"] = weight;
  return sellable;
}

// Newest first, as the vendor's example shows them; measurements are numbered in the order shown.
Json make_sellables(const Json& product, const Json& product_part, VeeqoIds& ids, const std::string& now) {
  Json sellables = Json::array();
  for (const Json& variant : items_of(product, variants_name(product))) {
    sellables.insert(sellables.begin(), make_sellable(variant, ids.sellable++, product_part, now));
  }
  for (Json& sellable : sellables) sellable["measurement_attributes"]["id"] = ids.measurement++;
  return sellables;
}

Json make_brand(const Json& product) {
  const auto id = number_in(product, "product_brand_id");
  if (!id) return nullptr;
  return {{"id", plain_number(*id)}, {"name", "Brand " + render_json(plain_number(*id))}, {"display_position", "0"}, {"products_count", 1}};
}

// What a product and its copy inside each sellable have in common.
Json make_product_part(const Json& product, std::int64_t id, const Json& main_image) {
  return {{"id", id},
          {"title", text_at(product, "title")},
          {"weight", 0},
          {"origin_country", nullptr},
          {"hs_tariff_number", nullptr},
          {"tax_rate", 0},
          {"main_image", main_image},
          {"estimated_delivery", number_or(product, "estimated_delivery", nullptr)},
          {"deleted_at", nullptr},
          {"deleted_by_id", nullptr},
          {"description", text_at(product, "description")},
          {"main_image_src", main_image.is_null() ? Json(nullptr) : Json(text_at(main_image, "src"))}};
}

}  // namespace

std::vector<std::string> find_veeqo_faults(const Json& product, const Rules& rules) {
  Faults faults("");
  if (rules.keeps("title_required")) faults.need_text(product, "title", "Title", false);
  if (!product.is_object()) return faults.found;
  faults.check_text(product, "description", "Description");
  faults.check_text(product, "notes", "Notes");
  faults.check_number(product, "estimated_delivery", "Estimated delivery");
  faults.check_number(product, "product_brand_id", "Product brand");
  const std::string_view variants = variants_name(product);
  if (is_given(product, variants) && !product[std::string(variants)].is_structured()) faults.say("Product variants", "must be a list");
  if (is_given(product, variants) && product[std::string(variants)].is_array() && product[std::string(variants)].empty())
    faults.say("Product variants", "must have one or more");
  for (const Json& variant : items_of(product, variants)) append(faults.found, find_variant_faults(variant, rules));
  if (is_given(product, "images_attributes") && !product["images_attributes"].is_structured()) faults.say("Images", "must be a list");
  for (const Json& image : items_of(product, "images_attributes")) {
    Faults image_faults("images ");
    image_faults.check_text(image, "src", "src");
    image_faults.check_number(image, "display_position", "display position");
    append(faults.found, image_faults.found);
  }
  return faults.found;
}

Json make_veeqo_product(const Json& product, VeeqoIds& ids, Time time) {
  const std::string now = write_milliseconds(time);
  const std::int64_t id = ids.product++;
  const Json main_image = make_main_image(product, id, ids, now);
  const Json part = make_product_part(product, id, main_image);

  Json made = part;
  made["created_by_id"] = kUser;
  made["created_at"] = now;
  made["notes"] = text_at(product, "notes");
  made["product_tax_rate_id"] = nullptr;
  made["updated_at"] = now;
  made["updated_by_id"] = kUser;
  for (const auto* name : {"web_meta_description", "web_meta_keywords", "web_meta_title", "web_page_title", "web_page_url"})
    made[name] = "";
  made["total_quantity_sold"] = 0;
  made["brand"] = make_brand(product);
  made["sellables"] = make_sellables(product, part, ids, now);
  for (const auto* name : {"channel_products", "active_channels", "tags"}) made[name] = Json::array();
  made["image"] = part["main_image_src"];
  for (const auto* name : {"on_hand_value", "total_allocated_stock_level", "total_available_stock_level", "total_stock_level"})
    made[name] = 0;
  made["inventory"] = {{"infinite", false}};
  return made;
}

}  // namespace reference
