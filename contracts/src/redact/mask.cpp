#include "contracts/src/redact/mask.h"

#include <algorithm>
#include <array>

#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr auto kNone = std::string_view::npos;

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }
bool is_token_character(char c) { return is_name_character(c) || c == '.' || c == '~' || c == '+' || c == '/' || c == '='; }

bool is_scheme(std::string_view word) {
  constexpr std::array<std::string_view, 5> kSchemes = {"bearer", "basic", "token", "digest", "apikey"};
  return std::ranges::find(kSchemes, to_lower(word)) != kSchemes.end();
}

// A generated token has digits or capital letters.
bool is_plain_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_lower(c) || c == '-'; });
}

std::size_t find_first_of(std::string_view text, std::string_view characters, std::size_t from) {
  return std::min(text.find_first_of(characters, from), text.size());
}

// The '@' behind the user of a URL whose authority starts at `from` and ends at one of `ends`; npos: no user.
std::size_t find_user_end(std::string_view text, std::size_t from, std::string_view ends) {
  const auto sign = text.substr(from, find_first_of(text, ends, from) - from).rfind('@');
  return sign == kNone || sign == 0 ? kNone : from + sign;
}

// --- JSON, also where it is cut off -----------------------------------------------------------------------------------------
std::size_t skip_blanks(std::string_view text, std::size_t at) { return std::min(text.find_first_not_of(" \t\r\n", at), text.size()); }

// Behind the closing quote of the string that starts at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.size();
}

// Behind the value of any type that starts at `at`.
std::size_t skip_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',' || skip_blanks(text, at) != at)) return at;
    if (c == '{' || c == '[') ++depth;
    ++at;
    if (closes && --depth == 0) return at;
  }
  return at;
}

// "pass\u0077ord" -> password
std::string unescape(std::string_view quoted) {
  if (quoted.find('\\') == kNone) return std::string(quoted.substr(1, quoted.size() - 2));
  const auto parsed = parse_json(quoted);
  return parsed && parsed->is_string() ? parsed->get<std::string>() : std::string();
}

// Calls visit(begin, end) for the value of each member that has a secret name.
template <class Visit>
void visit_secret_values(std::string_view text, const SecretNames& names, const Visit& visit) {
  for (auto at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const auto end = skip_string(text, at);
    const auto colon = skip_blanks(text, end);
    const bool is_name = colon < text.size() && text[colon] == ':';
    if (!is_name || !names.has_member(unescape(text.substr(at, end - at)))) {
      at = end;
      continue;
    }
    const auto value = skip_blanks(text, colon + 1);
    at = skip_value(text, value);
    if (at != value) visit(value, at);  // equal: cut off in front of it
  }
}

std::string mask_json(std::string_view text, const SecretNames& names) {
  std::string out;
  out.reserve(text.size());
  std::size_t copied = 0;
  visit_secret_values(text, names, [&](std::size_t begin, std::size_t end) {
    out.append(text.substr(copied, begin - copied)).append("\"").append(kMask).append("\"");
    copied = end;
  });
  return out.append(text.substr(copied));
}

// --- forms and headers ------------------------------------------------------------------------------------------------------
// Some servers separate by ';'; a secret ends only at '&', because it may hold a ';' itself.
std::string mask_form(std::string_view text, const SecretNames& names) {
  std::string out;
  while (!text.empty()) {
    auto end = find_first_of(text, "&;", 0);
    const auto equals = text.substr(0, end).find('=');
    const bool is_secret = equals != kNone && names.has_parameter(percent_decode(text.substr(0, equals), true));
    if (is_secret) end = find_first_of(text, "&", 0);
    out.append(text.substr(0, is_secret ? equals + 1 : end)).append(is_secret ? kMask : std::string_view());
    if (end < text.size()) out += text[end++];
    text.remove_prefix(end);
  }
  return out;
}

std::string mask_cookies(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const auto end = find_first_of(value, ";", 0);
    const auto equals = value.substr(0, end).find('=');
    out.append(value.substr(0, equals == kNone ? 0 : equals + 1)).append(kMask);
    if (end < value.size()) out += "; ";
    value.remove_prefix(std::min(skip_blanks(value, end + 1), value.size()));
  }
  return out;
}

// No secret, whatever the name: "RequirePin": null.
bool is_literal(std::string_view value) { return value == "null" || value == "true" || value == "false"; }

