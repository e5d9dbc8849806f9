// What pages and errors look like by the usual names of their members and parameters.
#include <algorithm>

#include "contracts/src/base/text.h"
#include "contracts/src/guess/parts.h"

namespace understudy {
namespace {

constexpr std::string_view kSizes[] = {"limit", "perpage", "pagesize", "size",      "maxresults",     "maxitems",
                                       "count", "first",   "top",      "pagelimit", "resultsperpage", "take"};
constexpr std::string_view kNumbers[] = {"page", "pagenumber", "pageindex", "pageno"};
constexpr std::string_view kOffsets[] = {"offset", "skip", "start", "startat", "startindex", "pageoffset"};
constexpr std::string_view kCursors[] = {"cursor",     "after",  "startingafter",     "pagetoken",  "nexttoken", "continue",
                                         "nextcursor", "marker", "continuationtoken", "pagecursor", "pageafter"};
constexpr std::string_view kMessages[] = {"message", "errormessage", "error",  "errordescription", "detail", "details",
                                          "title",   "msg",          "reason", "description",      "errors"};

}  // namespace

bool add_paging(const std::string& name, const std::string& word, const Json* schema, Json& page) {
  const auto number = [&](const char* keyword, std::int64_t fallback) {
    const auto found = schema == nullptr ? Json() : schema->value(keyword, Json());
    return found.is_number_integer() ? found.get<std::int64_t>() : fallback;
  };
  if (contains(kSizes, word) && !page.contains("size")) {
    page["size"] = name;
    page["maximum"] = std::clamp<std::int64_t>(number("maximum", 1000), 1, 1'000'000);
    page["default"] = std::clamp<std::int64_t>(number("default", 50), 1, page["maximum"].get<std::int64_t>());
    return true;
  }
  const char* kind = contains(kNumbers, word)   ? "number"
                     : contains(kOffsets, word) ? "offset"
                     : contains(kCursors, word) ? "cursor"
                                                : nullptr;
  if (kind == nullptr || page.contains(kind)) return false;
  page[kind] = name;
  if (page.contains("number") && (number("minimum", 1) == 0 || number("default", 1) == 0)) page["first"] = 0;
  return true;
}

void finish_paging(Json& page, Json& ignored) {
  const char* kept = nullptr;
  for (const char* kind : {"cursor", "offset", "number"}) {
    if (!page.contains(kind)) continue;
    if (kept == nullptr) {
      kept = kind;
    } else {
      ignored.push_back(page[kind]);
      page.erase(kind);
    }
  }
  if (kept == nullptr && page.contains("size")) page["offset"] = "offset";
  if (page.contains("number") && !page.contains("size")) {
    page["size"] = "page_size";
    page["default"] = 50;
  }
}

Json refusal_message(int status) {
  return status == 401 || status == 403 || status >= 500 ? Json("{{reason}}")
                                                         : Json{{"$first", Json::array({"{{first.message}}", "{{reason}}"})}};
}

Json error_body(const SchemaIndex& schemas, const std::string& schema, int status, int depth) {
  if (const std::string items = schemas.items(schema); !items.empty()) {
    Json inner = depth < 4 ? error_body(schemas, items, status, depth + 1) : Json();
    return inner.is_null() ? Json() : Json::array({std::move(inner)});
  }
  const auto members = schemas.members(schema);
  if (members.empty()) return schemas.is(schema, "string") ? refusal_message(status) : Json::object();
  Json body = Json::object();
  for (const auto& [name, pointer] : members) {
    const std::string word = plain_word(name);
    const bool is_text = schemas.is(pointer, "string");
    const Json* found = schemas.find(pointer);
    const bool is_fixed = found != nullptr &&
                          (found->contains("enum") || found->contains("const") || found->contains("format") || found->contains("pattern"));
    if (is_text && !is_fixed && contains(kMessages, word)) body[name] = refusal_message(status);
    if (!is_text && (word == "code" || word == "status" || word == "statuscode") && schemas.is(pointer, "integer")) body[name] = status;
    if (!is_text && depth < 4 && (contains(kMessages, word) || word == "errors") &&
        (schemas.is_object(pointer) || !schemas.items(pointer).empty())) {
      if (Json inner = error_body(schemas, pointer, status, depth + 1); !inner.is_null()) body[name] = std::move(inner);
    }
  }
  return body;
}

}  // namespace understudy
