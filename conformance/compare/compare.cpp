#include "conformance/compare/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "conformance/compare/symbols.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/http.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/terminal.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Headers of the connection, not of the content.
constexpr std::string_view kUncompared[] = {
    "connection", "content-length", "content-encoding", "date", "keep-alive", "server", "transfer-encoding", "vary", "via"};

bool is_compared(std::string_view header) { return std::ranges::find(kUncompared, to_lower(header)) == std::end(kUncompared); }

bool is_ignored(const std::string& pointer, const CompareOptions& options) {
  const auto have = split_pointer(pointer);
  return std::ranges::any_of(options.ignore, [&](const std::string& pattern) {
    const auto want = split_pointer(pattern);
    return want.size() <= have.size() &&
           std::equal(want.begin(), want.end(), have.begin(), [](const auto& a, const auto& b) { return a == "*" || a == b; });
  });
}

std::string show(const Json* value) { return value == nullptr ? "absent" : describe(*value); }

class VerdictComparer {
 public:
  VerdictComparer(const CompareOptions& options, Comparison& out) : options_(options), out_(out) {}

  void compare(const StepReport& left, const StepReport& right) {
    step_ = &left;
    ++out_.exchanges;
    learn_sent(left.request, right.request);
    if (left.result.outcome != right.result.outcome)
      return differ("transport", "", std::string(to_string(left.result.outcome)), std::string(to_string(right.result.outcome)));
    if (left.result.outcome != Outcome::answered) return;
    const auto& a = left.result.response;
    const auto& b = right.result.response;
    if (a.status != b.status)
      differ("status", "", fmt::format("{}{}", a.status, left.answer.empty() ? "" : " " + left.answer),
             fmt::format("{}{}", b.status, right.answer.empty() ? "" : " " + right.answer));
    if (options_.reasons && phrase(a) != phrase(b)) differ("reason", "", phrase(a), phrase(b));
    const auto left_body = parse_body(a.body), right_body = parse_body(b.body);
    if (left_body && right_body) learn_ids(*left_body, *right_body, "");
    compare_headers(a.headers, b.headers);
    if (left_body && right_body) return compare_values(*left_body, *right_body, "", "");
    if (a.body == b.body || is_same_text("", a.body, b.body)) return;
    const auto describe_body = [](const TransportResult& result, const auto& body) {
      if (body) return fmt::format("JSON {}", describe(*body));
      const auto& text = result.response.body;
      return text.empty() ? std::string("an empty body")
                          : fmt::format("{}{}", describe(Json(text)), result.undecoded.empty() ? "" : " (" + result.undecoded + ")");
    };
    differ("body", "", describe_body(left.result, left_body), describe_body(right.result, right_body));
  }

  void differ(std::string what, std::string pointer, std::string left, std::string right) {
    out_.drifts.push_back({.step = step_ == nullptr ? "" : step_label(*step_),
                           .place = step_ == nullptr ? Place() : step_->place,
                           .what = std::move(what),
                           .pointer = std::move(pointer),
                           .left = std::move(left),
                           .right = std::move(right)});
  }

 private:
  static std::string phrase(const Response& response) {
    return response.reason.empty() ? std::string(registered_reason(response.status)) : response.reason;
  }

  // Different values at the same place of the requests are one symbol: run ids and captured ids.
  void learn_sent(const Request& left, const Request& right) {
    const auto a = parse_json(left.body), b = parse_json(right.body);
    if (a && b) learn(*a, *b);
    // The base URLs may have paths of different lengths; the vendor's path is at the end.
    const auto from = split(path_of(left.target), '/'), to = split(path_of(right.target), '/');
    for (std::size_t i = 1; i <= std::min(from.size(), to.size()) && i <= 3; ++i) {
      const auto& one = from[from.size() - i];
      const auto& other = to[to.size() - i];
      const bool has_digit = std::ranges::any_of(one, is_digit);
      if (one != other && has_digit) symbols_.pair(percent_decode(one), percent_decode(other));
    }
  }

