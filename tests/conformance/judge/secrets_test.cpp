// No report shows a credential: canaries are planted in every position, and looked for in whatever reporters write.
#include "conformance/judge/secrets.h"

#include "tests/support/catch.h"
#include "tests/support/kiosk.h"
#include "tests/support/net/process.h"
#include "tests/support/net/scripted_server.h"
#include "tests/support/reporting.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// With what each format escapes in its own way.
const std::string kCanary = "cNry-7Xq9\"z\\T&4<k 8Ms";
const std::string kPlain = "tok.4fK8sD2mQ9xZ";

std::string base64(std::string_view text) {
  const char* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > text.size() ? '=' : letters[(bits >> (18 - 6 * k)) & 63];
  }
  return out;
}

std::string json_escaped(const std::string& text) {
  const auto quoted = render_json(text);
  return quoted.substr(1, quoted.size() - 2);
}

std::string lower_percent(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '%') continue;
    for (const auto k : {i + 1, i + 2}) text[k] = static_cast<char>(text[k] >= 'A' && text[k] <= 'F' ? text[k] - 'A' + 'a' : text[k]);
  }
  return text;
}

std::string xml_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c);
  return out;
}

std::string hex(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

// What would give a secret away, in whatever form: pieces of its forms, so that a cut one is found, too.
std::string find_leak(const std::map<std::string, std::string>& texts, const std::string& secret) {
  const auto core = base64("xx" + secret);
  std::vector<std::string> forms = {secret,
                                    json_escaped(secret),
                                    json_escaped(json_escaped(secret)),
                                    percent_encode(secret),
                                    hex(secret),
                                    lower_percent(percent_encode(secret)),
                                    xml_escaped(secret),
                                    base64(secret).substr(0, 12),
                                    core.substr(4, 12),
                                    base64("me:" + secret).substr(4, 12)};
  forms.push_back(secret.substr(0, 9));
  forms.push_back(secret.substr(secret.size() - 9));
  for (const auto& [name, text] : texts) {
    for (const auto& form : forms) {
      if (text.find(form) != std::string::npos) return name + " holds " + form;
    }
  }
  return {};
}

// A failed verdict that shows all it has.
Verdict exhibit() {
  Verdict verdict = sample_verdicts()[2];
  verdict.profile = "documented";
  return verdict;
}

Secrets knowing(const std::string& value) {
  Secrets secrets;
  for (const auto& contract : kiosk_contracts().apis) secrets.add_contract(*contract);
  secrets.add_value(value);
  return secrets;
}

using Plant = std::function<void(Verdict&, const std::string&)>;

struct Position {
  const char* why;
  Plant plant;
};

StepReport& step_of(Verdict& verdict) { return verdict.steps.front(); }
Finding& finding_of(Verdict& verdict) { return step_of(verdict).differences.front().finding; }

}  // namespace

