#include "cli/serve/admin_door.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/options.h"

namespace understudy {
namespace {

constexpr const char* kVariable = "UNDERSTUDY_ADMIN_TOKEN";

Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file || text.bad()) {
    return tl::unexpected(make_problem(Failure::bad_file, "cannot-read", "cannot read the admin token from " + path));
  }
  std::string token = text.str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

}  // namespace

void add_admin_options(CLI::App& app, AdminDoor& door) {
  const std::string group = "Admin API";
  app.add_option("--admin-port", door.port, "The admin API on a port of its own and not on the main one; 0 takes a free one")->group(group);
  auto* token = app.add_option("--admin-token", door.token,
                               "Every admin call needs 'Authorization: Bearer TOKEN', and may then come from anywhere; a list of processes "
                               "shows this option, so better use the file or UNDERSTUDY_ADMIN_TOKEN")
                    ->type_name("TOKEN")
                    ->check([](const std::string& given) { return given.empty() ? "found an empty token" : ""; })
                    ->group(group);
  app.add_option("--admin-token-file", door.token_file, "The token is this file's line")->type_name("FILE")->excludes(token)->group(group);
  app.add_flag("--print-admin-url", door.print_url,
               "Print the base URL of the admin API on standard output, after that of --print-url if both are asked for")
      ->group(group);
}

Result<std::string> find_admin_token(const AdminDoor& door) {
  std::string token = door.token, place = "--admin-token";
  if (!door.token_file.empty()) {
    auto read = read_token_file(door.token_file);
    if (!read) return read;
    if (read->empty()) return tl::unexpected(usage("bad-admin-token", "found no token in " + door.token_file));
    token = std::move(*read);
    place = door.token_file;
  } else if (token.empty()) {
    const char* set = std::getenv(kVariable);
    token = set == nullptr ? "" : set;
    place = kVariable;
  }
  if (std::any_of(token.begin(), token.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }))
    return tl::unexpected(usage("bad-admin-token", "found spaces or characters that are not ASCII in the token of " + place));
  return token;
}

Result<std::unique_ptr<Wire>> open_admin_wire(const AdminDoor& door, WireOptions like,
                                              std::function<Delivery(const Request&, const Caller&)> handle) {
  if (!door.port) return std::unique_ptr<Wire>();
  like.port = *door.port;
  like.threads = 1;
  return Wire::open(std::move(like), [handle = std::move(handle)](Request&& request, const Peer& peer) {
    return handle(request, {.loopback = peer.loopback, .vendors = false});
  });
}

void tell_admin_url(const AdminDoor& door, const Wire* wire, const std::string& main_url, bool quiet) {
  const std::string url = wire == nullptr ? main_url : main_url.substr(0, main_url.rfind(':') + 1) + std::to_string(wire->port());
  if (door.print_url)
    std::cout << url << std::endl;
  else if (wire != nullptr && !quiet)
    std::cerr << "  admin API: " << url << "/__admin\n";
}

}  // namespace understudy
