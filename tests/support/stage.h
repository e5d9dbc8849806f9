// Owns a small stage for engine tests: a Mock over chosen contracts with one tenant, and requests without sockets.
#pragma once

#include <string>

#include "mock/mock.h"

namespace understudy {

struct Reaction {
  int status = 0;
  std::string reason;
  Headers headers;
  std::string text;
  Json body;  // null if the text is no JSON
  Delivery delivery;
};

class Stage {
 public:
  // `given` as PUT /__admin/tenants/{name} takes it; the tenant is `tester`, its password demo, its key tester.
  explicit Stage(const Contracts& contracts, Json given = Json::object());

  Reaction send(const std::string& method, const std::string& target, const Json& body = nullptr, Headers headers = {});
  Reaction send_text(const std::string& method, const std::string& target, const std::string& body, Headers headers = {});
  Json admin(const std::string& method, const std::string& path, const Json& body = nullptr);  // of the tenant: "/requests"
  Json journal();                                                                              // entries, oldest first
  std::size_t count(const std::string& collection);                                            // "shelf.books"
  Mock& mock() { return mock_; }

 private:
  Mock mock_;
};

// tests/data/toy/contracts, parsed once.
const Contracts& toy_contracts();

}  // namespace understudy