TEST_CASE("a value known to be secret is in no report, wherever and however it stands", "[report][secrets]") {
  const auto row = GENERATE(values<Position>({
      {"title", [](Verdict& v, const std::string& s) { v.title = "about " + s; }},
      {"why it was skipped", [](Verdict& v, const std::string& s) { v.kind = VerdictKind::skipped, v.reason = s; }},
      {"left behind", [](Verdict& v, const std::string& s) { v.orphaned = {"delete /x/" + s}; }},
      {"a problem",
       [](Verdict& v, const std::string& s) {
         v.kind = VerdictKind::errored;
         v.problem = make_problem(Failure::bad_file, "x", "found " + s, {}, "k: " + s);
       }},
      {"given", [](Verdict& v, const std::string& s) { v.given = {{"records", {{"users", {{{"login", s}}}}}}}; }},
      {"name of a step", [](Verdict& v, const std::string& s) { step_of(v).name = s; }},
      {"the step's line", [](Verdict& v, const std::string& s) { step_of(v).source_line = "  - send: { x: '" + s + "' }"; }},
      {"path, percent-encoded", [](Verdict& v, const std::string& s) { step_of(v).request.target = "/x/" + percent_encode(s); }},
      {"path, percent-encoded in small letters",
       [](Verdict& v, const std::string& s) { step_of(v).request.target = "/x/" + lower_percent(percent_encode(s)); }},
      {"query, encoded twice",
       [](Verdict& v, const std::string& s) { step_of(v).request.target = "/x?next=" + percent_encode("/y?z=" + percent_encode(s)); }},
      {"form body", [](Verdict& v, const std::string& s) { step_of(v).request.body = render_form({{"a", "b"}, {"user", s}}); }},
      {"JSON body, deep", [](Verdict& v, const std::string& s) { step_of(v).request.body = render_json({{"a", {{{"b", {s}}}}}}); }},
      {"JSON body, as a name", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = render_json({{s, 1}}); }},
      {"JSON in JSON",
       [](Verdict& v, const std::string& s) { step_of(v).result.response.body = render_json({{"log", render_json({{"a", s}})}}); }},
      {"JSON cut off", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "{\"a\":\"" + json_escaped(s) + "\",\"b"; }},
      {"XML body", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "<a><b>" + xml_escaped(s) + "</b></a>"; }},
      {"HTML error page", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "<p>No user " + xml_escaped(s) + "</p>"; }},
      {"in base64 in a body", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "auth " + base64("me:" + s) + " refused"; }},
      {"in hexadecimal", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "bytes " + hex(s); }},
      {"echoed in part", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "{\"error\":\"bad " + json_escaped(s.substr(0, 12)) + "...\"}"; }},
      {"its end echoed", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "ends in " + s.substr(s.size() - 12); }},
      {"request header", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"X-Trace", "u=" + s}); }},
      {"name of a header", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"X-" + s, "1"}); }},
      {"response header", [](Verdict& v, const std::string& s) { step_of(v).result.response.headers.push_back({"Location", "/in?u=" + percent_encode(s)}); }},
      {"reason phrase", [](Verdict& v, const std::string& s) { step_of(v).result.response.reason = "No " + s; }},
      {"the system's words",
       [](Verdict& v, const std::string& s) {
         step_of(v).result.outcome = Outcome::close;
         step_of(v).result.detail = "while sending " + s;
       }},
      {"what was expected", [](Verdict& v, const std::string& s) { finding_of(v).expected = "string \"" + json_escaped(s) + "\""; }},
      {"what was found", [](Verdict& v, const std::string& s) { finding_of(v).actual = "string \"" + json_escaped(s) + "\""; }},
      {"a message", [](Verdict& v, const std::string& s) { finding_of(v).message = "for " + s; }},
      {"a pointer", [](Verdict& v, const std::string& s) { finding_of(v).pointer = "/map/" + s; }},
      {"the finding's line", [](Verdict& v, const std::string& s) { step_of(v).differences.front().source_line = "body: { a: " + s + " }"; }},
      {"the expected body", [](Verdict& v, const std::string& s) { step_of(v).expected.front().body = Json{{"a", {{"$contains", s}}}}; }},
      {"expected headers", [](Verdict& v, const std::string& s) { step_of(v).expected.front().words["headers"] = {{"X-A", s}}; }},
  }));
  const auto secret = GENERATE(kCanary, kPlain);
  INFO(row.why);
  auto verdict = exhibit();
  row.plant(verdict, secret);

  knowing(secret).hide(verdict);
  const auto texts = report_everywhere({verdict}, sample_run());

  CHECK(find_leak(texts, secret) == "");
}

TEST_CASE("a value with a secret name is in no report, even if the value is not known", "[report][secrets]") {
  const auto row = GENERATE(values<Position>({
      {"Authorization", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"Authorization", "Bearer " + s}); }},
      {"Basic", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"authorization", "Basic " + base64("me:" + s)}); }},
      {"Proxy-Authorization", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"Proxy-Authorization", "Basic " + s}); }},
      {"Cookie", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"Cookie", "a=1; b=" + s}); }},
      {"Set-Cookie", [](Verdict& v, const std::string& s) { step_of(v).result.response.headers.push_back({"Set-Cookie", "sid=" + s + "; HttpOnly"}); }},
      {"a key's header", [](Verdict& v, const std::string& s) { step_of(v).request.headers.push_back({"Ocp-Apim-Subscription-Key", s}); }},
      {"an unknown header", [](Verdict& v, const std::string& s) { step_of(v).result.response.headers.push_back({"X-Client-Secret", s}); }},
      {"a session", [](Verdict& v, const std::string& s) { step_of(v).result.response.headers.push_back({"X-Session-Id", s}); }},
      {"a query", [](Verdict& v, const std::string& s) { step_of(v).request.target = "/x?a=1&api_key=" + percent_encode(s) + "&b=2"; }},
      {"the user of a URL", [](Verdict& v, const std::string& s) { step_of(v).result.response.headers.push_back({"Location", "https://me:" + percent_encode(s) + "@shop.test/x"}); }},
      {"a form", [](Verdict& v, const std::string& s) { step_of(v).request.body = render_form({{"grant", "x"}, {"client_secret", s}}); }},
      {"JSON", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = render_json({{"access_token", s}, {"token_type", "bearer"}}); }},
      {"JSON, deep in a batch", [](Verdict& v, const std::string& s) { step_of(v).request.body = render_json({{{"params", {{"login", {{"Password", s}}}}}}}); }},
      {"JSON, below such a name", [](Verdict& v, const std::string& s) { step_of(v).request.body = render_json({{"credentials", {{"id", s}, {"more", {s}}}}}); }},
      {"JSON, twice", [](Verdict& v, const std::string& s) { step_of(v).request.body = "{\"password\":\"" + json_escaped(s) + "\",\"password\":null}"; }},
      {"JSON in text", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = render_json({{"error", "bad body {\"password\":\"" + json_escaped(s) + "\"}"}}); }},
      {"XML", [](Verdict& v, const std::string& s) { step_of(v).result.response.body = "<r><ApiKey>" + xml_escaped(s) + "</ApiKey></r>"; }},
      {"a line of the scenario", [](Verdict& v, const std::string& s) { step_of(v).source_line = "    with: { body: { password: '" + s + "' } }"; }},
      {"given", [](Verdict& v, const std::string& s) { v.given = {{"variables", {{"api_token", s}}}}; }},
      {"a finding there", [](Verdict& v, const std::string& s) {
         finding_of(v).pointer = "/user/password";
         finding_of(v).actual = "string \"" + s + "\"";
         finding_of(v).message = "/user/password is " + s;
       }},
      {"a finding in a header", [](Verdict& v, const std::string& s) {
         finding_of(v).code = "header";
         finding_of(v).pointer = "Set-Cookie";
         finding_of(v).actual = "string \"" + s + "\"";
       }},
      {"an expected header", [](Verdict& v, const std::string& s) { step_of(v).expected.front().words["headers"] = {{"X-Auth-Token", s}}; }},
      {"a message", [](Verdict& v, const std::string& s) { finding_of(v).message = "sent Bearer " + s + " in vain"; }},
  }));
  INFO(row.why);
  auto verdict = exhibit();
  row.plant(verdict, kPlain);

  knowing("something else").hide(verdict);
  const auto texts = report_everywhere({verdict}, sample_run());

  CHECK(find_leak(texts, kPlain) == "");
}

