// Security schemes: where a request carries its credential, and the endpoints that issue tokens.
#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"
#include "contracts/src/guess/parts.h"

namespace understudy {

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json guess_credentials(const Json& shape, const std::string& issuer, std::vector<std::string>& words) {
  Json made = {{"kind", "api_key"}, {"any", true}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!made.contains(name)) made[name] = Json::array();
    if (!contains(made[name], Json(value))) made[name].push_back(value);
  };
  for (const auto& [name, scheme] : shape.at("components").at("securitySchemes").items()) {
    const std::string type = text_member(scheme, "type"), in = text_member(scheme, "in"), key = text_member(scheme, "name");
    if (type == "apiKey" && in == "header") {
      if (equals_ignore_case(key, "Authorization")) made["bearer"] = true;
      if (!made.contains("header"))
        made["header"] = key;
      else
        add("headers", key);
      words.push_back("key in header " + key);
    } else if (type == "apiKey" && (in == "query" || in == "cookie")) {
      add(in == "query" ? "query" : "cookies", key);
      words.push_back("key in " + in + " " + key);
    } else if (type == "http" && to_lower(text_member(scheme, "scheme")) == "basic") {
      made["basic"] = true;
      words.push_back("basic");
    } else if (type == "http" || type == "oauth2" || type == "openIdConnect") {
      made["bearer"] = true;
      words.push_back(type == "http" ? "bearer" : type == "oauth2" ? "OAuth 2" : "OpenID Connect");
    }
  }
  if (words.empty()) return {{"kind", "none"}};
  if (!issuer.empty()) made["operation"] = issuer;
  made["username"] = "/username";
  return made;
}

std::string add_token_operations(Json& shape) {
  std::string issuer;
  const Json* server = find_pointer(shape, "/servers/0/url");
  const std::string base = server == nullptr ? std::string() : server->get<std::string>();
  for (const auto& [name, scheme] : shape.at("components").at("securitySchemes").items()) {
    const Json flows = scheme.value("flows", Json::object());
    for (const auto& [flow, details] : flows.items()) {
      std::string path = details.is_object() ? text_member(details, "tokenUrl") : std::string();
      if (flow == "implicit" || path.empty()) continue;
      if (const auto host = path.find("://"); host != std::string::npos)
        path = path.substr(std::min(path.find('/', host + 3), path.size()));
      path = path.substr(0, path.find_first_of("?#"));
      if (!base.empty() && path.starts_with(base + "/")) path = path.substr(base.size());
      if (!path.starts_with('/') || path.size() < 2 || path.find('{') != std::string::npos) continue;
      Json& item = shape["paths"][path];
      if (!item.contains("post")) {
        const Json form = {{"type", "object"},
                           {"properties",
                            {{"grant_type", {{"type", "string"}}},
                             {"username", {{"type", "string"}}},
                             {"password", {{"type", "string"}}},
                             {"client_id", {{"type", "string"}}},
                             {"client_secret", {{"type", "string"}}},
                             {"refresh_token", {{"type", "string"}}},
                             {"scope", {{"type", "string"}}}}}};
        const Json token = {
            {"type", "object"},
            {"required", {"access_token", "token_type", "expires_in"}},
            {"properties",
             {{"access_token", {{"type", "string"}}}, {"token_type", {{"type", "string"}}}, {"expires_in", {{"type", "integer"}}}}}};
        item["post"] = {
            {"operationId", "issueToken"},
            {"summary", "Issues an OAuth token"},
            {"security", Json::array()},
            {"parameters", Json::array()},
            {"requestBody",
             {{"required", false},
              {"content", {{"application/x-www-form-urlencoded", {{"schema", form}}}, {"application/json", {{"schema", form}}}}}}},
            {"responses", {{"200", {{"description", "the token"}, {"content", {{"application/json", {{"schema", token}}}}}}}}}};
      }
      if (issuer.empty()) issuer = item["post"]["operationId"].get<std::string>();
    }
  }
  return issuer;
}

}  // namespace understudy
