#include "scenarios/src/write/known_values.h"

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"
#include "scenarios/src/write/values.h"

namespace understudy {
namespace {

std::string in_braces(const std::string& name) { return "{{" + name + "}}"; }

// a@shop.example -> a-{{run.id}}@shop.example; digits stay digits.
std::string vary(const std::string& text) {
  const bool is_number = std::ranges::all_of(text, is_digit);
  if (is_number) return text.substr(0, text.size() > 9 ? text.size() - 9 : 1) + "{{run.number}}";
  const auto at = std::min(text.find('@'), text.size());
  return text.substr(0, at) + "-{{run.id}}" + text.substr(at);
}

bool is_word_character(char c) { return is_letter(c) || is_digit(c); }

}  // namespace

std::string KnownValues::fresh_name(const std::string& wished) {
  constexpr std::string_view kOfTheRunner[] = {"username", "password", "api_key", "token"};
  std::string base = wished.empty() || is_digit(wished.front()) ? "value_" + wished : wished;
  if (contains(kOfTheRunner, std::string_view(base))) base = "recorded_" + base;
  std::string name = base;
  for (int i = 2; !names_.insert(name).second; ++i) name = base + "_" + std::to_string(i);
  return name;
}

void KnownValues::add_unique(const std::string& name, const std::string& text) {
  if (text.empty() || unique_.contains(text) || text.find(kMask) != std::string::npos || text.find("{{") != std::string::npos) return;
  const auto variable = fresh_name(snake_name(name));
  unique_.emplace(text, variable);
  variables_[variable] = vary(text);
}

void KnownValues::add_sent(const std::string& name, const Json& value) {
  const auto text = as_text(value);
  const bool is_small = is_number(value) || find_number_form(text) != NumberForm::none;
  if (!is_small || name.empty() || is_id_name(name)) sent_.insert(text);
}

void KnownValues::add_response(std::size_t step, const Json& body, const std::string& thing) {
  visit_leaves(body, [&](const std::string& pointer, const std::string& name, const Json& leaf) {
    if (!leaf.is_string() && !is_number(leaf)) return;
    const auto text = as_text(leaf);
    const bool is_masked = text == kMask;
    if (text.empty() || unique_.contains(text) || (sent_.contains(text) && !is_masked)) return;
    if (!is_id_name(name) && !(leaf.is_string() && is_generated(text)) && !is_masked) return;
    const auto wished = equals_ignore_case(name, "id") && !thing.empty() ? thing + "_id" : snake_name(name);
    const Source source{.step = step, .pointer = pointer, .name = wished, .variable = {}, .value = leaf};
    if (is_masked)
      produced_.insert_or_assign(text, source);
    else
      produced_.emplace(text, source);
  });
}

std::string KnownValues::capture(Source& source) {
  if (source.variable.empty()) {
    source.variable = fresh_name(source.name);
    steps_[source.step]["capture"][source.variable] = source.pointer;
  }
  return in_braces(source.variable);
}

std::optional<std::string> KnownValues::find(const std::string& name, const Json& value, bool as_text) {
  if (!value.is_string() && !is_number(value)) return std::nullopt;
  const auto text = understudy::as_text(value);
  if (text == kMask) return std::nullopt;
  if (const auto found = unique_.find(text); found != unique_.end() && value.is_string()) return in_braces(found->second);
  const auto found = produced_.find(text);
  if (found == produced_.end()) return std::nullopt;
  // A small number elsewhere is another one: a quantity of 1 is not the id 1.
  const bool is_meant = name.empty() || is_id_name(name) || (value.is_string() && is_generated(text));
  const bool keeps_type = value.is_string() == found->second.value.is_string() || as_text;
  return is_meant && keeps_type ? std::optional(capture(found->second)) : std::nullopt;
}

std::string KnownValues::replace_within(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (at > 0 && is_word_character(text[at - 1])) {
      out += text[at++];
      continue;
    }
    const auto fits = [&](const std::string& known) {
      const auto end = at + known.size();
      return known.size() >= 3 && text.compare(at, known.size(), known) == 0 && (end == text.size() || !is_word_character(text[end]));
    };
    const auto unique = std::ranges::find_if(unique_, [&](const auto& item) { return fits(item.first); });
    const auto produced = std::ranges::find_if(produced_, [&](const auto& item) { return item.first != kMask && fits(item.first); });
    if (unique != unique_.end()) {
      out += in_braces(unique->second);
      at += unique->first.size();
    } else if (produced != produced_.end()) {
      out += capture(produced->second);
      at += produced->first.size();
    } else {
      out += text[at++];
    }
  }
  return out;
}

std::optional<std::string> KnownValues::find_masked_token() {
  const auto found = produced_.find(std::string(kMask));
  return found != produced_.end() ? std::optional(capture(found->second)) : std::nullopt;
}

}  // namespace understudy