TEST_CASE("what an exchange shows to be secret is hidden elsewhere, too", "[report][secrets]") {
  auto verdict = exhibit();
  step_of(verdict).result.response.headers.push_back({"Set-Cookie", "sid=" + kPlain + "; Path=/"});
  step_of(verdict).request.target = "/again/" + kPlain;
  finding_of(verdict).message = "the page says " + kPlain;

  knowing("something else").hide(verdict);

  CHECK(find_leak(report_everywhere({verdict}, sample_run()), kPlain) == "");
}

TEST_CASE("all credentials of a target are known to be secret", "[report][secrets]") {
  Target target = kiosk_target(false);
  target.account.password = "passW0rd-1234";
  target.account.key = "keY-123456789";
  target.secrets = {"env1ronment-42"};
  target.admin_token = "adm1n-t0ken-9";
  target.connection.proxies.http = "http://me:pr0xy%2Dpass@proxy.test:3128";
  target.headers = {{"X-Auth", "Bearer hEader-77-aa"}};
  Secrets secrets;

  secrets.add_target(target, kiosk_contracts());

  for (const auto* value : {"passW0rd-1234", "keY-123456789", "env1ronment-42", "adm1n-t0ken-9", "pr0xy-pass", "hEader-77-aa"})
    CHECK(secrets.hide_text(std::string("found ") + value + ", expected less") == "found ***, expected less");
}

TEST_CASE("a URL that is refused because it contains a user is reported without the password", "[report][secrets]") {
  const auto url = parse_url("http://me:passW0rd-1234@127.0.0.1:9");

  REQUIRE(!url.has_value());
  CHECK_THAT(url.error().message, CONTAINS("'http://***@127.0.0.1:9'"));
}

TEST_CASE("a finding about a secret says what the contract expects and the form of the value", "[report][secrets]") {
  struct Row {
    const char* why;
    const char *code, *pointer, *expected, *actual;
    const char *shown_expected, *shown_actual;
  };
  const auto row = GENERATE(values<Row>({
      {"a pattern of the contract", "pattern", "/access_token", "a string that matches /^ey/", R"(string "opaque-8-secret")",
       "a string that matches /^ey/", "string *** (15 characters: '-', digits, letters)"},
      {"a type of the contract", "type", "/access_token", "string", "integer 8005551234", "string", "integer ***"},
      {"a missing member", "required", "/access_token", "string", "absent", "string", "absent"},
      {"a literal of the scenario", "match.value", "/access_token", R"(string "opaque-8-secret")", "null", "string ***", "null"},
      {"one of several", "match.one_of", "/password", R"(one of string "abc", string "d\"e")", R"(string "f")",
       "one of string ***, string ***", "string *** (1 characters: letters)"},
      {"a value that is cut", "match.type", "/token", "integer", R"(string "aaaaaaaaaaaaaaaaaaaa...)", "integer",
       "string *** (more than 20 characters: letters)"},
      {"a tree", "type", "/token", "string", R"(object {"a":"b"})", "string", "object ***"},
      {"a header", "header", "Authorization", R"(string "Bearer x")", "absent", "string ***", "absent"},
      {"no secret", "match.value", "/name", R"(string "a")", R"(string "b")", R"(string "a")", R"(string "b")"},
  }));
  INFO(row.why);
  Verdict verdict;
  verdict.steps.emplace_back();
  Difference difference;
  difference.finding.code = row.code;
  difference.finding.pointer = row.pointer;
  difference.finding.expected = row.expected;
  difference.finding.actual = row.actual;
  verdict.steps.front().differences.push_back(difference);

  Secrets().hide(verdict);

  CHECK(verdict.steps.front().differences.front().finding.expected == row.shown_expected);
  CHECK(verdict.steps.front().differences.front().finding.actual == row.shown_actual);
}

