#include "mock/wiremock/request_pattern.h"

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "mock/admin/path.h"

namespace understudy {
namespace {

using Subject = RequestPattern::Subject;
using Pairs = std::vector<std::pair<std::string, std::string>>;

enum class Form {
  text,        // a string
  regex,       // a regular expression
  matcher,     // a string or one matcher
  matchers,    // an object with one matcher per name
  list,        // a list of matchers
  basic_auth,  // {"username", "password"}
};

struct Member {
  std::string_view member;
  Subject subject;
  Form form = Form::matcher;
};
constexpr std::array kMembers = std::to_array<Member>({
    {"method", Subject::method, Form::text},
    {"url", Subject::url, Form::text},
    {"urlPattern", Subject::url, Form::regex},
    {"urlPath", Subject::path, Form::text},
    {"urlPathPattern", Subject::path, Form::regex},
    {"urlPathTemplate", Subject::path_template, Form::text},
    {"scheme", Subject::scheme, Form::text},
    {"port", Subject::port, Form::text},
    {"headers", Subject::header, Form::matchers},
    {"queryParameters", Subject::query, Form::matchers},
    {"formParameters", Subject::form, Form::matchers},
    {"pathParameters", Subject::path_parameter, Form::matchers},
    {"cookies", Subject::cookie, Form::matchers},
    {"host", Subject::host},
    {"clientIp", Subject::client},
    {"basicAuth", Subject::header, Form::basic_auth},
    {"basicAuthCredentials", Subject::header, Form::basic_auth},
    {"bodyPatterns", Subject::body, Form::list},
});
// Of the member `understudy`.
constexpr std::array kOwnMembers = std::to_array<Member>({
    {"tenant", Subject::tenant},
    {"api", Subject::api},
    {"operation", Subject::operation},
    {"answer", Subject::answer},
    {"rule", Subject::rule},
    {"fault", Subject::fault},
    {"status", Subject::status},
});

// How a near miss calls each Subject, in the order of the enumeration.
constexpr std::array<std::string_view, 21> kNames = {
    "method",         "url",    "path",   "path", "path parameter", "scheme", "host",      "port",   "client", "query parameter",
    "form parameter", "header", "cookie", "body", "tenant",         "api",    "operation", "answer", "rule",   "fault",
    "status"};

double weight_of(Subject subject) {
  if (subject == Subject::url || subject == Subject::path || subject == Subject::path_template) return 10;
  return subject == Subject::method ? 3 : 1;
}

// The first member of `given` that is not in the table.
std::optional<PatternError> find_unknown_member(const Json& given, std::span<const Member> table, std::vector<std::string> known,
                                                const std::string& pointer) {
  for (const Member& member : table) known.emplace_back(member.member);
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      return PatternError{join_pointer(pointer, name), "the criterion '" + name + "' is not supported" + did_you_mean(name, known)};
    }
  }
  return std::nullopt;
}

tl::unexpected<PatternError> unexpected_value(const std::string& pointer, const Json& found, const std::string& expected) {
  return pattern_error(pointer, "found " + describe(found) + ", expected " + expected);
}

PatternResult<std::string> parse_basic_auth(const Json& given, const std::string& pointer) {
  if (!given.is_object()) return unexpected_value(pointer, given, "{\"username\": ..., \"password\": ...}");
  for (const auto& [name, value] : given.items()) {
    if (name != "username" && name != "password") return pattern_error(join_pointer(pointer, name), "'" + name + "' is not known here");
    if (!value.is_string()) return unexpected_value(join_pointer(pointer, name), value, "a string");
  }
  if (given.size() != 2) return pattern_error(pointer, "both username and password are needed");
  return "Basic " + encode_base64(given["username"].get<std::string>() + ":" + given["password"].get<std::string>());
}

// A string means {"equalTo": ...}; so does an integer if it is allowed.
PatternResult<StringPattern> parse_text_or_matcher(const Json& value, const std::string& pointer, bool allow_integer) {
  if (value.is_string()) return StringPattern::equal_to(value.get<std::string>());
  if (allow_integer && is_written_as_integer(value)) return StringPattern::equal_to(render_json(value));
  return StringPattern::parse(value, pointer);
}

std::vector<std::string> values_named(const Pairs& pairs, const std::string& name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs) {
    if (key == name) values.push_back(value);
  }
  return values;
}

// This member of each decision that has it.
std::vector<std::string> of_decisions(const JournalEntry& entry, std::string Decision::*member) {
  std::vector<std::string> values;
  for (const Decision& decision : entry.decisions) {
    if (!(decision.*member).empty()) values.push_back(decision.*member);
  }
  return values;
}

