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

void Reader::keys(std::string_view pointer, const std::vector<std::string>& known, bool extensions) {
  if (!failed() && has(pointer)) *problem_ = check_keys(*document_, *root_, pointer, known, extensions);
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

std::string Reader::word(std::string_view pointer, const std::vector<std::string>& words, std::string fallback) {
  if (!has(pointer)) return fallback;
  const std::string found = text(pointer);
  if (failed() || contains(words, found)) return found;
  fail(pointer, "unknown-word", fmt::format("found '{}', expected one of {}{}", found, fmt::join(words, ", "), did_you_mean(found, words)));
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
