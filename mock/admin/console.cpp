// The pages for people: the console, the landing page, and the events that the console listens to.
#include <fmt/format.h>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/escape.h"
#include "contracts/src/base/hash.h"
#include "contracts/src/base/text.h"
#include "mock/admin/admin.h"

namespace understudy {
namespace {

constexpr std::size_t kMostUsers = 100;  // on the landing page

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
  return bytes;
}

// The source expression of the page's one element of this name (Content Security Policy, hash-source).
std::string hash_of_element(std::string_view page, const std::string& element) {
  const std::string open = "<" + element + ">", close = "</" + element + ">";
  const auto begin = page.find(open), end = page.find(close);
  if (begin == std::string_view::npos || end == std::string_view::npos) return "'none'";
  const auto text = page.substr(begin + open.size(), end - begin - open.size());
  return "'sha256-" + encode_base64(bytes_of_hex(sha256(text))) + "'";
}

// The page may run its own script and style, and call this mock. Nothing else.
Response page_response(std::string page, std::string_view source) {
  const std::string policy = "default-src 'none'; script-src " + hash_of_element(source, "script") + "; style-src " +
                             hash_of_element(source, "style") +
                             "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", policy},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"}},
          .body = std::move(page)};
}

Response get_console(const AdminCall&) { return page_response(std::string(console_html()), console_html()); }

Response get_events(const AdminCall& call) {
  call.stream = call.engine.events.listen();
  if (call.stream == nullptr)
    return error_response(503, "too-many-listeners",
                          fmt::format("{} clients listen to the events already; close one of them.", Events::kMostListeners));
  return {.status = 200, .headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}}};
}

constexpr AdminOperation kConsoleOperations[] = {
    row("GET", "/console", get_console, "getConsole", "The console, a web page", {.media = "text/html"}),
    row("GET", "/events", get_events, "getEvents", "Each exchange and each change as it happens, as server-sent events",
        {.error = "503", .media = "text/event-stream"}),
};

// --- the landing page ---------------------------------------------------------------------------------------------------

std::vector<const Contract*> served_contracts(const Engine& engine) {
  std::vector<const Contract*> served;
  for (const auto& contract : engine.contracts.apis) {
    if (engine.options.only_api.empty() || engine.options.only_api == contract->api) served.push_back(contract.get());
  }
  return served;
}

std::string base_of(const Engine& engine, const Contract& contract) {
  return engine.options.only_api.empty() && contract.base != "/" ? contract.base : "";
}

struct User {
  std::string title, username, password, key;
  std::string api;  // empty: of all
};

// The users of the staged scenarios, then those of other tenants.
std::vector<User> list_users(const Engine& engine) {
  std::vector<User> scenarios, others;
  for (const auto& tenant : engine.directory.all()) {
    if (tenant->username.empty() || tenant->staged == nullptr) continue;
    const auto scenario = tenant->staged->find("scenario");
    const bool is_scenario = scenario != tenant->staged->end();
    (is_scenario ? scenarios : others)
        .push_back({.title = is_scenario ? scenario->value("title", tenant->name) : "tenant " + tenant->name,
                    .username = tenant->username,
                    .password = tenant->password,
                    .key = tenant->key,
                    .api = tenant->api});
  }
  scenarios.insert(scenarios.end(), others.begin(), others.end());
  return scenarios;
}

// How a client of this API begins: with a list, or with a login.
std::string first_call(const Engine& engine, const Contract& contract, const std::string& url, const User& user) {
  const std::string base = url + base_of(engine, contract);
  const Credentials& credentials = contract.credentials;
  if (credentials.kind == Credentials::Kind::bearer_token) {
    const Operation* login = contract.find_operation(credentials.operation);
    if (login == nullptr) return "curl -i " + base;
    Json body = Json::object();
    body[Json::json_pointer(credentials.username)] = user.username;
    body[Json::json_pointer(credentials.password)] = user.password;
    return "curl " + base + login->path + " -H 'Content-Type: application/json' -d '" + render_json(body) + "'";
  }
  for (const Operation& operation : contract.operations) {
    if (operation.method != "GET" || operation.path.find('{') != std::string::npos || !operation.call.empty()) continue;
    const bool has_key = credentials.kind == Credentials::Kind::api_key;
    return "curl " + (has_key ? "-H '" + credentials.header + ": " + user.key + "' " : std::string()) + base + operation.path;
  }
  return "curl -i " + base;
}

