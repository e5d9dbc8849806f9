// The parts of Sellercloud that its contract cannot express: UPCs from a pool, times and line numbers of stored orders, and the totals
// and numbers of read models (this vendor reads enumerations by name and writes them as numbers).
#include <algorithm>
#include <cmath>
#include <ranges>

#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/model/template_words.h"
#include "mock/vendors/members.h"
#include "mock/vendors/module.h"

namespace understudy {

const Module& sellercloud_module();  // listed in registry.cpp

namespace {

constexpr std::string_view kChannel = "/components/schemas/Channel";

// Whole numbers become integers: 12, not 12.0.
Json plain(double number) {
  if (std::trunc(number) == number && std::abs(number) < 1e15) return static_cast<std::int64_t>(number);
  return number;
}

// The stored number; a missing one is 0.
Json plain_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  if (value.is_number_float()) return plain(value.get<double>());
  return is_number(value) ? value : Json(0);
}

Json money(double amount) { return plain(std::round(amount * 100) / 100); }

// The elements of a list that are objects: a seeded record may hold anything. The record outlives the result.
auto objects_at(const Json& record, std::string_view name) {
  return std::views::filter(list_of(record, name), [](const Json& element) { return element.is_object(); });
}

Json integer_at(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return is_written_as_integer(value) ? value : Json(0);
}

Json first_of(const Json& object, std::initializer_list<std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    if (const Json* found = find_pointer(object, pointer); found != nullptr) return *found;
  }
  return nullptr;
}

// The number of an enumeration's name, from the x-numbers of its schema. A number is kept: a seeded record may have one.
Json number_of(const Contract& contract, std::string_view schema, const Json& name) {
  if (is_written_as_integer(name)) return name;
  const Json* declared = find_pointer(contract.document, schema);
  if (declared == nullptr || !name.is_string()) return 0;
  const Json& names = declared->at("enum");
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? Json(0) : declared->at("x-numbers").at(static_cast<std::size_t>(found - names.begin()));
}

