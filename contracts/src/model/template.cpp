#include "contracts/src/model/template.h"

#include <charconv>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

const Json kNoValue = nullptr;

bool is_falsy(const Json& value) { return value.is_null() || value == false; }

void append_text(const Json& value, std::string& out) {
  if (value.is_string())
    out += value.get_ref<const std::string&>();
  else if (!value.is_null())
    append_json(value, out);
}

TemplatePath parse_path(std::string_view path) {
  TemplatePath segments;
  while (!path.empty()) {
    std::string_view segment;
    if (const auto close = path.find(']'); path.front() == '[' && close != std::string_view::npos) {
      segment = path.substr(1, close - 1);
      path.remove_prefix(close + 1);
    } else {
      segment = path.substr(0, path.find('.'));
      path.remove_prefix(segment.size());
    }
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
    segments.emplace_back(segment);
  }
  return segments;
}

const Json* step_into(const Json& node, const std::string& segment) {
  if (node.is_object()) {
    const auto found = node.find(segment);
    return found == node.end() ? nullptr : &*found;
  }
  if (!node.is_array()) return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  if (error != std::errc{} || end != segment.data() + segment.size() || index >= node.size()) return nullptr;
  return &node[index];
}

const Json& look_up(const TemplateScope& scope, const TemplatePath& path) {
  const Json* found = scope.find(path);
  return found == nullptr ? kNoValue : *found;
}

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

}  // namespace

const Json* TemplateScope::find(const TemplatePath& path) const {
  if (path.empty()) return &context;
  const Json* node = nullptr;
  for (const TemplateScope* scope = this; scope != nullptr && node == nullptr; scope = scope->outer) {
    if (scope->element != nullptr && scope->name == path.front()) node = scope->element;
  }
  if (node == nullptr) node = step_into(context, path.front());
  for (std::size_t i = 1; i < path.size() && node != nullptr; ++i) node = step_into(*node, path[i]);
  return node;
}

Template Template::part(const Json& pattern) {
  Template made(pattern);
  roots_.insert(made.roots_.begin(), made.roots_.end());
  return made;
}

Template::Text Template::read_text(std::string_view text) {
  Text out;
  for (const auto& [literal, path] : split_braces(text, [](std::string_view) { return true; })) {
    out.texts.emplace_back(literal);
    if (!path) continue;
    out.paths.push_back(parse_path(*path));
    if (!out.paths.back().empty()) roots_.insert(out.paths.back().front());
  }
  return out;
}

Template::Template(const Json& pattern) {
  if (pattern.is_string()) {
    Text text = read_text(pattern.get_ref<const std::string&>());
    if (text.paths.empty())
      node_ = Literal{.value = pattern, .text = render_json(pattern)};
    else if (text.paths.size() == 1 && text.texts[0].empty() && text.texts[1].empty())
      node_ = std::move(text.paths.front());
    else
      node_ = std::move(text);
  } else if (pattern.is_array()) {
    List list;
    for (const Json& element : pattern) list.elements.push_back(part(element));
    node_ = std::move(list);
  } else if (!pattern.is_object()) {
    node_ = Literal{.value = pattern, .text = render_json(pattern)};
  } else if (pattern.contains("$each")) {
    node_ = Each{.list = {part(pattern.at("$each"))}, .body = {part(pattern.value("body", Json()))}, .name = pattern.value("as", "item")};
  } else if (pattern.contains("$merge")) {
    Merge merge;
    for (const Json& one : pattern.at("$merge")) merge.parts.push_back(part(one));
    node_ = std::move(merge);
  } else if (pattern.contains("$if")) {
    node_ = If{
        .condition = {part(pattern.at("$if"))}, .yes = {part(pattern.value("then", Json()))}, .no = {part(pattern.value("else", Json()))}};
  } else {
    Object object;
    for (const auto& [name, value] : pattern.items()) {
      object.keys.push_back((object.keys.empty() ? "" : ",") + render_json(name) + ":");
      object.members.emplace_back(name, part(value));
    }
    node_ = std::move(object);
  }
}

