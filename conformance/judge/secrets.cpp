#include "conformance/judge/secrets.h"

#include "conformance/target/target.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"

namespace understudy {
namespace {

constexpr std::size_t kShortestLearnt = 8;

void add_member(std::set<std::string>& members, std::string_view pointer) {
  const auto tokens = split_pointer(pointer);
  if (!tokens.empty()) members.insert(to_lower(tokens.back()));
}

void hide_scalars(Json& value) {
  if (value.is_structured()) {
    for (auto& element : value) hide_scalars(element);
  } else if (!value.is_null() && !value.is_boolean()) {
    value = kHidden;
  }
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

std::string_view stem_of(std::string_view file) {
  const auto slash = file.rfind('/');
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  return file.substr(0, file.rfind('.'));
}

}  // namespace

// Collects from exchanges what their structure says is secret.
class Secrets::Learner {
 public:
  Learner(const Secrets& secrets, const Verdict& verdict) : secrets_(secrets), verdict_(verdict), stem_(stem_of(verdict.file)) {}

  SecretValues go() {
    for (const auto& step : verdict_.steps) {
      for (const auto* headers : {&step.request.headers, &step.result.response.headers}) {
        for (const auto& header : *headers) {
          if (secrets_.is_hidden_header(header.name)) learn_words(header.value);
        }
      }
      for (const auto* body : {&step.request.body, &step.result.response.body}) learn_body(*body);
      for (const auto& [name, value] : parse_form(query_of(step.request.target))) {
        if (secrets_.is_hidden_member(name)) learn(value);
      }
    }
    return std::move(values_);
  }

 private:
  // On a mock that is staged for the run, a scenario's name is its key: that is no secret.
  void learn(std::string_view value) {
    if (value.size() < kShortestLearnt || value.find(kHidden) != std::string_view::npos) return;
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
    if (body.empty()) return;
    if (const auto json = parse_json(body)) return learn_tree(*json, false);
    if (body.find('=') == std::string::npos) return;
    for (const auto& [name, value] : parse_form(body)) {
      if (secrets_.is_hidden_member(name)) learn(value);
    }
  }

  void learn_tree(const Json& value, bool secret) {
    if (value.is_string()) {
      if (secret) learn(value.get_ref<const std::string&>());
    } else if (value.is_object()) {
      for (const auto& [name, member] : value.items()) learn_tree(member, secret || secrets_.is_hidden_member(name));
    } else if (value.is_array()) {
      for (const auto& element : value) learn_tree(element, secret);
    }
  }

  const Secrets& secrets_;
  const Verdict& verdict_;
  std::string_view stem_;
  SecretValues values_;
};

void Secrets::add_contract(const Contract& contract) {
  if (!contract.credentials.header.empty()) headers_.insert(to_lower(contract.credentials.header));
  add_member(members_, contract.credentials.password);
  add_member(members_, contract.credentials.token);
  if (contract.batch) add_member(members_, contract.batch->credential_password);
}

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
    if (!is_hidden_header(header.name)) continue;
    // Behind the scheme, if it has one: Bearer, Basic.
    const auto space = header.value.find(' ');
    add_value(space == std::string::npos ? std::string_view(header.value) : std::string_view(header.value).substr(space + 1));
  }
}

void Secrets::add_value(std::string_view value) { values_.add(value); }

bool Secrets::is_hidden_header(std::string_view name) const { return headers_.contains(to_lower(name)) || is_secret_header(name); }

bool Secrets::is_hidden_member(std::string_view name) const { return members_.contains(to_lower(name)) || is_secret_name(name); }

std::string Secrets::hide_text(std::string text) const { return hide_named_secrets(values_.hide(std::move(text))); }

void Secrets::hide(Headers& headers) const {
  for (auto& header : headers) {
    header.value = is_hidden_header(header.name) ? std::string(kHidden) : hide_text(std::move(header.value));
    header.name = values_.hide(std::move(header.name));
  }
}

void Secrets::hide_tree(Json& value) const {
  if (value.is_object()) {
    Json hidden = Json::object();
    for (auto& [name, member] : value.items()) {
      auto kept = std::move(member);
      if (is_hidden_member(name) && !kept.is_null())
        hide_scalars(kept);
      else
        hide_tree(kept);
      hidden[values_.hide(name)] = std::move(kept);
    }
    value = std::move(hidden);
  } else if (value.is_array()) {
    for (auto& element : value) hide_tree(element);
  } else if (value.is_string()) {
    value = hide_text(value.get<std::string>());
  }
}

// JSON keeps its text unless something in it is secret; a name that occurs twice is caught by the text.
std::string Secrets::hide_body(std::string body) const {
  if (body.empty()) return body;
  if (auto json = parse_json(body)) {
    auto hidden = *json;
    hide_tree(hidden);
    if (hidden != *json) body = render_json(hidden);
  }
  return hide_text(std::move(body));
}

std::string Secrets::hide_target(std::string target) const {
  target = hide_text(std::move(target));
  const auto mark = target.find('?');
  if (mark == std::string::npos) return target;
  std::string out = target.substr(0, mark);
  char before = '?';
  for (std::string_view rest = std::string_view(target).substr(mark + 1);; before = '&') {
    const auto end = rest.find('&');
    const auto pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    const bool secret = equals != std::string_view::npos && is_hidden_member(percent_decode(pair.substr(0, equals), true));
    out += before;
    out += secret ? std::string(pair.substr(0, equals + 1)) + std::string(kHidden) : std::string(pair);
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + 1);
  }
}

void Secrets::hide(Request& request) const {
  request.method = hide_text(std::move(request.method));
  request.target = hide_target(std::move(request.target));
  hide(request.headers);
  request.body = hide_body(std::move(request.body));
}

void Secrets::hide(Problem& problem) const {
  problem.message = hide_text(std::move(problem.message));
  problem.source_line = hide_text(std::move(problem.source_line));
}

void Secrets::hide(Difference& difference) const {
  auto& finding = difference.finding;
  const auto tokens = split_pointer(finding.pointer);
  const bool of_header = finding.code == "header" && is_hidden_header(finding.pointer);
  bool secret = of_header;
  for (const auto& token : tokens) secret = secret || is_hidden_member(token);
  finding.expected = secret ? std::string(kHidden) : hide_text(std::move(finding.expected));
  finding.actual = secret ? std::string(kHidden) : hide_text(std::move(finding.actual));
  finding.message = secret ? std::string() : hide_text(std::move(finding.message));
  finding.pointer = values_.hide(std::move(finding.pointer));
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
        if (is_hidden_header(name)) hide_scalars(value);
      }
    }
    hide_tree(part.words);
    if (part.body) hide_tree(*part.body);
  }
}

void Secrets::hide_parts(Verdict& verdict) const {
  verdict.name = values_.hide(std::move(verdict.name));
  verdict.title = hide_text(std::move(verdict.title));
  verdict.reason = hide_text(std::move(verdict.reason));
  if (verdict.problem) hide(*verdict.problem);
  for (auto* list : {&verdict.orphaned, &verdict.not_removable})
    for (auto& one : *list) one = hide_text(std::move(one));
  for (auto& step : verdict.steps) hide(step);
  hide_tree(verdict.given);
}

void Secrets::hide(Verdict& verdict) const {
  const auto learnt = Learner(*this, verdict).go();
  if (learnt.empty()) return hide_parts(verdict);
  Secrets all = *this;
  all.values_.add(learnt);
  all.hide_parts(verdict);
}

}  // namespace understudy
