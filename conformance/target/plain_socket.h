// Owns requests that no HTTP library would send: the bytes go over a bare TCP connection as they are, and what comes back is
// read by the letter. One connection for each request, no TLS.
#pragma once

#include "conformance/target/transport.h"

namespace understudy {

// The request line and headers exactly as given, a blank line, the body. `Connection: close` is not added.
std::string render_request(const Request& request);
TransportResult send_plain(const Url& target, const Request& request, const SendOptions& options);

}  // namespace understudy