Json Template::fill_in(const TemplateScope& scope) const {
  return std::visit(
      Overload{
          [](const Literal& one) { return one.value; },
          [&](const TemplatePath& path) { return look_up(scope, path); },
          [&](const Text& text) {
            std::string out = text.texts.front();
            for (std::size_t i = 0; i < text.paths.size(); ++i) {
              append_text(look_up(scope, text.paths[i]), out);
              out += text.texts[i + 1];
            }
            return Json(std::move(out));
          },
          [&](const Object& object) {
            Json out = Json::object();
            auto& members = out.get_ref<Json::object_t&>();
            for (const auto& [name, value] : object.members) members.emplace_hint(members.end(), name, value.fill_in(scope));
            return out;
          },
          [&](const List& list) {
            Json out = Json::array();
            for (const Template& element : list.elements) out.push_back(element.fill_in(scope));
            return out;
          },
          [&](const Each& each) {
            const Json list = each.list.front().fill_in(scope);
            Json out = Json::array();
            if (!list.is_array()) return out;
            for (const Json& element : list)
              out.push_back(each.body.front().fill_in({.context = scope.context, .outer = &scope, .name = each.name, .element = &element}));
            return out;
          },
          [&](const Merge& merge) {
            Json out = Json::object();
            for (const Template& one : merge.parts) {
              const Json filled = one.fill_in(scope);
              if (filled.is_object()) out.update(filled);
            }
            return out;
          },
          [&](const If& choice) {
            return (is_falsy(choice.condition.front().fill_in(scope)) ? choice.no : choice.yes).front().fill_in(scope);
          },
      },
      node_);
}

void Template::write_in(const TemplateScope& scope, std::string& out) const {
  std::visit(Overload{
                 [&](const Literal& one) { out += one.text; },
                 [&](const TemplatePath& path) { append_json(look_up(scope, path), out); },
                 [&](const Text&) { append_json(fill_in(scope), out); },
                 [&](const Object& object) {
                   out += '{';
                   for (std::size_t i = 0; i < object.members.size(); ++i) {
                     out += object.keys[i];
                     object.members[i].second.write_in(scope, out);
                   }
                   out += '}';
                 },
                 [&](const List& list) {
                   char before = '[';
                   for (const Template& element : list.elements) {
                     out += before;
                     element.write_in(scope, out);
                     before = ',';
                   }
                   out += before == '[' ? "[]" : "]";
                 },
                 [&](const Each& each) {
                   const Template& source = each.list.front();
                   Json made;
                   const Json* list = &made;
                   if (const auto* path = std::get_if<TemplatePath>(&source.node_))
                     list = &look_up(scope, *path);
                   else
                     made = source.fill_in(scope);
                   char before = '[';
                   if (list->is_array()) {
                     for (const Json& element : *list) {
                       out += before;
                       each.body.front().write_in({.context = scope.context, .outer = &scope, .name = each.name, .element = &element}, out);
                       before = ',';
                     }
                   }
                   out += before == '[' ? "[]" : "]";
                 },
                 [&](const Merge&) { append_json(fill_in(scope), out); },
                 [&](const If& choice) {
                   (is_falsy(choice.condition.front().fill_in(scope)) ? choice.no : choice.yes).front().write_in(scope, out);
                 },
             },
             node_);
}

std::optional<std::string> check_template(const Json& pattern) {
  if (pattern.is_string()) {
    const std::string& text = pattern.get_ref<const std::string&>();
    for (auto open = text.find("{{"); open != std::string::npos; open = text.find("{{", open + 2)) {
      if (text.find("}}", open) == std::string::npos) return "'{{' without '}}' in \"" + text + "\"";
    }
    return std::nullopt;
  }
  if (pattern.is_object()) {
    const auto needs = [&](std::string_view word, std::string_view other) { return pattern.contains(word) && !pattern.contains(other); };
    if (needs("$each", "body")) return "$each needs body";
    if (needs("$if", "then")) return "$if needs then";
    if (pattern.contains("$merge") && !pattern.at("$merge").is_array()) return "$merge needs a list";
    if (pattern.contains("as") && pattern.contains("$each") && !pattern.at("as").is_string()) return "as needs a name";
    for (const auto& [name, value] : pattern.items()) {
      if (name.starts_with('$') && name != "$each" && name != "$merge" && name != "$if") return "unknown template word '" + name + "'";
    }
  }
  if (pattern.is_structured()) {
    for (const Json& element : pattern) {
      if (auto problem = check_template(element)) return problem;
    }
  }
  return std::nullopt;
}

}  // namespace understudy
