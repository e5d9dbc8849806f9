#include "contracts/src/schema/sample.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/hash.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr int kOptionalDepth = 4;   // deeper objects get their required members only
constexpr int kRequiredDepth = 24;  // deeper values are null, [] or {}: a schema may contain itself

std::int64_t read_count(const std::map<std::string, const Json*>& words, const char* name, std::int64_t fallback) {
  const auto found = words.find(name);
  return found == words.end() ? fallback : to_int64(*found->second).value_or(fallback);
}

std::string text_of_format(const std::string& format, Random& random) {
  const auto draw = random.next();
  if (format == "date") return fmt::format("2026-01-{:02}", draw % 28 + 1);
  if (format == "time") return fmt::format("{:02}:00:00Z", draw % 24);
  if (format == "date-time") return fmt::format("2026-01-{:02}T{:02}:00:00Z", draw % 28 + 1, draw % 24);
  if (format == "uuid") return render_uuid(draw, random.next());
  if (format == "email") return fmt::format("user{}@example.com", draw % 1000);
  if (format == "hostname") return "host.example.com";
  if (format == "ipv4") return fmt::format("192.0.2.{}", draw % 254 + 1);
  if (format == "ipv6") return fmt::format("2001:db8::{:x}", draw % 65535 + 1);
  if (format == "uri") return fmt::format("https://example.com/{}", draw % 1000);
  if (format == "uri-reference") return fmt::format("/{}", draw % 1000);
  if (format == "byte") return "AAEC";
  if (format == "json-pointer") return "/a";
  if (format == "relative-json-pointer") return "0";
  if (format == "regex") return "a";
  return {};
}

}  // namespace

// The keywords of this schema alone.
void Sampler::gather_own(const Json& schema, View& view) {
  for (const auto& [name, value] : schema.items()) {
    if (name == "type") {
      for (const Json& type : value.is_array() ? value : Json::array({value})) view.types.insert(as_text(type));
    } else if (name == "properties") {
      for (const auto& [member, one] : value.items()) {
        const auto [place, is_new] = view.members.try_emplace(member, &one);
        // Of two schemas for a member, one with its values says more than one with its type.
        const bool says_more = one.is_object() && (one.contains("const") || one.contains("enum"));
        if (!is_new && says_more && !place->second->contains("const")) place->second = &one;
      }
    } else if (name == "required") {
      for (const Json& member : value) view.required.insert(as_text(member));
    } else if (value.is_primitive()) {
      view.words.try_emplace(name, &value);
    }
    const auto keep = [&, &word = name, &one = value](const char* keyword, const Json*& place) {
      if (word == keyword && place == nullptr) place = &one;
    };
    keep("const", view.constant);
    keep("example", view.example);
    keep("default", view.fallback);
    keep("items", view.items);
    keep("additionalProperties", view.additional);
    // Of two enumerations the narrower one counts.
    if (name == "enum" && !value.empty() && (view.values == nullptr || value.size() < view.values->size())) view.values = &value;
  }
}

void Sampler::gather(const Json* schema, const Json* given, View& view, int depth) const {
  schema = follow_refs(document_, schema);
  if (schema == nullptr || !schema->is_object() || depth > kRequiredDepth || views_left_ <= 0) return;
  --views_left_;
  const auto part = [&](const char* name) {
    const auto found = schema->find(name);
    return found == schema->end() ? nullptr : &*found;
  };
  gather_own(*schema, view);
  if (const Json* all = part("allOf")) {
    for (const Json& one : *all) gather(&one, given, view, depth + 1);
  }
  // What is known already chooses the alternative.
  if (given == nullptr) given = view.constant != nullptr ? view.constant : view.values != nullptr ? &view.values->front() : nullptr;
  for (const char* name : {"anyOf", "oneOf"}) {
    if (part(name) != nullptr) gather(choose(*part(name), given, depth + 1), given, view, depth + 1);
  }
  const bool speaks_of_members = !view.members.empty() || view.additional != nullptr;
  if (speaks_of_members && view.types.empty()) view.types.insert("object");
  if (view.items != nullptr && view.types.empty()) view.types.insert("array");
}

