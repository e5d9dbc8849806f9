#include "contracts/src/model/template.h"

#include <algorithm>
#include <charconv>

#include "contracts/src/base/text.h"
#include "contracts/src/model/template_parts.h"

namespace understudy {
namespace {

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

const Json* walk_path(const Json* node, const TemplatePath& path, std::size_t from) {
  for (std::size_t i = from; i < path.size() && node != nullptr; ++i) node = step_into(*node, path[i]);
  return node;
}

const Template& choice_of(const std::vector<std::pair<std::string, Template>>& of, const Json& value, const Template& otherwise) {
  const auto found = std::ranges::find(of, as_text(value), &std::pair<std::string, Template>::first);
  return found == of.end() ? otherwise : found->second;
}

}  // namespace

const Json* TemplateScope::find(const TemplatePath& path) const {
  if (path.empty()) return &context;
  const Json* node = nullptr;
  for (const TemplateScope* scope = this; scope != nullptr && node == nullptr; scope = scope->outer) {
    if (scope->element == nullptr || scope->name != path.front()) continue;
    if (scope->view != nullptr && path.size() > 1 && path[1] == "view") return walk_path(scope->view, path, 2);
    node = scope->element;
  }
  return walk_path(node == nullptr ? step_into(context, path.front()) : node, path, 1);
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
    list.elements.reserve(pattern.size());
    for (const Json& element : pattern) list.elements.push_back(part(element));
    node_ = std::move(list);
  } else if (!pattern.is_object()) {
    node_ = Literal{.value = pattern, .text = render_json(pattern)};
  } else {
    read_object(pattern);
  }
}

std::vector<Template> Template::optional_part(const Json& pattern, std::string_view member) {
  std::vector<Template> made;  // a list in braces would copy the template
  if (pattern.contains(member)) made.push_back(part(pattern.at(member)));
  return made;
}

void Template::read_object(const Json& pattern) {
  const auto one = [&](const char* member) {
    const auto found = pattern.find(member);
    std::vector<Template> made;
    made.push_back(found == pattern.end() ? Template() : part(*found));
    return made;
  };
  if (pattern.contains("$each")) {
    node_ = Each{.list = one("$each"),
                 .body = one("body"),
                 .where = optional_part(pattern, "where"),
                 .name = pattern.value("as", "item"),
                 .flat = pattern.value("flat", false)};
  } else if (pattern.contains("$merge")) {
    Merge merge;
    for (const Json& each : pattern.at("$merge")) merge.parts.push_back(part(each));
    node_ = std::move(merge);
  } else if (pattern.contains("$if")) {
    node_ = If{.condition = one("$if"), .yes = one("then"), .no = one("else")};
  } else if (pattern.contains("$case")) {
    Case made{.value = one("$case"), .otherwise = one("else"), .of = {}};
    for (const auto& [text, value] : pattern.at("of").items()) made.of.emplace_back(text, part(value));
    node_ = std::move(made);
  } else if (pattern.contains("$records") || pattern.contains("$find")) {
    const bool first = pattern.contains("$find");
    node_ = Records{.collection = pattern.at(first ? "$find" : "$records").get<std::string>(),
                    .where = optional_part(pattern, "where"),
                    .first = first,
                    .take = parse_path(pattern.value("take", ""))};
  } else if (pattern.contains("$next")) {
    node_ = Next{.sequence = pattern.at("$next").get<std::string>()};
  } else if (const auto word = pattern.size() == 1 ? find_template_word(pattern.begin().key()) : std::nullopt) {
    Function function{.word = *word, .argument = {}};
    function.argument.push_back(part(pattern.begin().value()));
    node_ = std::move(function);
  } else {
    Object object;
    object.keys.reserve(pattern.size());
    object.members.reserve(pattern.size());
    for (const auto& [name, value] : pattern.items()) {
      object.keys.push_back((object.keys.empty() ? "" : ",") + render_json(name) + ":");
      object.members.emplace_back(name, part(value));
    }
    node_ = std::move(object);
  }
}

const Json& Template::find_or_fill(const TemplateScope& scope, Json& made) const {
  if (const auto* path = std::get_if<TemplatePath>(&node_)) return look_up(scope, *path);
  if (const auto* literal = std::get_if<Literal>(&node_)) return literal->value;
  return made = fill(scope);
}

