// Owns an open Wire for a test, with a handler that echoes what it was asked or delivers one thing to everybody.
#pragma once

#include <memory>
#include <utility>

#include "mock/wire/wire.h"
#include "tests/support/catch.h"

namespace understudy::test {

// The request as text: "POST /target\nName: value\n\nbody".
inline Delivery echo(Request&& request, const Peer&) {
  Delivery delivery;
  delivery.response.headers = {{"Content-Type", "text/plain"}};
  auto& text = delivery.response.body;
  text = request.method + ' ' + request.target + '\n';
  for (const auto& header : request.headers) text += header.name + ": " + header.value + '\n';
  text += '\n' + request.body;
  return delivery;
}

inline WireHandler always(Delivery delivery) {
  return [delivery = std::move(delivery)](Request&&, const Peer&) { return delivery; };
}

inline std::unique_ptr<Wire> open_wire(WireHandler handler = echo, WireOptions options = {}) {
  auto wire = Wire::open(std::move(options), std::move(handler));
  REQUIRE(wire.has_value());
  return *std::move(wire);
}

}  // namespace understudy::test