TEST_CASE("values are found wherever they begin, one inside another, and across the windows of a long text", "[redact][secrets]") {
  SecretValues values;
  for (const auto* value : {"abcdef", "abcdefgh", "abcxyz", "efghij"}) values.add(value);
  CHECK(values.mask("-abcdefghij-abcdeX-abcxyz") == "-***-abcdeX-***");
  std::string text(700'000, '.');
  for (const std::size_t at : {0u, 458'750u, 524'285u, 699'994u}) text.replace(at, 6, "abcxyz");
  const auto masked = values.mask(text);
  CHECK(masked.find("abcxyz") == std::string::npos);
  CHECK(masked.size() == text.size() - 4 * 3);
}

TEST_CASE("what is no secret stays readable", "[report][secrets]") {
  struct Row {
    const char* why;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"prose about tokens", "The token is not valid, the password expired."},
      {"an answer's name", "answer not_valid_token (status 401), found answer token_issued"},
      {"a template", "password: \"{{password}}\""},
      {"a keyword of scenarios", "    auth: expired"},
      {"what is said about a token", "{\"token_type\":\"bearer\",\"expires_in\":3600}"},
      {"an ordinary key", "key: value, monkey: banana"},
      {"a scheme named", "Bearer realm=\"x\""},
      {"a URL", "see https://shop.test/a@b?c=1"},
      {"a date", "2026-03-02T09:00:00Z"},
  }));
  INFO(row.why);

  CHECK(knowing(kCanary).hide_text(row.text) == row.text);
}

TEST_CASE("a whole run against a server that echoes everything shows no credential in any output", "[report][secrets][cli]") {
  const std::string password = "pW-9fA3b7Qz2LmN";
  const std::string token = "eyJ0.Kq83hfUz71Mvb.Sg";
  const auto respond = [](int status, const std::string& headers, const std::string& body) {
    return Script{"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + headers +
                      "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
                  Script::Then::keep};
  };
  const ScriptedServer server(
      {respond(200, "Set-Cookie: s=" + token + "\r\n",
               render_json({{"access_token", token}, {"token_type", "bearer"}, {"expires_in", 3600}})),
       respond(200, "X-Echo: Bearer " + token + "\r\n",
               render_json({{"ID", "no " + token}, {"Log", "user demo " + password + " " + base64("demo:" + password)}}))});
  const Folder folder;
  const auto file = folder.write("create.yaml",
                                 "understudy: 1\nscenario: x\napi: sellercloud\nsteps:\n  - send: createOrder\n    with:\n      body: { "
                                 "CustomerDetails: { Email: a@b.test, "
                                 "FirstName: \"{{password}}\", LastName: B }, OrderDetails: { CompanyID: 163, Channel: Local_Store } }\n"
                                 "    expect: { answer: order_created, body: { Log: \"{{password}}\" } }\n");
  const auto out = [&](const char* name) { return folder.path(name); };

  const auto ended =
      run_understudy({"verify", file, "--target", render_origin(server.url()), "-v", "--report-json", out("a.json"), "--report-ndjson",
                      out("a.ndjson"), "--report-junit", out("a.xml"), "--report-html", out("a.html"), "--report-github"},
                     {"UNDERSTUDY_PASSWORD=" + password, "GITHUB_STEP_SUMMARY=" + out("a.md")});

  REQUIRE(server.requests().size() == 2);
  CHECK(ended.code == 1);
  std::map<std::string, std::string> texts = {{"stdout", ended.out}, {"stderr", ended.err}};
  for (const auto* name : {"a.json", "a.ndjson", "a.xml", "a.html", "a.md"}) {
    texts[name] = read_text(out(name));
    CHECK(texts[name].size() > 100);
  }
  CHECK(find_leak(texts, password) == "");
  CHECK(find_leak(texts, token) == "");
  CHECK_THAT(texts["a.json"], CONTAINS("***"));
}
