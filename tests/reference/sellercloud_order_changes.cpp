// What happens to an order of Sellercloud after it was created: updates, status, further lines, notes.
#include <algorithm>
#include <array>

#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/sellercloud_models.h"
#include "tests/reference/sellercloud_query.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

constexpr std::array kStatuses{-1, 1, 2, 3, 100, 200, 300, 999};

Answer done(std::string name) { return {.name = std::move(name), .operation = {}, .status = 200, .headers = {}, .body = {}}; }

Json* find_order(const SellercloudCall& call, std::int64_t id) {
  const auto found = call.account.orders.find(id);
  return found == call.account.orders.end() ? nullptr : &found->second;
}

void touch(const SellercloudCall& call, Json& order) { order["LastUpdated"] = write_seconds(call.clock.now()); }

// An update writes streets as purchase orders do, AddressLine1; orders are kept as they were created, Address.
Json as_created(Json address) {
  for (const auto& [from, to] : {std::pair{"AddressLine1", "Address"}, std::pair{"AddressLine2", "Address2"}}) {
    if (!address.contains(from)) continue;
    address[to] = address[from];
    address.erase(from);
  }
  return address;
}

}  // namespace

Answer update_order(const SellercloudCall& call) {
  const Bound bound = bind(call.body, order_update_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json* order = find_order(call, call.id);
  if (order == nullptr) return no_record("Order", call.id);
  const Json& changes = bound.body;
  if (changes.contains("CompanyId")) (*order)["OrderDetails"]["CompanyID"] = changes["CompanyId"];
  if (changes.contains("CustomerId")) (*order)["CustomerDetails"]["ID"] = changes["CustomerId"];
  for (const Choice& channel : channels()) {
    if (changes.contains("OrderSource") && integer_at(changes, "OrderSource") == channel.number)
      (*order)["OrderDetails"]["Channel"] = channel.name;
  }
  for (const char* name : {"SalesRep1", "OrderSubType", "CurrencyCode"}) {
    if (changes.contains(name)) (*order)[name] = changes[name];
  }
  for (const char* which : {"ShippingAddress", "BillingAddress"}) {
    if (changes.contains(which)) (*order)[which] = as_created(changes[which]);
  }
  touch(call, *order);
  return done("order_updated");
}

Answer set_order_status(const SellercloudCall& call) {
  const Bound bound = bind(call.body, order_status_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  const auto status = integer_at(bound.body, "Status");
  const Json& ids = list_at(call.body, "Orders");
  if (!call.body.contains("Orders") || std::none_of(kStatuses.begin(), kStatuses.end(), [&](int known) { return known == status; }))
    return refuse("body_not_readable", "The Orders and a known Status are required.");
  Json changed = Json::array();
  for (const Json& id : ids) {
    Json* order = find_order(call, as_integer(id).value_or(0));
    if (order == nullptr) continue;
    (*order)["StatusCode"] = status;
    touch(call, *order);
    changed.push_back(id);
  }
  return json_answer("order_statuses_set", 200, changed);
}

Answer add_order_items(const SellercloudCall& call) {
  const Bound bound = bind({{"Items", call.body}}, new_items_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json* order = find_order(call, call.id);
  if (order == nullptr) return no_record("Order", call.id);
  for (const Json& item : list_at(bound.body, "Items")) (*order)["Products"].push_back(item);
  touch(call, *order);
  return json_answer("order_items_added", 200, "Successfully saved the order items.");
}

Answer add_order_note(const SellercloudCall& call) {
  const Bound bound = bind(call.body, new_note_model(), call.rules);
  if (!bound.problems.empty()) return refuse("body_not_readable", bound.problems.front().sentence);
  Json* order = find_order(call, call.id);
  if (order == nullptr) return no_record("Order", call.id);
  (*order)["Notes"].push_back({{"Note", text_at(bound.body, "Message")}, {"Category", or_null(bound.body, "Category")}});
  touch(call, *order);
  return done("order_note_added");
}

Answer read_order_notes(const SellercloudCall& call) {
  const auto text = query_text(call.request, "id");
  const auto id = text ? parse_integer(*text) : std::nullopt;
  if (!id) return refuse("body_not_readable", "The id field is required.");
  const Json* order = find_order(call, *id);
  if (order == nullptr) return no_record("Order", *id);
  Json notes = Json::array();
  for (const Json& note : list_at(*order, "Notes")) {
    notes.push_back({{"EntityID", *id},
                     {"Category", std::max(0, number_of(note_categories(), text_at(note, "Category")))},
                     {"NoteID", notes.size() + 1},
                     {"Note", or_null(note, "Note")},
                     {"AuditDate", text_at(*order, "CreatedOn")},
                     {"CreatedBy", 0}});
  }
  return json_answer("order_notes_found", 200, notes);
}

}  // namespace reference