// Whether the value may be one of the schema, by its type and the members that tell alternatives apart.
bool Sampler::may_be(const Json& value, const Json* schema, int depth) const {
  View view;
  gather(schema, &value, view, depth);
  if (view.constant != nullptr) return json_equal(*view.constant, value);
  if (view.values != nullptr && !std::ranges::any_of(*view.values, [&](const Json& one) { return json_equal(one, value); })) return false;
  const std::string type(type_name(value));
  if (!view.types.empty() && !view.is(type.c_str()) && !(type == "integer" && view.is("number"))) return false;
  if (!value.is_object()) return true;
  return std::ranges::all_of(view.required, [&](const std::string& name) { return value.contains(name); }) &&
         std::ranges::all_of(view.members, [&](const auto& member) {
           const Json* one = follow_refs(document_, member.second);
           if (!value.contains(member.first) || one == nullptr || !(one->contains("const") || one->contains("enum"))) return true;
           return may_be(value.at(member.first), one, depth + 1);
         });
}

const Json* Sampler::choose(const Json& alternatives, const Json* given, int depth) const {
  const Json* first = nullptr;
  for (const Json& one : alternatives) {
    const Json* schema = follow_refs(document_, &one);
    if (schema == nullptr || !schema->is_object()) continue;
    if (given != nullptr && may_be(*given, schema, depth)) return schema;
    if (first == nullptr && schema->value("type", Json()) != "null") first = schema;
  }
  return first;
}

std::map<std::string, const Json*> Sampler::members(const Json* schema) {
  View view;
  gather(schema, nullptr, view, 0);
  return view.members;
}

Json Sampler::make_number(const View& view, bool whole) {
  const auto bound = [&](const char* name, double fallback) {
    const auto found = view.words.find(name);
    return found == view.words.end() || !is_number(*found->second) ? fallback : to_double(*found->second);
  };
  const double step = whole ? 1 : 0.01;
  const double low = std::max(bound("minimum", -1e15), bound("exclusiveMinimum", -1e15) + step);
  const double high = std::min(bound("maximum", 1e15), bound("exclusiveMaximum", 1e15) - step);
  const double from = low > -9e14 ? low : std::min(1.0, high), to = std::max(from, std::min(high, from + 999));
  const auto span = static_cast<std::uint64_t>(std::min(to - from, 1e6));
  const double drawn = from + static_cast<double>(random_.next() % (span + 1));
  const double multiple = bound("multipleOf", 0);
  double value = multiple > 0 ? multiple * static_cast<double>(static_cast<std::int64_t>(drawn / multiple)) : drawn;
  if (value < from) value += multiple;
  if (whole) return static_cast<std::int64_t>(value);
  return value;
}

