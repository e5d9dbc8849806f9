// Removes the content codings of a response's body (RFC 9110 section 8.4): gzip, deflate and br.
#pragma once

#include <cstddef>

#include "conformance/target/transport.h"

namespace understudy {

// Decodes the body of an answered result. A body that cannot be decoded stays as it came, and `undecoded` says why. One that becomes
// larger than `limit` bytes makes the outcome too_large.
void decode_content(TransportResult& result, std::size_t limit);

}  // namespace understudy
