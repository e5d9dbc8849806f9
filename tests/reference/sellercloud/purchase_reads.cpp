// Purchase orders of Sellercloud as they are read: totals, lines, lists.
#include <algorithm>
#include <cmath>

#include "tests/reference/sellercloud/calls.h"
#include "tests/reference/sellercloud/models.h"

namespace reference {
namespace {

struct Line {
  double units = 0, price = 0, adjusted = 0;  // of one unit
};

Line read_line(const Json& item, bool cases) {
  Line line;
  const double per_case = number_at(item, "QtyUnitsPerCase");
  line.units = cases ? number_at(item, "QtyCasesOrdered") * per_case : number_at(item, "QtyUnitsOrdered");
  line.price = !cases ? number_at(item, "UnitPrice") : per_case > 0 ? number_at(item, "CasePrice") / per_case : 0;
  line.adjusted = adjusted_price(item, line.price);
  return line;
}

struct Totals {
  double sub = 0, grand = 0;
};

double cents(double amount) { return std::round(amount * 100) / 100; }

Totals add_up(const Json& order) {
  Totals totals;
  for (const Json& item : list_at(order, "Products")) {
    const Line line = read_line(item, true_at(order, "CaseQtyMode"));
    totals.sub += line.units * line.price;
    totals.grand += line.units * line.adjusted;
  }
  return {.sub = cents(totals.sub), .grand = cents(totals.grand)};
}

Json list_row(std::int64_t id, const Json& order) {
  const Totals totals = add_up(order);
  Json items = Json::array();
  for (const Json& item : list_at(order, "Products")) {
    const Line line = read_line(item, true_at(order, "CaseQtyMode"));
    items.push_back({{"ID", items.size() + 1},
                     {"SKU", text_at(item, "ProductID")},
                     {"QtyOrdered", plain_number(line.units)},
                     {"QtyReceived", 0},
                     {"UnitPrice", plain_number(line.price)},
                     {"AdjustedPrice", plain_number(line.adjusted)},
                     {"LineTotal", plain_number(cents(line.units * line.adjusted))},
                     {"ItemNotes", text_at(item, "ItemNotes")}});
  }
  return {{"ID", id},
          {"POType", number_of(purchase_order_types(), text_at(order, "POType"))},
          {"VendorID", integer_at(order, "VendorID")},
          {"CompanyID", integer_at(order, "CompanyID")},
          {"PurchaseTitle", text_at(order, "Description")},
          {"Memo", text_at(order, "VendorNote")},
          {"CreatedOn", text_at(order, "CreatedOn")},
          {"OrderTotal", plain_number(totals.sub)},
          {"DiscountTotal", plain_number(cents(totals.sub - totals.grand))},
          {"GrandTotal", plain_number(totals.grand)},
          {"PurchaseOrderStatus", 0},
          {"PaymentStatus", 10},
          {"ReceivingStatus", 0},
          {"WarehouseID", integer_at(order, "DefaultWarehouseID")},
          {"Items", items}};
}

}  // namespace

Answer read_purchase_order(const SellercloudCall& call) {
  const auto found = call.account.purchase_orders.find(call.id);
  if (found == call.account.purchase_orders.end()) return no_record("Purchase order", call.id);
  const Json& order = found->second;
  const Totals totals = add_up(order);

  Json read;
  read["Purchase"] = {{"POId", call.id},
                      {"CompanyId", integer_at(order, "CompanyID")},
                      {"VendorId", integer_at(order, "VendorID")},
                      {"OrderedOn", nullptr},
                      {"RequestedOn", text_at(order, "CreatedOn")},
                      {"OrderType", 0},
                      {"POType", number_of(purchase_order_types(), text_at(order, "POType"))},
                      {"Description", text_at(order, "Description")},
                      {"DefaultWarehouseID", integer_at(order, "DefaultWarehouseID")},
                      {"ExpectedDelivery", nullptr},
                      {"CurrencyCode", 0},
                      {"ReceivingStatus", 0},
                      {"Instructions", text_at(order, "VendorNote")}};
  read["RelatedPurchaseOrders"] = Json::array();
  read["VendorAndInvoice"] = {{"PaymentTermID", integer_at(order, "PaymentTermID")},
                              {"Memo", text_at(order, "VendorNote")},
                              {"PaymentStatus", 10},
                              {"Balance", plain_number(totals.grand)}};
  read["Changes"] = {{"CreatedOn", text_at(order, "CreatedOn")}, {"UpdatedOn", text_at(order, "CreatedOn")}};
  read["RelatedItems"] = Json::array();
  read["TotalInfo"] = {{"DiscountTotal", plain_number(cents(totals.sub - totals.grand))},
                       {"SubTotal", plain_number(totals.sub)},
                       {"ShippingTotal", 0},
                       {"TaxTotal", 0},
                       {"GrandTotal", plain_number(totals.grand)}};
  read["CustomColumns"] = Json::array();
  read["Metadata"] = {{"EnableCaseQty", true_at(order, "CaseQtyMode")}, {"EnabledMultipleDiscounts", false}};
  read["Statuses"] = {{"Status", 0},         {"IsApproved", false},  {"Priority", 0},
                      {"ShippingStatus", 0}, {"ReceivingStatus", 0}, {"PaymentStatus", 10}};
  read["NotesCount"] = 0;
  read["IsModified"] = false;
  return json_answer("purchase_order_found", 200, read);
}

Answer read_purchase_order_items(const SellercloudCall& call) {
  const auto found = call.account.purchase_orders.find(call.id);
  if (found == call.account.purchase_orders.end()) return no_record("Purchase order", call.id);
  const bool cases = true_at(found->second, "CaseQtyMode");
  Json items = Json::array();
  for (const Json& item : list_at(found->second, "Products")) {
    const Line line = read_line(item, cases);
    items.push_back({{"ID", items.size() + 1},
                     {"ProductID", text_at(item, "ProductID")},
                     {"ProductName", nullptr},
                     {"QtyUnitsOrdered", plain_number(line.units)},
                     {"UnitPrice", plain_number(line.price)},
                     {"QtyCasesOrdered", integer_at(item, "QtyCasesOrdered")},
                     {"QtyUnitsPerCase", integer_at(item, "QtyUnitsPerCase")},
                     {"CasePrice", plain_number(number_at(item, "CasePrice"))},
                     {"DiscountType", std::max(0, number_of(discount_types(), text_at(item, "DiscountType")))},
                     {"DiscountValue", plain_number(number_at(item, "DiscountValue"))},
                     {"ExpectedDeliveryDate", nullptr}});
  }
  return json_answer("purchase_order_items_read", 200, {{"PoCaseQtyEnabled", cases}, {"Items", items}});
}

Answer list_purchase_orders(const SellercloudCall& call) {
  std::vector<Json> rows;
  for (auto at = call.account.purchase_orders.rbegin(); at != call.account.purchase_orders.rend(); ++at) {
    const Json& order = at->second;
    const bool shown = call.query.admits("pOIds", at->first) && call.query.admits("companyIDList", integer_at(order, "CompanyID")) &&
                       call.query.admits("pOStatuses", 0) &&
                       call.query.admits("receiveWarehouseID", integer_at(order, "DefaultWarehouseID")) &&
                       call.query.admits_part("keyword", text_at(order, "Description"));
    if (shown) rows.push_back(list_row(at->first, order));
  }
  return json_answer("purchase_order_list", 200, call.query.page(rows));
}

Answer delete_purchase_order(const SellercloudCall& call) {
  if (call.account.purchase_orders.erase(call.id) == 0) return no_record("Purchase order", call.id);
  return {.name = "purchase_order_deleted", .operation = {}, .status = 200, .headers = {}, .body = {}};
}

}  // namespace reference
