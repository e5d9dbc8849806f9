#include "mock/wiremock/secrets.h"

#include <algorithm>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view kMask = "***";
// Compared without case and punctuation.
constexpr std::string_view kSecretNames[] = {"password",     "passwd",    "pwd",           "passphrase",         "secret",
                                             "clientsecret", "token",     "accesstoken",   "refreshtoken",       "idtoken",
                                             "apikey",       "xapikey",   "authorization", "proxyauthorization", "privatekey",
                                             "cookie",       "setcookie", "sessiontoken"};

bool is_secret_name(std::string_view name, const Names& further = {}) {
  std::string plain;
  for (const char c : to_lower(name)) {
    if (is_lower(c) || is_digit(c)) plain += c;
  }
  return std::ranges::find(kSecretNames, plain) != std::end(kSecretNames) ||
         std::ranges::any_of(further, [&](const std::string& other) { return equals_ignore_case(other, name); });
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The position behind the string that starts at `at`; the end of the text if the string is cut.
std::size_t skip_text(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.size();
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// The position behind the value that starts at `at`.
std::size_t skip_value(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') return skip_text(text, at);
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_text(text, at);
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c))) return at;
    if (c == '{' || c == '[') ++depth;
    ++at;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return at;
}

std::string name_in(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos) return std::string(quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2));
  const auto parsed = parse_json(quoted);
  return parsed && parsed->is_string() ? parsed->get<std::string>() : std::string();
}

std::string mask_json(std::string_view text, const Names& further) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const std::size_t end = skip_text(text, at);
    const std::size_t colon = skip_spaces(text, end);
    const bool is_name = colon < text.size() && text[colon] == ':';
    if (!is_name || !is_secret_name(name_in(text.substr(at, end - at)), further)) {
      at = end;
      continue;
    }
    const std::size_t value = skip_spaces(text, colon + 1);
    at = skip_value(text, value);
    if (at == value) continue;  // the body is cut before the value
    out.append(text.substr(copied, value - copied)).append("\"").append(kMask).append("\"");
    copied = at;
  }
  return out.append(text.substr(copied));
}

std::string mask_form(std::string_view text, const Names& further) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && is_secret_name(percent_decode(pair.substr(0, equals), true), further))
      out.append(pair.substr(0, equals + 1)).append(kMask);
    else
      out.append(pair);
    if (end < text.size()) out += '&';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Keeps the scheme: "Bearer ***".
std::string mask_credential(std::string_view value) {
  const auto space = value.find(' ');
  const bool has_scheme = space != std::string_view::npos && space < 20;
  return (has_scheme ? std::string(value.substr(0, space + 1)) : std::string()) + std::string(kMask);
}

// Keeps the names of the cookies.
std::string mask_cookies(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const auto end = std::min(value.find(';'), value.size());
    const std::string_view pair = value.substr(0, end);
    const auto equals = pair.find('=');
    out.append(pair.substr(0, equals == std::string_view::npos ? 0 : equals + 1)).append(kMask);
    if (end < value.size()) out += "; ";
    value.remove_prefix(std::min(end + 1, value.size()));
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  }
  return out;
}

std::string mask_set_cookie(std::string_view value) {
  const auto end = std::min(value.find(';'), value.size());
  return mask_cookies(value.substr(0, end)) + std::string(value.substr(end));
}

void mask_headers(Headers& headers, const Contracts& contracts) {
  for (Header& header : headers) {
    const bool of_contract = std::ranges::any_of(
        contracts.apis, [&](const auto& contract) { return equals_ignore_case(header.name, contract->credentials.header); });
    if (equals_ignore_case(header.name, "Cookie"))
      header.value = mask_cookies(header.value);
    else if (equals_ignore_case(header.name, "Set-Cookie"))
      header.value = mask_set_cookie(header.value);
    else if (of_contract || is_secret_name(header.name))
      header.value = mask_credential(header.value);
  }
}

void mask_finding(Finding& finding, const Names& further) {
  const auto tokens = split_pointer(finding.pointer);
  if (std::ranges::none_of(tokens, [&](const std::string& token) { return is_secret_name(token, further); })) return;
  finding.actual = kMask;
  finding.message = finding.code + " " + finding.pointer;
}

std::string mask_target(std::string_view target, const Names& further) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return std::string(target);
  return std::string(target.substr(0, mark + 1)) + mask_form(target.substr(mark + 1), further);
}

// The names of the members that hold passwords and tokens in this API.
Names secret_members(const Contract* contract) {
  Names names;
  if (contract == nullptr) return names;
  std::vector<std::string> pointers = {contract->credentials.password, contract->credentials.token};
  if (contract->batch) pointers.push_back(contract->batch->credential_password);
  for (const std::string& pointer : pointers) {
    if (const auto tokens = split_pointer(pointer); !tokens.empty()) names.push_back(tokens.back());
  }
  return names;
}

}  // namespace

std::string mask_body(std::string_view body, const Names& further) {
  const std::size_t start = skip_spaces(body, 0);
  const bool json = start < body.size() && (body[start] == '{' || body[start] == '[' || body[start] == '"');
  return !json && body.find('=') != std::string_view::npos ? mask_form(body, further) : mask_json(body, further);
}

Logged mask_secrets(const Logged& logged, const Contracts& contracts) {
  JournalEntry entry = *logged.entry;
  const Names further = secret_members(contracts.find_api(entry.api));
  entry.request.target = mask_target(entry.request.target, further);
  entry.request.body = mask_body(entry.request.body, further);
  entry.response.body = mask_body(entry.response.body, further);
  mask_headers(entry.request.headers, contracts);
  mask_headers(entry.response.headers, contracts);
  for (Decision& decision : entry.decisions) {
    for (Finding& finding : decision.findings) mask_finding(finding, further);
  }
  return {.entry = std::make_shared<const JournalEntry>(std::move(entry)), .tenant = logged.tenant};
}

}  // namespace understudy
