#include "mock/storage/redis/address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy::redis {
namespace {

constexpr std::string_view kScheme = "redis://", kSecureScheme = "rediss://";
constexpr int kLastPort = 65535, kLastDatabase = 9999;

std::optional<int> read_number(std::string_view text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc{} && end == text.data() + text.size() && std::ranges::all_of(text, is_digit);
  return is_number && number <= most ? std::optional(number) : std::nullopt;
}

tl::unexpected<Problem> wrong(const std::string& message) {
  return tl::unexpected(make_problem(Failure::usage, "bad-state", message + "; expected redis://[user@]host[:port][/database]"));
}

// Takes the host, in brackets if it has colons.
std::string_view take_host(std::string_view& rest) {
  const bool has_brackets = rest.starts_with('[');
  const auto end = has_brackets ? rest.find(']') : rest.find(':');
  if (has_brackets && end == std::string_view::npos) return {};
  const std::string_view host = has_brackets ? rest.substr(1, end - 1) : rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), has_brackets ? end + 1 : end));
  return host;
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  const std::string found = "found --state '" + std::string(url) + "'";
  if (url.starts_with(kSecureScheme)) {
    return tl::unexpected(make_problem(Failure::usage, "bad-state",
                                       found + ": this program has no TLS to Redis; use redis:// within a private network, or a local TLS "
                                               "proxy such as stunnel"));
  }
  if (!url.starts_with(kScheme)) return wrong(found);
  std::string_view rest = url.substr(kScheme.size());
  if (rest.find_first_of("?#") != std::string_view::npos) return wrong(found + " with options that are not known");
  Address address;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const auto database = read_number(slash + 1 == rest.size() ? "0" : rest.substr(slash + 1), kLastDatabase);
    if (!database) return wrong(found + " with a database that is no number");
    address.database = *database;
    rest = rest.substr(0, slash);
  }
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return tl::unexpected(make_problem(Failure::usage, "bad-state",
                                         "found a password in --state, where other users of the machine can see it; set the environment "
                                         "variable UNDERSTUDY_STATE_PASSWORD instead"));
    }
    address.user = percent_decode(user);
    rest.remove_prefix(at + 1);
  }
  address.host = take_host(rest);
  if (address.host.empty()) return wrong(found + " without a host");
  if (rest.empty()) return address;
  const auto port = rest.starts_with(':') ? read_number(rest.substr(1), kLastPort) : std::nullopt;
  if (!port || *port == 0) return wrong(found + " with a port that is no number from 1 to 65535");
  address.port = *port;
  return address;
}

}  // namespace understudy::redis
