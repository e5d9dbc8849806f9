// Owns the journal as HAR 1.2 (HTTP Archive), for browsers' network views and tools that read it. What may leave is
// secrets.h's business.
#pragma once

#include <span>

#include "mock/wiremock/logged_request.h"

namespace understudy {

// `logged`: oldest first. An exchange of which nothing was sent back has status 0, as browsers write it.
Json render_har(std::span<const Logged> logged, const Contracts& contracts);

}  // namespace understudy
