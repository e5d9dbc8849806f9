#include "tests/reference/json.h"

#include <cmath>

#include "tests/reference/text.h"

namespace reference {
namespace {

constexpr int kDeepest = 200;

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  if (is_too_deep(text)) return std::nullopt;
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

std::string render_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string canonical_json(const Json& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

std::string text_at(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member && member->is_string() ? member->get<std::string>() : std::string{};
}

std::int64_t integer_at(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member && member->is_number() ? member->get<std::int64_t>() : 0;
}

double number_at(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member && member->is_number() ? member->get<double>() : 0;
}

bool true_at(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  return member && member->is_boolean() && member->get<bool>();
}

const Json& object_at(const Json& object, std::string_view name) {
  static const Json kNone = Json::object();
  const Json* member = find_member(object, name);
  return member && member->is_object() ? *member : kNone;
}

const Json& list_at(const Json& object, std::string_view name) {
  static const Json kNone = Json::array();
  const Json* member = find_member(object, name);
  return member && member->is_array() ? *member : kNone;
}

std::optional<double> as_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return parse_number(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_string()) {
    if (const auto whole = parse_integer(value.get_ref<const std::string&>())) return whole;
  }
  const auto number = as_number(value);
  constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double names no single integer
  if (!number || *number != std::floor(*number) || std::fabs(*number) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

Json plain_number(double value) {
  if (const auto whole = as_integer(Json(value))) return *whole;
  return value;
}

}  // namespace reference
