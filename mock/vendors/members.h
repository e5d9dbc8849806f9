// Reads members of JSON objects. A member that is absent or of another type is null, "", 0 or an empty list, never an error.
#pragma once

#include <charconv>

#include "contracts/src/base/json.h"
#include "contracts/src/base/number.h"

namespace understudy {

inline const Json& member(const Json& object, std::string_view name) {
  static const Json kNull = nullptr;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

// An object of these names and values: make_object("id", 5, "name", "Ada"). Unlike an initializer list it copies and allocates nothing
// else.
template <class... NamesAndValues>
Json make_object(NamesAndValues&&... members) {
  Json made = Json::object();
  auto& object = made.get_ref<Json::object_t&>();
  object.reserve(sizeof...(members) / 2);
  const auto add = [&](const auto& self, const char* name, auto&& value, auto&&... more) -> void {
    object.insert_or_assign(name, std::forward<decltype(value)>(value));
    if constexpr (sizeof...(more) > 0) self(self, std::forward<decltype(more)>(more)...);
  };
  add(add, std::forward<NamesAndValues>(members)...);
  return made;
}

// An empty object or list that does not allocate again for so many members or elements.
inline Json object_with_room(std::size_t members) {
  Json made = Json::object();
  made.get_ref<Json::object_t&>().reserve(members);
  return made;
}
// Sets a member. Unlike [] it makes no string of the name where the object has it.
inline Json& set(Json& object, std::string_view name, Json value) {
  auto& members = object.get_ref<Json::object_t&>();
  if (const auto found = members.find(name); found != members.end()) return found->second = std::move(value);
  return members.emplace(std::string(name), std::move(value)).first->second;
}
// A copy of an object with room for some more members; an empty object for anything else.
inline Json copy_with_room(const Json& object, std::size_t room) {
  Json copy = object_with_room(object.size() + room);
  if (!object.is_object()) return copy;
  auto& members = copy.get_ref<Json::object_t&>();
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) members.emplace_hint(members.end(), name, value);
  return copy;
}
inline Json list_with_room(std::size_t elements) {
  Json made = Json::array();
  made.get_ref<Json::array_t&>().reserve(elements);
  return made;
}

inline const Json& list_of(const Json& object, std::string_view name) {
  static const Json kEmpty = Json::array();
  const Json& value = member(object, name);
  return value.is_array() ? value : kEmpty;
}

inline std::string text_of(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

inline double amount_of(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return to_double(value);
}

// An id or number as text: "624" for 624 and "624"; "" for anything but numbers and strings.
inline std::string plain_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return is_number(value) ? render_json(value) : std::string();
}

// 624 for 624 and "624".
inline std::optional<std::int64_t> integer_of(const Json& value) {
  const std::string digits = plain_text(value);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace understudy
