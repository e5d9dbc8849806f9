#include "cli/serve/admin_listener.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/inputs.h"

namespace understudy {
namespace {

constexpr const char* kVariable = "UNDERSTUDY_ADMIN_TOKEN";

Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.bad())
    return tl::unexpected(make_problem(Failure::bad_file, "cannot-read", "cannot read the admin token from " + path));
  std::string token = text.str();
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  return token;
}

}  // namespace

Options admin_listener_options(AdminListenerOptions& options) {
  return group_options(
      "Admin API",
      {
          {"--admin-port", &options.port, "Serve the admin API on this port instead of the main port. 0 takes a free port."},
          {"--admin-token TOKEN", &options.token,
           "Every admin call must send 'Authorization: Bearer TOKEN'; calls from other hosts are then allowed. The process list shows "
           "this option: prefer --admin-token-file or the variable UNDERSTUDY_ADMIN_TOKEN.",
           not_empty()},
          {"--admin-token-file FILE", &options.token_file, "Read the admin token from this file.", excludes("--admin-token")},
          {"--print-admin-url", &options.print_url,
           "Print the base URL of the admin API on standard output, after the line of --print-url."},
      });
}

Result<std::string> find_admin_token(const AdminListenerOptions& options) {
  std::string token = options.token, place = "--admin-token";
  if (!options.token_file.empty()) {
    auto read = read_token_file(options.token_file);
    if (!read) return read;
    if (read->empty()) return tl::unexpected(usage_problem("bad-admin-token", "found no token in " + options.token_file));
    token = std::move(*read);
    place = options.token_file;
  } else if (token.empty()) {
    token = read_environment(kVariable);
    place = kVariable;
  }
  if (std::ranges::any_of(token, [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }))
    return tl::unexpected(usage_problem("bad-admin-token", "found spaces or characters that are not ASCII in the token of " + place));
  return token;
}

Result<std::unique_ptr<Wire>> open_admin_wire(const AdminListenerOptions& options, WireOptions like,
                                              std::function<Delivery(const Request&, const Caller&)> handle) {
  if (!options.port) return std::unique_ptr<Wire>();
  like.port = *options.port;
  like.threads = 1;
  return Wire::open(std::move(like), [handle = std::move(handle)](Request&& request, const Peer& peer) {
    return handle(request, {.loopback = peer.loopback, .vendors = false});
  });
}

void print_admin_url(const AdminListenerOptions& options, const Wire* wire, const std::string& main_url, bool quiet) {
  const std::string url = wire == nullptr ? main_url : main_url.substr(0, main_url.rfind(':') + 1) + std::to_string(wire->port());
  if (options.print_url)
    std::cout << url << std::endl;
  else if (wire != nullptr && !quiet)
    std::cerr << "  admin API: " << url << "/__admin\n";
}

}  // namespace understudy
