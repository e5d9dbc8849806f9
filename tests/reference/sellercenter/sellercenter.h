// Owns the shop's side of Seller Center: one endpoint, batches of calls, the login inside the batch.
// What becomes of one product is in sellercenter_shop.h.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/reference/accounts.h"
#include "tests/reference/clock.h"
#include "tests/reference/http.h"
#include "tests/reference/rules.h"
#include "tests/reference/sellercenter/shop.h"

namespace reference {

class SellerCenter {
 public:
  SellerCenter(const Accounts& accounts, const Clock& clock, const Rules& rules) : accounts_(accounts), clock_(clock), rules_(rules) {}

  Answer answer(const Request& request);  // POST /, from any thread; always status 200

 private:
  const std::string* find_user(const Json& calls,
                               std::string& name) const;  // nullptr: no login as the first call, or a wrong one
  Json perform(const Json& call, const std::string* user);

  const Accounts& accounts_;
  const Clock& clock_;
  const Rules& rules_;
  std::mutex mutex_;
  std::map<std::string, Shop> shops_;
};

}  // namespace reference
