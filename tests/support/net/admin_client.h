// Owns calls of the admin API in tests, without sockets and over one.
#pragma once

#include <string>

#include "mock/admin/admin.h"
#include "mock/mock.h"
#include "mock/wiremock/requests.h"
#include "tests/support/catch.h"
#include "tests/support/net/raw_socket.h"

namespace understudy::test {

struct AdminReply {
  int status = 0;
  Headers headers;
  std::string text;
  Json body;  // null if the text is no JSON
};

// Every operation as "METHOD /path/{name}", the path below /__admin.
inline std::vector<std::string> list_admin_routes() { return AdminApi(wiremock_tables()).routes(); }

// `target` below /__admin; `body` as text.
inline AdminReply ask_admin(Mock& mock, const std::string& method, const std::string& target, const std::string& body = {},
                            const Headers& headers = {}, const Caller& caller = {}) {
  const Delivery delivery = mock.handle({.method = method, .target = "/__admin" + target, .headers = headers, .body = body}, caller);
  AdminReply reply{
      .status = delivery.response.status, .headers = delivery.response.headers, .text = delivery.response.body, .body = nullptr};
  if (auto json = parse_json(reply.text)) reply.body = std::move(*json);
  return reply;
}

// One whole request as a client sends it, over a socket; the head's lines stay in `text`, in front of nothing.
inline AdminReply ask_port(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body = {},
                           const std::string& more_headers = {}) {
  const auto received = ask(port, method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                                      "\r\nAccept: */*\r\nContent-Type: application/json\r\nConnection: close\r\n" + more_headers +
                                      "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  AdminReply reply;
  const auto head = received.bytes.find("\r\n\r\n");
  if (received.bytes.size() > 12) reply.status = std::atoi(received.bytes.substr(9, 3).c_str());
  reply.text = head == std::string::npos ? "" : received.bytes.substr(head + 4);
  if (auto json = parse_json(reply.text)) reply.body = std::move(*json);
  return reply;
}

}  // namespace understudy::test
