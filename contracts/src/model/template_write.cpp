// Templates as JSON text, without the values that fill() makes.
#include <algorithm>
#include <list>
#include <utility>

#include "contracts/src/base/text.h"
#include "contracts/src/model/template_parts.h"

namespace understudy {
namespace {

thread_local SpareText spare;  // of the RenderedObject before

}  // namespace

const RenderedObject* TemplateScope::find_rendered(std::string_view wanted) const {
  for (const TemplateScope* scope = this; scope != nullptr; scope = scope->outer) {
    if (scope->name == wanted && (scope->element != nullptr || scope->rendered != nullptr)) return scope->rendered;
  }
  return nullptr;
}

RenderedObject::~RenderedObject() { spare.keep(std::move(text_)); }

RenderedObject::RenderedObject(const Json& object) : is_object_(object.is_object()) {
  if (!is_object_) return;
  text_ = spare.take();
  for (auto member = object.begin(); member != object.end(); ++member)
    add(member.key(), [&](std::string& out) { append_json(*member, out); });
}

void RenderedObject::write(std::string& out) const {
  char before = '{';
  visit([&](std::string_view name, std::string_view value) {
    out += std::exchange(before, ',');
    append_json_string(name, out);
    out.append(1, ':').append(value);
  });
  out += before == '{' ? "{}" : "}";
}

Json RenderedObject::read() const {
  std::string text;
  write(text);
  return parse_json(text).value_or(Json());
}

bool Template::needs_value(std::string_view name) const {
  if (!roots_.contains(name)) return false;
  const auto needs = [name](const Template& one) { return one.needs_value(name); };
  const auto any = [&](const std::vector<Template>& parts) { return std::ranges::any_of(parts, needs); };
  return std::visit(
      Overload{
          [&](const Merge& merge) {
            return std::ranges::any_of(merge.parts, [&](const Template& one) { return one.needs_value_to_merge(name); });
          },
          [&](const Object& object) { return std::ranges::any_of(object.members, needs, &std::pair<std::string, Template>::second); },
          [&](const List& list) { return any(list.elements); },
          [&](const If& choice) { return choice.condition.front().roots_.contains(name) || any(choice.yes) || any(choice.no); },
          [](const auto&) { return true; },  // its parts are filled, not written
      },
      node_);
}

bool Template::needs_value_to_merge(std::string_view name) const {
  if (const auto* path = std::get_if<TemplatePath>(&node_)) return path->size() != 1 && needs_value(name);
  if (const auto* choice = std::get_if<If>(&node_)) {
    return choice->condition.front().roots_.contains(name) || choice->yes.front().needs_value_to_merge(name) ||
           choice->no.front().needs_value_to_merge(name);
  }
  return std::holds_alternative<Object>(node_) ? needs_value(name) : roots_.contains(name);
}

struct Template::Members {
  boost::container::small_vector<Member, 64> all;
  std::list<Json> made;  // objects that `all` refers to

