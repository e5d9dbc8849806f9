// How the runner connects to a target: trusted certificates, its own certificate, proxies, the connect timeout. Filled by target files and
// command line options; used by http_transport.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/target/url.h"
#include "contracts/src/base/env.h"
#include "contracts/src/base/problem.h"

namespace understudy {

struct Tls {
  std::string ca_file;                     // PEM; empty: the certificates that the system trusts
  std::string certificate_file, key_file;  // PEM; the runner's own, for servers that request one; both or none
  bool verify = true;                      // false only if every host is this machine
};

struct Proxies {
  std::string http, https;          // proxy URL for each scheme of the target; empty: direct
  std::vector<std::string> except;  // hosts: a name, `.name` with everything below it, or `*`
  bool for_loopback = true;         // false: never use a proxy for this machine
  bool is_set = false;              // set explicitly, even to none; otherwise the environment decides
};

struct ConnectionOptions {
  Tls tls = {};
  Proxies proxies = {};
  Milliseconds connect_deadline{0};  // until connected, TLS included; 0: only the deadline of the exchange
};

// Whether PEM text has a block of this kind, CERTIFICATE or PRIVATE KEY. Fails with code not-pem and failure usage.
Result<void> check_pem(std::string_view text, std::string_view kind, const std::string& file);

// The proxy for a URL; empty: none.
std::string find_proxy(const Proxies& proxies, const Url& url);

}  // namespace understudy
