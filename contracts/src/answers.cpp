#include "contracts/src/answers.h"

#include <algorithm>
#include <charconv>

namespace understudy {
namespace {

const Json kNull = nullptr;

bool is_falsy(const Json& value) { return value.is_null() || value == false; }

std::string as_text(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : render_json(value);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

const Json& look_up(const Json& context, std::string_view path) {
  const Json* found = find_path(context, trimmed(path));
  return found == nullptr ? kNull : *found;
}

// "{{a}}" alone is the value itself; anything else is text with the values written in.
Json fill_string(const std::string& text, const Json& context) {
  const auto open = text.find("{{");
  if (open == std::string::npos) return text;
  if (open == 0 && text.find("}}") == text.size() - 2) return look_up(context, std::string_view(text).substr(2, text.size() - 4));
  std::string out;
  std::size_t at = 0;
  for (auto next = open; next != std::string::npos; next = text.find("{{", at)) {
    const auto close = text.find("}}", next);
    if (close == std::string::npos) break;
    out += text.substr(at, next - at) + as_text(look_up(context, std::string_view(text).substr(next + 2, close - next - 2)));
    at = close + 2;
  }
  return out + text.substr(at);
}

Json fill_each(const Json& pattern, const Json& context) {
  const Json list = fill_template(pattern.at("$each"), context);
  Json out = Json::array();
  if (!list.is_array()) return out;
  const std::string name = pattern.value("as", "item");
  Json inner = context;
  for (const Json& element : list) {
    inner[name] = element;
    out.push_back(fill_template(pattern.at("body"), inner));
  }
  return out;
}

Json fill_merge(const Json& pattern, const Json& context) {
  Json out = Json::object();
  for (const Json& part : pattern.at("$merge")) {
    const Json filled = fill_template(part, context);
    if (filled.is_object()) out.update(filled);
  }
  return out;
}

// {switch: name} stands for the profile's value.
const Json& resolve_switch(const Json& value, const Switches& switches) {
  if (!value.is_object()) return value;
  const auto name = value.find("switch");
  if (name == value.end() || !name->is_string()) return kNull;
  const auto found = switches.find(name->get_ref<const std::string&>());
  return found == switches.end() ? kNull : found->second;
}

}  // namespace

const Json* find_path(const Json& context, std::string_view path) {
  const Json* node = &context;
  while (!path.empty()) {
    std::string_view segment;
    if (path.front() == '[') {
      const auto close = path.find(']');
      if (close == std::string_view::npos) return nullptr;
      segment = path.substr(1, close - 1);
      path.remove_prefix(close + 1);
    } else {
      segment = path.substr(0, path.find('.'));
      path.remove_prefix(segment.size());
    }
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
    if (node->is_object()) {
      const auto found = node->find(segment);
      if (found == node->end()) return nullptr;
      node = &*found;
    } else if (node->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
      if (error != std::errc{} || end != segment.data() + segment.size() || index >= node->size()) return nullptr;
      node = &(*node)[index];
    } else {
      return nullptr;
    }
  }
  return node;
}

Json fill_template(const Json& pattern, const Json& context) {
  if (pattern.is_string()) return fill_string(pattern.get_ref<const std::string&>(), context);
  if (pattern.is_array()) {
    Json out = Json::array();
    for (const Json& element : pattern) out.push_back(fill_template(element, context));
    return out;
  }
  if (!pattern.is_object()) return pattern;
  if (pattern.contains("$each")) return fill_each(pattern, context);
  if (pattern.contains("$merge")) return fill_merge(pattern, context);
  if (pattern.contains("$if")) {
    const bool yes = !is_falsy(fill_template(pattern.at("$if"), context));
    const auto branch = pattern.find(yes ? "then" : "else");
    return branch == pattern.end() ? Json(nullptr) : fill_template(*branch, context);
  }
  Json out = Json::object();
  for (const auto& [name, value] : pattern.items()) out[name] = fill_template(value, context);
  return out;
}

std::set<std::string, std::less<>> find_roots(const Json& pattern) {
  std::set<std::string, std::less<>> roots;
  if (pattern.is_string()) {
    const std::string_view text = pattern.get_ref<const std::string&>();
    for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open + 2)) {
      const auto begin = std::min(text.find_first_not_of(' ', open + 2), text.size());
      roots.emplace(text.substr(begin, text.find_first_of(" .[}", begin) - begin));
    }
  } else if (pattern.is_structured()) {
    for (const Json& part : pattern) roots.merge(find_roots(part));
  }
  return roots;
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

const AnswerVariant& pick_variant(const Answer& answer, const Switches& switches) {
  for (const AnswerVariant& variant : answer.variants) {
    bool holds = true;
    for (const auto& [name, value] : variant.when_switch) {
      const auto found = switches.find(name);
      holds = holds && found != switches.end() && json_equal(found->second, value);
    }
    if (holds) return variant;
  }
  return answer.variants.back();
}

int status_of(const AnswerVariant& variant, const Switches& switches) {
  const Json& status = resolve_switch(variant.status, switches);
  return status.is_number_integer() ? status.get<int>() : 500;
}

std::string reason_of(const AnswerVariant& variant, const Switches& switches) {
  const Json& reason = resolve_switch(variant.reason, switches);
  return reason.is_string() ? reason.get<std::string>() : std::string();
}

Response render_answer(const AnswerVariant& variant, const Switches& switches, const Json& context) {
  Response response;
  response.status = status_of(variant, switches);
  response.reason = reason_of(variant, switches);
  if (variant.body || variant.text) {
    if (!variant.content_type.empty()) response.headers.push_back({"Content-Type", variant.content_type});
    response.body = variant.body ? render_json(fill_template(*variant.body, context)) : as_text(fill_template(*variant.text, context));
  }
  for (const auto& [name, value] : variant.headers.items()) {
    const Json filled = fill_template(value, context);
    if (!filled.is_null()) response.headers.push_back({name, as_text(filled)});
  }
  return response;
}

}  // namespace understudy