  void add(std::string_view name, const Template* made_by, const Json* value) {
    all.push_back({.name = name, .order = all.size(), .made_by = made_by, .value = value});
  }
  void add(const Json& object) {
    if (!object.is_object()) return;
    for (auto member = object.begin(); member != object.end(); ++member) add(member.key(), nullptr, &*member);
  }
  void add(const RenderedObject& object) {
    object.visit(
        [this](std::string_view name, std::string_view text) { all.push_back({.name = name, .order = all.size(), .text = text}); });
  }
};

void Template::add_members(const TemplateScope& scope, Members& members) const {
  if (const auto* path = std::get_if<TemplatePath>(&node_)) {
    const RenderedObject* rendered = path->size() == 1 ? scope.find_rendered(path->front()) : nullptr;
    return rendered != nullptr ? members.add(*rendered) : members.add(look_up(scope, *path));
  }
  if (const auto* choice = std::get_if<If>(&node_)) return choose(*choice, scope).add_members(scope, members);
  if (const auto* object = std::get_if<Object>(&node_)) {
    for (const auto& [name, value] : object->members) members.add(name, &value, nullptr);
    return;
  }
  members.add(members.made.emplace_back(fill(scope)));
}

// The members of all parts by name, without making the object.
void Template::write_merge(const Merge& merge, const TemplateScope& scope, std::string& out) {
  Members members;
  for (const Template& one : merge.parts) one.add_members(scope, members);
  std::ranges::sort(members.all, {}, [](const Member& member) { return std::pair(member.name, member.order); });
  char before = '{';
  for (std::size_t i = 0; i < members.all.size(); ++i) {
    const Member& member = members.all[i];
    if (i + 1 < members.all.size() && members.all[i + 1].name == member.name) continue;
    out += before;
    append_json_string(member.name, out);
    out += ':';
    if (member.value != nullptr)
      append_json(*member.value, out);
    else if (member.made_by != nullptr)
      member.made_by->write(scope, out);
    else
      out += member.text;
    before = ',';
  }
  out += before == '{' ? "{}" : "}";
}

// Appends the elements of the list that this template makes, each behind `before`, which is a comma afterwards.
void Template::write_elements(const TemplateScope& scope, char& before, std::string& out) const {
  const auto begin = [&] {
    out += before;
    before = ',';
  };
  const auto* each = std::get_if<Each>(&node_);
  const auto write_element = [&](const Json& element) {
    if (each == nullptr) {
      begin();
      return append_json(element, out);
    }
    const TemplateScope inner = scope.with(each->name, element);
    Json condition;
    if (!each->where.empty() && is_falsy(each->where.front().find_or_fill(inner, condition))) return;
    if (each->flat) return each->body.front().write_elements(inner, before, out);
    begin();
    each->body.front().write(inner, out);
  };
  const Template& from = each == nullptr ? *this : each->list.front();
  if (const auto* records = std::get_if<Records>(&from.node_); records != nullptr && !records->first) {
    for (const auto& record : select(*records, scope)) write_element(*record);
    return;
  }
  Json made;
  const Json& list = from.find_or_fill(scope, made);
  if (!list.is_array()) return;
  for (const Json& element : list) write_element(element);
}

// The elements of all these lists as one list.
void Template::write_list(std::span<const Template> lists, const TemplateScope& scope, std::string& out) {
  char before = '[';
  for (const Template& one : lists) one.write_elements(scope, before, out);
  out += before == '[' ? "[]" : "]";
}

void Template::write_function(const Function& function, const TemplateScope& scope, std::string& out) {
  const auto* parts = std::get_if<List>(&function.argument.front().node_);
  if (parts != nullptr && function.word == TemplateWord::concat) return write_list(parts->elements, scope, out);
  if (parts != nullptr && function.word == TemplateWord::first) {
    for (const Template& part : parts->elements) {
      Json made;
      const Json& value = part.find_or_fill(scope, made);
      if (!value.is_null()) return append_json(value, out);
    }
    out += "null";
    return;
  }
  Json made;
  append_word(function.word, function.argument.front().find_or_fill(scope, made), out);
}

void Template::write(const TemplateScope& scope, std::string& out) const {
  std::visit(Overload{
                 [&](const Literal& one) { out += one.text; },
                 [&](const TemplatePath& path) {
                   const RenderedObject* rendered = path.size() == 1 ? scope.find_rendered(path.front()) : nullptr;
                   if (rendered != nullptr)
                     rendered->write(out);
                   else
                     append_json(look_up(scope, path), out);
                 },
                 [&](const Object& object) {
                   out += '{';
                   for (std::size_t i = 0; i < object.members.size(); ++i) {
                     out += object.keys[i];
                     object.members[i].second.write(scope, out);
                   }
                   out += '}';
                 },
                 [&](const List& list) {
                   char before = '[';
                   for (const Template& element : list.elements) {
                     out += before;
                     element.write(scope, out);
                     before = ',';
                   }
                   out += before == '[' ? "[]" : "]";
                 },
                 [&](const Each&) {
                   write_list({this, 1}, scope, out);
                 },
                 [&](const Function& function) { write_function(function, scope, out); },
                 [&](const Merge& merge) { write_merge(merge, scope, out); },
                 [&](const If& choice) { choose(choice, scope).write(scope, out); },
                 [&](const Case& choice) { choose(choice, scope).write(scope, out); },
                 [&](const Records& records) {
                   if (!records.first) return append_json(fill(scope), out);
                   append_json(look_up(take(records, select(records, scope))), out);
                 },
                 [&](const auto&) { append_json(fill(scope), out); },
             },
             node_);
}

}  // namespace understudy