std::string render_values(const std::vector<std::string>& values) {
  if (values.empty()) return "absent";
  std::string text;
  for (const std::string& value : values) {
    text += (text.empty() ? "" : ", ") + quote(value);
    if (text.size() > 400) break;
  }
  return text;
}

// The value of a credential must not appear in a near miss.
bool is_secret(Subject subject, const std::string& name) { return subject == Subject::header && equals_ignore_case(name, "Authorization"); }

double rounded(double number) { return std::round(number * 1e6) / 1e6; }

}  // namespace

double distance_of(const std::vector<CriterionResult>& results) {
  double sum = 0, weights = 0;
  for (const CriterionResult& result : results) {
    sum += result.weight * result.distance;
    weights += result.weight;
  }
  return weights == 0 ? 0 : rounded(sum / weights);
}

Json render_criteria(const std::vector<CriterionResult>& results) {
  Json out = Json::array();
  for (const CriterionResult& result : results) {
    out.push_back({{"criterion", result.criterion},
                   {"matched", result.matched},
                   {"expected", result.expected},
                   {"actual", result.actual},
                   {"distance", rounded(result.distance)}});
  }
  return out;
}

PatternResult<RequestPattern> RequestPattern::parse(const Json& given) {
  if (!given.is_object()) return unexpected_value("", given, "a request pattern");
  if (auto error = find_unknown_member(given, kMembers, {"understudy"}, "")) return tl::unexpected(*std::move(error));
  RequestPattern pattern;
  std::optional<PatternError> error;
  const auto add = [&](Subject subject, const std::string& name, PatternResult<StringPattern> matcher) {
    if (matcher)
      pattern.criteria_.push_back({.subject = subject, .name = name, .pattern = *std::move(matcher)});
    else if (!error)
      error = std::move(matcher).error();
  };

  std::string url_member;
  for (const auto& [member, subject, form] : kMembers) {
    const auto found = given.find(member);
    if (found == given.end() || found->is_null()) continue;
    const Json& value = *found;
    const std::string place = join_pointer("", member);
    switch (form) {
      case Form::text:
      case Form::regex: {
        const std::string text = value.is_string() ? value.get<std::string>() : is_written_as_integer(value) ? render_json(value) : "";
        if (text.empty()) return unexpected_value(place, value, "a text");
        if (member.starts_with("url")) {
          if (!url_member.empty())
            return pattern_error(place, "found '" + std::string(member) + "' beside '" + url_member + "', expected one of them");
          url_member = member;
        }
        if (subject == Subject::method && equals_ignore_case(text, "ANY")) break;
        if (subject == Subject::path_template) pattern.template_ = text;
        add(subject, {}, form == Form::regex ? StringPattern::matching(text, place) : StringPattern::equal_to(text));
        break;
      }
      case Form::matcher: add(subject, {}, parse_text_or_matcher(value, place, false)); break;
      case Form::matchers:
        if (!value.is_object()) return unexpected_value(place, value, "an object of matchers");
        for (const auto& [name, matcher] : value.items()) {
          add(subject, name, StringPattern::parse(matcher, join_pointer(place, name)));
          if (!error && subject == Subject::path_parameter && pattern.template_.find("{" + name + "}") == std::string::npos)
            return pattern_error(join_pointer(place, name), "no urlPathTemplate names {" + name + "}");
        }
        break;
      case Form::list:
        if (!value.is_array()) return unexpected_value(place, value, "a list of matchers");
        for (std::size_t i = 0; i < value.size(); ++i) add(subject, {}, StringPattern::parse(value[i], join_pointer(place, i)));
        break;
      case Form::basic_auth: add(subject, "Authorization", parse_basic_auth(value, place).map(StringPattern::equal_to)); break;
    }
    if (error) return tl::unexpected(*std::move(error));
  }
  if (const auto own = given.find("understudy"); own != given.end() && !own->is_null()) {
    if (!own->is_object()) return unexpected_value("/understudy", *own, "an object");
    if (auto unknown = find_unknown_member(*own, kOwnMembers, {}, "/understudy")) return tl::unexpected(*std::move(unknown));
    for (const auto& [name, value] : own->items()) {
      const auto member = std::ranges::find(kOwnMembers, name, &Member::member);
      add(member->subject, {}, parse_text_or_matcher(value, join_pointer("/understudy", name), true));
    }
    if (error) return tl::unexpected(*std::move(error));
  }
  return pattern;
}

