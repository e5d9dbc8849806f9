// Products and orders of Sellercloud.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "tests/reference/sellercloud/calls.h"
#include "tests/reference/sellercloud/models.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

Json or_null(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member ? *member : Json(nullptr);
}

// Eleven digits and their check digit, as GS1 computes it.
std::string new_upc(std::int64_t number) {
  std::array<char, 24> digits{};
  std::snprintf(digits.data(), digits.size(), "%011lld", static_cast<long long>(84000000000 + number));
  int sum = 0;
  for (std::size_t at = 0; at < 11; ++at) sum += (digits[at] - '0') * (at % 2 == 0 ? 3 : 1);
  return std::string(digits.data(), 11) + std::to_string((10 - sum % 10) % 10);
}

// Two orders are the same when company, channel and a non-empty source id agree.
bool same_source(const Json& left, const Json& right) {
  return integer_at(left, "CompanyID") == integer_at(right, "CompanyID") && or_null(left, "Channel") == or_null(right, "Channel") &&
         text_at(left, "OrderSourceOrderID") == text_at(right, "OrderSourceOrderID");
}

Json read_address(const Json& address) {
  return {{"FirstName", text_at(address, "FirstName")},
          {"MiddleInitial", text_at(address, "MiddleName")},
          {"LastName", text_at(address, "LastName")},
          {"CompanyName", text_at(address, "Business")},
          {"StreetLine1", text_at(address, "Address") + text_at(address, "AddressLine1")},
          {"StreetLine2", text_at(address, "Address2") + text_at(address, "AddressLine2")},
          {"City", text_at(address, "City")},
          {"StateName", text_at(address, "State")},
          {"PostalCode", text_at(address, "ZipCode")},
          {"CountryName", text_at(address, "Country")},
          {"PhoneNumber", text_at(address, "Phone")},
          {"FaxNumber", text_at(address, "Fax")}};
}

double cents(double amount) { return std::round(amount * 100) / 100; }

double line_total(const Json& item) { return cents(number_at(item, "Qty") * adjusted_price(item, number_at(item, "SitePrice"))); }

struct Totals {
  double sub = 0, discount = 0, tax = 0;
};

Totals add_up(const Json& order) {
  Totals totals;
  for (const Json& item : list_at(order, "Products")) {
    totals.sub += number_at(item, "Qty") * number_at(item, "SitePrice");
    totals.discount += number_at(item, "Qty") * number_at(item, "SitePrice") - line_total(item);
    totals.tax += number_at(item, "LineTaxTotal");
  }
  if (true_at(object_at(order, "OrderDetails"), "TaxExempt")) totals.tax = 0;
  return {.sub = cents(totals.sub), .discount = cents(totals.discount), .tax = cents(totals.tax)};
}

Json read_items(const Json& order) {
  Json items = Json::array();
  for (const Json& item : list_at(order, "Products")) {
    items.push_back({{"ID", items.size() + 1},
                     {"OrderID", integer_at(order, "ID")},
                     {"ProductID", text_at(item, "ProductID")},
                     {"DisplayName", text_at(item, "ProductName")},
                     {"Qty", integer_at(item, "Qty")},
                     {"SitePrice", plain_number(number_at(item, "SitePrice"))},
                     {"AdjustedSitePrice", plain_number(adjusted_price(item, number_at(item, "SitePrice")))},
                     {"DiscountValue", plain_number(number_at(item, "DiscountValue"))},
                     {"DiscountType", std::max(0, number_of(discount_types(), text_at(item, "DiscountType")))},
                     {"LineTotal", plain_number(line_total(item))},
                     {"LineTaxTotal", plain_number(number_at(item, "LineTaxTotal"))},
                     {"Notes", text_at(item, "Notes")}});
  }
  return items;
}

}  // namespace

double adjusted_price(const Json& item, double price) {
  const double discount = number_at(item, "DiscountValue");
  return std::max(0.0, text_at(item, "DiscountType") == "Percentage" ? price * (1 - discount / 100) : price - discount);
}

