// Masks the credentials of an exchange before its journal entry is exported.
#pragma once

#include "mock/wiremock/logged_request.h"

namespace understudy {

// A copy with every credential masked. The contracts name the headers and members that carry credentials; all other bytes stay.
Logged mask_secrets(const Logged& logged, const Contracts& contracts);

}  // namespace understudy
