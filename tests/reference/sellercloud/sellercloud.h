// Owns the Sellercloud API: routes, tokens, and who may call. What each call does is in sellercloud_calls.h.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "tests/reference/accounts.h"
#include "tests/reference/clock.h"
#include "tests/reference/http.h"
#include "tests/reference/rules.h"
#include "tests/reference/sellercloud/calls.h"

namespace reference {

class Sellercloud {
 public:
  Sellercloud(const Accounts& accounts, const Clock& clock, const Rules& rules, std::chrono::seconds token_lifetime)
      : accounts_(accounts), clock_(clock), rules_(rules), token_lifetime_(token_lifetime) {}

  static bool owns(const std::string& path);  // below /rest, in any case
  Answer answer(const Request& request);      // from any thread

 private:
  struct Token {
    std::string username;
    Time expires;
  };

  Answer authenticate(const Request& request);
  const std::string* find_user(const Request& request) const;  // nullptr: no token, an unknown one, an expired one

  const Accounts& accounts_;
  const Clock& clock_;
  const Rules& rules_;
  const std::chrono::seconds token_lifetime_;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;
  std::map<std::string, SellercloudAccount> states_;
};

}  // namespace reference
