// Replaces secrets by `***` in what people and files are shown: exports of the journal, the access log, reports, the ledger. Finds them by
// their names (secret_names.h); values that are known to be secret are masked with secret_values.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "contracts/src/base/http.h"
#include "contracts/src/redact/secret_names.h"

namespace understudy {

inline constexpr std::string_view kMask = "***";

// JSON (whole, cut off or malformed), a form, or text. Every other byte stays.
std::string mask_body(std::string_view body, const SecretNames& names = {});
// The JSON text of each value that mask_body() would replace in JSON, without the values inside it.
void visit_secret_members(std::string_view json, const SecretNames& names, const std::function<void(std::string_view value)>& visit);
// "/a?password=x&b=1" -> "/a?password=***&b=1"; in a URL also the user in front of the host.
std::string mask_target(std::string_view target, const SecretNames& names = {});
// Keeps the scheme of a credential, the names of cookies and what follows a cookie that is set.
void mask_headers(Headers& headers, const SecretNames& names = {});
// Text of any kind: `password: x`, `"token":"x"`, token=x, <Secret>x</Secret>, `Bearer x`, the user in a URL. The name stays, x becomes
// ***; templates such as {{password}} stay.
std::string mask_text(std::string text);

}  // namespace understudy