std::string Sampler::make_text(const View& view, const std::string& name) {
  const auto word = [&](const char* keyword) {
    const auto found = view.words.find(keyword);
    return found == view.words.end() ? std::string() : as_text(*found->second);
  };
  std::string text = text_of_format(word("format"), random_);
  if (const std::string pattern = word("pattern"); text.empty() && !pattern.empty()) text = text_of_pattern(pattern, random_);
  const auto least = static_cast<std::size_t>(std::clamp<std::int64_t>(read_count(view.words, "minLength", 0), 0, 10'000));
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(read_count(view.words, "maxLength", 1'000'000), 0));
  if (!text.empty() && text.size() >= least && text.size() <= most) return text;
  if (text.empty()) text = fmt::format("{} {}", name, random_.next() % 1000);
  while (text.size() < least) text += 'x';
  return text.size() > most ? text.substr(text.size() - most) : text;
}

Json Sampler::make_scalar(const View& view, const std::string& name) {
  if (view.is("string")) return make_text(view, name);
  if (view.is("integer")) return make_number(view, true);
  if (view.is("number")) return make_number(view, false);
  if (view.is("boolean")) return true;
  return view.types.empty() && name != "value" ? Json(make_text(view, name)) : Json();
}

Json Sampler::make(const Json* schema, const std::string& name, int depth) {
  if (depth == 0) views_left_ = kMostViews;
  View view;
  gather(schema, nullptr, view, 0);
  if (view.constant != nullptr) return *view.constant;
  for (const Json* example : {view.example, view.fallback}) {
    if (example == nullptr || depth > kRequiredDepth) continue;
    const std::string type(type_name(*example));
    const bool is_typed = view.types.empty() || view.is(type.c_str()) || (type == "integer" && view.is("number"));
    if (is_typed && may_be(*example, schema)) return example->is_structured() ? fit(*example, schema, false, name, depth + 1) : *example;
  }
  if (view.values != nullptr) return view.values->front();
  if (view.is("null") && view.types.size() > 1 && depth > 0 && !view.is("object") && !view.is("array")) return nullptr;
  if (view.is("object")) return depth > kRequiredDepth ? Json::object() : fit_members(Json::object(), view, depth < kOptionalDepth, depth);
  if (view.is("array")) {
    Json list = Json::array();
    const auto least = static_cast<std::size_t>(std::clamp<std::int64_t>(read_count(view.words, "minItems", 0), 0, 100));
    const bool shows_one = depth < kOptionalDepth && view.items != nullptr && read_count(view.words, "maxItems", 1) > 0;
    while (list.size() < std::max<std::size_t>(least, shows_one ? 1 : 0) && depth <= kRequiredDepth)
      list.push_back(make(view.items, name, depth + 1));
    return list;
  }
  return make_scalar(view, name);
}

Json Sampler::fit_members(const Json& given, const View& view, bool all_members, int depth) {
  Json out = Json::object();
  for (const auto& [name, schema] : view.members) {
    const auto own = given.find(name);
    const bool needed = view.required.contains(name);
    if (own != given.end()) {
      if (!own->is_null() || may_be(nullptr, schema)) {
        out[name] = fit(*own, schema, false, name, depth + 1);
        continue;
      }
    } else if (!needed && !all_members) {
      continue;
    }
    const Json* one = follow_refs(document_, schema);
    if (own != given.end() && !needed) continue;  // null, which the schema does not accept
    if (!needed && one != nullptr && one->is_object() &&
        (one->value("writeOnly", Json()) == true || one->value("deprecated", Json()) == true))
      continue;
    if (const Json* member = view.example == nullptr ? nullptr : find_pointer(*view.example, join_pointer("", name));
        member != nullptr && may_be(*member, schema))
      out[name] = fit(*member, schema, false, name, depth + 1);
    else
      out[name] = make(schema, name, depth + 1);
  }
  const bool is_closed = view.additional != nullptr ? *view.additional == false : !view.members.empty();
  for (const auto& [name, value] : given.items()) {
    if (!is_closed && !view.members.contains(name) && !name.starts_with("x-"))
      out[name] = view.additional != nullptr && view.additional->is_object() ? fit(value, view.additional, false, name, depth + 1) : value;
  }
  for (const std::string& name : view.required) {
    if (!out.contains(name)) out[name] = given.contains(name) ? given.at(name) : Json(name);
  }
  return out;
}

Json Sampler::fit(const Json& given, const Json* schema, bool all_members, const std::string& name, int depth) {
  if (depth == 0) views_left_ = kMostViews;
  View view;
  gather(schema, &given, view, 0);
  if (depth > kRequiredDepth) return given;
  if (view.constant != nullptr) return *view.constant;
  if (view.values != nullptr) {
    const bool known = std::ranges::any_of(*view.values, [&](const Json& one) { return json_equal(one, given); });
    return known ? given : view.values->front();
  }
  if (view.types.empty() || (given.is_null() && view.is("null"))) return given;
  if (given.is_object() && view.is("object")) return fit_members(given, view, all_members, depth);
  if (given.is_array() && view.is("array")) {
    Json list = Json::array();
    for (const Json& one : given) list.push_back(view.items == nullptr ? one : fit(one, view.items, false, name, depth + 1));
    return list;
  }
  const std::string type(type_name(given));
  if (!given.is_structured() && (view.is(type.c_str()) || (type == "integer" && view.is("number")))) return given;
  if (is_number(given) && view.is("string")) return as_text(given);
  if (given.is_string() && (view.is("integer") || view.is("number"))) {
    const auto number = read_number(given.get_ref<const std::string&>());
    if (number && (view.is("number") || is_whole(*number))) return *number;
  }
  if (given.is_primitive() && !given.is_null() && view.is("array")) return Json::array({fit(given, view.items, false, name, depth + 1)});
  return make(schema, name, depth);
}

namespace {

// Reads a pattern and writes a text that it matches.
struct PatternWriter {
  std::string_view rest;
  Random& random;
  bool failed = false;

  std::string alternatives() {
    std::string chosen = sequence();
    while (!failed && rest.starts_with('|')) {
      rest.remove_prefix(1);
      const std::string other = sequence();
      if (chosen.empty()) chosen = other;
    }
    return chosen;
  }

  std::string sequence() {
    std::string text;
    while (!failed && !rest.empty() && rest.front() != '|' && rest.front() != ')') {
      if (rest.front() == '^' || rest.front() == '$') {
        rest.remove_prefix(1);
        continue;
      }
      const std::string_view start = rest;
      std::string one = atom();
      const std::string_view atom_text = start.substr(0, start.size() - rest.size());
      std::size_t count = quantifier();
      if (count == 0) one.clear();
      text += one;
      for (; count > 1 && !failed; --count) {  // each repetition draws anew
        PatternWriter again{.rest = atom_text, .random = random};
        text += again.atom();
      }
    }
    return text;
  }

  std::size_t quantifier() {
    if (rest.empty()) return 1;
    const char c = rest.front();
    if (c != '*' && c != '+' && c != '?' && c != '{') return 1;
    std::size_t least = c == '+' ? 2 : c == '{' ? 0 : 1;
    rest.remove_prefix(1);
    if (c == '{') {
      while (!rest.empty() && is_digit(rest.front())) {
        least = least * 10 + static_cast<std::size_t>(rest.front() - '0');
        rest.remove_prefix(1);
      }
      rest.remove_prefix(std::min(rest.find('}'), rest.size() - 1) + 1);
    }
    if (rest.starts_with('?') || rest.starts_with('+')) rest.remove_prefix(1);
    if (least > 10'000) failed = true;
    return least;
  }

  std::string atom() {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '(') {
      if (rest.starts_with("?:")) rest.remove_prefix(2);
      if (rest.starts_with('?')) failed = true;
      std::string text = alternatives();
      if (rest.starts_with(')')) rest.remove_prefix(1);
      return text;
    }
    if (c == '[') return draw(read_class());
    if (c == '.') return draw("abcdefghijklmnopqrstuvwxyz");
    if (c == '\\' && !rest.empty()) {
      const char escaped = rest.front();
      rest.remove_prefix(1);
      return draw(escape(escaped));
    }
    return std::string(1, c);
  }

  std::string escape(char c) {
    if (c == 'd') return "0123456789";
    if (c == 'w') return "abcdefghijklmnopqrstuvwxyz0123456789";
    if (c == 's') return " ";
    if (c == 'S' || c == 'D') return "abcdefghijklmnopqrstuvwxyz";
    if (c == 'b' || c == 'B') return "";
    if (c == 'p' && rest.starts_with('{')) {  // a class of Unicode: letters are in most, digits in the others
      const bool is_number = rest.starts_with("{N");
      rest.remove_prefix(std::min(rest.find('}'), rest.size() - 1) + 1);
      return is_number ? "0123456789" : "abcdefghijklmnopqrstuvwxyz";
    }
    if (c == 'p' || c == 'P' || c == 'u' || c == 'x') failed = true;
    return std::string(1, c == 't' ? '\t' : c == 'n' ? '\n' : c);
  }

  std::string read_class() {
    const bool negated = rest.starts_with('^');
    if (negated) rest.remove_prefix(1);
    std::string set;
    for (bool first = true; !rest.empty() && (first || rest.front() != ']'); first = false) {
      if (rest.front() == '\\' && rest.size() > 1) {
        const char escaped = rest[1];
        rest.remove_prefix(2);
        set += escape(escaped);
      } else if (rest.size() > 2 && rest[1] == '-' && rest[2] != ']') {
        for (int c = static_cast<unsigned char>(rest[0]); c <= static_cast<unsigned char>(rest[2]) && c < 128; ++c)
          set += static_cast<char>(c);
        rest.remove_prefix(3);
      } else {
        set += rest.front();
        rest.remove_prefix(1);
      }
    }
    if (!rest.empty()) rest.remove_prefix(1);
    if (!negated) return set;
    std::string other;
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABC0123456789-_ ")) other += contains(set, c) ? "" : std::string(1, c);
    return other;
  }

  std::string draw(const std::string& set) { return set.empty() ? "" : std::string(1, set[random.next() % set.size()]); }
};

}  // namespace

std::string text_of_pattern(const std::string& pattern, Random& random) {
  PatternWriter writer{.rest = pattern, .random = random};
  std::string text = writer.alternatives();
  return writer.failed ? std::string() : text;
}

}  // namespace understudy
