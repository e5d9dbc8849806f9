// Owns Visitor: asks a Site without sockets, as a client would, for tests. Logs in by itself.
#pragma once

#include <string>

#include "tests/broken/catalogue.h"
#include "tests/reference/site.h"

namespace reference {

class Visitor {
 public:
  explicit Visitor(const broken::Variant* variant = nullptr, std::chrono::seconds token_lifetime = std::chrono::seconds(3600))
      : variant_(variant),
        site_({.accounts = {},
               .clock = {.offset = {}, .frozen = Time{}},
               .rules = variant ? Rules(variant->forgets) : Rules(),
               .token_lifetime = token_lifetime}) {
    token_ = text_at(Json::parse(send("POST", "/rest/api/token", R"({"username":"demo","password":"demo"})").body, nullptr, false),
                     "access_token");
  }

  // `{token}` in a header becomes the token of the login.
  Answer send(const std::string& method, const std::string& path, const std::string& body = {},
              std::map<std::string, std::string> headers = {}) {
    if (!body.empty()) headers.emplace("content-type", "application/json");
    for (auto& [name, value] : headers) {
      if (const auto at = value.find("{token}"); at != std::string::npos) value.replace(at, 7, token_);
    }
    const Request request{.method = method, .path = path, .target = path, .headers = std::move(headers), .query = {}, .body = body};
    Answer answer = site_.answer(request);
    if (variant_ && variant_->edit) variant_->edit(request, answer);
    return answer;
  }
  Answer sellercloud(const std::string& method, const std::string& path, const std::string& body = {}) {
    return send(method, "/rest/api/" + path, body, {{"authorization", "Bearer {token}"}});
  }
  Answer veeqo(const std::string& body) { return send("POST", "/products", body, {{"x-api-key", "demo"}}); }
  Answer seller_center(const std::string& calls, const std::string& password = "demo") {
    return send("POST", "/",
                R"([{"api":1,"method":"auth","params":{"username":"demo","password":")" + password + R"("},"id":1},)" + calls + "]");
  }

 private:
  const broken::Variant* variant_;
  Site site_;
  std::string token_;
};

}  // namespace reference
