// Owns what must not leave with an exported journal: values of credentials in headers, cookies, query strings, forms and JSON.
// Found by name, so a cut or malformed body is masked too. Everything else keeps its bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mock/wiremock/logged_request.h"

namespace understudy {

inline constexpr std::string_view kMask = "***";

// A copy with every credential masked. Contracts tell in which header or member each API carries its own.
Logged mask_secrets(const Logged& logged, const Contracts& contracts);

// `further`: names that are secret too, for one API.
bool names_a_secret(std::string_view name, const std::vector<std::string>& further = {});        // password, X-Api-Key ...
std::string mask_body(std::string_view body, const std::vector<std::string>& further = {});      // JSON, whole or cut, or a form
std::string mask_target(std::string_view target, const std::vector<std::string>& further = {});  // values in the query string

}  // namespace understudy
