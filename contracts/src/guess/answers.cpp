// The bodies and headers of successes.
#include "contracts/src/guess/guesser.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {

Json Guesser::success(const ApiOperation& operation) const {
  Json made = {{"status", operation.status}};
  if (operation.status >= 300) made["headers"]["Location"] = "{{base_url}}";
  if (operation.perform == "create") made["headers"]["Location"] = location(operation, resources_[operation.resource]);
  if (operation.perform == "list") add_count_header(operation, made);
  if (operation.media.empty()) return made;
  if (operation.media != "application/json") made["content_type"] = operation.media;
  const Json* media = find_pointer(shape_, operation.response.substr(0, operation.response.rfind('/')));
  if (operation.response.empty()) {
    made["text"] = text_of_example(operation);
    return made;
  }
  made["schema"] = schema_reference(operation.response);
  made["fill"] = true;
  made["body"] = nullptr;
  if (operation.id == token_operation_) {
    made["body"] = {{"access_token", "{{token.value}}"}, {"token_type", "Bearer"}, {"expires_in", "{{token.lifetime}}"}};
  } else if (!operation.perform.empty()) {
    add_record_body(operation, resources_[operation.resource], made);
  }
  if (made["body"].is_null() && media != nullptr && media->contains("example"))
    made["schema"] = {{"allOf", Json::array({std::move(made["schema"])})}, {"example", media->at("example")}};
  return made;
}

void Guesser::add_count_header(const ApiOperation& operation, Json& made) const {
  const Json* headers = find_pointer(*operation.node, "/responses/" + std::to_string(operation.status) + "/headers");
  if (headers == nullptr) return;
  for (const auto& [name, header] : headers->items()) {
    std::string word = plain_word(name);
    if (word.starts_with('x')) word.erase(0, 1);
    if (word == "total" || word == "totalcount" || word == "count" || word == "totalitems") made["headers"][name] = "{{page.total}}";
  }
}

std::string Guesser::text_of_example(const ApiOperation& operation) const {
  const Json* content = find_pointer(*operation.node, "/responses/" + std::to_string(operation.status) + "/content");
  const Json* example = content == nullptr || content->empty() ? nullptr : find_pointer(*content->begin(), "/example");
  std::string text = example != nullptr && example->is_primitive() ? as_text(*example) : std::string();
  if (const auto braces = text.find("{{"); braces != std::string::npos) text.resize(braces);
  return text;
}

void Guesser::add_record_body(const ApiOperation& operation, const Resource& one, Json& made) const {
  if (operation.perform == "list") {
    const auto found = find_list(schemas_, operation.response, last_segment(one));
    if (!found) return;
    made["body"] = wrap(found->path, "{{records}}");
    if (!found->path.empty()) {
      add_page_members(operation.response, made["body"]);
      if (found->path.size() > 1)
        add_page_members(find_schema(operation.response, {found->path.front()}), made["body"][found->path.front()]);
    }
    return;
  }
  if (operation.perform == "create" && (schemas_.is(operation.response, "string") || schemas_.is(operation.response, "integer"))) {
    made["body"] = braced("record", id_member(one));  // the new id alone
    return;
  }
  const auto found = find_record(schemas_, operation.response, one);
  if (!found) return;
  const auto members = schemas_.members(found->schema);
  if (operation.perform == "delete" && overlap(found->schema, one.model) == 0) return;
  made["body"] = wrap(found->path, "{{record}}");
  if (operation.perform != "create" || !members.contains(id_member(one))) return;
  std::string id;
  for (const std::string& name : found->path) id = join_pointer(id, name);
  made["id"] = join_pointer(id, id_member(one));
}

std::string Guesser::location(const ApiOperation& operation, const Resource& one) const {
  std::string path = one.path;
  const auto own = path_parameters(operation.path), all = path_parameters(one.path);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string mark = "{" + all[i] + "}";
    const auto at = path.find(mark);
    const std::string value = i < one.parents.size() ? (i < own.size() ? braced("path", own[i]) : "") : braced("record", id_member(one));
    path.replace(at, mark.size(), value);
  }
  return "{{base_url}}" + path;
}

void Guesser::add_page_members(const std::string& schema, Json& body) const {
  const auto members = schemas_.members(schema);
  const auto is_one = [](const std::string& word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
  };
  for (const auto& [name, pointer] : members) {
    if (body.contains(name)) continue;
    const std::string word = plain_word(name);
    const bool is_text = schemas_.is(pointer, "string"), is_count = schemas_.is(pointer, "integer") || schemas_.is(pointer, "number");
    std::string value;
    if (is_count &&
        is_one(word, {"total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalelements", "count", "totalsize"}))
      value = "total";
    if (is_count && is_one(word, {"page", "pagenumber", "currentpage", "number"})) value = "number";
    if (is_count && is_one(word, {"limit", "perpage", "pagesize", "size"})) value = "size";
    if (is_count && word == "offset") value = "offset";
    if (is_count && is_one(word, {"pages", "totalpages", "pagecount"})) value = "pages";
    if (is_one(word, {"hasmore", "hasnext", "hasnextpage", "more"})) value = "more";
    if (is_one(word, {"nextcursor", "nextpagetoken", "nexttoken", "cursor", "endcursor", "nextpage"})) value = "next";
    if (is_text && is_one(word, {"next", "nextpageurl", "nexturl", "nextlink", "nextpageuri"})) value = "next_url";
    if (value.empty()) {
      const bool holds_more =
          is_one(word, {"meta", "pagination", "paging", "page", "links", "pageinfo", "responsemetadata"}) && schemas_.is_object(pointer);
      Json inner = Json::object();
      if (holds_more) add_page_members(pointer, inner);
      if (!inner.empty()) body[name] = std::move(inner);
      continue;
    }
    const bool is_next = value.starts_with("next") && is_text && !schemas_.is(pointer, "null");
    const Json path = "{{page." + value + "}}";
    body[name] = is_next ? Json{{"$first", Json::array({path, ""})}} : path;
  }
}

}  // namespace understudy
