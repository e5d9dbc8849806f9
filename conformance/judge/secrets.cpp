#include "conformance/judge/secrets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "conformance/target/target.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

constexpr std::size_t kShortestLearnt = 8;
constexpr std::size_t kLargeBody = 1u << 20;  // larger ones are masked as text, without a parsed copy
constexpr std::size_t kMostLearnt = 10'000;   // of one large body; one with more is not shown

std::size_t count_secret_members(std::string_view body, const SecretNames& names) {
  std::size_t count = 0;
  visit_secret_members(body, names, [&count](std::string_view) { ++count; });
  return count;
}

void hide_scalars(Json& value) {
  if (value.is_structured()) {
    for (auto& element : value) hide_scalars(element);
  } else if (!value.is_null() && !value.is_boolean()) {
    value = kMask;
  }
}

// Replaces the values that describe() has written: string "a" or integer 1 -> string ***, integer ***. Patterns stay.
std::string mask_values(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool is_number = out.ends_with("integer ") || out.ends_with("number ");
    const bool is_tree = out.ends_with("object ") || out.ends_with("array ");
    auto end = is_tree ? text.size() : is_number ? text.find_first_of(", ") : std::size_t{0};
    if (text.front() == '"') {
      end = 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      ++end;
    }
    end = std::min(end, text.size());
    out += end > 0 ? kMask : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(end, 1));
  }
  return out;
}

// The form of a value that describe() has written, without its characters: string *** (15 characters: letters, digits, '-')
std::string describe_secret(std::string_view text) {
  const auto quote = text.find('"');
  if (!text.starts_with("string \"")) return mask_values(text);
  const auto end = std::max(text.rfind('"'), quote + 1);
  const bool is_cut = text.ends_with("...");
  const auto value = is_cut ? text.substr(quote + 1, text.size() - 3 - quote - 1) : text.substr(quote + 1, end - quote - 1);
  std::set<std::string> kinds;
  for (const char c : value)
    kinds.insert(is_letter(c)                           ? "letters"
                 : is_digit(c)                          ? "digits"
                 : static_cast<unsigned char>(c) < 0x80 ? fmt::format("'{}'", c)
                                                        : "others");
  if (value.empty()) return std::string(text);
  return fmt::format("string {} ({}{} characters: {})", kMask, is_cut ? "more than " : "", value.size(), fmt::join(kinds, ", "));
}

// Of a URL: http://user:password@host, percent-decoded.
std::string password_of(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  const auto authority = url.substr(begin + 3, url.find('/', begin + 3) - begin - 3);
  const auto user = authority.substr(0, authority.rfind('@'));
  const auto colon = user.find(':');
  if (user.size() == authority.size() || colon == std::string_view::npos) return {};
  return percent_decode(user.substr(colon + 1));
}

}  // namespace

// Collects the values that the exchanges of a verdict carry under secret names.
class Secrets::Learner {
 public:
  Learner(const SecretNames& names, const Verdict& verdict)
      : names_(names), verdict_(verdict), stem_(std::filesystem::path(verdict.file).stem().string()) {}

  SecretValues run() {
    for (const auto& step : verdict_.steps) {
      for (const auto* headers : {&step.request.headers, &step.result.response.headers}) {
        for (const auto& header : *headers) {
          if (names_.has_header(header.name)) learn_words(header.value);
        }
      }
      for (const auto* body : {&step.request.body, &step.result.response.body}) learn_body(*body);
      learn_form(query_of(step.request.target));
    }
    return std::move(values_);
  }

 private:
  // Not the scenario's own name: on a mock with an admin API it is the key of the account.
  void learn(std::string_view value) {
    if (value.size() < kShortestLearnt || value.find(kMask) != std::string_view::npos) return;
    const bool is_public = verdict_.name.find(value) != std::string::npos || verdict_.file.find(value) != std::string::npos ||
                           (!stem_.empty() && value.find(stem_) != std::string_view::npos);
    if (!is_public) values_.add(value);
  }