  void learn(const Json& left, const Json& right) {
    if (left.is_object() && right.is_object()) {
      for (const auto& [name, value] : left.items()) {
        if (const auto other = right.find(name); other != right.end()) learn(value, *other);
      }
    } else if (left.is_array() && right.is_array()) {
      for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) learn(left[i], right[i]);
    } else if (left.is_primitive() && right.is_primitive() && !json_equal(left, right)) {
      symbols_.pair(left, right);
    }
  }

  // Texts in front of an id, in headers or in the body, may contain it: the ids of a response are known before it is compared.
  void learn_ids(const Json& left, const Json& right, const std::string& member) {
    if (left.is_object() && right.is_object()) {
      for (const auto& [name, value] : left.items()) {
        if (const auto other = right.find(name); other != right.end()) learn_ids(value, *other, name);
      }
    } else if (left.is_array() && right.is_array()) {
      for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) learn_ids(left[i], right[i], member);
    } else if (const auto kind = find_symbol_kind(member, left); kind == SymbolKind::id || kind == SymbolKind::token) {
      if (kind == find_symbol_kind(member, right) && !json_equal(left, right)) symbols_.pair(left, right);
    }
  }

  void compare_headers(const Headers& left, const Headers& right) {
    std::set<std::string> names;
    for (const auto* headers : {&left, &right}) {
      for (const auto& header : *headers) {
        if (is_compared(header.name)) names.insert(to_lower(header.name));
      }
    }
    for (const auto& name : names) {
      const auto a = lines_of(left, name), b = lines_of(right, name);
      const auto same = [&](const std::string& one, const std::string& other) {
        // Blanks and quotes in a media type have no meaning.
        return name == "content-type" ? plain_type(one) == plain_type(other) : is_same_text(name, one, other);
      };
      const auto text = [](const auto& lines) {
        return lines.empty() ? std::string("absent") : fmt::format("{}", fmt::join(lines, " | "));
      };
      if (!std::ranges::equal(a, b, same)) differ("header " + name, "", text(a), text(b));
    }
  }

  static std::vector<std::string> lines_of(const Headers& headers, std::string_view name) {
    std::vector<std::string> lines;
    for (const auto& header : headers) {
      if (equals_ignore_case(header.name, name)) lines.push_back(header.value);
    }
    return lines;
  }

  static std::string plain_type(std::string_view type) {
    auto out = to_lower(type);
    std::erase_if(out, [](char c) { return c == ' ' || c == '"'; });
    return out;
  }

  void compare_values(const Json& left, const Json& right, const std::string& pointer, const std::string& member) {
    if (is_ignored(pointer, options_)) return;
    if (left.is_object() && right.is_object()) {
      std::set<std::string> names;
      for (const auto* value : {&left, &right}) {
        for (const auto& [name, inner] : value->items()) names.insert(name);
      }
      for (const auto& name : names) {
        const auto a = left.find(name), b = right.find(name);
        const auto at = join_pointer(pointer, name);
        if (a != left.end() && b != right.end())
          compare_values(*a, *b, at, name);
        else if (!is_ignored(at, options_))
          differ("body", at, show(a == left.end() ? nullptr : &*a), show(b == right.end() ? nullptr : &*b));
      }
    } else if (left.is_array() && right.is_array()) {
      for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
        compare_values(left[i], right[i], join_pointer(pointer, i), member);
      if (left.size() != right.size())
        differ("body", pointer, fmt::format("{} elements", left.size()), fmt::format("{} elements", right.size()));
    } else if (!is_same(member, left, right)) {
      differ("body", pointer, describe(left), describe(right));
    }
  }

  bool is_same(const std::string& member, const Json& left, const Json& right) {
    const bool same_type = left.type() == right.type() || (is_number(left) && is_number(right));
    if (!same_type) return false;
    const auto kind = find_symbol_kind(member, left);
    if (kind == SymbolKind::time && find_symbol_kind(member, right) == SymbolKind::time)
      return time_form(left.get<std::string>()) == time_form(right.get<std::string>());
    if (symbols_.is_paired(left, right)) return true;
    if (json_equal(left, right)) return true;
    if (kind != SymbolKind::none && kind == find_symbol_kind(member, right)) return symbols_.pair(left, right);
    return left.is_string() && is_same_text(member, left.get<std::string>(), right.get<std::string>());
  }

  // Texts, such as URLs and messages, may differ in the symbols that they contain.
  bool is_same_text(const std::string& member, const std::string& left, const std::string& right) {
    if (left == right) return true;
    if (find_symbol_kind(member, left) == SymbolKind::time && find_symbol_kind(member, right) == SymbolKind::time)
      return time_form(left) == time_form(right);
    return symbols_.is_translation(left, right);
  }

  const CompareOptions& options_;
  Comparison& out_;
  SymbolTable symbols_;
  const StepReport* step_ = nullptr;
};

std::string describe_end(const Verdict& verdict) {
  if (verdict.steps.empty()) return "nothing was sent";
  const auto& last = verdict.steps.back();
  return fmt::format("{} exchanges, the last one {}", verdict.steps.size(), step_label(last));
}

// A hash of several texts; "ab" and "c" differ from "a" and "bc".
struct Digest {
  std::uint64_t value = kFnvOffset;
  void add(std::string_view text) { value = fnv1a("\xff", fnv1a(text, value)); }
};

