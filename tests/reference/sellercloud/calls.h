// Owns what Sellercloud does with one decoded request of a known account: products, orders, purchase orders.
// All client settings are at their default, off.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/reference/clock.h"
#include "tests/reference/http.h"
#include "tests/reference/model.h"
#include "tests/reference/sellercloud/query.h"

namespace reference {

struct SellercloudAccount {
  std::vector<Json> products;           // in the order of their creation
  std::map<std::int64_t, Json> orders;  // what was bound, plus ID and CreatedOn
  std::map<std::int64_t, Json> purchase_orders;
  std::map<std::int64_t, Json> customers;
  std::int64_t next_order = 5000001;
  std::int64_t next_purchase_order = 20001;
  std::int64_t next_customer = 300001;
  std::int64_t next_upc = 0;
};

struct SellercloudCall {
  SellercloudAccount& account;
  const Json& body;  // an object; {} for calls without a body; {"list": [...]} for one that takes a list
  std::int64_t id;   // from the path; 0 if none
  const Query& query;
  const Clock& clock;
  const Rules& rules;
};

Answer create_product(const SellercloudCall& call);
Answer create_order(const SellercloudCall& call);
Answer read_order(const SellercloudCall& call);
Answer delete_order(const SellercloudCall& call);
Answer list_orders(const SellercloudCall& call);
Answer update_order(const SellercloudCall& call);
Answer set_order_status(const SellercloudCall& call);
Answer add_order_items(const SellercloudCall& call);
Answer read_order_notes(const SellercloudCall& call);
Answer add_order_note(const SellercloudCall& call);
Answer create_purchase_order(const SellercloudCall& call);
Answer read_purchase_order(const SellercloudCall& call);
Answer read_purchase_order_items(const SellercloudCall& call);
Answer list_purchase_orders(const SellercloudCall& call);
Answer delete_purchase_order(const SellercloudCall& call);
Answer list_catalog(const SellercloudCall& call);
Answer list_product_types(const SellercloudCall& call);
Answer list_companies(const SellercloudCall& call);
Answer list_vendors(const SellercloudCall& call);
Answer list_warehouses(const SellercloudCall& call);
Answer list_payment_terms(const SellercloudCall& call);
Answer list_manufacturers(const SellercloudCall& call);
Answer find_server(const Request& request);
Answer create_customer(const SellercloudCall& call);
Answer list_customers(const SellercloudCall& call);
Answer read_customer(const SellercloudCall& call);

Json view_order(std::int64_t id, const Json& order);    // under the read model's names
double adjusted_price(const Json& item, double price);  // of one piece, after the item's discount

// A refused create is status 500 with a sentence as a JSON string, whatever the reason.
Answer refuse(std::string name, const std::string& sentence);
Answer no_record(const std::string& what, std::int64_t id);

}  // namespace reference