  // Bearer abc; a=abc; Path=/
  void learn_words(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find_first_of(" ;,=\"");
      const auto word = text.substr(0, end);
      const bool is_attribute = equals_ignore_case(word, "HttpOnly") || equals_ignore_case(word, "SameSite");
      if (!is_attribute) learn(word);
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  void learn_body(const std::string& body) {
    if (body.size() > kLargeBody)
      return visit_secret_members(body, names_, [this, left = kMostLearnt](std::string_view value) mutable {
        if (left == 0) return;
        --left;
        if (const auto json = parse_json(value)) learn_tree(*json, true);
      });
    if (const auto json = parse_json(body)) return learn_tree(*json, false);
    learn_form(body);
  }

  void learn_form(std::string_view form) {
    for (const auto& [name, value] : parse_form(form)) {
      if (names_.has_member(name)) learn(value);
    }
  }

  void learn_tree(const Json& value, bool secret) {
    if (value.is_string() && secret) learn(value.get_ref<const std::string&>());
    if (!value.is_structured()) return;
    for (const auto& [name, member] : value.items()) learn_tree(member, secret || (value.is_object() && names_.has_member(name)));
  }

  const SecretNames& names_;
  const Verdict& verdict_;
  std::string stem_;
  SecretValues values_;
};

void Secrets::add_target(const Target& target, const Contracts& contracts) {
  for (const auto& contract : contracts.apis) {
    add_contract(*contract);
    if (target.can_arrange()) continue;
    const auto& account = account_at(target, contract->api);
    add_value(account.password);
    if (account.key != account.username) add_value(account.key);
  }
  for (const auto& value : target.secrets) add_value(value);
  add_value(target.admin_token);
  for (const auto* proxy : {&target.connection.proxies.http, &target.connection.proxies.https}) add_value(password_of(*proxy));
  add_headers(target.headers);
  if (target.provider_states) add_headers(target.provider_states->headers);
}

void Secrets::add_headers(const Headers& headers) {
  for (const auto& header : headers) {
    if (!names_.has_header(header.name)) continue;
    // Behind the scheme, if it has one: Bearer, Basic.
    const auto space = header.value.find(' ');
    add_value(space == std::string::npos ? std::string_view(header.value) : std::string_view(header.value).substr(space + 1));
  }
}

std::string Secrets::hide_text(std::string text) const { return mask_text(values_.mask(std::move(text))); }

void Secrets::hide(Headers& headers) const {
  mask_headers(headers, names_);
  for (auto& header : headers) header = {.name = values_.mask(std::move(header.name)), .value = hide_text(std::move(header.value))};
}

void Secrets::hide_tree(Json& value) const {
  if (value.is_object()) {
    Json hidden = Json::object();
    for (auto& [name, member] : value.items()) {
      auto kept = std::move(member);
      if (names_.has_member(name) && !kept.is_null())
        hide_scalars(kept);
      else
        hide_tree(kept);
      hidden[values_.mask(name)] = std::move(kept);
    }
    value = std::move(hidden);
  } else if (value.is_array()) {
    for (auto& element : value) hide_tree(element);
  } else if (value.is_string()) {
    value = hide_text(value.get<std::string>());
  }
}

// JSON keeps its text unless a value is masked; the text is masked too, for a name that occurs twice.
std::string Secrets::hide_body(std::string body) const {
  if (body.size() > kLargeBody) {
    if (count_secret_members(body, names_) > kMostLearnt) return std::string(kMask);
    body = mask_body(body, names_);
  } else if (const auto json = parse_json(body)) {
    auto hidden = *json;
    hide_tree(hidden);
    if (hidden != *json) body = render_json(hidden);
  } else {
    body = mask_body(body, names_);
  }
  return hide_text(std::move(body));
}

void Secrets::hide(Request& request) const {
  request.method = hide_text(std::move(request.method));
  request.target = mask_target(hide_text(std::move(request.target)), names_);
  hide(request.headers);
  request.body = hide_body(std::move(request.body));
}

void Secrets::hide(Problem& problem) const {
  problem.message = hide_text(std::move(problem.message));
  problem.source_line = hide_text(std::move(problem.source_line));
}

void Secrets::hide(Difference& difference) const {
  auto& finding = difference.finding;
  const bool secret = finding.code == "header" ? names_.has_header(finding.pointer) : names_.has_member_on(finding.pointer);
  // What a contract expects is public; what a scenario expects may be the secret itself.
  const bool is_literal = finding.code == "header" || finding.code.starts_with("match.");
  finding.expected = secret && is_literal ? mask_values(finding.expected) : hide_text(std::move(finding.expected));
  finding.actual = secret ? describe_secret(finding.actual) : hide_text(std::move(finding.actual));
  finding.message = secret ? std::string() : hide_text(std::move(finding.message));
  finding.pointer = values_.mask(std::move(finding.pointer));
  difference.source_line = hide_text(std::move(difference.source_line));
}

void Secrets::hide(StepReport& step) const {
  step.name = hide_text(std::move(step.name));
  hide(step.request);
  auto& response = step.result.response;
  response.reason = hide_text(std::move(response.reason));
  hide(response.headers);
  response.body = hide_body(std::move(response.body));
  step.result.detail = hide_text(std::move(step.result.detail));
  for (auto& difference : step.differences) hide(difference);
  step.source_line = hide_text(std::move(step.source_line));
  for (auto& part : step.expected) {
    if (const auto headers = part.words.find("headers"); headers != part.words.end() && headers->is_object()) {
      for (auto& [name, value] : headers->items()) {
        if (names_.has_header(name)) hide_scalars(value);
      }
    }
    hide_tree(part.words);
    if (part.body) hide_tree(*part.body);
  }
}

void Secrets::hide_parts(Verdict& verdict) const {
  verdict.name = values_.mask(std::move(verdict.name));
  verdict.title = hide_text(std::move(verdict.title));
  verdict.reason = hide_text(std::move(verdict.reason));
  if (verdict.problem) hide(*verdict.problem);
  for (auto* list : {&verdict.orphaned, &verdict.not_removable})
    for (auto& record : *list) record = hide_text(std::move(record));
  for (auto& step : verdict.steps) hide(step);
  hide_tree(verdict.given);
}

void Secrets::learn(const Verdict& verdict) { values_.add(Learner(names_, verdict).run()); }

void Secrets::hide(Verdict& verdict) const {
  const auto learnt = Learner(names_, verdict).run();
  if (learnt.empty()) return hide_parts(verdict);
  Secrets all = *this;
  all.values_.add(learnt);
  all.hide_parts(verdict);
}

}  // namespace understudy
