// The journal as HAR 1.2 (HTTP Archive), for the network views of browsers and other tools. It masks nothing: see mask_secrets().
#pragma once

#include <span>

#include "mock/wiremock/logged_request.h"

namespace understudy {

// `logged`: oldest first. An exchange without a response has status 0, as browsers write it.
Json render_har(std::span<const Logged> logged, const Contracts& contracts);

}  // namespace understudy
