#include "mock/wiremock/requests.h"

#include <algorithm>
#include <charconv>

#include "contracts/src/base/problem.h"

namespace understudy {
namespace {

Response done() { return json_response(200, Json::object()); }

Json render_events(const std::vector<Logged>& logged, const Contracts& contracts) {
  Json out = Json::array();
  for (const Logged& one : logged) out.push_back(render_serve_event(one, contracts));
  return out;
}

Json render_requests(const std::vector<Logged>& logged) {
  Json out = Json::array();
  for (const Logged& one : logged) out.push_back(render_logged_request(*one.entry));
  return out;
}

std::optional<bool> parse_flag(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

Response list_requests(const AdminCall& call) {
  const std::string format = call.parameter("format").value_or("json");
  if (format == "ndjson") return export_ndjson(call);
  if (format == "har") return export_har(call);
  if (format != "json") return journal_failure("format", "found format '" + format + "', expected json, ndjson or har");
  const auto chosen = choose_requests(call, {"format"});
  if (!chosen) return chosen.error();
  return json_response(200, {{"requests", render_events(chosen->logged, call.engine.contracts)},
                             {"meta", {{"total", chosen->total}}},
                             {"requestJournalDisabled", is_journal_off(call)}});
}

Response list_unmatched(const AdminCall& call) {
  auto chosen = choose_requests(call);
  if (!chosen) return chosen.error();
  std::erase_if(chosen->logged, [](const Logged& one) { return one.entry->matched; });
  return json_response(200, {{"requests", render_requests(chosen->logged)}, {"requestJournalDisabled", is_journal_off(call)}});
}

Response get_request(const AdminCall& call) {
  const auto found = find_request(call);
  return found ? json_response(200, render_serve_event(*found, call.engine.contracts)) : found.error();
}

// As with WireMock, what is gone already is no mistake.
Response delete_request(const AdminCall& call) {
  const auto found = find_request(call);
  if (!found) return found.error().status == 404 ? done() : found.error();
  if (const auto tenant = call.engine.directory.find(found->tenant)) tenant->journal.remove(found->entry->id);
  return done();
}

Response reset_requests(const AdminCall& call) {
  const auto only = call.parameter("tenant");
  for (const auto& [name, value] : call.query) {
    if (name != "tenant")
      return journal_failure(name, "the parameter '" + name + "' is not known here; to remove some, POST a pattern to requests/remove");
  }
  if (only && !call.engine.directory.find(*only)) return journal_failure("tenant", "there is no tenant '" + *only + "'", 404);
  for (const auto& tenant : call.engine.directory.all()) {
    if (!only || tenant->name == *only) tenant->journal.clear();
  }
  return done();
}

std::vector<Logged> matching(std::vector<Logged> logged, const RequestPattern& pattern) {
  std::erase_if(logged, [&](const Logged& one) { return !pattern.match(one); });
  return logged;
}

Response count_requests(const AdminCall& call) {
  return with_pattern(call, [&](const RequestPattern& pattern, const Json&) {
    const auto all = all_requests(call);
    if (!all) return all.error();
    if (is_journal_off(call)) return json_response(200, {{"count", -1}, {"requestJournalDisabled", true}});
    const auto count = std::ranges::count_if(*all, [&](const Logged& one) { return pattern.match(one); });
    return json_response(200, {{"count", count}, {"requestJournalDisabled", false}});
  });
}

Response find_requests(const AdminCall& call) {
  return with_pattern(call, [&](const RequestPattern& pattern, const Json&) {
    auto all = all_requests(call);
    if (!all) return all.error();
    return json_response(
        200, {{"requests", render_requests(matching(std::move(*all), pattern))}, {"requestJournalDisabled", is_journal_off(call)}});
  });
}

Response remove_requests(const AdminCall& call) {
  return with_pattern(call, [&](const RequestPattern& pattern, const Json&) {
    auto all = all_requests(call);
    if (!all) return all.error();
    const auto found = matching(std::move(*all), pattern);
    for (const Logged& one : found) {
      if (const auto tenant = call.engine.directory.find(one.tenant)) tenant->journal.remove(one.entry->id);
    }
    return json_response(200, {{"serveEvents", render_events(found, call.engine.contracts)}});
  });
}

Response refuse_metadata(const AdminCall&) {
  return journal_failure("", "exchanges carry no stub metadata here; POST a request pattern to requests/remove instead");
}

Response list_requests_of_tenant(const AdminCall& call) {
  return with_tenant(call, [&](Tenant& tenant) {
    Json entries = Json::array();
    for (const JournalItem& entry : tenant.journal.entries()) entries.push_back(render_entry(*entry, tenant.name, &call.engine.contracts));
    return json_response(200, {{"requests", std::move(entries)},
                               {"total", tenant.journal.total()},
                               {"dropped", tenant.journal.dropped()},
                               {"bytes", tenant.journal.bytes()}});
  });
}

Response clear_requests_of_tenant(const AdminCall& call) {
  return with_tenant(call, [](Tenant& tenant) {
    tenant.journal.clear();
    return Response{.status = 204, .reason = {}, .headers = {}, .body = {}};
  });
}

Response list_findings(const AdminCall& call) {
  const std::lock_guard lock(call.engine.findings_mutex);
  return json_response(200, {{"findings", call.engine.own_findings}});
}

// Fixed paths stand in front of {id}. `requests/near-misses/*` is where wiremock-rest-client looks for near misses.
constexpr AdminRoute kRequestsRoutes[] = {
    {"GET", "/requests", list_requests},
    {"DELETE", "/requests", reset_requests},
    {"POST", "/requests/reset", reset_requests},
    {"POST", "/requests/count", count_requests},
    {"POST", "/requests/find", find_requests},
    {"POST", "/requests/remove", remove_requests},
    {"POST", "/requests/remove-by-metadata", refuse_metadata},
    {"GET", "/requests/unmatched", list_unmatched},
    {"GET", "/requests/unmatched/near-misses", unmatched_near_misses},
    {"POST", "/near-misses/request", near_misses_of_request},
    {"POST", "/near-misses/request-pattern", near_misses_of_pattern},
    {"POST", "/requests/near-misses/request", near_misses_of_request},
    {"POST", "/requests/near-misses/request-pattern", near_misses_of_pattern},
    {"GET", "/requests.ndjson", export_ndjson},
    {"GET", "/requests.har", export_har},
    {"GET", "/requests/{id}", get_request},
    {"DELETE", "/requests/{id}", delete_request},
    {"GET", "/requests/{id}/near-misses", near_misses_of_id},
    {"GET", "/tenants/{tenant}/requests", list_requests_of_tenant},
    {"DELETE", "/tenants/{tenant}/requests", clear_requests_of_tenant},
    {"GET", "/findings", list_findings},
};

}  // namespace

std::span<const AdminRoute> request_routes() { return kRequestsRoutes; }

Response journal_failure(const std::string& pointer, const std::string& title, int status) {
  return json_response(status, {{"code", status == 404 ? "unknown-in-journal" : "bad-journal-call"},
                                {"message", title},
                                {"errors", Json::array({{{"code", 10}, {"source", {{"pointer", pointer}}}, {"title", title}}})}});
}

bool is_journal_off(const AdminCall& call) { return call.engine.options.journal_entries == 0; }

bool was_refused(const JournalEntry& entry) {
  return std::ranges::any_of(entry.decisions, [](const Decision& decision) { return !decision.rule.empty() && decision.rule != "fault"; });
}

tl::expected<std::vector<Logged>, Response> all_requests(const AdminCall& call) {
  const auto only = call.parameter("tenant");
  if (only && !call.engine.directory.find(*only))
    return tl::unexpected(journal_failure("tenant", "there is no tenant '" + *only + "'", 404));
  std::vector<Logged> logged;
  for (const auto& tenant : call.engine.directory.all()) {
    if (only && tenant->name != *only) continue;
    for (JournalItem& entry : tenant->journal.entries()) logged.push_back({.entry = std::move(entry), .tenant = tenant->name});
  }
  std::ranges::sort(logged, {}, [](const Logged& one) { return one.entry->arrival; });
  return logged;
}

tl::expected<Choice, Response> choose_requests(const AdminCall& call, const std::vector<std::string>& further) {
  std::vector<std::string> known = {"tenant", "unmatched", "refused", "since", "limit"};
  known.insert(known.end(), further.begin(), further.end());
  for (const auto& [name, value] : call.query) {
    if (std::ranges::find(known, name) == known.end())
      return tl::unexpected(journal_failure(name, "the parameter '" + name + "' is not known" + did_you_mean(name, known)));
  }
  auto all = all_requests(call);
  if (!all) return tl::unexpected(all.error());
  std::ranges::reverse(*all);
  for (const char* word : {"unmatched", "refused"}) {
    const auto given = call.parameter(word);
    if (!given) continue;
    const auto flag = parse_flag(*given);
    if (!flag) return tl::unexpected(journal_failure(word, "found " + std::string(word) + "=" + *given + ", expected true or false"));
    if (!*flag) continue;
    const bool unmatched = std::string_view(word) == "unmatched";
    std::erase_if(*all, [&](const Logged& one) { return unmatched ? one.entry->matched : !was_refused(*one.entry); });
  }
  if (const auto since = call.parameter("since")) {
    const auto time = parse_rfc3339(*since);
    if (!time) return tl::unexpected(journal_failure("since", "found since=" + *since + ", expected a time such as 2026-03-02T09:00:00Z"));
    std::erase_if(*all, [&](const Logged& one) { return one.entry->at <= *time; });
  }
  Choice choice{.logged = std::move(*all), .total = 0};
  choice.total = choice.logged.size();
  if (const auto limit = call.parameter("limit")) {
    std::size_t most = 0;
    const auto parsed = std::from_chars(limit->data(), limit->data() + limit->size(), most);
    if (parsed.ec != std::errc() || parsed.ptr != limit->data() + limit->size())
      return tl::unexpected(journal_failure("limit", "found limit=" + *limit + ", expected a number"));
    if (choice.logged.size() > most) choice.logged.resize(most);
  }
  return choice;
}

tl::expected<Logged, Response> find_request(const AdminCall& call) {
  const std::string id = call.path_parameter("id");
  for (const auto& tenant : call.engine.directory.all()) {
    const auto number = entry_of_id(id, tenant->name);
    if (!number) continue;
    if (auto entry = tenant->journal.find(*number)) return Logged{.entry = std::move(entry), .tenant = tenant->name};
  }
  const bool is_uuid = id.size() == 36 && std::ranges::count(id, '-') == 4;
  return tl::unexpected(is_uuid ? journal_failure("id", "there is no exchange '" + id + "', or no longer", 404)
                                : journal_failure("id", "found '" + id + "', expected the id of an exchange (a UUID)"));
}

Response with_pattern(const AdminCall& call, const std::function<Response(const RequestPattern&, const Json& given)>& act) {
  // No pattern at all fits everything.
  const auto body = parse_json(call.request.body.empty() ? std::string_view("{}") : std::string_view(call.request.body));
  if (!body) {
    const JsonError& error = body.error();
    return journal_failure(
        "", "the body is not JSON: line " + std::to_string(error.line) + ", column " + std::to_string(error.column) + ": " + error.message);
  }
  const auto pattern = RequestPattern::parse(*body);
  return pattern ? act(*pattern, *body) : journal_failure(pattern.error().pointer, pattern.error().title);
}

}  // namespace understudy
