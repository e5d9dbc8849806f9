// How `serve` offers the admin API: its token, and optionally a port of its own. mock/admin/access.cpp decides who may call it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "mock/mock.h"
#include "mock/wire/wire.h"

namespace understudy {

struct AdminListenerOptions {
  std::string token, token_file;
  std::optional<std::uint16_t> port;  // absent: on the main port
  bool print_url = false;
};

Options admin_listener_options(AdminListenerOptions& options);

// The token of the option, else of the file, else of UNDERSTUDY_ADMIN_TOKEN; empty if there is none. Fails with failure usage for
// a token that no header can carry, with bad_file for a file that cannot be read.
Result<std::string> find_admin_token(const AdminListenerOptions& options);

// Listens on the port of the admin API, with the other options of `like`; null if it has no port of its own. `handle` is the mock's.
Result<std::unique_ptr<Wire>> open_admin_wire(const AdminListenerOptions& options, WireOptions like,
                                              std::function<Delivery(const Request&, const Caller&)> handle);

// Prints the URL of the admin API: to standard output if --print-admin-url asks for it, else to standard error if it has its own port.
void print_admin_url(const AdminListenerOptions& options, const Wire* wire, const std::string& main_url, bool quiet);

}  // namespace understudy
