#include "contracts/src/redact/secret_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

using Words = std::vector<std::string>;

// accessToken, access_token, Access-Token -> access, token
Words split_name(std::string_view name) {
  Words words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_separator = !is_letter(name[i]) && !is_digit(name[i]);
    const bool is_capital = is_upper(name[i]) && i > 0 && (is_lower(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if ((is_separator || is_capital) && !words.back().empty()) words.emplace_back();
    if (!is_separator) words.back() += ascii_lower(name[i]);
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// A word with one of these in it is secret.
constexpr std::array<std::string_view, 12> kSecretParts = {"password", "passwd",    "passphrase", "secret",     "token",  "apikey",
                                                           "jwt",      "accesskey", "privatekey", "credential", "cookie", "bearer"};
constexpr std::array<std::string_view, 5> kSecretWords = {"pwd", "pin", "otp", "authorization", "proxyauthorization"};
constexpr std::array<std::string_view, 11> kSecretKeys = {"api",    "access",  "secret",  "private",    "auth",   "subscription",
                                                          "client", "license", "signing", "encryption", "session"};
constexpr std::array<std::string_view, 7> kOpenKeys = {"idempotency", "public", "cache", "surrogate", "socket", "partition", "sort"};
// A name that ends in one of these describes a secret and does not hold it: token_type, password_required.
constexpr std::array<std::string_view, 16> kDescribing = {"type",   "expires",  "expiry", "expiration", "lifetime", "ttl",
                                                          "length", "required", "url",    "uri",        "in",       "at",
                                                          "status", "format",   "policy", "count"};
// Secret in headers and parameters; an ordinary word in a body.
constexpr std::array<std::string_view, 8> kSessionWords = {"auth", "authentication", "session", "csrf", "xsrf", "signature", "sig", "sid"};

// Whether a secret word can be in the name: each has one of these beginnings in it.
bool may_be_secret(std::string_view name) {
  constexpr auto pack = [](const char(&text)[4]) {
    return static_cast<std::uint32_t>(text[0]) << 16 | static_cast<std::uint32_t>(text[1]) << 8 | static_cast<std::uint32_t>(text[2]);
  };
  std::uint32_t last = 0;  // three letters or digits
  for (const char c : name) {
    if (!is_letter(c) && !is_digit(c)) continue;
    last = (last << 8 | static_cast<unsigned char>(ascii_lower(c))) & 0xffffffU;
    switch (last) {
      case pack("pas"):
      case pack("sec"):
      case pack("tok"):
      case pack("key"):
      case pack("jwt"):
      case pack("cre"):
      case pack("coo"):
      case pack("bea"):
      case pack("pwd"):
      case pack("pin"):
      case pack("otp"):
      case pack("aut"): return true;
      default: break;
    }
  }
  return false;
}

bool is_one_of(std::string_view word, const auto& list) { return std::ranges::find(list, word) != list.end(); }

bool is_secret_word(std::string_view word) {
  const bool has_part = std::ranges::any_of(kSecretParts, [&](std::string_view part) { return word.find(part) != std::string_view::npos; });
  return has_part || is_one_of(word, kSecretWords) || (word.ends_with("key") && is_one_of(word.substr(0, word.size() - 3), kSecretKeys));
}

bool is_describing(const Words& words) { return words.empty() || is_one_of(words.back(), kDescribing); }

bool is_secret(const Words& words) {
  if (is_describing(words)) return false;
  std::string joined;  // pass_word
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_secret_word(words[i]) || (words[i] == "key" && i > 0 && is_one_of(words[i - 1], kSecretKeys))) return true;
    joined += words[i];
  }
  return is_one_of(joined, kSecretParts) || is_one_of(joined, kSecretWords);
}

bool has_session_word(const Words& words) {
  return std::ranges::any_of(words, [](const std::string& word) { return is_one_of(word, kSessionWords); });
}

}  // namespace

bool is_secret_name(std::string_view name) { return may_be_secret(name) && is_secret(split_name(name)); }

bool is_secret_header(std::string_view name) {
  const auto words = split_name(name);
  const bool is_key = !words.empty() && words.back() == "key" && (words.size() == 1 || !is_one_of(words[words.size() - 2], kOpenKeys));
  return is_key || has_session_word(words) || is_secret(words);
}

bool is_secret_parameter(std::string_view name) {
  const auto words = split_name(name);
  return words == Words{"key"} || has_session_word(words) || is_secret(words);
}

void SecretNames::add_header(std::string_view name) {
  if (!name.empty()) headers.insert(to_lower(name));
}

void SecretNames::add_member_at(std::string_view pointer) {
  if (const auto tokens = split_pointer(pointer); !tokens.empty()) members.insert(to_lower(tokens.back()));
}

bool SecretNames::has_member(std::string_view name) const {
  return is_secret_name(name) || (!members.empty() && members.contains(to_lower(name)));
}
bool SecretNames::has_header(std::string_view name) const { return is_secret_header(name) || headers.contains(to_lower(name)); }
bool SecretNames::has_parameter(std::string_view name) const { return is_secret_parameter(name) || members.contains(to_lower(name)); }

bool SecretNames::has_member_on(std::string_view pointer) const {
  return std::ranges::any_of(split_pointer(pointer), [&](const std::string& token) { return has_member(token); });
}

}  // namespace understudy
