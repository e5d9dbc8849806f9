#include "mock/mutation/visible.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "mock/vendors/module.h"

namespace understudy {
namespace {

using MemberPath = std::vector<std::string>;  // of a request, in lower case and without '*'
using MemberPaths = std::set<MemberPath>;
using BoundNames = std::map<std::string, MemberPaths>;  // names of templates -> the members that they stand for

std::vector<std::string_view> names_in(const std::string& text) {
  std::vector<std::string_view> names;
  for (const BracePart& part : split_braces(text, [](std::string_view name) { return !name.empty(); })) {
    if (part.name) names.push_back(*part.name);
  }
  return names;
}

// The word that makes `words` a loop; null: none.
const char* loop_word(const Json& words) {
  for (const char* word : {"$each", "each"}) {
    if (words.is_object() && words.contains(word)) return word;
  }
  return nullptr;
}

void add_path(std::string_view name, const BoundNames& bound, MemberPaths& found) {
  const auto parts = split(name, '.');
  const auto root = bound.find(std::string(parts.front()));
  if (root == bound.end()) return;
  for (MemberPath path : root->second) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
      if (!std::ranges::all_of(parts[i], is_digit)) path.push_back(to_lower(parts[i]));
    }
    found.insert(std::move(path));
  }
}

// The members of a request that templates read. A loop over a list reads what its body names.
void add_members_read(const Json& words, BoundNames bound, MemberPaths& found) {
  if (words.is_string()) {
    for (const std::string_view name : names_in(words.get_ref<const std::string&>())) add_path(name, bound, found);
    return;
  }
  if (!words.is_structured()) return;
  const char* loop = loop_word(words);
  if (loop != nullptr) {
    MemberPaths elements;
    add_members_read(words.at(loop), bound, elements);
    if (!words.at(loop).is_string()) found.insert(elements.begin(), elements.end());
    const Json name = words.value("as", Json("item"));
    bound[name.is_string() ? name.get<std::string>() : "item"] = std::move(elements);
  }
  for (const auto& [name, value] : words.items()) {
    if (loop == nullptr || name != loop) add_members_read(value, bound, found);
  }
}

bool is_prefix(const MemberPath& left, const MemberPath& right) {
  return left.size() <= right.size() && std::equal(left.begin(), left.end(), right.begin());
}

// An operation that stores or shows only those members of its request that its templates name.
bool stores_named_members_only(const Contract& contract, const Operation& operation) {
  if (!is_performed_by_verb(contract, operation)) return false;
  return operation.perform == Perform::change || operation.perform == Perform::list || operation.perform == Perform::read ||
         (operation.perform == Perform::create && operation.record);
}

MemberPaths members_read(const Contract& contract, const Operation& operation) {
  const BoundNames request = {{"request", {MemberPath{}}}};
  MemberPaths found;
  add_members_read(operation.words, request, found);
  for (const std::string& name : operation.answers) {
    const ResponseDefinition* answer = contract.find_response(name);
    if (answer == nullptr) continue;
    for (const ResponseVariant& variant : answer->variants) {
      if (variant.body) add_members_read(*variant.body, request, found);
      if (variant.text) add_members_read(*variant.text, request, found);
      add_members_read(variant.headers, request, found);
    }
  }
  return found;
}

// C++ of the API makes what answers show of the collection.
bool is_shown_by_module(const Contract& contract, const std::string& collection) {
  const Module* module = find_module(contract);
  if (module == nullptr) return false;
  return module->shows.contains(collection) || std::ranges::any_of(contract.operations, [&](const Operation& one) {
           return one.collection == collection && module->shows.contains(one.id);
         });
}

bool is_read(const MemberPaths& read, const std::string& pattern) {
  MemberPath path;
  for (const std::string& token : split_pointer(pattern)) {
    if (token != "*") path.push_back(to_lower(token));
  }
  return std::ranges::any_of(read, [&](const MemberPath& one) { return is_prefix(one, path) || is_prefix(path, one); });
}

}  // namespace

bool is_performed_by_verb(const Contract& contract, const Operation& operation) {
  const Module* module = find_module(contract);
  return operation.perform != Perform::module && (module == nullptr || !module->handlers.contains(operation.id));
}

std::string why_nothing_is_stored(const Contract& contract, const Operation& operation) {
  const bool reads = operation.perform == Perform::list || operation.perform == Perform::read;
  return reads && operation.changes.empty() && is_performed_by_verb(contract, operation) ? "the operation only reads" : "";
}

Visibility::Visibility(const Contract& contract) : contract_(contract) {
  for (const auto& [name, answer] : contract.answers) {
    for (const ResponseVariant& variant : answer.variants) {
      if (variant.body) gather(*variant.body);
      gather(variant.headers);
    }
  }
  for (const Operation& operation : contract.operations) {
    const bool whole = whole_records_;  // what is copied whole is shown only by answers
    gather(operation.words);
    whole_records_ = whole;
    for (const Filter& filter : operation.filters) {
      for (const std::string& member : filter.members) add_segments(member);
    }
    for (const Row& row : operation.rows) {
      if (row.verb != Verb::unique_in && row.verb != Verb::exists_in) continue;
      add_segments(row.at);
      for (const Json& key : row.argument.value("keys", Json::array())) add_segments(key.get<std::string>());
    }
  }
}

void Visibility::add_segments(const std::string& pointer) {
  for (const std::string& token : split_pointer(pointer)) segments_.insert(to_lower(token));
}

// Of every {{a.b.c}} its parts. A loop over records does not show them, but its body may.
void Visibility::gather(const Json& words) {
  if (words.is_structured()) {
    const char* loop = loop_word(words);
    for (const auto& [name, value] : words.items()) {
      if (loop == nullptr || name != loop || !value.is_string()) gather(value);
    }
    return;
  }
  if (!words.is_string()) return;
  for (const std::string_view name : names_in(words.get_ref<const std::string&>())) {
    const auto parts = split(name, '.');
    whole_requests_ |= name == "request";
    constexpr std::array kPlain = {"request", "reason", "target", "base_url", "allow", "method", "now", "now_plain"};
    whole_records_ |= parts.size() == 1 && std::ranges::find(kPlain, name) == kPlain.end();
    for (const std::string_view part : parts) segments_.insert(to_lower(part));
  }
}

bool Visibility::can_show(const Operation& operation, const std::string& pattern) const {
  if (whole_records_ || is_shown_by_module(contract_, operation.collection)) return true;
  for (const std::string& name : operation.answers) {
    const ResponseDefinition* answer = contract_.find_response(name);
    if (answer == nullptr) continue;
    for (const ResponseVariant& variant : answer->variants) {
      if (variant.names.contains("request") && whole_requests_) return true;
    }
  }
  const auto tokens = split_pointer(pattern);
  return std::ranges::any_of(tokens, [&](const std::string& one) { return segments_.contains(to_lower(one)); });
}

std::string Visibility::why_unseen(const Operation& operation, const std::string& pattern) const {
  if (stores_named_members_only(contract_, operation) && !is_read(members_read(contract_, operation), pattern))
    return "the operation stores what its templates name, and none of them names it";
  return can_show(operation, pattern) ? "" : "no answer shows it and no rule compares it with a record";
}

}  // namespace understudy
