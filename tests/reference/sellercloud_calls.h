// Owns what Sellercloud does with one decoded request of a known account: products, orders, purchase orders.
// All client settings are at their default, off.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/reference/clock.h"
#include "tests/reference/http.h"
#include "tests/reference/model.h"

namespace reference {

struct SellercloudAccount {
  std::map<std::string, Json> products;  // by SKU
  std::map<std::int64_t, Json> orders;   // what was bound, plus ID and CreatedOn
  std::map<std::int64_t, Json> purchase_orders;
  std::int64_t next_order = 5000001;
  std::int64_t next_purchase_order = 20001;
  std::int64_t next_upc = 0;
};

struct SellercloudCall {
  SellercloudAccount& account;
  const Request& request;
  const Json& body;  // an object; {} for calls without a body
  std::int64_t id;   // from the path; 0 if none
  const Clock& clock;
  const Rules& rules;
};

Answer create_product(const SellercloudCall& call);
Answer create_order(const SellercloudCall& call);
Answer read_order(const SellercloudCall& call);
Answer delete_order(const SellercloudCall& call);
Answer create_purchase_order(const SellercloudCall& call);
Answer read_purchase_order(const SellercloudCall& call);
Answer read_purchase_order_items(const SellercloudCall& call);
Answer list_purchase_orders(const SellercloudCall& call);
Answer delete_purchase_order(const SellercloudCall& call);

// A refused create is status 500 with a sentence as a JSON string, whatever the reason.
Answer refuse(std::string name, const std::string& sentence);
Answer no_record(const std::string& what, std::int64_t id);

}  // namespace reference