const Template& Template::choose(const If& choice, const TemplateScope& scope) {
  Json made;
  return (is_falsy(choice.condition.front().find_or_fill(scope, made)) ? choice.no : choice.yes).front();
}

const Template& Template::choose(const Case& choice, const TemplateScope& scope) {
  Json made;
  return choice_of(choice.of, choice.value.front().find_or_fill(scope, made), choice.otherwise.front());
}

Json Template::fill(const TemplateScope& scope) const {
  return std::visit(Overload{
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
                          members.reserve(object.members.size());
                          for (const auto& [name, value] : object.members) members.emplace_hint(members.end(), name, value.fill(scope));
                          return out;
                        },
                        [&](const List& list) {
                          Json out = Json::array();
                          out.get_ref<Json::array_t&>().reserve(list.elements.size());
                          for (const Template& element : list.elements) out.push_back(element.fill(scope));
                          return out;
                        },
                        [&](const Each& each) {
                          Json made;
                          const Json& list = each.list.front().find_or_fill(scope, made);
                          Json out = Json::array();
                          if (!list.is_array()) return out;
                          if (!each.flat) out.get_ref<Json::array_t&>().reserve(list.size());
                          for (const Json& element : list) {
                            const TemplateScope inner = scope.with(each.name, element);
                            if (!each.where.empty() && is_falsy(each.where.front().fill(inner))) continue;
                            Json body = each.body.front().fill(inner);
                            if (!each.flat)
                              out.push_back(std::move(body));
                            else if (body.is_array())
                              out.insert(out.end(), body.begin(), body.end());
                          }
                          return out;
                        },
                        [&](const Merge& merge) {
                          Json out = Json::object();
                          for (const Template& one : merge.parts) {
                            const Json filled = one.fill(scope);
                            if (filled.is_object()) out.update(filled);
                          }
                          return out;
                        },
                        [&](const If& choice) { return choose(choice, scope).fill(scope); },
                        [&](const Case& choice) { return choose(choice, scope).fill(scope); },
                        [&](const Function& function) {
                          Json made;
                          return apply_word(function.word, function.argument.front().find_or_fill(scope, made));
                        },
                        [&](const Records& records) {
                          if (scope.source == nullptr) return Json();
                          const auto found = select(records, scope);
                          if (records.first) return look_up(take(records, found));
                          Json list = Json::array();
                          list.get_ref<Json::array_t&>().reserve(found.size());
                          for (const auto& record : found) list.push_back(*record);
                          return list;
                        },
                        [&](const Next& next) { return scope.source == nullptr ? Json() : Json(scope.source->next(next.sequence)); },
                    },
                    node_);
}

std::vector<std::shared_ptr<const Json>> Template::select(const Records& records, const TemplateScope& scope) {
  if (scope.source == nullptr) return {};
  const std::size_t most = records.first ? 1 : std::string::npos;
  const auto* where = records.where.empty() ? nullptr : std::get_if<Object>(&records.where.front().node_);
  if (where == nullptr || where->members.size() != 1)
    return scope.source->select(records.collection, records.where.empty() ? Json::object() : records.where.front().fill(scope), most);
  const auto& [member, value] = where->members.front();
  Json made;
  return scope.source->select(records.collection, member, value.find_or_fill(scope, made), most);
}

const Json* Template::take(const Records& records, const std::vector<std::shared_ptr<const Json>>& found) {
  return found.empty() ? nullptr : walk_path(found.front().get(), records.take, 0);
}

std::optional<std::string> check_template(const Json& pattern, bool may_draw) {
  if (pattern.is_string()) {
    const std::string& text = pattern.get_ref<const std::string&>();
    for (auto open = text.find("{{"); open != std::string::npos; open = text.find("{{", open + 2)) {
      if (text.find("}}", open) == std::string::npos) return "'{{' without '}}' in \"" + text + "\"";
    }
    return std::nullopt;
  }
  if (pattern.is_object()) {
    if (auto problem = check_word_members(pattern)) return problem;
    if (pattern.contains("$next") && !may_draw) return "$next draws a number, which only changes and records do";
  }
  if (pattern.is_structured()) {
    for (const Json& element : pattern) {
      if (auto problem = check_template(element, may_draw)) return problem;
    }
  }
  return std::nullopt;
}

}  // namespace understudy
