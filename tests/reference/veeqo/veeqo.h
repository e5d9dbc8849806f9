// Owns the Veeqo API: routes, keys, decoding, the products of each account. How a product looks is in veeqo_product.h.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/reference/accounts.h"
#include "tests/reference/clock.h"
#include "tests/reference/http.h"
#include "tests/reference/rules.h"
#include "tests/reference/veeqo/product.h"

namespace reference {

class Veeqo {
 public:
  Veeqo(const Accounts& accounts, const Clock& clock, const Rules& rules) : accounts_(accounts), clock_(clock), rules_(rules) {}

  Answer answer(const Request& request);  // from any thread

 private:
  struct Account {
    std::map<std::int64_t, Json> products;
    VeeqoIds ids;
  };

  Answer create_product(Account& account, const Request& request) const;
  Answer list_products(const Account& account, const Request& request) const;
  Answer read_product(const Account& account, std::int64_t id) const;
  Answer delete_product(Account& account, std::int64_t id) const;

  const Accounts& accounts_;
  const Clock& clock_;
  const Rules& rules_;
  std::mutex mutex_;
  std::map<std::string, Account> states_;
};

}  // namespace reference
