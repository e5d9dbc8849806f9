// The calls of the admin API that give the journal away as a document: NDJSON and HAR 1.2, oldest first, without credentials
// unless they are asked for.
#include <algorithm>

#include "mock/state/secrets.h"
#include "mock/wiremock/har.h"
#include "mock/wiremock/requests.h"

namespace understudy {
namespace {

tl::expected<std::vector<Logged>, Response> chosen_for_export(const AdminCall& call) {
  auto chosen = choose_requests(call, {"format", "secrets"});
  if (!chosen) return tl::unexpected(chosen.error());
  const std::string secrets = call.parameter("secrets").value_or("false");
  if (secrets != "true" && secrets != "false")
    return tl::unexpected(journal_failure("secrets", "found secrets=" + secrets + ", expected true or false"));
  std::ranges::reverse(chosen->logged);
  if (secrets == "true") return std::move(chosen->logged);
  for (Logged& one : chosen->logged) one = mask_secrets(one, call.engine.contracts);
  return std::move(chosen->logged);
}

Response document(const char* type, const char* file, std::string text) {
  Response response;
  response.headers = {{"Content-Type", type}, {"Content-Disposition", std::string("attachment; filename=\"") + file + "\""}};
  response.body = std::move(text);
  return response;
}

}  // namespace

Response export_ndjson(const AdminCall& call) {
  const auto logged = chosen_for_export(call);
  if (!logged) return logged.error();
  std::string text;
  for (const Logged& one : *logged) text += render_json(render_serve_event(one, call.engine.contracts)) + "\n";
  return document("application/x-ndjson", "requests.ndjson", std::move(text));
}

Response export_har(const AdminCall& call) {
  const auto logged = chosen_for_export(call);
  if (!logged) return logged.error();
  return document("application/json", "requests.har", render_json(render_har(*logged, call.engine.contracts)));
}

}  // namespace understudy
