#include "mock/wiremock/request_pattern.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/problem.h"

namespace understudy {
namespace {

using Subject = RequestPattern::Subject;

// Members that hold one text.
struct Plain {
  std::string_view word;
  Subject subject;
  bool regex;
};
constexpr std::array kPlain = std::to_array<Plain>({
    {"method", Subject::method, false},
    {"url", Subject::url, false},
    {"urlPattern", Subject::url, true},
    {"urlPath", Subject::path, false},
    {"urlPathPattern", Subject::path, true},
    {"urlPathTemplate", Subject::path_template, false},
    {"scheme", Subject::scheme, false},
    {"port", Subject::port, false},
});

// Members that hold a matcher for each name.
struct Named {
  std::string_view word;
  Subject subject;
};
constexpr std::array kNamed = std::to_array<Named>({
    {"headers", Subject::header},
    {"queryParameters", Subject::query},
    {"formParameters", Subject::form},
    {"pathParameters", Subject::path_parameter},
    {"cookies", Subject::cookie},
});
constexpr std::array kOwn = std::to_array<Named>({
    {"tenant", Subject::tenant},
    {"api", Subject::api},
    {"operation", Subject::operation},
    {"answer", Subject::answer},
    {"rule", Subject::rule},
    {"fault", Subject::fault},
    {"status", Subject::status},
});

std::vector<std::string> known_members() {
  std::vector<std::string> known = {"host", "clientIp", "bodyPatterns", "basicAuth", "basicAuthCredentials", "understudy"};
  for (const Plain& one : kPlain) known.emplace_back(one.word);
  for (const Named& one : kNamed) known.emplace_back(one.word);
  return known;
}

std::string_view name_of(Subject subject) {
  for (const Named& one : kOwn) {
    if (one.subject == subject) return one.word;
  }
  switch (subject) {
    case Subject::method: return "method";
    case Subject::url: return "url";
    case Subject::path:
    case Subject::path_template: return "path";
    case Subject::path_parameter: return "path parameter";
    case Subject::scheme: return "scheme";
    case Subject::host: return "host";
    case Subject::port: return "port";
    case Subject::client: return "client";
    case Subject::query: return "query parameter";
    case Subject::form: return "form parameter";
    case Subject::header: return "header";
    case Subject::cookie: return "cookie";
    case Subject::body: return "body";
    default: return "";
  }
}

double weight_of(Subject subject) {
  switch (subject) {
    case Subject::url:
    case Subject::path:
    case Subject::path_template: return 10;
    case Subject::method: return 3;
    default: return 1;
  }
}

std::vector<std::string_view> template_segments(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 1; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    out.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_template_variable(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

std::optional<std::map<std::string, std::string>> match_template(std::string_view pattern, std::string_view path) {
  const auto wanted = template_segments(pattern), found = template_segments(path);
  if (wanted.size() != found.size()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (is_template_variable(wanted[i]) && !found[i].empty())
      values[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = percent_decode(found[i]);
    else if (wanted[i] != found[i])
      return std::nullopt;
  }
  return values;
}

tl::unexpected<PatternProblem> pattern_problem(std::string pointer, std::string title) {
  return tl::unexpected(PatternProblem{.pointer = std::move(pointer), .title = std::move(title)});
}

std::vector<std::string> values_named(const std::vector<std::pair<std::string, std::string>>& pairs, const std::string& name) {
  std::vector<std::string> out;
  for (const auto& [key, value] : pairs) {
    if (key == name) out.push_back(value);
  }
  return out;
}

// Of each decision; empty texts are nothing.
std::vector<std::string> of_decisions(const JournalEntry& entry, std::string Decision::*member) {
  std::vector<std::string> out;
  for (const Decision& decision : entry.decisions) {
    if (!(decision.*member).empty()) out.push_back(decision.*member);
  }
  return out;
}

std::string shown(const std::vector<std::string>& values) {
  if (values.empty()) return "absent";
  std::string text;
  for (const std::string& value : values) {
    text += (text.empty() ? "" : ", ") + describe(Json(value), 200).substr(std::string_view("string ").size());
    if (text.size() > 400) break;
  }
  return text;
}

// Credentials in a near miss are told apart, not told.
bool is_secret(Subject subject, const std::string& name) { return subject == Subject::header && equals_ignore_case(name, "Authorization"); }

PatternResult<std::pair<std::string, std::string>> parse_basic(const Json& given, const std::string& pointer) {
  std::pair<std::string, std::string> pair;
  if (!given.is_object()) return pattern_problem(pointer, "found " + describe(given) + ", expected {\"username\": ..., \"password\": ...}");
  for (const auto& [name, value] : given.items()) {
    if (name != "username" && name != "password") return pattern_problem(join_pointer(pointer, name), "'" + name + "' is not known here");
    if (!value.is_string()) return pattern_problem(join_pointer(pointer, name), "found " + describe(value) + ", expected a string");
    (name == "username" ? pair.first : pair.second) = value.get<std::string>();
  }
  if (given.size() != 2) return pattern_problem(pointer, "both username and password are needed");
  return pair;
}

}  // namespace

double distance_of(const std::vector<CriterionResult>& results) {
  double sum = 0, weights = 0;
  for (const CriterionResult& result : results) {
    sum += result.weight * result.distance;
    weights += result.weight;
  }
  return weights == 0 ? 0 : std::round(sum / weights * 1e6) / 1e6;
}

Json render_criteria(const std::vector<CriterionResult>& results) {
  Json out = Json::array();
  for (const CriterionResult& result : results) {
    out.push_back({{"criterion", result.criterion},
                   {"matched", result.matched},
                   {"expected", result.expected},
                   {"actual", result.actual},
                   {"distance", std::round(result.distance * 1e6) / 1e6}});
  }
  return out;
}

PatternResult<RequestPattern> RequestPattern::parse(const Json& given) {
  if (!given.is_object()) return pattern_problem("", "found " + describe(given) + ", expected a request pattern");
  RequestPattern pattern;
  const auto add = [&](Subject subject, std::string name, StringPattern matcher) {
    pattern.criteria_.push_back({.subject = subject, .name = std::move(name), .pattern = std::move(matcher)});
  };

  const auto known = known_members();
  for (const auto& [name, value] : given.items()) {
    if (std::ranges::find(known, name) == known.end())
      return pattern_problem(join_pointer("", name), "the criterion '" + name + "' is not supported" + did_you_mean(name, known));
  }
  std::string url_word;
  for (const Plain& plain : kPlain) {
    const auto found = given.find(plain.word);
    if (found == given.end() || found->is_null()) continue;
    const std::string at = join_pointer("", plain.word);
    const std::string text = found->is_string() ? found->get<std::string>() : found->is_number_integer() ? render_json(*found) : "";
    if (text.empty()) return pattern_problem(at, "found " + describe(*found) + ", expected a text");
    if (plain.word.starts_with("url")) {
      if (!url_word.empty())
        return pattern_problem(at, "found '" + std::string(plain.word) + "' beside '" + url_word + "', expected one of them");
      url_word = plain.word;
    }
    if (plain.subject == Subject::method && equals_ignore_case(text, "ANY")) continue;
    if (plain.subject == Subject::path_template) pattern.template_ = text;
    if (!plain.regex) {
      add(plain.subject, {}, StringPattern::equal_to(text));
      continue;
    }
    auto regex = StringPattern::matching(text);
    if (!regex) return pattern_problem(at, regex.error());
    add(plain.subject, {}, std::move(*regex));
  }
  for (const Named& named : kNamed) {
    const auto found = given.find(named.word);
    if (found == given.end() || found->is_null()) continue;
    const std::string at = join_pointer("", named.word);
    if (!found->is_object()) return pattern_problem(at, "found " + describe(*found) + ", expected an object of matchers");
    for (const auto& [name, matcher] : found->items()) {
      auto parsed = StringPattern::parse(matcher, join_pointer(at, name));
      if (!parsed) return tl::unexpected(parsed.error());
      if (named.subject == Subject::path_parameter && pattern.template_.find("{" + name + "}") == std::string::npos)
        return pattern_problem(join_pointer(at, name), "no urlPathTemplate names {" + name + "}");
      add(named.subject, name, std::move(*parsed));
    }
  }
  for (const char* word : {"host", "clientIp"}) {
    const auto found = given.find(word);
    if (found == given.end() || found->is_null()) continue;
    const std::string at = join_pointer("", word);
    PatternResult<StringPattern> parsed = found->is_string()
                                              ? PatternResult<StringPattern>(StringPattern::equal_to(found->get<std::string>()))
                                              : StringPattern::parse(*found, at);
    if (!parsed) return tl::unexpected(parsed.error());
    add(std::string_view(word) == "host" ? Subject::host : Subject::client, {}, std::move(*parsed));
  }
  for (const char* word : {"basicAuth", "basicAuthCredentials"}) {
    const auto found = given.find(word);
    if (found == given.end() || found->is_null()) continue;
    const auto pair = parse_basic(*found, join_pointer("", word));
    if (!pair) return tl::unexpected(pair.error());
    add(Subject::header, "Authorization", StringPattern::equal_to("Basic " + encode_base64(pair->first + ":" + pair->second)));
  }
  if (const auto bodies = given.find("bodyPatterns"); bodies != given.end() && !bodies->is_null()) {
    if (!bodies->is_array()) return pattern_problem("/bodyPatterns", "found " + describe(*bodies) + ", expected a list of matchers");
    for (std::size_t i = 0; i < bodies->size(); ++i) {
      auto parsed = StringPattern::parse((*bodies)[i], join_pointer("/bodyPatterns", i));
      if (!parsed) return tl::unexpected(parsed.error());
      add(Subject::body, {}, std::move(*parsed));
    }
  }
  if (const auto own = given.find("understudy"); own != given.end() && !own->is_null()) {
    if (!own->is_object()) return pattern_problem("/understudy", "found " + describe(*own) + ", expected an object");
    for (const auto& [name, value] : own->items()) {
      const std::string at = join_pointer("/understudy", name);
      const auto found = std::ranges::find(kOwn, std::string_view(name), &Named::word);
      if (found == kOwn.end()) {
        std::vector<std::string> words;
        for (const Named& one : kOwn) words.emplace_back(one.word);
        return pattern_problem(at, "the criterion '" + name + "' is not supported" + did_you_mean(name, words));
      }
      const bool scalar = value.is_string() || value.is_number_integer();
      const std::string text = value.is_string() ? value.get<std::string>() : render_json(value);
      PatternResult<StringPattern> parsed =
          scalar ? PatternResult<StringPattern>(StringPattern::equal_to(text)) : StringPattern::parse(value, at);
      if (!parsed) return tl::unexpected(parsed.error());
      add(found->subject, {}, std::move(*parsed));
    }
  }
  return pattern;
}

std::vector<std::string> RequestPattern::values_of(const Criterion& criterion, const Logged& logged) const {
  const JournalEntry& entry = *logged.entry;
  const Request& request = entry.request;
  const std::string path(path_of(request.target));
  const auto some = [](std::string text) { return text.empty() ? std::vector<std::string>() : std::vector<std::string>{std::move(text)}; };
  switch (criterion.subject) {
    case Subject::method: return {request.method};
    case Subject::url: return {request.target};
    case Subject::path:
    case Subject::path_template: return {path};
    case Subject::path_parameter: {
      const auto values = match_template(template_, path);
      if (!values) return {};
      const auto found = values->find(criterion.name);
      return found == values->end() ? std::vector<std::string>() : std::vector<std::string>{found->second};
    }
    case Subject::scheme: return {origin_of(entry).scheme};
    case Subject::host: return {origin_of(entry).host};
    case Subject::port: return {std::to_string(origin_of(entry).port)};
    case Subject::client: return some(entry.client);
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
    case Subject::body: return some(request.body);
    case Subject::tenant: return {logged.tenant};
    case Subject::api: return some(entry.api);
    case Subject::operation: return of_decisions(entry, &Decision::operation);
    case Subject::answer: return of_decisions(entry, &Decision::answer);
    case Subject::rule: return of_decisions(entry, &Decision::rule);
    case Subject::fault: return some(entry.fault);
    case Subject::status: return {std::to_string(entry.response.status)};
  }
  return {};
}

bool RequestPattern::holds(const Criterion& criterion, const Logged& logged) const {
  if (criterion.subject == Subject::path_template) return match_template(template_, path_of(logged.entry->request.target)).has_value();
  return criterion.pattern.match(values_of(criterion, logged));
}

bool RequestPattern::match(const Logged& logged) const {
  return std::ranges::all_of(criteria_, [&](const Criterion& criterion) { return holds(criterion, logged); });
}

std::vector<CriterionResult> RequestPattern::compare(const Logged& logged) const {
  std::vector<CriterionResult> results;
  for (const Criterion& criterion : criteria_) {
    const auto values = values_of(criterion, logged);
    const bool matched = holds(criterion, logged);
    std::string name(name_of(criterion.subject));
    if (!criterion.name.empty()) name += " " + criterion.name;
    const bool secret = is_secret(criterion.subject, criterion.name);
    results.push_back({.criterion = std::move(name),
                       .matched = matched,
                       .expected = secret ? "a credential" : criterion.pattern.describe(),
                       .actual = secret && !values.empty() ? (matched ? "this one" : "another one") : shown(values),
                       .distance = matched ? 0 : criterion.pattern.distance(values),
                       .weight = weight_of(criterion.subject)});
  }
  return results;
}

}  // namespace understudy