// --- text -------------------------------------------------------------------------------------------------------------------
class TextMasker {
 public:
  explicit TextMasker(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string run() {
    while (at_ < text_.size()) {
      if (!is_name_character(text_[at_])) {
        if (text_.substr(at_).starts_with("://"))
          mask_user();
        else
          copy(1);
        continue;
      }
      std::size_t end = at_;
      while (end < text_.size() && is_name_character(text_[end])) ++end;
      const auto name = text_.substr(at_, end - at_);
      copy(name.size());
      const char next = at_ < text_.size() ? text_[at_] : '\0';
      const bool is_member = is_secret_name(name);
      if (is_scheme(name) && next == ' ')
        mask_credential();
      else if (is_member || (next == ':' && name.find('-') != kNone && is_secret_header(name)))  // not a scenario's `auth: expired`
        mask_value(!is_member);
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }

  void mask_until(std::size_t end) {
    out_ += kMask;
    at_ = end;
  }

  void mask_user() {
    copy(3);
    if (const auto end = find_user_end(text_, at_, "/ \t\r\n\"'<>\\?#"); end != kNone) mask_until(end);
  }

  // Behind a scheme.
  void mask_credential() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_token_character(text_[end])) ++end;
    const auto word = text_.substr(at_ + 1, end - at_ - 1);
    if (word.size() < 8 || is_plain_word(word)) return;
    copy(1);
    mask_until(end);
  }

  // Behind a name: quotes, a separator, quotes, the value.
  void mask_value(bool to_line_end) {
    std::size_t at = at_;
    const bool is_json = at < text_.size() && text_[at] == '"';
    const auto skip = [&](std::string_view characters, std::size_t most) {
      for (std::size_t n = 0; n < most && at < text_.size() && characters.find(text_[at]) != kNone; ++n) ++at;
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
    const auto rest = text_.substr(at);
    if (rest.empty() || rest.starts_with("{{") || rest.starts_with(kMask)) return;
    std::size_t end = at;
    if (!quotes.empty()) {
      end = find_closing(quotes, at);
    } else {
      end = find_first_of(text_, to_line_end ? "\r\n}" : " \t\r\n,;&<>)]}[{\"'\\", at);
      if (!to_line_end && is_scheme(text_.substr(at, end - at)) && end < text_.size() && text_[end] == ' ')
        end = find_first_of(text_, " \t\r\n,;&<>)]}\"'\\", end + 1);
    }
    if (end == at || (quotes.empty() && is_literal(text_.substr(at, end - at)))) return;
    copy(at - at_);
    const std::string_view added = is_json && quotes.empty() ? "\"" : "";  // so that it stays JSON
    out_ += added;
    mask_until(end);
    out_ += added;
  }

  // The same quotes again: `"` is not closed by `\"`.
  std::size_t find_closing(std::string_view quotes, std::size_t from) const {
    for (auto at = from; at < text_.size(); ++at) {
      if (text_[at] == '\n' || text_.substr(at).starts_with(quotes)) return at;
      if (text_[at] == '\\' && quotes.front() != '\\') ++at;
    }
    return text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

void visit_secret_members(std::string_view json, const SecretNames& names, const std::function<void(std::string_view value)>& visit) {
  visit_secret_values(json, names, [&](std::size_t begin, std::size_t end) { visit(json.substr(begin, end - begin)); });
}

std::string mask_body(std::string_view body, const SecretNames& names) {
  const auto start = skip_blanks(body, 0);
  if (start < body.size() && std::string_view("{[\"").find(body[start]) != kNone) return mask_json(body, names);
  const auto end_of_name = body.find_first_of("= \t\r\n<>:");
  const bool is_form = end_of_name != kNone && body[end_of_name] == '=';
  return is_form ? mask_form(body, names) : mask_text(std::string(body));
}

std::string mask_target(std::string_view target, const SecretNames& names) {
  const auto query = find_first_of(target, "?", 0);
  std::string out(target.substr(0, query));
  if (const auto scheme = out.find("://"); scheme < out.find_first_of("/?#")) {
    if (const auto end = find_user_end(out, scheme + 3, "/#"); end != kNone) out.replace(scheme + 3, end - scheme - 3, kMask);
  }
  if (query < target.size()) out.append("?").append(mask_form(target.substr(query + 1), names));
  return out;
}

void mask_headers(Headers& headers, const SecretNames& names) {
  for (auto& [name, value] : headers) {
    const auto space = value.find(' ');
    if (equals_ignore_case(name, "Cookie")) {
      value = mask_cookies(value);
    } else if (equals_ignore_case(name, "Set-Cookie")) {
      const auto end = find_first_of(value, ";", 0);
      value = mask_cookies(std::string_view(value).substr(0, end)) + value.substr(end);
    } else if (names.has_header(name)) {
      value =
          (is_scheme(std::string_view(value).substr(0, space)) && space != kNone ? value.substr(0, space + 1) : "") + std::string(kMask);
    }
  }
}

std::string mask_text(std::string text) { return text.size() < 5 ? text : TextMasker(text).run(); }

}  // namespace understudy