// Eleven digits from the account's pool and the GS1 check digit.
std::string next_upc(Draws& env) {
  std::string digits = std::to_string(84'000'000'000 + env.ids.next("upc"));
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
  return digits + std::to_string((10 - sum % 10) % 10);
}

Outcome succeed(const HandlerCall& call, Json context = Json::object()) {
  return {.answer = call.operation.success, .context = std::move(context)};
}

Outcome create(const HandlerCall& call, Json record) {
  return {.answer = call.operation.success, .record = call.store.create(call.operation.collection, std::move(record), call.env)};
}

// Rule sku-unique compares case; but the SKU is an id, and ids ignore case.
Outcome create_product(const HandlerCall& call) {
  if (call.store.contains(call.operation.collection, text_of(call.body, "ProductSKU"))) return {.answer = "product_already_exists"};
  Json product = take_body(call);
  if (product.value("AutoAssignUPC", false) && product.value("UPC", "").empty()) product["UPC"] = next_upc(call.env);
  product["LastUpdated"] = render_rfc3339(call.env.clock.now());
  return create(call, std::move(product));
}

// Numbers the objects of a list that have no number.
void number_elements(Json& record, const char* list, const char* member, const char* sequence, Draws& env) {
  const auto elements = record.find(list);
  if (elements == record.end() || !elements->is_array()) return;
  for (Json& element : *elements) {
    if (element.is_object() && !element.contains(member)) element[member] = env.ids.next(sequence);
  }
}

// Completes a line for reading: defaults, numbers, the price after its discount, the total.
Json read_line(const Json& line, double quantity, double price, const Contract& contract) {
  const Json kind =
      number_of(contract, "/components/schemas/PurchaseOrderLine/properties/DiscountType", line.value("DiscountType", Json(0)));
  const double discount = amount_of(line, "DiscountValue");
  const double adjusted = std::max(0.0, kind == 1 ? price * (1 - discount / 100) : price - discount);
  Json out = copy_with_room(line, 12);
  out["ID"] = integer_at(line, "ID");
  if (!line.contains("ProductID")) out["ProductID"] = "";
  out["Qty"] = plain(quantity);
  out["DiscountType"] = kind;
  out["DiscountValue"] = plain_at(line, "DiscountValue");
  out["AdjustedPrice"] = money(adjusted);
  out["LineTotal"] = money(adjusted * quantity);
  return out;
}

constexpr std::array<std::pair<const char*, std::array<const char*, 2>>, 12> kAddressNames = {{
    {"FirstName", {"/FirstName", ""}},
    {"MiddleInitial", {"/MiddleName", ""}},
    {"LastName", {"/LastName", ""}},
    {"CompanyName", {"/Business", ""}},
    {"StreetLine1", {"/Address", "/AddressLine1"}},
    {"StreetLine2", {"/Address2", "/AddressLine2"}},
    {"City", {"/City", ""}},
    {"StateName", {"/State", "/Region"}},
    {"PostalCode", {"/ZipCode", ""}},
    {"CountryName", {"/Country", ""}},
    {"PhoneNumber", {"/Phone", ""}},
    {"FaxNumber", {"/Fax", ""}},
}};

Json read_address(const Json& record, const char* name_of_address) {
  const Json& address = member(record, name_of_address);
  if (!address.is_object()) return nullptr;
  Json out = object_with_room(kAddressNames.size() + 1);
  for (const auto& [name, from] : kAddressNames) {
    const Json* value = find_pointer(address, from[0]);
    if (value == nullptr && *from[1] != '\0') value = find_pointer(address, from[1]);
    out[name] = value == nullptr || !value->is_string() ? Json(nullptr) : *value;  // unknown members may have any type
  }
  const Json& country = out["CountryName"];
  out["CountryCode"] = country.is_string() && country.get_ref<const std::string&>().size() == 2 ? country : Json(nullptr);
  return out;
}

Json view_order(const Contract& contract, const Json& order) {
  Json items = list_with_room(list_of(order, "Products").size());
  double sub_total = 0, total = 0, tax = 0;
  for (const Json& line : objects_at(order, "Products")) {
    const double quantity = amount_of(line, "Qty"), price = amount_of(line, "SitePrice");
    Json item = read_line(line, quantity, price, contract);
    item["OrderID"] = order.value("ID", Json(0));
    item["SitePrice"] = plain_at(line, "SitePrice");
    item["LineTaxTotal"] = money(amount_of(line, "LineTaxTotal"));
    item["ShipFromWareHouseID"] = integer_at(line, "ShipFromWareHouseID");
    sub_total += quantity * price;
    total += amount_of(item, "LineTotal");
    tax += amount_of(line, "LineTaxTotal");
    items.push_back(std::move(item));
  }
  const bool exempt = first_of(order, {"/OrderDetails/TaxExempt"}) == true;
  const double shipping = amount_of(member(order, "ShippingMethodDetails"), "ShippingFee"),
               handling = amount_of(member(order, "ShippingMethodDetails"), "HandlingFee"),
               insurance = amount_of(member(order, "ShippingMethodDetails"), "InsuranceFee"),
               wrap = amount_of(member(order, "GiftDetails"), "GiftWrap");
  const double due = exempt ? 0 : tax;
  Json view = object_with_room(16);
  view["CompanyID"] = first_of(order, {"/CompanyId", "/OrderDetails/CompanyID"});
  view["CustomerID"] = order.contains("CustomerId") ? integer_at(order, "CustomerId") : integer_at(member(order, "CustomerDetails"), "ID");
  view["Channel"] = number_of(contract, kChannel, first_of(order, {"/OrderSource", "/OrderDetails/Channel"}));
  view["OrderDate"] = first_of(order, {"/OrderDetails/OrderDate", "/CreatedOn"});
  view["Items"] = std::move(items);
  view["SubTotal"] = money(sub_total);
  view["Discount"] = money(sub_total - total);
  view["Tax"] = money(due);
  view["Shipping"] = money(shipping);
  view["Handling"] = money(handling);
  view["Insurance"] = money(insurance);
  view["GiftWrap"] = money(wrap);
  view["GrandTotal"] = money(total + due + shipping + handling + insurance + wrap);
  view["ShippingAddress"] = read_address(order, "ShippingAddress");
  view["BillingAddress"] = read_address(order, "BillingAddress");
  return view;
}

// A line without a price is one of the product at its price.
void take_from_product(Json& line, const HandlerCall& call) {
  if (!line.is_object() || line.contains("SitePrice")) return;
  const Record product = call.store.find("products", text_of(line, "ProductID"));
  if (product == nullptr) return;
  for (const auto& [name, from] : {std::pair{"SitePrice", "DefaultPrice"}, {"ProductName", "ProductName"}}) {
    if (!line.contains(name) && product->contains(from)) line[name] = product->at(from);
  }
}

Outcome create_order(const HandlerCall& call) {
  Json order = take_body(call);
  if (const auto lines = order.find("Products"); lines != order.end() && lines->is_array()) {
    for (Json& line : *lines) take_from_product(line, call);
  }
  number_elements(order, "Products", "ID", "order_item", call.env);
  number_elements(order, "Notes", "NoteID", "note", call.env);
  order["CreatedOn"] = render_rfc3339(call.env.clock.now());
  order["LastUpdated"] = order["CreatedOn"];
  return create(call, std::move(order));
}

Json view_purchase_order(const Contract& contract, const Json& order) {
  const bool cases = order.value("CaseQtyMode", Json(false)) == true;
  Json items = list_with_room(list_of(order, "Products").size());
  double sub_total = 0, total = 0, count = 0;
  for (const Json& line : objects_at(order, "Products")) {
    const double per_case = amount_of(line, "QtyUnitsPerCase"), case_price = amount_of(line, "CasePrice");
    const double units = cases ? amount_of(line, "QtyCasesOrdered") * per_case : amount_of(line, "QtyUnitsOrdered");
    const double price = !cases ? amount_of(line, "UnitPrice") : per_case > 0 ? case_price / per_case : 0;
    Json item = read_line(line, units, price, contract);
    item["QtyUnitsOrdered"] = plain(units);
    item["UnitPrice"] = plain(price);
    item["QtyCasesOrdered"] = integer_at(line, "QtyCasesOrdered");
    item["QtyUnitsPerCase"] = integer_at(line, "QtyUnitsPerCase");
    item["CasePrice"] = plain_at(line, "CasePrice");
    sub_total += units * price;
    total += amount_of(item, "LineTotal");
    count += units;
    items.push_back(std::move(item));
  }
  Json view = object_with_room(8);
  view["Units"] = plain(count);
  view["POType"] = number_of(contract, "/components/schemas/CreatePurchaseOrder/properties/POType", order.value("POType", Json(0)));
  view["Items"] = std::move(items);
  view["SubTotal"] = money(sub_total);
  view["Discount"] = money(sub_total - total);
  view["GrandTotal"] = money(total);
  view["ShippingAddress"] = read_address(order, "ShippingAddress");
  return view;
}

Outcome create_purchase_order(const HandlerCall& call) {
  Json order = take_body(call);
  number_elements(order, "Products", "ID", "purchase_order_item", call.env);
  order["CreatedOn"] = render_rfc3339(call.env.clock.now());
  return create(call, std::move(order));
}

// The caller has no credential yet, so the default tenant answers, which has no records: use those of the contract.
Outcome find_server_by_team(const HandlerCall& call) {
  const Json team = call.query.value("team", Json(""));
  if (const Record found = call.store.find("servers", team.get<std::string>()); found != nullptr)
    return {.answer = call.operation.success, .record = found};
  const auto known = call.contract.records.find("servers");
  for (const Json& server : known == call.contract.records.end() ? std::vector<Json>{} : known->second) {
    if (equals_ignore_case(text_of(server, "ServerID"), team.get_ref<const std::string&>())) return succeed(call, {{"record", server}});
  }
  return {.answer = "team_not_found"};
}

}  // namespace

const Module& sellercloud_module() {
  static const Module kModule = {.handlers = {{"createProduct", create_product},
                                              {"createOrder", create_order},
                                              {"createPurchaseOrder", create_purchase_order},
                                              {"findServerByTeam", find_server_by_team}},
                                 .views = {{"getOrder", view_order},
                                           {"listOrders", view_order},
                                           {"listOrdersByView", view_order},
                                           {"getPurchaseOrder", view_purchase_order},
                                           {"getPurchaseOrderItems", view_purchase_order},
                                           {"listPurchaseOrders", view_purchase_order},
                                           {"listPurchaseOrdersByView", view_purchase_order}}};
  return kModule;
}

}  // namespace understudy
