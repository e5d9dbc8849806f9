#include "contracts/src/yaml/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
void Reader::fail(std::string_view pointer, std::string code, std::string message) {
  if (!failed()) *problem_ = document_->problem(pointer, std::move(code), std::move(message));
}

void Reader::fail_key(std::string_view pointer, std::string code, std::string message) {
  if (!failed()) *problem_ = document_->key_problem(pointer, std::move(code), std::move(message));
}

void Reader::keys(std::string_view pointer, std::initializer_list<std::string_view> known, bool extensions) {
  if (is_checked() || failed() || !has(pointer)) return;
  *problem_ = check_keys(*document_, *root_, pointer, std::vector<std::string>(known.begin(), known.end()), extensions);
}

const Json* Reader::find(std::string_view pointer) const {
  if (last_parent_ < parents_.size()) {
    const auto& [parent, value] = parents_[last_parent_];
    if (value != nullptr && pointer.starts_with(parent) && pointer.rfind('/') == parent.size())
      return find_pointer(*value, pointer.substr(parent.size()));
  }
  const auto depth = static_cast<std::size_t>(std::ranges::count(pointer, '/'));
  last_parent_ = depth - 1;  // beyond the end for the root
  return find_below(pointer, depth);
}

// `depth`: the number of slashes.
const Json* Reader::find_below(std::string_view pointer, std::size_t depth) const {
  if (depth == 0) return find_pointer(*root_, pointer);
  if (parents_.size() < depth) parents_.resize(depth);
  const std::size_t slash = pointer.rfind('/');
  Parent& parent = parents_[depth - 1];
  if (parent.value == nullptr || parent.pointer != pointer.substr(0, slash)) {
    parent.value = find_below(pointer.substr(0, slash), depth - 1);
    parent.pointer = pointer.substr(0, slash);
  }
  return parent.value == nullptr ? nullptr : find_pointer(*parent.value, pointer.substr(slash));
}

std::string Reader::text(std::string_view pointer, std::string fallback) {
  const Json* value = find(pointer);
  if (value == nullptr) return fallback;
  if (value->is_string()) return value->get<std::string>();
  fail(pointer, "wrong-type", "found " + describe(*value) + ", expected a string");
  return fallback;
}

std::string Reader::required_text(std::string_view pointer) {
  if (!has(pointer)) {
    const auto tokens = split_pointer(pointer);
    fail(pointer, "missing-key", "'" + (tokens.empty() ? std::string() : tokens.back()) + "' is missing");
    return {};
  }
  return text(pointer);
}

bool Reader::flag(std::string_view pointer, bool fallback) {
  const Json* value = find(pointer);
  if (value == nullptr) return fallback;
  if (value->is_boolean()) return value->get<bool>();
  fail(pointer, "wrong-type", "found " + describe(*value) + ", expected true or false");
  return fallback;
}

std::int64_t Reader::integer(std::string_view pointer, std::int64_t fallback) {
  const Json* value = find(pointer);
  if (value == nullptr) return fallback;
  if (const auto integer = to_int64(*value)) return *integer;
  fail(pointer, "wrong-type", "found " + describe(*value) + ", expected an integer");
  return fallback;
}

double Reader::number(std::string_view pointer, double fallback) {
  const Json* value = find(pointer);
  if (value == nullptr) return fallback;
  if (is_number(*value)) return to_double(*value);
  fail(pointer, "wrong-type", "found " + describe(*value) + ", expected a number");
  return fallback;
}

std::string Reader::word_of(std::string_view pointer, std::span<const std::string_view> words, std::string fallback) {
  if (!has(pointer)) return fallback;
  const std::string found = text(pointer);
  if (failed() || contains(words, std::string_view(found))) return found;
  const std::vector<std::string> known(words.begin(), words.end());
  fail(pointer, "unknown-word", fmt::format("found '{}', expected one of {}{}", found, fmt::join(known, ", "), did_you_mean(found, known)));
  return fallback;
}

std::vector<std::string> Reader::texts(std::string_view pointer) {
  std::vector<std::string> out;
  for (std::size_t i = 0, n = size(pointer); i < n; ++i) out.push_back(text(join_pointer(pointer, i)));
  return out;
}

std::vector<std::string> Reader::members(std::string_view pointer) {
  const Json* value = find(pointer);
  if (value == nullptr) return {};
  if (!value->is_object()) {
    fail(pointer, "wrong-type", "found " + describe(*value) + ", expected a mapping");
    return {};
  }
  std::vector<std::string> out;
  for (const auto& [name, member] : value->items()) out.push_back(name);
  return out;
}

std::size_t Reader::size(std::string_view pointer) {
  const Json* value = find(pointer);
  if (value == nullptr) return 0;
  if (value->is_array()) return value->size();
  fail(pointer, "wrong-type", "found " + describe(*value) + ", expected a list");
  return 0;
}

std::map<std::string, std::string> Reader::text_map(std::string_view pointer) {
  std::map<std::string, std::string> out;
  for (const std::string& name : members(pointer)) out[name] = text(join_pointer(pointer, name));
  return out;
}

std::optional<Evidence> Reader::evidence(std::string_view pointer) {
  if (!has(pointer)) return std::nullopt;
  return parse_evidence(word(pointer, {"documented", "observed", "published", "assumed"}));
}

}  // namespace understudy
