// Orders of Sellercloud: creating, reading, listing and deleting them.
#include <algorithm>
#include <cmath>

#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/sellercloud_models.h"
#include "tests/reference/sellercloud_query.h"

namespace reference {
namespace {

constexpr int kInProcess = 2, kUnshipped = 1, kNoPayment = 10;

// Two orders are the same when company, channel and a non-empty source id agree.
bool same_source(const Json& left, const Json& right) {
  return integer_at(left, "CompanyID") == integer_at(right, "CompanyID") && or_null(left, "Channel") == or_null(right, "Channel") &&
         text_at(left, "OrderSourceOrderID") == text_at(right, "OrderSourceOrderID");
}

Json read_address(const Json& address) {
  return {{"FirstName", text_at(address, "FirstName")}, {"MiddleInitial", text_at(address, "MiddleName")},
          {"LastName", text_at(address, "LastName")},   {"CompanyName", text_at(address, "Business")},
          {"StreetLine1", text_at(address, "Address")}, {"StreetLine2", text_at(address, "Address2")},
          {"City", text_at(address, "City")},           {"StateName", text_at(address, "State")},
          {"PostalCode", text_at(address, "ZipCode")},  {"CountryName", text_at(address, "Country")},
          {"PhoneNumber", text_at(address, "Phone")},   {"FaxNumber", text_at(address, "Fax")}};
}

double price_of(const Json& item) {
  const double price = number_at(item, "SitePrice"), discount = number_at(item, "DiscountValue");
  return std::max(0.0, text_at(item, "DiscountType") == "Percentage" ? price * (1 - discount / 100) : price - discount);
}

Json money(double amount) { return plain_number(std::round(amount * 100) / 100); }

// What an order costs, before and after discount, with its tax and fees.
struct Totals {
  double goods = 0, discounted = 0, tax = 0, shipping = 0, handling = 0, insurance = 0, gift_wrap = 0;
  double grand() const { return discounted + tax + shipping + handling + insurance + gift_wrap; }
};

Totals total_up(const Json& order) {
  const Json& shipping = object_at(order, "ShippingMethodDetails");
  Totals totals{.shipping = number_at(shipping, "ShippingFee"),
                .handling = number_at(shipping, "HandlingFee"),
                .insurance = number_at(shipping, "InsuranceFee"),
                .gift_wrap = number_at(object_at(order, "GiftDetails"), "GiftWrap")};
  const bool exempt = true_at(object_at(order, "OrderDetails"), "TaxExempt");
  for (const Json& item : list_at(order, "Products")) {
    totals.goods += number_at(item, "Qty") * number_at(item, "SitePrice");
    totals.discounted += number_at(item, "Qty") * price_of(item);
    totals.tax += exempt ? 0 : number_at(item, "LineTaxTotal");
  }
  return totals;
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
                     {"AdjustedSitePrice", money(price_of(item))},
                     {"DiscountValue", plain_number(number_at(item, "DiscountValue"))},
                     {"DiscountType", std::max(0, number_of(discount_types(), text_at(item, "DiscountType")))},
                     {"LineTotal", money(number_at(item, "Qty") * price_of(item))},
                     {"LineTaxTotal", plain_number(number_at(item, "LineTaxTotal"))},
                     {"Notes", text_at(item, "Notes")}});
  }
  return items;
}

std::int64_t status_of(const Json& order) { return order.contains("StatusCode") ? integer_at(order, "StatusCode") : kInProcess; }

int channel_of(const Json& order) { return number_of(channels(), text_at(object_at(order, "OrderDetails"), "Channel")); }

Json read_gift(const Json& order) {
  const Json& gift = object_at(order, "GiftDetails");
  return {{"IsGiftOrder", true_at(object_at(order, "OrderDetails"), "GiftOrder")},
          {"GiftDetails",
           {{"UseGiftWrap", true_at(gift, "UseGiftWrap")},
            {"GiftWrapFee", plain_number(number_at(gift, "GiftWrap"))},
            {"GiftMessage", text_at(gift, "GiftMessage")},
            {"GiftWrapType", text_at(gift, "GiftWrapType")}}}};
}

