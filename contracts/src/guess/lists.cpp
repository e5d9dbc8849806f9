// Pages, filters and sorting of lists.
#include "contracts/src/guess/guesser.h"

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::string_view kSorts[] = {"sort", "sortby", "orderby", "ordering", "sortfield"};
constexpr std::string_view kOrders[] = {"order", "direction", "sortorder", "sortdirection", "sortdir", "orderdirection"};
constexpr std::string_view kSearches[] = {"q", "query", "search", "keyword", "searchterm"};

// name of filter[name] and model.name; pagesize of page[size].
std::string word_of_parameter(std::string_view name) {
  if (name.starts_with("filter[")) name.remove_prefix(7);
  return plain_word(name.substr(name.rfind('.') + 1));
}

}  // namespace

void Guesser::add_list(const ApiOperation& operation, const Resource& one, const std::vector<std::string>& parameters, Json& made) {
  Json chosen = Json::object();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = i < one.parents.size() ? one.parents[i] : parameters[i];
    chosen[join_pointer("", kHidden, name)] = braced("path", parameters[i]);
  }
  if (!chosen.empty()) made["where"] = std::move(chosen);
  add_parent_checks(one, parameters, made);
  const auto members = schemas_.members(one.model);
  Json page = Json::object(), filters = Json::object(), sort = Json::object(), ignored = Json::array();
  const Json& declared = operation.node->at("parameters");
  for (std::size_t i = 0; i < declared.size(); ++i) {
    if (declared[i].at("in") != "query") continue;
    const std::string name = declared[i].at("name").get<std::string>(), word = word_of_parameter(name);
    const std::string schema = join_pointer(operation.pointer, "parameters", i, "schema");
    if (add_paging(name, word, schemas_.find(schema), page)) continue;
    if (contains(kSorts, word) && !sort.contains("by")) {
      sort["by"] = name;
    } else if (contains(kOrders, word) && !sort.contains("order")) {
      sort["order"] = name;
    } else if (Json filter = make_filter(word, members); !filter.is_null()) {
      filters[name] = std::move(filter);
    } else {
      ignored.push_back(name);
    }
  }
  finish_paging(page, ignored);
  if (!page.empty()) made["page"] = std::move(page);
  if (!filters.empty()) made["filters"] = std::move(filters);
  if (!sort.empty()) made["sort"] = std::move(sort);
  if (!ignored.empty()) made["ignored"] = std::move(ignored);
}

Json Guesser::make_filter(const std::string& word, const std::map<std::string, std::string>& members) const {
  Json texts = Json::array();
  for (const auto& [member, schema] : members) {
    if (schemas_.is(schema, "string") && schemas_.items(schema).empty() && texts.size() < 8) texts.push_back(join_pointer("", member));
    if (plain_word(member) != word) continue;
    std::string at = join_pointer("", member);
    if (const std::string items = schemas_.items(schema); !items.empty()) {
      const auto inner = schemas_.members(items);
      at += inner.contains("name") ? "/*/name" : inner.contains("id") ? "/*/id" : "/*";
    } else if (schemas_.is_object(schema)) {
      return nullptr;
    }
    return {{"member", at}};
  }
  const auto attributes = members.find("attributes");  // where JSON:API has the members of a record
  if (attributes != members.end()) {
    for (const auto& [member, schema] : schemas_.members(attributes->second)) {
      if (plain_word(member) == word && !schemas_.is_object(schema) && schemas_.items(schema).empty())
        return {{"member", join_pointer("/attributes", member)}};
    }
  }
  if (contains(kSearches, word) && !texts.empty()) return {{"members", std::move(texts)}, {"match", "contains"}};
  return nullptr;
}

}  // namespace understudy
