// Owns how `serve` opens the admin API: its token and a port of its own. Who may call is mock/admin/gate.cpp's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "mock/mock.h"
#include "mock/wire/wire.h"

namespace CLI {
class App;
}

namespace understudy {

struct AdminDoor {
  std::string token, token_file;
  std::optional<std::uint16_t> port;  // absent: on the main port
  bool print_url = false;
};

void add_admin_options(CLI::App& app, AdminDoor& door);

// The token of the option, else of the file, else of UNDERSTUDY_ADMIN_TOKEN; empty if there is none. Fails with failure usage for
// one that no header can carry, with bad_file for a file that cannot be read.
Result<std::string> find_admin_token(const AdminDoor& door);

// The admin API's own wire, as `like` but for the port; null if it has none. `handle` is the mock's.
Result<std::unique_ptr<Wire>> open_admin_wire(const AdminDoor& door, WireOptions like,
                                              std::function<Delivery(const Request&, const Caller&)> handle);

// Tells where the admin API is: on standard output if asked to, else, where it is not on the main port, as talk.
void tell_admin_url(const AdminDoor& door, const Wire* wire, const std::string& main_url, bool quiet);

}  // namespace understudy