Json listed(std::int64_t id, const Json& order) {
  const Json& details = object_at(order, "OrderDetails");
  const Json& customer = object_at(order, "CustomerDetails");
  return {{"ID", id},
          {"OrderSourceOrderID", text_at(details, "OrderSourceOrderID")},
          {"OrderSource", channel_of(order)},
          {"FirstName", text_at(customer, "FirstName")},
          {"LastName", text_at(customer, "LastName")},
          {"CustomerEmail", text_at(customer, "Email")},
          {"CreatedOn", text_at(order, "CreatedOn")},
          {"StatusCode", status_of(order)},
          {"ShippingStatus", kUnshipped},
          {"PaymentStatus", kNoPayment},
          {"GrandTotal", money(total_up(order).grand())},
          {"CompanyID", integer_at(details, "CompanyID")},
          {"Items", read_items(order)}};
}

}  // namespace

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
Answer read_order(const SellercloudCall& call) {
  const auto found = call.account.orders.find(call.id);
  if (found == call.account.orders.end()) return no_record("Order", call.id);
  const Json& order = found->second;
  const Json& details = object_at(order, "OrderDetails");
  const Json& customer = object_at(order, "CustomerDetails");
  const Json& shipping = object_at(order, "ShippingMethodDetails");
  const Totals totals = total_up(order);

  Json read{{"OrderID", call.id}};
  read["OrderDetails"] = {{"CompanyId", integer_at(details, "CompanyID")},
                          {"OrderSource", channel_of(order)},
                          {"OrderSourceOrderId", text_at(details, "OrderSourceOrderID")},
                          {"CustomerEmail", text_at(customer, "Email")},
                          {"CustomerID", integer_at(customer, "ID")},
                          {"CurrencyCode", integer_at(order, "CurrencyCode")},
                          {"OrderSubType", integer_at(order, "OrderSubType")},
                          {"SalesRep1", integer_at(order, "SalesRep1")},  // not the SalesRepresentative of the creation, which is ignored
                          {"CreatedOn", text_at(order, "CreatedOn")},
                          {"OrderDate", details.contains("OrderDate") ? text_at(details, "OrderDate") : text_at(order, "CreatedOn")}};
  read["Statuses"] = {{"OrderStatus", status_of(order)},
                      {"ShippingStatus", kUnshipped},
                      {"PaymentStatus", kNoPayment},
                      {"RushOrder", true_at(shipping, "RushOrder")},
                      {"DropshipStatus", 0}};
  read["OrderItems"] = read_items(order);
  read["RelatedOrders"] = Json::array();
  read["TotalInfo"] = {{"SubTotal", money(totals.goods)},
                       {"Discount", money(totals.goods - totals.discounted)},
                       {"Tax", money(totals.tax)},
                       {"Shipping", money(totals.shipping)},
                       {"Handling", money(totals.handling)},
                       {"Insurance", money(totals.insurance)},
                       {"GiftWrap", money(totals.gift_wrap)},
                       {"GrandTotal", money(totals.grand())}};
  read["PaymentOptions"] = {{"Total", money(totals.grand())}, {"Received", 0}, {"Refunded", 0}, {"RemainingDues", money(totals.grand())}};
  read["GiftDetails"] = read_gift(order);
  read["OrderPackages"] = Json::array();
  read["IsWholeSaleOrder"] = true_at(customer, "IsWholesale");
  read["ShippingAddress"] = read_address(object_at(order, "ShippingAddress"));
  read["BillingAddress"] = read_address(object_at(order, "BillingAddress"));
  read["Payments"] = Json::array();
  read["CustomColumns"] = Json::array();
  read["LastUpdated"] = text_at(order, order.contains("LastUpdated") ? "LastUpdated" : "CreatedOn");
  return json_answer("order_found", 200, read);
}

Answer list_orders(const SellercloudCall& call) {
  const Words ids = query_words(call.request, "orderIDs"), companies = query_words(call.request, "companyID"),
              statuses = query_words(call.request, "orderStatus"), sources = query_words(call.request, "orderSourceOrderIDList"),
              wanted_channels = query_words(call.request, "channel");
  std::vector<Json> found;
  for (auto entry = call.account.orders.rbegin(); entry != call.account.orders.rend(); ++entry) {
    const Json& order = entry->second;
    const Json& details = object_at(order, "OrderDetails");
    const bool on_channel = is_among(wanted_channels, channel_of(order)) || is_among(wanted_channels, text_at(details, "Channel"));
    if (on_channel && is_among(ids, entry->first) && is_among(companies, integer_at(details, "CompanyID")) &&
        is_among(statuses, status_of(order)) && is_among(sources, text_at(details, "OrderSourceOrderID")))
      found.push_back(listed(entry->first, order));
  }
  return answer_page("orders_listed", call.request, found);
}

Answer delete_order(const SellercloudCall& call) {
  const auto found = call.account.orders.find(call.id);
  if (found == call.account.orders.end()) return no_record("Order", call.id);
  if (call.rules.keeps("orders_are_deleted")) call.account.orders.erase(found);
  return {.name = "order_deleted", .operation = {}, .status = 200, .headers = {}, .body = {}};
}

}  // namespace reference
