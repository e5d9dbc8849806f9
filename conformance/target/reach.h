// Owns how the runner's connections are made: whom to trust, who it is itself, by which proxy, how long connecting may take.
// http_target.h obeys; where these come from is target_file.h's and the command line's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/target/url.h"
#include "contracts/src/base/env.h"

namespace understudy {

struct Tls {
  std::string ca_file;                     // PEM; empty: those that the system trusts
  std::string certificate_file, key_file;  // PEM; our own, for a server that asks for one; both or none
  bool verify = true;                      // false only where every host is this machine
};

struct Proxies {
  std::string http, https;          // URLs by the scheme of the target; empty: straight there
  std::vector<std::string> except;  // hosts: a name, `.name` with everything below it, or `*`
  bool for_loopback = true;         // false: this machine is never asked for by a proxy
  bool is_said = false;             // by a person, if only that there is none; else the environment may say
};

struct Reach {
  Tls tls = {};
  Proxies proxies = {};
  Milliseconds connect_deadline{0};  // until connected, TLS included; 0: only the deadline of the exchange counts
};

// The proxy on the way to a URL; empty: none.
std::string find_proxy(const Proxies& proxies, const Url& url);

}  // namespace understudy
