// JSON objects that are written member by member, from what is stored and what is derived, without making the value of the whole.
#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <cassert>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "contracts/src/base/json.h"
#include "contracts/src/model/template.h"

namespace understudy {

// Writes a part of an answer. What it is about outlives it.
struct Part {
  const void* of;
  void (*write)(const void* of, std::string& out);
};
template <auto kWrite, class T>
Part part(const T& of) {
  return {&of, [](const void* one, std::string& out) { (static_cast<const T*>(one)->*kWrite)(out); }};
}

struct Shown {
  std::string_view name;
  std::variant<const Json*, Json, std::string_view, Part> value;

  void write(std::string& out) const {
    if (const auto* stored = std::get_if<const Json*>(&value)) return append_json(**stored, out);
    if (const auto* made = std::get_if<Json>(&value)) return append_json(*made, out);
    if (const auto* text = std::get_if<std::string_view>(&value)) return append_json_string(*text, out);
    const auto& of = std::get<Part>(value);
    of.write(of.of, out);
  }
};
using ShownMembers = boost::container::static_vector<Shown, 32>;  // sorted by name

using Objects = std::initializer_list<const Json*>;
inline bool leaves_none_out(std::string_view) { return false; }

// Visits the members of all these by name. Of those with the same name the first counts; a null has none. `leaves_out(name)`: members of
// the objects, not those of `own`, that do not count.
template <class LeavesOut, class Visit>
void visit_members(const ShownMembers& own, Objects objects, const LeavesOut& leaves_out, Visit visit) {
  struct Range {
    Json::object_t::const_iterator at, end;
  };
  assert(std::ranges::is_sorted(own, {}, &Shown::name));
  boost::container::static_vector<Range, 4> ranges;
  for (const Json* object : objects) {
    if (!object->is_object()) continue;
    const auto& members = object->get_ref<const Json::object_t&>();
    ranges.push_back({members.begin(), members.end()});
  }
  auto next_own = own.begin();
  while (true) {
    const Range* first = nullptr;
    for (const Range& range : ranges) {
      if (range.at != range.end && (first == nullptr || range.at->first < first->at->first)) first = &range;
    }
    if (first == nullptr && next_own == own.end()) return;
    const bool is_own = next_own != own.end() && (first == nullptr || next_own->name <= first->at->first);
    const std::string_view name = is_own ? next_own->name : std::string_view(first->at->first);
    if (is_own)
      visit(*next_own++);
    else if (!leaves_out(name))
      visit(Shown{.name = name, .value = &first->at->second});
    for (Range& range : ranges) {
      if (range.at != range.end && range.at->first == name) ++range.at;
    }
  }
}

template <class LeavesOut = bool(std::string_view)>
void write_members(const ShownMembers& own, Objects objects, std::string& out, const LeavesOut& leaves_out = leaves_none_out) {
  char before = '{';
  visit_members(own, objects, leaves_out, [&](const Shown& member) {
    out += std::exchange(before, ',');
    append_json_string(member.name, out);
    out += ':';
    member.write(out);
  });
  out += before == '{' ? "{}" : "}";
}

template <class LeavesOut>
RenderedObject render_members(const ShownMembers& own, Objects objects, const LeavesOut& leaves_out) {
  RenderedObject rendered(Json::object());
  visit_members(own, objects, leaves_out,
                [&](const Shown& member) { rendered.add(member.name, [&](std::string& out) { member.write(out); }); });
  return rendered;
}

template <class Elements>
void write_list(const Elements& elements, std::string& out) {
  char before = '[';
  for (const auto& element : elements) {
    out += std::exchange(before, ',');
    element.write(out);
  }
  out += before == '[' ? "[]" : "]";
}

// The member of the first of these objects that has it; nullptr: none has.
inline const Json* find_member(Objects objects, std::string_view name) {
  for (const Json* object : objects) {
    if (!object->is_object()) continue;
    if (const auto found = object->find(name); found != object->end()) return &*found;
  }
  return nullptr;
}
// The same; a null where none has it.
inline const Json& first_member(Objects objects, std::string_view name) {
  static const Json kNone;
  const Json* found = find_member(objects, name);
  return found == nullptr ? kNone : *found;
}

}  // namespace understudy
