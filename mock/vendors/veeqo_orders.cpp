// What Veeqo's answers show of orders, allocations and purchase orders beyond what is stored: the records that they name by id.
#include <algorithm>

#include "mock/vendors/members.h"
#include "mock/vendors/veeqo_view.h"

namespace understudy {
namespace {

using veeqo::View;

// Each sellable's product and its place in it, by the sellable's id.
using Sellables = std::map<std::string, std::pair<Json, std::size_t>>;

Sellables find_sellables(const HandlerCall& call) {
  Sellables found;
  for (const Record& stored : call.store.list("products")) {
    const Json product = veeqo::load_product(call, *stored);
    const Json& list = list_of(product, "sellables");
    for (std::size_t i = 0; i < list.size(); ++i) found.emplace(plain_text(member(list[i], "id")), std::pair(product, i));
  }
  return found;
}

// What an answer joins to a record, looked up once for each answer.
struct Joiner {
  const HandlerCall& call;
  Sellables sellables;
  View view;

  explicit Joiner(const HandlerCall& the_call) : call(the_call), sellables(find_sellables(the_call)), view(veeqo::view_of(the_call)) {}

  Json sellable(const Json& id) const {
    const auto found = sellables.find(plain_text(id));
    if (found == sellables.end()) return nullptr;
    const auto& [product, place] = found->second;
    return veeqo::show_sellable_of(view, product, list_of(product, "sellables")[place]);
  }

  Json record(std::string_view collection, const Json& id) const {
    const Record found = call.store.find(collection, plain_text(id));
    return found == nullptr ? Json(nullptr) : *found;
  }

  // The lines with the sellable that each names in `id`, shown as `name`.
  Json lines(const Json& stored, const char* id, const char* name) const {
    Json shown = stored.is_array() ? stored : Json::array();
    for (Json& line : shown) line[name] = sellable(member(line, id));
    return shown;
  }

  Json allocation(const Json& stored) const {
    Json shown = stored;
    shown["line_items"] = lines(member(stored, "line_items"), "sellable_id", "sellable");
    shown["warehouse"] = record("warehouses", member(stored, "warehouse_id"));
    return shown;
  }

  std::vector<Record> allocations(const Json& order) const {
    return call.store.list("allocations", [&](const Json& one) { return json_equal(member(one, "order_id"), member(order, "id")); });
  }
};

double quantity_of(const Json& lines) {
  double sum = 0;
  for (const Json& line : lines) sum += amount_of(line, "quantity");
  return sum;
}

Json address_of(const Json& customer, const Json& id) {
  for (const Json& address : list_of(customer, "shipping_addresses")) {
    if (plain_text(member(address, "id")) == plain_text(id)) return address;
  }
  return nullptr;
}

// Members that name other records, which the answer shows instead.
constexpr std::array kOrderIds = {"channel_id",
                                  "customer_id",
                                  "deliver_to_id",
                                  "delivery_method_id",
                                  "line_items_attributes",
                                  "payment_attributes",
                                  "deliver_to_attributes",
                                  "customer_note_attributes",
                                  "employee_notes_attributes"};

Json show_order(const Joiner& joiner, const Json& stored) {
  Json shown = stored;
  const Json customer = joiner.record("customers", member(stored, "customer_id"));
  shown["customer"] = customer;
  shown["channel"] = joiner.record("channels", member(stored, "channel_id"));
  const Json method = joiner.record("delivery_methods", member(stored, "delivery_method_id"));
  shown["delivery_method"] = method.is_null()
                                 ? Json(nullptr)
                                 : Json{{"id", member(method, "id")}, {"cost", member(method, "cost")}, {"name", member(method, "name")}};
  if (member(stored, "deliver_to").is_null()) shown["deliver_to"] = address_of(customer, member(stored, "deliver_to_id"));
  if (member(stored, "billing_address").is_null()) shown["billing_address"] = member(customer, "billing_address");
  shown["sales_record_number"] = member(stored, "number");
  shown["line_items"] = joiner.lines(member(stored, "line_items"), "sellable_id", "sellable");
  for (Json& line : shown["line_items"]) line["title"] = member(member(line, "sellable"), "full_title");
  shown["allocations"] = Json::array();
  double allocated = 0;
  for (const Record& one : joiner.allocations(stored)) {
    allocated += quantity_of(list_of(*one, "line_items"));
    shown["allocations"].push_back(joiner.allocation(*one));
  }
  shown["allocated_completely"] = allocated >= quantity_of(list_of(stored, "line_items"));
  for (const char* name : kOrderIds) shown.erase(name);
  return shown;
}

Json show_purchase_order(const Joiner& joiner, const Json& stored) {
  Json shown = stored;
  shown["purchase_order_product_variants"] =
      joiner.lines(member(stored, "purchase_order_product_variants"), "product_variant_id", "product_variant");
  shown.erase("purchase_order_product_variants_attributes");
  return shown;
}

// A bundle shows the variant that it was made of.
Json show_kit(const Joiner& joiner, const Json& stored) {
  Json shown = stored;
  const Json variant = joiner.sellable(member(stored, "product_variant_id"));
  for (const char* name : {"full_title", "sku_code", "upc_code", "price", "cost_price", "tax_rate", "product", "stock_entries"})
    shown[name] = member(variant, name);
  return shown;
}

template <Json (*show)(const Joiner&, const Json&)>
void show_each(const HandlerCall& call, const std::vector<Json*>& records) {
  const Joiner joiner(call);
  for (Json* record : records) *record = show(joiner, *record);
}

Json show_listed_sellable(const Joiner& joiner, const Json& stored) { return joiner.sellable(member(stored, "id")); }

}  // namespace

const Shows& veeqo::shows() {
  static const Shows kShows = {{"orders", show_each<show_order>},
                               {"purchase_orders", show_each<show_purchase_order>},
                               {"kits", show_each<show_kit>},
                               {"listSellables", show_each<show_listed_sellable>}};
  return kShows;
}

}  // namespace understudy