Answer create_product(const SellercloudCall& call) {
  const Bound bound = bind(call.body, product_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json product = bound.body;
  if (integer_at(product, "CompanyId") < 1 && call.rules.keeps("product_company_positive")) {
    return refuse("rule_broken", "The field CompanyId must be at least 1.");
  }
  for (const std::string_view name : {"ProductName", "ProductSKU", "ProductTypeName"}) {
    if (product.contains(std::string(name)) && text_at(product, name).empty())
      return refuse("rule_broken", "The " + std::string(name) + " may not be empty.");
  }
  const std::string sku = text_at(product, "ProductSKU");
  const auto& known = call.account.products;
  const bool exists = std::any_of(known.begin(), known.end(), [&](const Json& one) { return same_word(text_at(one, "ID"), sku); });
  if (exists && call.rules.keeps("product_sku_unique")) {
    return refuse("product_already_exists", "Product with SKU '" + sku + "' already exists.");
  }

  if (true_at(product, "AutoAssignUPC") && text_at(product, "UPC").empty() && call.rules.keeps("upc_assigned")) {
    product["UPC"] = new_upc(++call.account.next_upc);
  }
  product["ID"] = sku;
  call.account.products.push_back(product);
  return json_answer("product_created", 200, product);
}

Answer create_order(const SellercloudCall& call) {
  const Bound bound = bind(call.body, order_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json order = bound.body;
  const Json& details = object_at(order, "OrderDetails");
  if (integer_at(details, "CompanyID") < 1) return refuse("rule_broken", "The field CompanyID must be at least 1.");
  for (const std::string_view name : {"FirstName", "LastName", "Email"}) {
    const Json* value = find_member(object_at(order, "CustomerDetails"), name);
    if (value && *value == "" && call.rules.keeps("customer_not_empty"))
      return refuse("rule_broken", "The customer's " + std::string(name) + " may not be empty.");
  }
  const std::string source_id = text_at(details, "OrderSourceOrderID");
  if ((!source_id.empty() || !call.rules.keeps("empty_source_id_is_free")) && call.rules.keeps("order_source_unique")) {
    for (const auto& [id, other] : call.account.orders) {
      if (same_source(object_at(other, "OrderDetails"), details))
        return refuse("order_already_exists", "Order with OrderSourceOrderID '" + source_id + "' already exists.");
    }
  }

  const std::int64_t id = call.account.next_order++;
  order["ID"] = id;
  if (call.rules.keeps("orders_are_kept")) {
    Json record = order;
    record["CreatedOn"] = write_seconds(call.clock.now());
    call.account.orders[id] = std::move(record);
  }
  return json_answer("order_created", 200, order);
}

// The read model has other names than the create model: CompanyId, OrderSourceOrderId, StreetLine1, PostalCode.
// What updateOrder changed stands beside what was created.
Json view_order(std::int64_t id, const Json& order) {
  const Json& details = object_at(order, "OrderDetails");
  const Json& customer = object_at(order, "CustomerDetails");
  const Json& shipping = object_at(order, "ShippingMethodDetails");
  const Json& gift = object_at(order, "GiftDetails");
  const Totals totals = add_up(order);
  const double total = cents(totals.sub - totals.discount + totals.tax + number_at(shipping, "ShippingFee") +
                             number_at(shipping, "HandlingFee") + number_at(shipping, "InsuranceFee") + number_at(gift, "GiftWrap"));
  const auto changed = [&](const char* name, Json created) { return order.contains(name) ? order[name] : created; };

  Json read{{"OrderID", id}};
  read["OrderDetails"] = {{"CompanyId", changed("CompanyId", integer_at(details, "CompanyID"))},
                          {"ClientId", 1},
                          {"OrderSource", changed("OrderSource", number_of(channels(), text_at(details, "Channel")))},
                          {"OrderSourceOrderId", text_at(details, "OrderSourceOrderID")},
                          {"CustomerEmail", text_at(customer, "Email")},
                          {"CustomerID", changed("CustomerId", integer_at(customer, "ID"))},
                          {"SalesRep1", changed("SalesRep1", 0)},  // SalesRepresentative is taken at creation and silently ignored
                          {"CurrencyCode", changed("CurrencyCode", 0)},
                          {"OrderSubType", changed("OrderSubType", 0)},
                          {"CreatedOn", text_at(order, "CreatedOn")},
                          {"OrderDate", details.contains("OrderDate") ? text_at(details, "OrderDate") : text_at(order, "CreatedOn")},
                          {"IsOrderLocked", false}};
  read["Statuses"] = {{"OrderStatus", changed("StatusCode", 2)},
                      {"ShippingStatus", 1},
                      {"PaymentStatus", 10},
                      {"RushOrder", true_at(shipping, "RushOrder")},
                      {"DropshipStatus", 0}};
  read["OrderItems"] = read_items(order);
  read["RelatedOrders"] = Json::array();
  read["TotalInfo"] = {{"SubTotal", plain_number(totals.sub)},
                       {"Discount", plain_number(totals.discount)},
                       {"Tax", plain_number(totals.tax)},
                       {"Shipping", plain_number(number_at(shipping, "ShippingFee"))},
                       {"Handling", plain_number(number_at(shipping, "HandlingFee"))},
                       {"Insurance", plain_number(number_at(shipping, "InsuranceFee"))},
                       {"GiftWrap", plain_number(number_at(gift, "GiftWrap"))},
                       {"GrandTotal", plain_number(total)}};
  read["PaymentOptions"] = {{"Total", plain_number(total)}, {"Received", 0}, {"Refunded", 0}, {"RemainingDues", plain_number(total)}};
  read["ShippingDetails"] = {{"ShippingStatus", 1},
                             {"Carrier", text_at(shipping, "Carrier")},
                             {"Service", text_at(shipping, "ShippingMethod")},
                             {"RushOrder", true_at(shipping, "RushOrder")},
                             {"LockShippingMethod", true_at(shipping, "LockShippingMethod")},
                             {"AllowShippingWithoutPaymentValue", true_at(shipping, "AllowShippingEvenNotPaid")}};
  read["OrderPackages"] = Json::array();
  read["IsWholeSaleOrder"] = true_at(customer, "IsWholesale");
  read["ShippingAddress"] = read_address(object_at(order, "ShippingAddress"));
  read["BillingAddress"] = read_address(object_at(order, "BillingAddress"));
  read["Payments"] = Json::array();
  read["CustomColumns"] = Json::array();
  read["GiftDetails"] = {{"IsGiftOrder", true_at(details, "GiftOrder")},
                         {"GiftDetails",
                          {{"UseGiftWrap", true_at(gift, "UseGiftWrap")},
                           {"GiftWrapFee", plain_number(number_at(gift, "GiftWrap"))},
                           {"GiftMessage", text_at(gift, "GiftMessage")},
                           {"GiftWrapType", text_at(gift, "GiftWrapType")}}}};
  read["LastUpdated"] = changed("LastUpdated", text_at(order, "CreatedOn"));
  return read;
}

Answer read_order(const SellercloudCall& call) {
  const auto found = call.account.orders.find(call.id);
  if (found == call.account.orders.end()) return no_record("Order", call.id);
  return json_answer("order_found", 200, view_order(call.id, found->second));
}

Answer delete_order(const SellercloudCall& call) {
  const auto found = call.account.orders.find(call.id);
  if (found == call.account.orders.end()) return no_record("Order", call.id);
  if (call.rules.keeps("orders_are_deleted")) call.account.orders.erase(found);
  return {.name = "order_deleted", .operation = {}, .status = 200, .headers = {}, .body = {}};
}

}  // namespace reference
