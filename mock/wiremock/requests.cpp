#include "mock/wiremock/requests.h"

#include <charconv>

#include "contracts/src/base/problem.h"

namespace understudy {
namespace {

Json render_events(const std::vector<Logged>& logged, const Contracts& contracts) {
  Json out = Json::array();
  for (const Logged& exchange : logged) out.push_back(render_serve_event(exchange, contracts));
  return out;
}

// All tenants, or the one of ?tenant=.
tl::expected<std::vector<std::shared_ptr<Tenant>>, Response> asked_tenants(const AdminCall& call) {
  auto tenants = find_tenants(call);
  if (!tenants) return tl::unexpected(journal_error("tenant", "there is no tenant '" + call.parameter("tenant").value_or("") + "'", 404));
  return tenants;
}

bool is_journal_off(const AdminCall& call) { return call.engine.options.journal_entries == 0; }

Response render_requests(const AdminCall& call, const std::vector<Logged>& logged) {
  Json requests = Json::array();
  for (const Logged& exchange : logged) requests.push_back(render_logged_request(*exchange.entry));
  return json_response(200, {{"requests", std::move(requests)}, {"requestJournalDisabled", is_journal_off(call)}});
}

bool is_rejected(const JournalEntry& entry) {
  return std::ranges::any_of(entry.decisions, [](const Decision& decision) { return !decision.rule.empty() && decision.rule != "fault"; });
}

void remove_from_journal(const AdminCall& call, const Logged& exchange) {
  if (const auto tenant = call.engine.directory.find(exchange.tenant)) tenant->journal.remove(exchange.entry->id);
}

// The selected exchanges, oldest first, with credentials masked unless ?secrets=true.
tl::expected<std::vector<Logged>, Response> select_for_export(const AdminCall& call) {
  auto selected = select_requests(call, {"format", "secrets"});
  if (!selected) return tl::unexpected(selected.error());
  const std::string secrets = call.parameter("secrets").value_or("false");
  if (secrets != "true" && secrets != "false")
    return tl::unexpected(journal_error("secrets", "found secrets=" + secrets + ", expected true or false"));
  std::ranges::reverse(selected->logged);
  if (secrets == "false") {
    for (Logged& exchange : selected->logged) exchange = mask_secrets(exchange, call.engine.contracts);
  }
  return std::move(selected->logged);
}

Response download(const char* type, const std::string& file, std::string text) {
  return {.status = 200,
          .headers = {{"Content-Type", type}, {"Content-Disposition", "attachment; filename=\"" + file + "\""}},
          .body = std::move(text)};
}

Response export_ndjson(const AdminCall& call) {
  const auto logged = select_for_export(call);
  if (!logged) return logged.error();
  std::string text;
  for (const Logged& exchange : *logged) text += render_json(render_serve_event(exchange, call.engine.contracts)) + "\n";
  return download("application/x-ndjson", "requests.ndjson", std::move(text));
}

Response export_har(const AdminCall& call) {
  const auto logged = select_for_export(call);
  if (!logged) return logged.error();
  return download("application/json", "requests.har", render_json(render_har(*logged, call.engine.contracts)));
}

Response list_requests(const AdminCall& call) {
  const std::string format = call.parameter("format").value_or("json");
  if (format == "ndjson") return export_ndjson(call);
  if (format == "har") return export_har(call);
  if (format != "json") return journal_error("format", "found format '" + format + "', expected json, ndjson or har");
  const auto selected = select_requests(call, {"format"});
  if (!selected) return selected.error();
  return json_response(200, {{"requests", render_events(selected->logged, call.engine.contracts)},
                             {"meta", {{"total", selected->total}}},
                             {"requestJournalDisabled", is_journal_off(call)}});
}

Response list_unmatched(const AdminCall& call) {
  auto selected = select_requests(call);
  if (!selected) return selected.error();
  std::erase_if(selected->logged, [](const Logged& exchange) { return exchange.entry->matched; });
  return render_requests(call, selected->logged);
}

Response get_request(const AdminCall& call) {
  const auto found = find_request(call);
  return found ? json_response(200, render_serve_event(*found, call.engine.contracts)) : found.error();
}

// As with WireMock, deleting an exchange that does not exist succeeds.
Response delete_request(const AdminCall& call) {
  const auto found = find_request(call);
  if (!found && found.error().status != 404) return found.error();
  if (found) remove_from_journal(call, *found);
  return json_response(200, Json::object());
}

Response reset_requests(const AdminCall& call) {
  for (const auto& [name, value] : call.query) {
    if (name != "tenant")
      return journal_error(name, "the parameter '" + name + "' is not known here; to remove some, POST a pattern to requests/remove");
  }
  const auto tenants = asked_tenants(call);
  if (!tenants) return tenants.error();
  for (const auto& tenant : *tenants) tenant->journal.clear();
  return json_response(200, Json::object());
}

// The exchanges that match the pattern in the body, oldest first.
tl::expected<std::vector<Logged>, Response> matching_requests(const AdminCall& call) {
  StepBudget budget = budget_of(call);
  const auto pattern = read_pattern(call, budget);
  if (!pattern) return tl::unexpected(pattern.error());
  auto all = all_requests(call);
  if (all) std::erase_if(*all, [&](const Logged& exchange) { return !pattern->match(exchange, budget); });
  if (budget.is_spent()) return tl::unexpected(too_expensive(call));
  return all;
}

Response count_requests(const AdminCall& call) {
  const auto found = matching_requests(call);
  if (!found) return found.error();
  const bool off = is_journal_off(call);
  return json_response(200, {{"count", off ? Json(-1) : Json(found->size())}, {"requestJournalDisabled", off}});
}

Response find_requests(const AdminCall& call) {
  const auto found = matching_requests(call);
  return found ? render_requests(call, *found) : found.error();
}

Response remove_requests(const AdminCall& call) {
  const auto found = matching_requests(call);
  if (!found) return found.error();
  for (const Logged& exchange : *found) remove_from_journal(call, exchange);
  return json_response(200, {{"serveEvents", render_events(*found, call.engine.contracts)}});
}

Response remove_by_metadata(const AdminCall&) {
  return journal_error("", "exchanges carry no stub metadata here; POST a request pattern to requests/remove instead");
}

Response list_requests_of_tenant(const AdminCall& call, Tenant& tenant) {
  Json entries = Json::array();
  for (const JournalItem& entry : tenant.journal.entries()) entries.push_back(render_entry(*entry, tenant.name, &call.engine.contracts));
  return json_response(200, {{"requests", std::move(entries)},
                             {"total", tenant.journal.total()},
                             {"dropped", tenant.journal.dropped()},
                             {"bytes", tenant.journal.bytes()}});
}

Response clear_requests_of_tenant(const AdminCall&, Tenant& tenant) {
  tenant.journal.clear();
  return no_content();
}

Response list_findings(const AdminCall& call) {
  const std::lock_guard lock(call.engine.findings_mutex);
  return json_response(200, {{"findings", call.engine.own_findings}});
}

constexpr AdminOperation kRequestOperations[] = {
    row("GET", "/requests", list_requests, "listRequests", "Exchanges, newest first, with the reason for each response",
        {.query = "tenant unmatched refused since limit format", .result = "Requests"}),
    row("DELETE", "/requests", reset_requests, "deleteRequests", "Empty the journals", {.query = "tenant", .result = "Object"}),
    row("POST", "/requests/reset", reset_requests, "resetRequests", "Empty the journals", {.query = "tenant", .result = "Object"}),
    row("POST", "/requests/count", count_requests, "countRequests", "How many requests match a pattern",
        {.query = "tenant", .body = "RequestPattern", .result = "Count", .only_reads = true}),
    row("POST", "/requests/find", find_requests, "findRequests", "The requests that match a pattern",
        {.query = "tenant", .body = "RequestPattern", .result = "Requests", .only_reads = true}),
    row("POST", "/requests/remove", remove_requests, "removeRequests", "Remove the exchanges whose requests match a pattern",
        {.query = "tenant", .body = "RequestPattern", .result = "Object"}),
    row("POST", "/requests/remove-by-metadata", remove_by_metadata, "removeRequestsByMetadata",
        "Always an error: exchanges carry no stub metadata", {.body = "Object", .status = 400}),
    row("GET", "/requests/unmatched", list_unmatched, "listUnmatched", "Requests that match no operation",
        {.query = "tenant since limit", .result = "Requests"}),
    row("GET", "/requests.ndjson", export_ndjson, "exportNdjson", "Exchanges as NDJSON: one JSON document per line",
        {.query = "tenant unmatched refused since limit secrets"}),
    row("GET", "/requests.har", export_har, "exportHar", "Exchanges as HAR 1.2",
        {.query = "tenant unmatched refused since limit secrets", .result = "Object"}),
    row("GET", "/requests/{id}", get_request, "getRequest", "One exchange", {.query = "tenant", .result = "Object"}),
    row("DELETE", "/requests/{id}", delete_request, "deleteRequest", "Remove one exchange; an unknown id is no error",
        {.query = "tenant", .result = "Object"}),
    row("GET", "/tenants/{tenant}/requests", list_requests_of_tenant, "listRequestsOfTenant",
        "Exchanges of a tenant, oldest first, in Understudy's own format", {.result = "Requests"}),
    row("DELETE", "/tenants/{tenant}/requests", clear_requests_of_tenant, "clearRequestsOfTenant", "Empty the journal of a tenant",
        {.status = 204}),
    row("GET", "/findings", list_findings, "listFindings", "Defects that the mock found in its own responses", {.result = "FindingList"}),
};

}  // namespace

AdminTable request_operations() { return {"journal", kRequestOperations}; }

std::vector<AdminTable> wiremock_tables() { return {near_miss_operations(), request_operations(), mapping_operations()}; }

Response journal_error(const char* code, const std::string& pointer, const std::string& title, int status) {
  return json_response(status, {{"code", code},
                                {"message", title},
                                {"errors", Json::array({{{"code", 10}, {"source", {{"pointer", pointer}}}, {"title", title}}})}});
}

namespace {

RequestPattern::Names known_names(const Engine& engine) {
  RequestPattern::Names names{.apis = engine.contracts.api_names(), .operations = engine.contracts.operation_names()};
  for (const auto& tenant : engine.directory.all()) names.tenants.push_back(tenant->name);
  for (const auto& contract : engine.contracts.apis) {
    for (const auto& [name, answer] : contract->answers) names.answers.push_back(name);
  }
  return names;
}

}  // namespace

Response journal_error(const std::string& pointer, const std::string& title, int status) {
  return journal_error(status == 404 ? "unknown-in-journal" : "bad-journal-call", pointer, title, status);
}

StepBudget budget_of(const AdminCall& call) { return StepBudget(call.engine.options.query_steps); }

Response too_expensive(const AdminCall& call) {
  return journal_error("query-too-expensive", "",
                       "the query needs more than " + std::to_string(call.engine.options.query_steps) +
                           " steps; ask for fewer exchanges (?tenant=, ?limit=), use a simpler pattern, or start the mock with a larger "
                           "--query-steps",
                       422);
}

tl::expected<std::vector<Logged>, Response> all_requests(const AdminCall& call) {
  const auto tenants = asked_tenants(call);
  if (!tenants) return tl::unexpected(tenants.error());
  std::vector<Logged> logged;
  for (const auto& tenant : *tenants) {
    for (JournalItem& entry : tenant->journal.entries()) logged.push_back({.entry = std::move(entry), .tenant = tenant->name});
  }
  std::ranges::sort(logged, {}, [](const Logged& exchange) { return exchange.entry->arrival; });
  return logged;
}

tl::expected<SelectedRequests, Response> select_requests(const AdminCall& call, const std::vector<std::string>& further) {
  std::vector<std::string> known = {"tenant", "unmatched", "refused", "since", "limit"};
  known.insert(known.end(), further.begin(), further.end());
  for (const auto& [name, value] : call.query) {
    if (std::ranges::find(known, name) == known.end())
      return tl::unexpected(journal_error(name, "the parameter '" + name + "' is not known" + did_you_mean(name, known)));
  }
  auto all = all_requests(call);
  if (!all) return tl::unexpected(all.error());
  std::ranges::reverse(*all);
  const auto invalid = [](const std::string& name, const std::string& value, const char* expected) {
    return tl::unexpected(journal_error(name, "found " + name + "=" + value + ", expected " + expected));
  };
  for (const std::string name : {"unmatched", "refused"}) {
    const std::string flag = call.parameter(name).value_or("false");
    if (flag != "true" && flag != "false") return invalid(name, flag, "true or false");
    if (flag == "true")
      std::erase_if(*all,
                    [&](const Logged& exchange) { return name == "refused" ? !is_rejected(*exchange.entry) : exchange.entry->matched; });
  }
  if (const auto since = call.parameter("since")) {
    const auto time = parse_rfc3339(*since);
    if (!time) return invalid("since", *since, "a time such as 2026-03-02T09:00:00Z");
    std::erase_if(*all, [&](const Logged& exchange) { return exchange.entry->at <= *time; });
  }
  SelectedRequests selected{.logged = *std::move(all)};
  selected.total = selected.logged.size();
  if (const auto limit = call.parameter("limit")) {
    std::size_t most = 0;
    const auto parsed = std::from_chars(limit->data(), limit->data() + limit->size(), most);
    if (parsed.ec != std::errc() || parsed.ptr != limit->data() + limit->size()) return invalid("limit", *limit, "a number");
    if (selected.logged.size() > most) selected.logged.resize(most);
  }
  return selected;
}

tl::expected<Logged, Response> find_request(const AdminCall& call) {
  const std::string id = call.path_parameter("id");
  for (const auto& tenant : call.engine.directory.all()) {
    const auto number = entry_of_id(id, tenant->name);
    if (!number) continue;
    if (auto entry = tenant->journal.find(*number)) return Logged{.entry = std::move(entry), .tenant = tenant->name};
  }
  const bool is_uuid = id.size() == 36 && std::ranges::count(id, '-') == 4;
  return tl::unexpected(is_uuid ? journal_error("id", "there is no exchange '" + id + "' (any more)", 404)
                                : journal_error("id", "found '" + id + "', expected the id of an exchange (a UUID)"));
}

tl::expected<RequestPattern, Response> read_pattern(const AdminCall& call, StepBudget& budget) {
  const auto body = parse_json(call.request.body.empty() ? std::string_view("{}") : std::string_view(call.request.body));
  if (!body) {
    const JsonError& error = body.error();
    return tl::unexpected(journal_error("", "the body is not JSON: line " + std::to_string(error.line) + ", column " +
                                                std::to_string(error.column) + ": " + error.message));
  }
  auto pattern = RequestPattern::parse(*body);
  auto error = pattern ? pattern->find_unknown_name(known_names(call.engine), budget) : std::move(pattern).error();
  if (budget.is_spent()) return tl::unexpected(too_expensive(call));
  if (error) return tl::unexpected(journal_error(error->pointer, error->title));
  return *std::move(pattern);
}

}  // namespace understudy
