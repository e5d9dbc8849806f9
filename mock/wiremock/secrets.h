// Masks credentials in an exported journal: in headers, cookies, query strings, forms and JSON. Finds them by name, so it also works
// in bodies that are cut or malformed. All other bytes stay.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mock/wiremock/logged_request.h"

namespace understudy {

// A copy with every credential masked. The contracts say which header or member of their API is one.
Logged mask_secrets(const Logged& logged, const Contracts& contracts);

// Masks JSON (complete or cut) or a form. `further`: names that are secret beside the usual ones.
std::string mask_body(std::string_view body, const std::vector<std::string>& further = {});

}  // namespace understudy
