// Owns a small client as an integrator has one: it logs in, places orders, and tries again when an answer is lost.
#pragma once

#include <string>

struct Answered {
  int status = 0;  // 0: no answer came
  std::string body;
};

class ShopClient {
 public:
  ShopClient(const std::string& url, std::string username, std::string password);

  Answered place_order(const std::string& number);                                             // logs in, retries once
  Answered send(const std::string& method, const std::string& path, const std::string& body);  // as it is, with the token

 private:
  Answered exchange(const std::string& method, const std::string& path, const std::string& body, bool with_token);
  std::string origin_, base_, username_, password_, token_;
};
