// Owns making a certificate that signs itself, for a server that is given none. It is kept in memory; who may trust it is
// whoever is handed its text.
#pragma once

#include <string>
#include <vector>

#include "contracts/src/base/env.h"
#include "contracts/src/base/problem.h"

namespace understudy {

struct PemPair {
  std::string certificate, key;
};

// EC P-256, good from a day before `now` for a year, for each host (a name or a numeric address) as subject alternative name;
// the serial number is random, so that a browser can tell two of them apart. Failure: cannot-certify.
Result<PemPair> make_certificate(const std::vector<std::string>& hosts, Time now);

}  // namespace understudy
