// Owns by which names credentials go: of members, variables, query parameters and headers, in any API. Values that are known
// to be secret are secret_values.h's business.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

// What reports show instead of a secret.
inline constexpr std::string_view kHidden = "***";

// password, access_token, apiKey, X-Client-Secret; not token_type, expires_in, key.
bool is_secret_name(std::string_view name);
// The same, and Authorization, Cookie, Set-Cookie, X-Session, X-Signature; not WWW-Authenticate.
bool is_secret_header(std::string_view name);

// What stands for a credential in text of any kind: `password: x`, `"token":"x"`, token=x, <Secret>x</Secret>, `Bearer x`,
// user:x@ in a URL. The name stays, x becomes ***; templates such as {{password}} stay.
std::string hide_named_secrets(std::string text);

}  // namespace understudy
