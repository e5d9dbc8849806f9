// Orders of Sellercloud after their creation: lists, changes, status, further items, notes.
#include "tests/reference/sellercloud/calls.h"
#include "tests/reference/sellercloud/models.h"

namespace reference {
namespace {

Answer no_body(std::string name) { return {.name = std::move(name), .operation = {}, .status = 200, .headers = {}, .body = {}}; }

Json* find_order(const SellercloudCall& call, std::int64_t id) {
  const auto found = call.account.orders.find(id);
  return found == call.account.orders.end() ? nullptr : &found->second;
}

Json& list_in(Json& order, const char* name) {
  Json& list = order[name];
  if (!list.is_array()) list = Json::array();
  return list;
}

void touch(Json& order, const Clock& clock) { order["LastUpdated"] = write_seconds(clock.now()); }

}  // namespace

Answer list_orders(const SellercloudCall& call) {
  std::vector<Json> rows;
  for (auto at = call.account.orders.rbegin(); at != call.account.orders.rend(); ++at) {
    const Json& order = at->second;
    const Json& details = object_at(order, "OrderDetails");
    const Json read = view_order(at->first, order);
    const bool by_channel = call.query.admits("channel", text_at(details, "Channel")) ||
                            call.query.admits("channel", number_of(channels(), text_at(details, "Channel")));
    const bool shown = by_channel && call.query.admits("orderIDs", at->first) &&
                       call.query.admits("companyID", integer_at(details, "CompanyID")) &&
                       call.query.admits("orderSourceOrderIDList", text_at(details, "OrderSourceOrderID")) &&
                       call.query.admits("orderStatus", read["Statuses"]["OrderStatus"]) &&
                       call.query.admits("shippingStatus", read["Statuses"]["ShippingStatus"]) &&
                       call.query.admits("paymentStatus", read["Statuses"]["PaymentStatus"]);
    if (!shown) continue;
    const Json& customer = object_at(order, "CustomerDetails");
    rows.push_back({{"ID", at->first},
                    {"OrderSourceOrderID", text_at(details, "OrderSourceOrderID")},
                    {"OrderSource", read["OrderDetails"]["OrderSource"]},
                    {"FirstName", text_at(customer, "FirstName")},
                    {"LastName", text_at(customer, "LastName")},
                    {"CustomerEmail", text_at(customer, "Email")},
                    {"UserID", read["OrderDetails"]["CustomerID"]},
                    {"TimeOfOrder", read["OrderDetails"]["OrderDate"]},
                    {"CreatedOn", read["OrderDetails"]["CreatedOn"]},
                    {"StatusCode", read["Statuses"]["OrderStatus"]},
                    {"ShippingStatus", read["Statuses"]["ShippingStatus"]},
                    {"PaymentStatus", read["Statuses"]["PaymentStatus"]},
                    {"GrandTotal", read["TotalInfo"]["GrandTotal"]},
                    {"CompanyID", read["OrderDetails"]["CompanyId"]},
                    {"SalesRepId", read["OrderDetails"]["SalesRep1"]},
                    {"Items", read["OrderItems"]}});
  }
  return json_answer("order_list", 200, call.query.page(rows));
}

// What is changed is kept beside what was created, under its own names; the read model prefers it.
Answer update_order(const SellercloudCall& call) {
  Json* order = find_order(call, call.id);
  if (!order) return no_record("Order", call.id);
  const Bound bound = bind(call.body, order_change_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  for (const Field& field : order_change_model().fields) {  // other members pass, and change nothing
    const std::string name(field.name);
    if (const Json* value = find_member(bound.body, name)) (*order)[name] = *value;
  }
  touch(*order, call.clock);
  return no_body("order_updated");
}

Answer set_order_status(const SellercloudCall& call) {
  const Json* status = find_member(call.body, "Status");
  const Json* orders = find_member(call.body, "Orders");
  if (!status || !as_integer(*status) || !orders || !orders->is_array())
    return refuse("body_not_readable", "Orders and Status are required.");
  if (!is_order_status(*as_integer(*status))) return refuse("body_not_readable", "The value of Status is not valid.");
  Json changed = Json::array();
  for (const Json& id : *orders) {
    Json* order = find_order(call, as_integer(id).value_or(0));
    if (!order) continue;
    (*order)["StatusCode"] = *as_integer(*status);
    touch(*order, call.clock);
    changed.push_back(id);
  }
  return json_answer("order_statuses_set", 200, changed);
}

Answer add_order_items(const SellercloudCall& call) {
  Json* order = find_order(call, call.id);
  if (!order) return no_record("Order", call.id);
  const Bound bound = bind({{"Items", call.body["list"]}}, new_items_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  for (const Json& item : list_at(bound.body, "Items")) list_in(*order, "Products").push_back(item);
  touch(*order, call.clock);
  return json_answer("order_items_added", 200, "Successfully saved the order items.");
}

Answer read_order_notes(const SellercloudCall& call) {
  if (call.query.text("id").empty()) return refuse("body_not_readable", "The id field is required.");
  const std::int64_t id = as_integer(call.query.text("id")).value_or(0);
  const Json* order = find_order(call, id);
  if (!order) return no_record("Order", id);
  Json notes = Json::array();
  for (const Json& note : list_at(*order, "Notes")) {
    const Json* own = find_member(note, "NoteID");
    const std::string audit = text_at(note, "AuditDate");
    notes.push_back({{"EntityID", id},
                     {"Category", std::max(0, number_of(note_categories(), text_at(note, "Category")))},
                     {"NoteID", own ? *own : Json(notes.size() + 1)},
                     {"Note", text_at(note, "Note")},
                     {"AuditDate", audit.empty() ? text_at(*order, "CreatedOn") : audit},
                     {"CreatedBy", 0}});
  }
  return json_answer("order_notes_read", 200, notes);
}

Answer add_order_note(const SellercloudCall& call) {
  Json* order = find_order(call, call.id);
  if (!order) return no_record("Order", call.id);
  const Bound bound = bind(call.body, new_note_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  const std::string category = text_at(bound.body, "Category");
  list_in(*order, "Notes")
      .push_back({{"Note", text_at(bound.body, "Message")},
                  {"Category", category.empty() ? "General" : category},
                  {"AuditDate", write_seconds(call.clock.now())}});
  touch(*order, call.clock);
  return no_body("order_note_added");
}

}  // namespace reference
