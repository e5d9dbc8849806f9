#include "contracts/src/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace understudy {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;  // backtracking steps: some tens of milliseconds
constexpr std::uint32_t kHeapLimitKib = 32 * 1024;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using CompileContext = std::unique_ptr<pcre2_compile_context, Deleter<pcre2_compile_context_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>>;

// What a search needs beside the pattern; not shared between threads.
struct Scratch {
  MatchContext context{pcre2_match_context_create(nullptr)};
  MatchData data{pcre2_match_data_create(1, nullptr)};
  Scratch() { pcre2_set_heap_limit(context.get(), kHeapLimitKib); }
};

PCRE2_SPTR bytes_of(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

// What PCRE2 understands and ECMA-262 does not: other tools would read such a pattern otherwise or not at all.
std::optional<std::string> find_foreign_syntax(std::string_view pattern) {
  constexpr std::string_view kEscapes = "dDsSwWbBfnrtvcxupPk";
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto rest = pattern.substr(i);
    const char next = rest.size() > 1 ? rest[1] : '\0';
    if (rest[0] == '\\') {
      const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
      if (letter && kEscapes.find(next) == std::string_view::npos) {
        return "ECMA-262 has no escape " + std::string(rest.substr(0, 2)) + " at offset " + std::to_string(i);
      }
      ++i;
    } else if (in_class) {
      in_class = rest[0] != ']';
    } else if (rest[0] == '[') {
      in_class = true;
    } else if (rest.starts_with("(*")) {
      return "nothing to repeat at offset " + std::to_string(i + 1);
    } else if (rest.starts_with("(?")) {
      constexpr std::string_view kGroups[] = {"(?:", "(?=", "(?!", "(?<"};
      if (std::none_of(std::begin(kGroups), std::end(kGroups), [&](std::string_view group) { return rest.starts_with(group); })) {
        return "ECMA-262 has no group " + std::string(rest.substr(0, 3)) + " at offset " + std::to_string(i);
      }
    }
  }
  return std::nullopt;
}

// The general categories that ECMA-262 also knows by a long name; PCRE2 knows the short one only.
constexpr std::pair<std::string_view, std::string_view> kCategories[] = {
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Cased_Letter", "L&"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
};

// The inside of {...} of a \p as PCRE2 spells it.
std::string_view translate_property(std::string_view name) {
  for (const std::string_view prefix : {"General_Category=", "gc=", "Script=", "sc="}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  const auto found = std::ranges::find(kCategories, name, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(kCategories) ? name : found->second;
}

// ECMA-262 22.2.2.9: \s is all white space of Unicode and the byte order mark. PCRE2 would take the ASCII ones only, or with its option
// for Unicode change \d and \w, too. A \S inside [...] keeps PCRE2's meaning. The list begins and ends with a class, so that a range
// from or to it is refused as one of \s is.
std::string translate(std::string_view pattern) {
  constexpr std::string_view kSpaces = "\\p{Z}\\t-\\r\xEF\xBB\xBF\\p{Z}";
  std::string out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = pattern[i] == '\\' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (next == 's' || (next == 'S' && !in_class)) {
      if (in_class)
        out += kSpaces;
      else
        out.append(next == 's' ? "[" : "[^").append(kSpaces).append("]");
      ++i;
    } else if ((next == 'p' || next == 'P') && pattern.substr(i + 2).starts_with('{')) {
      const auto end = pattern.find('}', i);
      if (end == std::string_view::npos) return out.append(pattern.substr(i));
      out.append(pattern.substr(i, 3)).append(translate_property(pattern.substr(i + 3, end - i - 3))).append("}");
      i = end;
    } else if (next != '\0') {
      out.append(pattern.substr(i, 2));
      ++i;
    } else {
      if (in_class ? pattern[i] == ']' : pattern[i] == '[') in_class = !in_class;
      out += pattern[i];
    }
  }
  return out;
}

}  // namespace

struct Regex::Code {
  std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>> compiled;
};

tl::expected<Regex, std::string> Regex::compile(std::string_view pattern) {
  if (auto foreign = find_foreign_syntax(pattern)) return tl::unexpected(std::move(*foreign));

  const CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_compile_extra_options(context.get(), PCRE2_EXTRA_ALT_BSUX);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  constexpr std::uint32_t kOptions =
      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_NEVER_BACKSLASH_C;
  int error = 0;
  PCRE2_SIZE offset = 0;
  const auto compile_text = [&](std::string_view text) {
    return pcre2_compile(bytes_of(text), text.size(), kOptions, &error, &offset, context.get());
  };
  auto code = std::make_shared<Code>();
  const std::string translated = translate(pattern);
  code->compiled.reset(compile_text(translated));
  if (!code->compiled) {
    // The pattern as written has the same mistake; its offset is the one to report.
    if (translated != pattern) code->compiled.reset(compile_text(pattern));
    std::array<PCRE2_UCHAR, 200> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return tl::unexpected(std::string(reinterpret_cast<const char*>(text.data())) + " at offset " + std::to_string(offset));
  }
  Regex regex;
  regex.code_ = std::move(code);
  return regex;
}

Verdict Regex::search(std::string_view text) const { return search(text, kMatchLimit); }

Verdict Regex::search(std::string_view text, std::uint32_t most) const {
  thread_local const Scratch scratch;
  pcre2_set_match_limit(scratch.context.get(), most);
  const int result = pcre2_match(code_->compiled.get(), bytes_of(text), text.size(), 0, 0, scratch.data.get(), scratch.context.get());
  if (result >= 0) return Verdict::yes;
  return result == PCRE2_ERROR_NOMATCH ? Verdict::no : Verdict::undecided;
}

}  // namespace understudy
