#include "conformance/judge/secret_names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

bool is_name_character(char c) { return is_upper(c) || is_lower(c) || is_digit(c) || c == '_' || c == '-'; }

// accessToken, access_token, X-Access-Token -> access, token (and x).
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      if (!words.back().empty()) words.emplace_back();
      continue;
    }
    const bool begins = is_upper(c) && i > 0 && (is_lower(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if (begins && !words.back().empty()) words.emplace_back();
    words.back() += ascii_lower(c);
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <std::size_t N>
bool holds_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view one) { return word.find(one) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 12> kSecretParts = {"password", "passwd",    "passphrase", "secret",     "token",  "apikey",
                                                           "jwt",      "accesskey", "privatekey", "credential", "cookie", "bearer"};
constexpr std::array<std::string_view, 4> kSecretWords = {"pwd", "pin", "otp", "authorization"};
constexpr std::array<std::string_view, 11> kKeyKinds = {"api",    "access",  "secret",  "private",    "auth",   "subscription",
                                                        "client", "license", "signing", "encryption", "session"};
// What is said about a credential, without saying it.
constexpr std::array<std::string_view, 16> kAbout = {"type", "expires", "expiry", "expiration", "lifetime", "ttl",    "length", "required",
                                                     "url",  "uri",     "in",     "at",         "status",   "format", "policy", "count"};
constexpr std::array<std::string_view, 7> kHeaderWords = {"auth", "authentication", "session", "csrf", "xsrf", "signature", "sid"};

bool is_secret(const std::vector<std::string>& words) {
  if (words.empty() || is_one_of(words.back(), kAbout)) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (holds_one_of(words[i], kSecretParts) || is_one_of(words[i], kSecretWords)) return true;
    if (words[i] == "key" && i > 0 && is_one_of(words[i - 1], kKeyKinds)) return true;
  }
  return false;
}

// A word of a language, not of a generator.
bool is_plain_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || c == '-'; });
}

bool is_token_character(char c) { return is_name_character(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '='; }

bool is_scheme(std::string_view word) {
  constexpr std::array<std::string_view, 5> kSchemes = {"bearer", "basic", "token", "digest", "apikey"};
  return is_one_of(to_lower(word), kSchemes);
}

// One pass over a text that writes it anew.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::string go() {
    while (at_ < text_.size()) {
      if (!is_name_character(text_[at_])) {
        if (text_.substr(at_).starts_with("://"))
          hide_user();
        else
          copy(1);
        continue;
      }
      std::size_t end = at_;
      while (end < text_.size() && is_name_character(text_[end])) ++end;
      const auto name = text_.substr(at_, end - at_);
      copy(name.size());
      // `auth: expired` is a scenario's word, X-Auth: ... is a header.
      const bool header = peek(0) == ':' && name.find('-') != std::string_view::npos && is_secret_header(name);
      if (is_scheme(name) && peek(0) == ' ')
        hide_after_scheme();
      else if (is_secret_name(name) || header)
        hide_value(header && !is_secret_name(name));
    }
    return std::move(out_);
  }

 private:
  char peek(std::size_t offset) const { return at_ + offset < text_.size() ? text_[at_ + offset] : '\0'; }

  void copy(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }

  void replace(std::size_t end) {
    out_ += kHidden;
    at_ = end;
  }

  // Behind "://": everything before the last '@' of the authority.
  void hide_user() {
    copy(3);
    const auto end = std::min(text_.find_first_of("/ \t\r\n\"'<>\\?#", at_), text_.size());
    const auto sign = text_.substr(at_, end - at_).rfind('@');
    if (sign != std::string_view::npos && sign > 0) replace(at_ + sign);
  }

  void hide_after_scheme() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_token_character(text_[end])) ++end;
    const auto word = text_.substr(at_ + 1, end - at_ - 1);
    if (word.size() < 8 || is_plain_word(word)) return;
    copy(1);
    replace(end);
  }

  // The name is copied; what may follow is quotes, a separator, quotes, and the value.
  void hide_value(bool to_line_end) {
    std::size_t at = at_;
    const auto skip = [&](std::string_view these, std::size_t most) {
      for (std::size_t n = 0; n < most && at < text_.size() && these.find(text_[at]) != std::string_view::npos; ++n) ++at;
    };
    skip("\\\"'", 4);
    skip(" \t", 8);
    const auto separator = at;
    skip(":=>", 2);
    if (at == separator) return;
    skip(" \t\r\n", 16);
    const auto quote = at;
    skip("\\\"'", 4);
    const auto quotes = text_.substr(quote, at - quote);
    if (at >= text_.size() || text_.substr(at).starts_with("{{") || text_.substr(at).starts_with(kHidden)) return;
    std::size_t end = at;
    if (!quotes.empty()) {
      end = find_closing(quotes, at);
    } else {
      end = std::min(text_.find_first_of(to_line_end ? "\r\n}" : " \t\r\n,;&<>)]}[{\"'\\", at), text_.size());
      if (!to_line_end && is_scheme(text_.substr(at, end - at)) && end < text_.size() && text_[end] == ' ')
        end = std::min(text_.find_first_of(" \t\r\n,;&<>)]}\"'\\", end + 1), text_.size());
    }
    if (end == at) return;
    copy(at - at_);
    replace(end);
  }

  // The same quotes again: `"` is not closed by `\"`.
  std::size_t find_closing(std::string_view quotes, std::size_t from) const {
    for (auto at = from; at < text_.size(); ++at) {
      if (text_.substr(at).starts_with(quotes)) return at;
      if (text_[at] == '\n') return at;
      if (text_[at] == '\\' && quotes.front() != '\\') ++at;
    }
    return text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

bool is_secret_name(std::string_view name) { return is_secret(words_of(name)); }

bool is_secret_header(std::string_view name) {
  const auto words = words_of(name);
  return is_secret(words) || std::any_of(words.begin(), words.end(), [](const std::string& word) { return is_one_of(word, kHeaderWords); });
}

std::string hide_named_secrets(std::string text) {
  if (text.size() < 5) return text;
  return Scan(text).go();
}

}  // namespace understudy