// Replaces ids, times and tokens by their kind and the order in which they appear.
class Canonicalizer {
 public:
  Json canonicalize(const Json& value, const std::string& member) {
    if (value.is_object()) {
      Json out = Json::object();
      for (const auto& [key, inner] : value.items()) out[key] = canonicalize(inner, key);
      return out;
    }
    if (value.is_array()) {
      Json out = Json::array();
      for (const auto& inner : value) out.push_back(canonicalize(inner, member));
      return out;
    }
    switch (find_symbol_kind(member, value)) {
      case SymbolKind::time: return "time " + time_form(value.get<std::string>());
      case SymbolKind::id: return fmt::format("id {}", number(value));
      case SymbolKind::token: return fmt::format("token {}", number(value));
      case SymbolKind::none: break;
    }
    return value;
  }

 private:
  std::size_t number(const Json& value) { return numbers_.try_emplace(render_json(value), numbers_.size() + 1).first->second; }
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

std::string_view to_string(Comparison::Kind kind) {
  switch (kind) {
    case Comparison::Kind::alike: return "alike";
    case Comparison::Kind::drifted: return "drifted";
    case Comparison::Kind::skipped: return "skipped";
    case Comparison::Kind::errored: return "errored";
  }
  return "";
}

Comparison compare_verdicts(const Verdict& left, const Verdict& right, const CompareOptions& options) {
  Comparison out;
  out.name = left.name;
  out.profile = left.profile == right.profile ? left.profile : left.profile + " | " + right.profile;
  for (const auto& [side, verdict] : {std::pair{"left", &left}, {"right", &right}}) {
    if (verdict->problem) {
      out.kind = Comparison::Kind::errored;
      out.reason = fmt::format("{}: {}", side, render_problem(*verdict->problem));
      return out;
    }
    if (verdict->kind == VerdictKind::skipped && out.kind == Comparison::Kind::alike) {
      out.kind = Comparison::Kind::skipped;
      out.reason = fmt::format("{}: {}", side, verdict->reason);
    }
  }
  if (out.kind == Comparison::Kind::skipped) return out;
  VerdictComparer comparer(options, out);
  const auto both = std::min(left.steps.size(), right.steps.size());
  std::size_t at = 0;
  for (; at < both && left.steps[at].number == right.steps[at].number && left.steps[at].cleanup == right.steps[at].cleanup; ++at)
    comparer.compare(left.steps[at], right.steps[at]);
  if (at < left.steps.size() || at < right.steps.size()) comparer.differ("steps", "", describe_end(left), describe_end(right));
  if (!out.drifts.empty()) out.kind = Comparison::Kind::drifted;
  return out;
}

std::string render_comparison(const Comparison& comparison) {
  const auto heading = fmt::format("{}: {}{}\n", to_string(comparison.kind), comparison.name,
                                   comparison.profile.empty() ? "" : " [" + comparison.profile + "]");
  switch (comparison.kind) {
    case Comparison::Kind::alike: return {};
    case Comparison::Kind::skipped:
    case Comparison::Kind::errored: return heading + "  " + comparison.reason + "\n";
    case Comparison::Kind::drifted: break;
  }
  std::string out = heading;
  std::string step;
  for (const auto& drift : comparison.drifts) {
    const auto here = fmt::format("  {}  {}:{}\n", drift.step, drift.place.file, drift.place.line);
    if (here != step) out += step = here;
    out += fmt::format("    {}{}\n      left   {}\n      right  {}\n", drift.what, drift.pointer.empty() ? "" : " " + drift.pointer,
                       drift.left, drift.right);
  }
  return escape_for_terminal(out);
}

Json render_comparison_json(const Comparison& comparison) {
  Json drifts = Json::array();
  for (const auto& drift : comparison.drifts) {
    drifts.push_back({{"step", drift.step},
                      {"place", {{"file", drift.place.file}, {"line", drift.place.line}}},
                      {"what", drift.what},
                      {"pointer", drift.pointer},
                      {"left", drift.left},
                      {"right", drift.right}});
  }
  return {{"scenario", comparison.name},       {"profile", comparison.profile}, {"result", to_string(comparison.kind)},
          {"exchanges", comparison.exchanges}, {"reason", comparison.reason},   {"drifts", std::move(drifts)}};
}

std::string digest_of(const Verdict& verdict, bool exact) {
  Digest digest;
  Canonicalizer canonicalizer;
  for (const auto& step : verdict.steps) {
    digest.add(step_label(step));
    digest.add(to_string(step.result.outcome));
    const auto& response = step.result.response;
    digest.add(fmt::format("{} {}", response.status, response.reason));
    for (const auto& header : response.headers) {
      if (to_lower(header.name) == "date") continue;
      digest.add(header.name);
      digest.add(exact || !is_compared(header.name) ? header.value : render_json(canonicalizer.canonicalize(header.value, header.name)));
    }
    const auto body = parse_body(response.body);
    digest.add(body && !exact ? render_json(canonicalizer.canonicalize(*body, "")) : response.body);
  }
  return fmt::format("{:016x}", digest.value);
}

}  // namespace understudy