std::string render_apis(const Engine& engine, const std::string& url) {
  std::string out;
  for (const Contract* contract : served_contracts(engine)) {
    const std::string base = url + base_of(engine, *contract);
    out += fmt::format("<tr><td>{}</td><td><code>{}</code></td><td class=number>{}</td></tr>\n", escape_html(contract->title),
                       escape_html(base), contract->operations.size());
  }
  return out;
}

std::string render_users(const std::vector<User>& users) {
  std::string out;
  for (const User& user : users) {
    if (out.empty()) out = "<table><thead><tr><th>scenario<th>user<th>password<th>key<tbody>\n";
    out += fmt::format("<tr><td>{}</td><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td></tr>\n",
                       escape_html(user.title), escape_html(user.username), escape_html(user.password), escape_html(user.key));
  }
  return out + (out.empty() ? "<p>There is none.</p>" : "</tbody></table>\n");
}

std::string render_calls(const Engine& engine, const std::string& url, const std::vector<User>& users) {
  const User unknown{.title = "", .username = "USER", .password = "PASSWORD", .key = "KEY", .api = ""};
  const User& user = users.empty() ? unknown : users.front();
  const auto served = served_contracts(engine);
  const auto own = std::ranges::find_if(served, [&](const Contract* contract) { return contract->api == user.api; });
  const auto by_key =
      std::ranges::find_if(served, [](const Contract* contract) { return contract->credentials.kind == Credentials::Kind::api_key; });
  const auto chosen = own != served.end() ? own : by_key != served.end() ? by_key : served.begin();
  std::string calls;
  if (chosen != served.end()) calls += first_call(engine, **chosen, url, user) + "\n";
  calls += "curl '" + url + "/__admin/requests?limit=1'\n";
  calls += "curl " + url + "/__admin/tenants/" + (users.empty() ? "lobby" : percent_encode(user.username)) +
           "/faults -d '{\"call\": 1, \"kind\": \"status\", \"status\": 503}'";
  return escape_html(calls);
}

void fill(std::string& page, std::string_view mark, const std::string& text) {
  if (const auto at = page.find(mark); at != std::string::npos) page.replace(at, mark.size(), text);
}

bool names_html(std::string_view accept) { return to_lower(accept).find("text/html") != std::string::npos; }

}  // namespace

AdminTable console_operations() { return {"console", kConsoleOperations}; }

bool wants_landing_page(const Engine& engine, const Request& request) {
  if (!engine.options.landing_page || request.target != "/" || (request.method != "GET" && request.method != "HEAD")) return false;
  const auto accept = find_header(request.headers, "Accept");
  if (!accept || !names_html(*accept)) return false;
  if (find_header(request.headers, "Authorization") || find_header(request.headers, "Understudy-Tenant")) return false;
  return std::ranges::none_of(engine.contracts.apis, [&](const auto& contract) {
    return !contract->credentials.header.empty() && find_header(request.headers, contract->credentials.header);
  });
}

Response landing_page(const Engine& engine, const Request& request, const Caller& caller) {
  const auto host = find_header(request.headers, "Host");
  const bool is_host = host && parse_authority(*host);
  const std::string url = (caller.secure ? "https://" : "http://") + (is_host ? std::string(*host) : "localhost");
  const bool may_see_users = engine.options.admin_token.empty() && !check_access(engine.options, request, caller);
  auto users = may_see_users ? list_users(engine) : std::vector<User>();
  const std::size_t left_out = users.size() - std::min(users.size(), kMostUsers);
  const std::string calls = render_calls(engine, url, users);
  users.resize(users.size() - left_out);
  std::string page(landing_html());
  fill(page, "<!--apis-->", render_apis(engine, url));
  fill(page, "<!--users-->",
       may_see_users ? render_users(users) : "<p>Only callers on this machine see them here, and only without an admin token.</p>");
  fill(page, "<!--more-->", left_out == 0 ? "" : fmt::format("<p>And {} more, which the console lists.</p>", left_out));
  fill(page, "<!--calls-->", calls);
  fill(page, "<!--console-->",
       caller.admin ? "<p><a class=button href=\"/__admin/console\">Open the console</a> shows requests as they come and changes what the "
                      "mock does.</p>"
                    : "<p>The console is on the port of the admin API, at <code>/__admin/console</code>.</p>");
  return page_response(std::move(page), landing_html());
}

}  // namespace understudy
