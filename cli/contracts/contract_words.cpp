#include "cli/contracts/contract_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

std::string keys_of(const Json& argument) {
  const auto keys = argument.contains("keys") ? argument["keys"] : Json::array({argument.value("key", "")});
  std::vector<std::string> names;
  for (const auto& key : keys) names.push_back(as_text(key));
  return fmt::format("{}", fmt::join(names, " and "));
}

}  // namespace

std::string render_fact(const Fact& fact) {
  constexpr std::size_t kMostWhole = 50;
  const auto text = fmt::format("[{}; {}]", to_string(fact.evidence), fact.source);
  if (text.size() > kMostWhole) return text;
  std::string whole;
  for (const char c : text) whole += c == ' ' ? std::string("\u00a0") : std::string(1, c);
  return whole;
}

std::string render_condition(const Condition& condition) {
  const std::string name = (condition.about_record ? "of the stored record, " : "") + condition.name;
  switch (condition.kind) {
    case Condition::Kind::setting: return fmt::format("setting {} is {}", condition.name, render_json(condition.is));
    case Condition::Kind::value: return fmt::format("{} is {}", name, render_json(condition.is));
    case Condition::Kind::present: return fmt::format("{} is {}", name, condition.is == false ? "absent" : "present");
    case Condition::Kind::switch_value: return fmt::format("switch {} is {}", condition.name, render_json(condition.is));
  }
  return {};
}

std::string render_demand(const Row& row) {
  const auto& argument = row.argument;
  const auto value = render_json(argument);
  const auto at = row.at.empty() ? std::string("the body") : (row.about_record ? "of the stored record, " : "") + row.at;
  switch (row.verb) {
    case Verb::required: return at + (argument == "non_empty" ? " is required, and must not be empty" : " is required");
    case Verb::forbidden:
      return at + (argument.is_object() ? fmt::format(" must be absent, or one of {}", render_json(argument.value("unless", Json())))
                                        : " must be absent");
    case Verb::ignored: return at + " is ignored";
    case Verb::more_than: return fmt::format("{} must be more than {}", at, value);
    case Verb::at_least: return fmt::format("{} must be at least {}", at, value);
    case Verb::items_at_least: return fmt::format("{} must have at least {} {}", at, value, value == "1" ? "element" : "elements");
    case Verb::format: return fmt::format("{} must have the format {}", at, as_text(argument));
    case Verb::unique_in:
      return fmt::format("{} must not be in a record of {} yet, by {}", at, argument.value("collection", ""), keys_of(argument));
    case Verb::exists_in:
      return fmt::format("{} must be in a record of {}, by {}", at, argument.value("collection", ""), keys_of(argument));
    case Verb::becomes:
      return argument.contains("value") ? fmt::format("{} becomes the value of {}", at, argument.value("value", ""))
                                        : fmt::format("{} becomes {}", at, value);
  }
  return {};
}

std::string render_change(const RecordChange& change) {
  std::vector<std::string> effects;
  const auto add = [&](const char* words, const RecordChange::Members& members) {
    std::vector<std::string> names;
    for (const auto& [pointer, value] : members) names.push_back(pointer);
    if (!names.empty()) effects.push_back(fmt::format("{} {}", words, fmt::join(names, ", ")));
  };
  add("sets", change.set);
  add("adds to", change.add);
  if (change.at_least) effects.back() += ", at least " + render_json(*change.at_least);
  add("appends to", change.append);
  add("removes elements of", change.remove_elements);
  if (change.removes) effects.emplace_back("is removed");
  if (!change.creates.empty()) effects.push_back("creates a record of " + change.creates);
  if (effects.empty()) effects.emplace_back(change.refuse.empty() ? "is looked up" : "is checked");
  const bool has_target = change.writes() || !change.collection.empty();
  std::string target = change.collection.empty() ? "the record" : "a record of " + change.collection;
  if (!change.list.empty()) target += ", elements of " + change.list;
  return fmt::format("{}{}{}{}", change.each ? "for each of a list, " : "", change.condition ? "under a condition, " : "",
                     has_target ? target + ": " : "", fmt::join(effects, "; "));
}

std::string render_member(const Member& member) {
  std::vector<std::string> words;
  if (!member.type.empty()) words.push_back(member.type);
  if (member.required) words.push_back("required");
  words.insert(words.end(), member.limits.begin(), member.limits.end());
  return fmt::format("{}: {}", member.pointer.empty() ? "the whole body" : member.pointer,
                     words.empty() ? "any value" : fmt::format("{}", fmt::join(words, ", ")));
}

}  // namespace understudy
