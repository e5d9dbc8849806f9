// Makes a self-signed certificate in memory, for a server that has no other. Clients that should trust it need its PEM text.
#pragma once

#include "contracts/src/base/env.h"
#include "contracts/src/base/problem.h"

namespace understudy {

struct PemPair {
  std::string certificate, key;
};

// EC P-256, valid from a day before `now` until a year after it. Each host (a name or a numeric address) becomes a subject
// alternative name. The serial number is random, because browsers reject two certificates with the same one. Failure: cannot-certify.
Result<PemPair> make_certificate(const std::vector<std::string>& hosts, Time now);

}  // namespace understudy
