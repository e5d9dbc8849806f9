#include "mock/wiremock/request_pattern.h"

#include <cmath>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/problem.h"
#include "mock/admin/admin.h"

namespace understudy {

struct PatternMember {
  enum class Form {
    text,        // a string
    regex,       // a regular expression
    matcher,     // a string or one matcher
    matchers,    // an object with one matcher per name
    list,        // a list of matchers
    basic_auth,  // {"username", "password"}
  };

  std::string_view member;
  std::string_view criterion;  // its name in near misses
  // What an exchange has of it; `name`: of a header, a parameter ...
  std::vector<std::string> (*values)(const Logged& logged, const std::string& name, const std::string& path_template);
  Form form = Form::matcher;
  double weight = 1;
  bool reads_body = false;
};

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Values = std::vector<std::string>;

Values unless_empty(const std::string& text) { return text.empty() ? Values() : Values{text}; }

Values values_named(const Pairs& pairs, const std::string& name) {
  Values values;
  for (const auto& [key, value] : pairs) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::string path_of(const Logged& logged) { return std::string(understudy::path_of(logged.entry->request.target)); }

Values headers_named(const Logged& logged, const std::string& name, const std::string&) {
  Values values;
  for (const Header& header : logged.entry->request.headers) {
    if (equals_ignore_case(header.name, name)) values.push_back(header.value);
  }
  return values;
}

Values form_values(const Logged& logged, const std::string& name, const std::string&) {
  const Request& request = logged.entry->request;
  const auto type = find_header(request.headers, "Content-Type");
  if (!type || media_type_of(*type) != "application/x-www-form-urlencoded") return {};
  return values_named(parse_form(request.body), name);
}

// This member of each decision that has it.
template <auto member>
Values of_decisions(const Logged& logged, const std::string&, const std::string&) {
  Values values;
  for (const Decision& decision : logged.entry->decisions) {
    if (!(decision.*member).empty()) values.emplace_back(decision.*member);
  }
  return values;
}

Values url_of(const Logged& logged, const std::string&, const std::string&) { return {logged.entry->request.target}; }
Values paths_of(const Logged& logged, const std::string&, const std::string&) { return {path_of(logged)}; }

using Member = PatternMember;
using Form = Member::Form;
using Text = const std::string&;

constexpr std::array kMembers = std::to_array<Member>({
    {"method", "method", [](const Logged& logged, Text, Text) { return Values{logged.entry->request.method}; }, Form::text, 3},
    {"url", "url", url_of, Form::text, 10},
    {"urlPattern", "url", url_of, Form::regex, 10},
    {"urlPath", "path", paths_of, Form::text, 10},
    {"urlPathPattern", "path", paths_of, Form::regex, 10},
    {"urlPathTemplate", "path", paths_of, Form::text, 10},
    {"scheme", "scheme", [](const Logged& logged, Text, Text) { return Values{origin_of(*logged.entry).scheme}; }, Form::text},
    {"port", "port", [](const Logged& logged, Text, Text) { return Values{std::to_string(origin_of(*logged.entry).port)}; }, Form::text},
    {"headers", "header", headers_named, Form::matchers},
    {"queryParameters", "query parameter",
     [](const Logged& logged, Text name, Text) { return values_named(parse_form(query_of(logged.entry->request.target)), name); },
     Form::matchers},
    {"formParameters", "form parameter", form_values, Form::matchers, 1, true},
    {"pathParameters", "path parameter",
     [](const Logged& logged, Text name, Text path_template) {
       return values_named(match_path(path_template, path_of(logged)).value_or(Pairs()), name);
     },
     Form::matchers},
    {"cookies", "cookie",
     [](const Logged& logged, Text name, Text) { return values_named(cookies_of(logged.entry->request.headers), name); }, Form::matchers},
    {"host", "host", [](const Logged& logged, Text, Text) { return Values{origin_of(*logged.entry).host}; }},
    {"clientIp", "client", [](const Logged& logged, Text, Text) { return unless_empty(logged.entry->client); }},
    {"basicAuth", "header", headers_named, Form::basic_auth},
    {"basicAuthCredentials", "header", headers_named, Form::basic_auth},
    {"bodyPatterns", "body", [](const Logged& logged, Text, Text) { return unless_empty(logged.entry->request.body); }, Form::list, 1,
     true},
});
// Of the member `understudy`.
constexpr std::array kOwnMembers = std::to_array<Member>({
    {"tenant", "tenant", [](const Logged& logged, Text, Text) { return Values{logged.tenant}; }},
    {"api", "api", [](const Logged& logged, Text, Text) { return unless_empty(logged.entry->api); }},
    {"operation", "operation", of_decisions<&Decision::operation>},
    {"answer", "answer", of_decisions<&Decision::answer>},
    {"rule", "rule", of_decisions<&Decision::rule>},
    {"fault", "fault", [](const Logged& logged, Text, Text) { return unless_empty(logged.entry->fault); }},
    {"status", "status", [](const Logged& logged, Text, Text) { return Values{std::to_string(logged.entry->response.status)}; }},
});

// The first member of `given` that is not in the table.
std::optional<PatternError> find_unknown_member(const Json& given, std::span<const Member> table, std::vector<std::string> known,
                                                const std::string& pointer) {
  for (const Member& member : table) known.emplace_back(member.member);
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(known, name) == known.end())
      return PatternError{join_pointer(pointer, name), "the criterion '" + name + "' is not supported" + did_you_mean(name, known)};
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
bool is_secret(const Member& member, const std::string& name) {
  return member.values == headers_named && equals_ignore_case(name, "Authorization");
}

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
  const auto add = [&](const Member& member, const std::string& name, PatternResult<StringPattern> matcher) {
    if (matcher)
      pattern.criteria_.push_back({.member = &member, .name = name, .pattern = *std::move(matcher)});
    else if (!error)
      error = std::move(matcher).error();
  };

  std::string url_member;
  for (const Member& member : kMembers) {
    const auto found = given.find(member.member);
    if (found == given.end() || found->is_null()) continue;
    const Json& value = *found;
    const std::string place = join_pointer("", member.member);
    switch (member.form) {
      case Form::text:
      case Form::regex: {
        const std::string text = value.is_string() ? value.get<std::string>() : is_written_as_integer(value) ? render_json(value) : "";
        if (text.empty()) return unexpected_value(place, value, "a text");
        if (member.member.starts_with("url")) {
          if (!url_member.empty())
            return pattern_error(place, "found '" + std::string(member.member) + "' beside '" + url_member + "', expected one of them");
          url_member = member.member;
        }
        if (member.member == "method" && equals_ignore_case(text, "ANY")) break;
        if (member.member == "urlPathTemplate") pattern.template_ = text;
        add(member, {}, member.form == Form::regex ? StringPattern::matching(text, place) : StringPattern::equal_to(text));
        break;
      }
      case Form::matcher: add(member, {}, parse_text_or_matcher(value, place, false)); break;
      case Form::matchers:
        if (!value.is_object()) return unexpected_value(place, value, "an object of matchers");
        for (const auto& [name, matcher] : value.items()) {
          add(member, name, StringPattern::parse(matcher, join_pointer(place, name)));
          if (!error && member.member == "pathParameters" && pattern.template_.find("{" + name + "}") == std::string::npos)
            return pattern_error(join_pointer(place, name), "no urlPathTemplate names {" + name + "}");
        }
        break;
      case Form::list:
        if (!value.is_array()) return unexpected_value(place, value, "a list of matchers");
        for (std::size_t i = 0; i < value.size(); ++i) add(member, {}, StringPattern::parse(value[i], join_pointer(place, i)));
        break;
      case Form::basic_auth: add(member, "Authorization", parse_basic_auth(value, place).map(StringPattern::equal_to)); break;
    }
    if (error) return tl::unexpected(*std::move(error));
  }
  if (const auto own = given.find("understudy"); own != given.end() && !own->is_null()) {
    if (!own->is_object()) return unexpected_value("/understudy", *own, "an object");
    if (auto unknown = find_unknown_member(*own, kOwnMembers, {}, "/understudy")) return tl::unexpected(*std::move(unknown));
    for (const auto& [name, value] : own->items()) {
      const auto member = std::ranges::find(kOwnMembers, name, &Member::member);
      add(*member, {}, parse_text_or_matcher(value, join_pointer("/understudy", name), true));
    }
    if (error) return tl::unexpected(*std::move(error));
  }
  return pattern;
}

bool RequestPattern::holds(const Criterion& criterion, const Logged& logged, StepBudget& budget) const {
  const Request& request = logged.entry->request;
  if (!budget.take_text(request.target) || (criterion.member->reads_body && !budget.take_text(request.body))) return false;
  if (criterion.member->member == "urlPathTemplate") return match_path(template_, path_of(logged)).has_value();
  return criterion.pattern.match(criterion.member->values(logged, criterion.name, template_), budget);
}

bool RequestPattern::match(const Logged& logged, StepBudget& budget) const {
  return std::ranges::all_of(criteria_, [&](const Criterion& criterion) { return holds(criterion, logged, budget); });
}

std::vector<CriterionResult> RequestPattern::compare(const Logged& logged, StepBudget& budget) const {
  std::vector<CriterionResult> results;
  for (const Criterion& criterion : criteria_) {
    const auto values = criterion.member->values(logged, criterion.name, template_);
    const bool matched = holds(criterion, logged, budget);
    const bool secret = is_secret(*criterion.member, criterion.name);
    results.push_back({.criterion = std::string(criterion.member->criterion) + (criterion.name.empty() ? "" : " " + criterion.name),
                       .matched = matched,
                       .expected = secret ? "a credential" : criterion.pattern.describe(),
                       .actual = secret && !values.empty() ? (matched ? "this one" : "another one") : render_values(values),
                       .distance = matched ? 0 : criterion.pattern.distance(values, budget),
                       .weight = criterion.member->weight});
  }
  return results;
}

std::optional<PatternError> RequestPattern::find_unknown_name(const Names& names, StepBudget& budget) const {
  for (const Criterion& criterion : criteria_) {
    const std::string kind(criterion.member->criterion);
    const auto* known = kind == "tenant"      ? &names.tenants
                        : kind == "api"       ? &names.apis
                        : kind == "operation" ? &names.operations
                        : kind == "answer"    ? &names.answers
                                              : nullptr;
    if (known == nullptr) continue;
    const auto unknown = criterion.pattern.find_unknown(*known, budget);
    if (!unknown) continue;
    return PatternError{"/understudy/" + kind, "found '" + *unknown + "', which is no known " + kind + did_you_mean(*unknown, *known)};
  }
  return std::nullopt;
}

}  // namespace understudy
