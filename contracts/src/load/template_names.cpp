// The names that templates may use. A misspelt one would be null in every response.
#include <algorithm>

#include "contracts/src/base/text.h"
#include "contracts/src/load/parts.h"

namespace understudy {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; });
}

using Names = std::map<std::string, std::vector<std::string>>;  // first part -> second parts; none: any

Names known_names(const LoadContext& context) {
  const Contract& contract = context.contract;
  Names names = {{"record", {}},
                 {"records", {}},
                 {"request", {}},
                 {"path", {}},
                 {"query", {}},
                 {"reason", {}},
                 {"method", {}},
                 {"target", {}},
                 {"base_url", {}},
                 {"allow", {}},
                 {"now", {}},
                 {"now_plain", {}},
                 {"page", {"number", "size", "total", "pages", "offset", "next", "next_url", "more"}},
                 {"first", {"message", "field", "pointer", "code", "expected", "actual"}},
                 {"findings", {"messages", "by_field"}},
                 {"token", {"value", "username", "lifetime", "issued", "expires"}},
                 {"limit", {"reset", "retry_after", "requests", "remaining"}},
                 {"setting", names_of(contract.settings)},
                 {"switch", names_of(contract.switches)},
                 {"account", {}}};
  for (const auto& [name, value] : contract.account.items()) names["account"].push_back(name);
  for (const std::string& name : context.module_names) names[name];
  return names;
}

// Of templates outside answers.
Names request_names(const LoadContext& context, const std::vector<std::string>& more) {
  const Names all = known_names(context);
  Names names;
  for (const char* name : {"request", "path", "query", "now", "now_plain", "account", "setting", "switch"}) names[name] = all.at(name);
  for (const std::string& name : more) names[name];
  return names;
}

void check_collection(const LoadContext& context, Reader& reader, const Json& pattern, const std::string& at) {
  for (const char* word : {"$records", "$find"}) {
    const auto named = pattern.find(word);
    if (named == pattern.end() || !named->is_string() || context.contract.collections.contains(named->get<std::string>())) continue;
    reader.fail(join_pointer(at, word), "unknown-collection", "found unknown collection '" + named->get<std::string>() + "'");
  }
}

std::vector<std::string> firsts(const Names& names) {
  std::vector<std::string> list;
  for (const auto& [name, parts] : names) list.push_back(name);
  return list;
}

// `names` by value: those of $each are known inside it only.
void check_names(const LoadContext& context, Reader& reader, const Json& pattern, const std::string& at, const Names& names) {
  if (pattern.is_string()) {
    for (const auto& part : split_braces(pattern.get_ref<const std::string&>(), [](std::string_view) { return true; })) {
      if (!part.name || part.name->empty()) continue;
      const std::string path(*part.name);
      const std::string first = path.substr(0, path.find_first_of(".["));
      const auto known = names.find(first);
      if (known == names.end()) {
        reader.fail(at, "unknown-name", "found {{" + path + "}}, expected a name that templates know" + did_you_mean(first, firsts(names)));
        continue;
      }
      if (known->second.empty() || first.size() == path.size() || path[first.size()] != '.') continue;
      const std::string rest = path.substr(first.size() + 1), second = rest.substr(0, rest.find_first_of(".["));
      if (!second.empty() && !contains(known->second, second))
        reader.fail(at, "unknown-name",
                    "found {{" + path + "}}, but " + first + " has no '" + second + "'" + did_you_mean(second, known->second));
    }
  } else if (pattern.is_array()) {
    for (std::size_t i = 0; i < pattern.size(); ++i) check_names(context, reader, pattern[i], join_pointer(at, i), names);
  } else if (pattern.is_object()) {
    Names inside = names;
    if (pattern.contains("$each")) inside[pattern.value("as", Json("item")).is_string() ? pattern.value("as", "item") : "item"] = {};
    check_collection(context, reader, pattern, at);
    for (const auto& [name, value] : pattern.items())
      check_names(context, reader, value, join_pointer(at, name), name == "body" || name == "where" ? inside : names);
  }
}

}  // namespace

void check_template_names(const LoadContext& context, Reader& reader, const std::string& at) {
  if (reader.is_checked()) return;
  const Names names = known_names(context);
  for (const char* member : {"/body", "/text", "/headers"}) {
    if (const Json* pattern = reader.find(at + member)) check_names(context, reader, *pattern, at + member, names);
  }
}

Template read_template(const LoadContext& context, Reader& reader, const std::string& at, const std::vector<std::string>& names) {
  const Json* pattern = reader.find(at);
  if (pattern == nullptr) return {};
  if (reader.is_checked()) return Template(*pattern);
  if (const auto wrong = check_template(*pattern, true)) {
    reader.fail(at, "bad-template", *wrong);
    return {};
  }
  check_names(context, reader, *pattern, at, request_names(context, names));
  return Template(*pattern);
}

void check_unfilled(Reader& reader, const Json& value, const std::string& at) {
  if (reader.is_checked()) return;
  if (value.is_string() && split_braces(value.get_ref<const std::string&>(), is_name).size() > 1)
    reader.fail(at, "template-not-filled", "found " + render_json(value) + ", expected a plain value: only answers are templates");
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) check_unfilled(reader, member, join_pointer(at, name));
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) check_unfilled(reader, value[i], join_pointer(at, i));
  }
}

}  // namespace understudy
