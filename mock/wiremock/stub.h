// Stub mappings in WireMock's format that a client adds: a request pattern and the response to what matches it.
#pragma once

#include "mock/state/stubs.h"
#include "mock/wiremock/request_pattern.h"

namespace understudy {

// Reads a mapping. `steps`: what one comparison with a request may spend; a request that needs more does not match. A member that is not
// supported is an error.
PatternResult<Stub> parse_stub(const Json& given, const std::string& id, std::uint64_t steps);

}  // namespace understudy
