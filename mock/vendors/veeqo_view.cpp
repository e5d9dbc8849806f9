#include "mock/vendors/veeqo_view.h"

#include <algorithm>
#include <cmath>

#include "contracts/src/base/number.h"
#include "mock/vendors/members.h"

namespace understudy::veeqo {
namespace {

double round_to(double value, int places) {
  const double scale = std::pow(10, places);
  return std::round(value * scale) / scale;
}

Json money(const View& view, double value) { return view.floats ? Json(value) : whole(value); }
// A stored amount: where a double would say another number, it stays as it is.
Json money(const View& view, const Json& stored) {
  if (!is_number(stored)) return money(view, 0.0);
  const double value = to_double(stored);
  return compare_numbers(stored, value) == 0 ? money(view, value) : stored;
}

const Json kNone;

// The members that an answer derives. Adding all names at once costs less than one after the other.
Json names_of(std::initializer_list<const char*> names) {
  Json object = Json::object();
  for (const char* name : names) object[name] = nullptr;
  return object;
}
const Json& derived_of_sellable() {
  static const Json kNames = names_of({"allocated_stock_level_at_all_warehouses",
                                       "available_stock_level_at_all_warehouses",
                                       "cost_price",
                                       "created_by_id",
                                       "full_title",
                                       "inventory",
                                       "margin",
                                       "measurement_attributes",
                                       "min_reorder_level",
                                       "on_hand_value",
                                       "price",
                                       "product",
                                       "product_title",
                                       "profit",
                                       "quantity_to_reorder",
                                       "sellable_title",
                                       "stock_entries",
                                       "stock_level_at_all_warehouses",
                                       "tax_rate",
                                       "weight",
                                       "weight_grams",
                                       "weight_unit"});
  return kNames;
}
const Json& derived_of_entry() {
  static const Json kNames = [] {
    Json names =
        names_of({"allocated_stock_level", "available_stock_level", "incoming_stock_level", "infinite", "location", "physical_stock_level",
                  "sellable_id", "sellable_on_hand_value", "stock_running_low", "updated_at", "warehouse", "warehouse_id"});
    names["infinite"] = false;
    return names;
  }();
  return kNames;
}
const Json& derived_of_product() {
  static const Json kNames = names_of({"image", "inventory", "main_image_src", "on_hand_value", "total_allocated_stock_level",
                                       "total_available_stock_level", "total_stock_level"});
  return kNames;
}
// Images without a position come last.
std::pair<double, double> rank(const Json& image) {
  const Json& position = member(image, "display_position");
  return {is_number(position) ? to_double(position) : HUGE_VAL, amount_of(image, "id")};
}

Json show_main_image(const View& view, const Json& product) {
  const Json& images = list_of(product, "images");
  const auto first = std::min_element(images.begin(), images.end(), [](const Json& a, const Json& b) { return rank(a) < rank(b); });
  if (first == images.end()) return nullptr;
  Json shown = merge_members({&*first, &member(view.account, "image")}, 1);
  set(shown, "product_id", member(product, "id"));
  return shown;
}

struct Stock {
  double physical = 0, allocated = 0, incoming = 0, value = 0, transit_in = 0, transit_out = 0;
  bool infinite = false;
};

Stock sum_stock(const Json& entries) {
  Stock stock;
  for (const Json& entry : entries) {
    stock.physical += amount_of(entry, "physical_stock_level");
    stock.allocated += amount_of(entry, "allocated_stock_level");
    stock.incoming += amount_of(entry, "incoming_stock_level");
    stock.transit_in += amount_of(entry, "transit_incoming_stock_level");
    stock.transit_out += amount_of(entry, "transit_outgoing_stock_level");
    stock.value += amount_of(entry, "sellable_on_hand_value");
    stock.infinite |= member(entry, "infinite") == true;
  }
  return stock;
}

Record find_stock(const View& view, const Json& sellable, const Json& warehouse) {
  if (view.stock.empty()) return nullptr;
  const auto [first, last] = view.stock.equal_range(plain_text(sellable));
  const auto found = std::find_if(first, last, [&](const auto& one) { return json_equal(member(*one.second, "warehouse_id"), warehouse); });
  return found == last ? nullptr : found->second;
}

std::multimap<std::string, Record> stock_by_sellable(const std::vector<Record>& entries) {
  std::multimap<std::string, Record> stock;
  for (const Record& entry : entries) stock.emplace(plain_text(member(*entry, "sellable_id")), entry);
  return stock;
}

Json show_stock_entries(const View& view, const Json& sellable) {
  Json shown = list_with_room(view.warehouses.size());
  for (const Record& warehouse : view.warehouses) {
    const Record stored = find_stock(view, member(sellable, "id"), member(*warehouse, "id"));
    if (stored != nullptr)
      shown.push_back(show_stock_entry(view, sellable, *stored, *warehouse));
    else if (view.zeros)
      shown.push_back(show_stock_entry(view, sellable, Json::object(), *warehouse));
  }
  return shown;
}

// Inside a stock entry.
Json show_warehouse(const View& view, const Json& warehouse) {
  const Json& newer = member(view.account, "warehouse_of_2026");
  if (view.of_2026) {
    const Json& position = member(warehouse, "display_position");
    return make_object("id", member(warehouse, "id"), "name", member(warehouse, "name"), "display_position",
                       position.is_null() ? member(newer, "display_position") : position);
  }
  Json shown = object_with_room(warehouse.size());
  for (const auto& [name, value] : warehouse.get_ref<const Json::object_t&>()) {
    if (!newer.contains(name)) set(shown, name, value);
  }
  return shown;
}

Json show_measurement(const View& view, const Json& sellable) {
  const Json& stored = member(sellable, "measurement_attributes");
  Json shown = object_with_room(5);
  set(shown, "id", member(stored, "id"));
  set(shown, "dimensions_unit", member(view.account, "dimensions_unit"));
  for (const char* side : {"width", "height", "depth"}) set(shown, side, money(view, member(stored, side)));
  return shown;
}

void derive_titles(const Json& product, Json& shown) {
  const std::string title = text_of(shown, "title");
  const std::string product_title = text_of(product, "title");
  const std::string sellable_title = title == "Default" ? "" : title;
  set(shown, "product_title", product_title);
  set(shown, "sellable_title", sellable_title);
  set(shown, "full_title", sellable_title.empty() ? product_title : product_title + " " + sellable_title);
}

void derive_amounts(const View& view, Json& shown) {
  const double price = amount_of(shown, "price");
  const double profit = round_to(price - amount_of(shown, "cost_price"), 6);
  set(shown, "profit", money(view, profit));
  set(shown, "margin", money(view, price == 0 ? 0 : round_to(profit / price * 100, 2)));
  for (const char* name : {"price", "cost_price", "tax_rate", "weight_grams"}) set(shown, name, money(view, member(shown, name)));
  for (const char* name : {"min_reorder_level", "quantity_to_reorder"}) set(shown, name, whole(member(shown, name)));
  set(shown, "weight", shown["weight_grams"]);
  set(shown, "weight_unit", member(view.account, "weight_unit"));
}

void derive_stock(const View& view, Json& shown) {
  const Stock stock = sum_stock(shown["stock_entries"]);
  const Json available = whole(stock.physical - stock.allocated);
  set(shown, "stock_level_at_all_warehouses", whole(stock.physical));
  set(shown, "allocated_stock_level_at_all_warehouses", whole(stock.allocated));
  set(shown, "available_stock_level_at_all_warehouses", available);
  set(shown, "on_hand_value", money(view, round_to(stock.value, 6)));
  Json& inventory = set(shown, "inventory", object_with_room(8));
  set(inventory, "infinite", stock.infinite);
  set(inventory, "physical_stock_level_at_all_warehouses", whole(stock.physical));
  set(inventory, "allocated_stock_level_at_all_warehouses", whole(stock.allocated));
  set(inventory, "available_stock_level_at_all_warehouses", available);
  set(inventory, "incoming_stock_level_at_all_warehouses", whole(stock.incoming));
  if (!view.of_2026) return;
  set(inventory, "transit_incoming_stock_level_at_all_warehouses", whole(stock.transit_in));
  set(inventory, "transit_outgoing_stock_level_at_all_warehouses", whole(stock.transit_out));
}

// `product` as it is shown.
Json show_sellable(const View& view, const Json& product, const Json& sellable) {
  const Json& newer = view.of_2026 ? member(view.account, "sellable_of_2026") : kNone;
  Json shown = merge_members({&sellable, &member(view.account, "sellable"), &newer, &derived_of_sellable()}, 2);
  if (view.of_2026) {
    set(shown, "image_url", member(product, "main_image_src"));
    set(shown, "main_thumbnail_url", member(product, "main_image_src"));
  }
  set(shown, "created_by_id", member(product, "created_by_id"));
  set(shown, "measurement_attributes", show_measurement(view, sellable));
  set(shown, "stock_entries", show_stock_entries(view, sellable));
  derive_titles(product, shown);
  derive_amounts(view, shown);
  derive_stock(view, shown);
  Json& copy = set(shown, "product", object_with_room(14));
  for (const char* name : {"id", "title", "weight", "origin_country", "hs_tariff_number", "tax_rate", "main_image", "estimated_delivery",
                           "deleted_at", "deleted_by_id", "description", "main_image_src"}) {
    if (product.contains(name)) set(copy, name, member(product, name));
  }
  if (view.of_2026) copy["taric_code"] = copy["mid_code"] = nullptr;
  return shown;
}

// The product without its sellables and their sums.
Json show_head(const View& view, const Json& product) {
  const Json& newer = view.of_2026 ? member(view.account, "product_of_2026") : kNone;
  Json shown = merge_members({&product, &member(view.account, "product"), &newer, &derived_of_product()}, 2,
                             [](std::string_view name) { return name == "images" || name == "sellables"; });
  Json main_image = show_main_image(view, product);
  set(shown, "image", member(main_image, "src"));
  set(shown, "main_image_src", member(main_image, "src"));
  if (!view.of_2026) {
    set(shown, "main_image", std::move(main_image));
    return shown;
  }
  set(shown, "thumbnail_url", shown["image"]);
  return shown;
}

}  // namespace

Json whole(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53: beyond it a double no longer holds every integer
  if (std::abs(value) < kExact && value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

Json whole(const Json& value) {
  if (value.is_number_float()) return whole(value.get<double>());
  return is_number(value) ? value : Json(0);
}

View view_of(const HandlerCall& call) {
  const auto is = [&](std::string_view name, std::string_view value) {
    const auto found = call.switches.find(name);
    return found != call.switches.end() && found->second.is_string() && found->second.get_ref<const std::string&>() == value;
  };
  return {.account = call.contract.account,
          .warehouses = call.store.list("warehouses"),
          .stock = stock_by_sellable(call.store.list("stock_entries")),
          .floats = is("number_style", "float"),
          .zeros = is("stock_entries", "zeros"),
          .newest_first = is("sellables_order", "newest_first"),
          .of_2026 = is("product_model", "2026")};
}

std::vector<std::size_t> shown_order(const Json& sellables, bool newest_first) {
  std::vector<std::size_t> order(sellables.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto newer = [&](std::size_t a, std::size_t b) { return amount_of(sellables[a], "id") > amount_of(sellables[b], "id"); };
  if (newest_first) std::ranges::stable_sort(order, newer);
  return order;
}

Json show_stock_entry(const View& view, const Json& sellable, const Json& entry, const Json& warehouse) {
  Json shown = merge_members({&entry, &derived_of_entry()}, 2, [](std::string_view name) { return name == "id"; });
  if (!entry.contains("updated_at")) set(shown, "updated_at", member(sellable, "created_at"));
  const double physical = amount_of(entry, "physical_stock_level");
  const double allocated = amount_of(entry, "allocated_stock_level");
  set(shown, "sellable_id", member(sellable, "id"));
  set(shown, "warehouse_id", member(warehouse, "id"));
  set(shown, "warehouse", show_warehouse(view, warehouse));
  set(shown, "physical_stock_level", whole(physical));
  set(shown, "allocated_stock_level", whole(allocated));
  set(shown, "available_stock_level", whole(physical - allocated));
  set(shown, "incoming_stock_level", whole(member(entry, "incoming_stock_level")));
  set(shown, "stock_running_low", physical <= amount_of(sellable, "min_reorder_level"));
  // The document says available times cost; the vendor's own samples show physical times cost (44 x 40 = 1760 with 39 available).
  if (view.of_2026) {
    for (const char* name : {"transit_incoming_stock_level", "transit_outgoing_stock_level"}) set(shown, name, whole(member(entry, name)));
  }
  set(shown, "sellable_on_hand_value", money(view, round_to(physical * amount_of(sellable, "cost_price"), 6)));
  return shown;
}

Json show_sellable_of(const View& view, const Json& product, const Json& sellable) {
  return show_sellable(view, show_head(view, product), sellable);
}

Json show_product(const View& view, const Json& product) {
  Json shown = show_head(view, product);
  const Json& sellables = list_of(product, "sellables");
  Json shown_sellables = list_with_room(sellables.size());
  Stock total;
  for (const std::size_t i : shown_order(sellables, view.newest_first)) {
    shown_sellables.push_back(show_sellable(view, shown, sellables[i]));
    const Stock stock = sum_stock(shown_sellables.back()["stock_entries"]);
    total.physical += stock.physical;
    total.allocated += stock.allocated;
    total.value += stock.value;
    total.infinite |= stock.infinite;
  }
  set(shown, "sellables", std::move(shown_sellables));
  set(shown, "total_stock_level", whole(total.physical));
  set(shown, "total_allocated_stock_level", whole(total.allocated));
  set(shown, "total_available_stock_level", whole(total.physical - total.allocated));
  set(shown, "on_hand_value", money(view, round_to(total.value, 6)));
  set(shown, "inventory", make_object("infinite", total.infinite));
  return shown;
}

}  // namespace understudy::veeqo
