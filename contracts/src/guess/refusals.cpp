// The answers of refusals.
#include "contracts/src/guess/guesser.h"

#include <fmt/format.h>

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {

Json Guesser::plain_refusals() {
  return {{"path", refusal(404, nullptr)},       {"method", refusal(405, nullptr)},      {"credentials", refusal(401, nullptr)},
          {"media_type", refusal(415, nullptr)}, {"undecodable", refusal(400, nullptr)}, {"shape", refusal(400, nullptr)},
          {"rows", refusal(409, nullptr)},       {"record", refusal(404, nullptr)},      {"throttle", refusal(429, nullptr)},
          {"unhandled", refusal(500, nullptr)}};
}

Json Guesser::refusals(const ApiOperation& operation) {
  const Json& responses = operation.node->at("responses");
  const auto has = [&](int status) { return responses.contains(std::to_string(status)); };
  Json made = Json::object();
  const auto add = [&](const char* stage, int status) { made[stage] = refusal(status, operation.node); };
  add("credentials", has(401) || !has(403) ? 401 : 403);
  add("shape", has(422) ? 422 : 400);
  add("undecodable", has(400) || !has(422) ? 400 : 422);
  add("record", has(404) || !has(410) ? 404 : 410);
  add("media_type", 415);
  for (auto stage = made.begin(); stage != made.end();)
    stage = *stage == guess_.rules["refusals"].value(stage.key(), "") ? made.erase(stage) : std::next(stage);
  return made;
}

std::string Guesser::refusal(int status, const Json* operation) {
  const std::string plain = "refusal_" + std::to_string(status);
  const Json* content = nullptr;
  std::string pointer;
  const Json none = Json::object();
  const Json& responses = operation == nullptr ? none : operation->at("responses");
  for (const std::string& key :
       {std::to_string(status), fmt::format("{}XX", status / 100), fmt::format("{}xx", status / 100), std::string("default")}) {
    const Json* found = find_pointer(responses, join_pointer("", key));
    if (found == nullptr) continue;
    content = find_pointer(*found, "/content");
    if (content != nullptr && !content->empty()) break;
    content = nullptr;
    if (key != "default") break;
  }
  if (content == nullptr) return plain_refusal(plain, status);
  const std::string media = content->begin().key();
  const Json& schema = content->begin()->at("schema");
  if (media != "application/json" && !media.ends_with("+json")) return plain_refusal(plain, status);
  const auto [known, is_new] = refusals_.emplace(std::to_string(status) + media + render_json(schema), plain);
  if (!is_new) return known->second;
  const auto slash = text_member(schema, "$ref").rfind('/');
  std::string name = slash == std::string::npos ? plain + "_own" : plain + "_" + text_member(schema, "$ref").substr(slash + 1);
  std::ranges::replace_if(
      name, [](char c) { return !is_letter(c) && !is_digit(c) && c != '_'; }, '_');
  const std::string stem = name;
  for (int i = 2; guess_.answers["answers"].contains(name); ++i) name = stem + "_" + std::to_string(i);
  known->second = name;
  Json made = {{"status", status}, {"schema", schema}, {"fill", true}};
  if (media != "application/json") made["content_type"] = media;
  // The schema is read where it is in the document: it may be inline.
  Json home = {{"components", shape_.at("components")}};
  home["schema"] = schema;
  made["body"] = error_body(SchemaIndex(home), "/schema", status);
  guess_.answers["answers"][name] = Json::array({std::move(made)});
  return name;
}

std::string Guesser::plain_refusal(const std::string& name, int status) {
  Json& answers = guess_.answers["answers"];
  if (answers.contains(name)) return name;
  Json made = {{"status", status},
               {"body", {{"error", refusal_message(status)}}},
               {"schema", {{"type", "object"}, {"required", {"error"}}, {"properties", {{"error", {{"type", "string"}}}}}}}};
  made["fill"] = true;
  if (status == 405) made["headers"]["Allow"] = "{{allow}}";
  answers[name] = Json::array({std::move(made)});
  return name;
}

}  // namespace understudy
