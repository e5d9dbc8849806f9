// Sends requests that no HTTP library would send: the bytes go unchanged over a TCP connection, and response_reader.h reads the response.
// One connection for each request, no TLS.
#pragma once

#include "conformance/target/transport.h"

namespace understudy {

// The request line and headers exactly as given, a blank line, the body. `Connection: close` is not added.
std::string render_request(const Request& request);
TransportResult send_plain(const Url& target, const Request& request, const SendOptions& options);

}  // namespace understudy