std::vector<std::string> RequestPattern::values_of(const Criterion& criterion, const Logged& logged) const {
  const JournalEntry& entry = *logged.entry;
  const Request& request = entry.request;
  const std::string path(path_of(request.target));
  const auto unless_empty = [](std::string text) { return text.empty() ? std::vector<std::string>() : std::vector{std::move(text)}; };
  switch (criterion.subject) {
    case Subject::method: return {request.method};
    case Subject::url: return {request.target};
    case Subject::path:
    case Subject::path_template: return {path};
    case Subject::path_parameter: return values_named(match_path(template_, path).value_or(Pairs()), criterion.name);
    case Subject::scheme: return {origin_of(entry).scheme};
    case Subject::host: return {origin_of(entry).host};
    case Subject::port: return {std::to_string(origin_of(entry).port)};
    case Subject::client: return unless_empty(entry.client);
    case Subject::query: return values_named(parse_form(query_of(request.target)), criterion.name);
    case Subject::form: {
      const auto type = find_header(request.headers, "Content-Type");
      if (!type || media_type_of(*type) != "application/x-www-form-urlencoded") return {};
      return values_named(parse_form(request.body), criterion.name);
    }
    case Subject::header: {
      std::vector<std::string> values;
      for (const Header& header : request.headers) {
        if (equals_ignore_case(header.name, criterion.name)) values.push_back(header.value);
      }
      return values;
    }
    case Subject::cookie: return values_named(cookies_of(request.headers), criterion.name);
    case Subject::body: return unless_empty(request.body);
    case Subject::tenant: return {logged.tenant};
    case Subject::api: return unless_empty(entry.api);
    case Subject::operation: return of_decisions(entry, &Decision::operation);
    case Subject::answer: return of_decisions(entry, &Decision::answer);
    case Subject::rule: return of_decisions(entry, &Decision::rule);
    case Subject::fault: return unless_empty(entry.fault);
    case Subject::status: return {std::to_string(entry.response.status)};
  }
  return {};
}

bool RequestPattern::holds(const Criterion& criterion, const Logged& logged, StepBudget& budget) const {
  const bool reads_body = criterion.subject == Subject::body || criterion.subject == Subject::form;
  if (!budget.take_text(logged.entry->request.target) || (reads_body && !budget.take_text(logged.entry->request.body))) return false;
  if (criterion.subject == Subject::path_template) return match_path(template_, path_of(logged.entry->request.target)).has_value();
  return criterion.pattern.match(values_of(criterion, logged), budget);
}

bool RequestPattern::match(const Logged& logged, StepBudget& budget) const {
  return std::ranges::all_of(criteria_, [&](const Criterion& criterion) { return holds(criterion, logged, budget); });
}

std::vector<CriterionResult> RequestPattern::compare(const Logged& logged, StepBudget& budget) const {
  std::vector<CriterionResult> results;
  for (const Criterion& criterion : criteria_) {
    const auto values = values_of(criterion, logged);
    const bool matched = holds(criterion, logged, budget);
    const bool secret = is_secret(criterion.subject, criterion.name);
    results.push_back({.criterion = std::string(kNames[static_cast<std::size_t>(criterion.subject)]) +
                                    (criterion.name.empty() ? "" : " " + criterion.name),
                       .matched = matched,
                       .expected = secret ? "a credential" : criterion.pattern.describe(),
                       .actual = secret && !values.empty() ? (matched ? "this one" : "another one") : render_values(values),
                       .distance = matched ? 0 : criterion.pattern.distance(values, budget),
                       .weight = weight_of(criterion.subject)});
  }
  return results;
}

std::optional<PatternError> RequestPattern::find_unknown_name(const Names& names, StepBudget& budget) const {
  for (const Criterion& criterion : criteria_) {
    const auto* known = criterion.subject == Subject::tenant      ? &names.tenants
                        : criterion.subject == Subject::api       ? &names.apis
                        : criterion.subject == Subject::operation ? &names.operations
                        : criterion.subject == Subject::answer    ? &names.answers
                                                                  : nullptr;
    if (known == nullptr) continue;
    const auto unknown = criterion.pattern.find_unknown(*known, budget);
    if (!unknown) continue;
    const std::string kind(kNames[static_cast<std::size_t>(criterion.subject)]);
    return PatternError{"/understudy/" + kind, "found '" + *unknown + "', which is no known " + kind + did_you_mean(*unknown, *known)};
  }
  return std::nullopt;
}

}  // namespace understudy
