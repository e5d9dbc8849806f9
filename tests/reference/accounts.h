// Owns who may log in. Each account has a state of its own in every service.
#pragma once

#include <string>
#include <string_view>

namespace reference {

struct Accounts {
  std::string username = "demo";
  std::string password = "demo";
  std::string api_key = "demo";
  bool any = false;  // every username with the right password, every key but `garbage`

  bool accepts(std::string_view user, std::string_view secret) const {
    return (any ? !user.empty() : user == username) && secret == password;
  }
  bool accepts_key(std::string_view key) const { return any ? !key.empty() && key != "garbage" : key == api_key; }
};

}  // namespace reference
