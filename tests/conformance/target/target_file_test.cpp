#include "conformance/target/target_file.h"

#include "contracts/src/schema/schema.h"
#include "tests/support/catch.h"
#include "tests/support/kiosk.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

std::optional<std::string> variables(const std::string& name) {
  return name.starts_with("KIOSK_") ? std::optional("value of " + name) : std::nullopt;
}

Result<Target> parse(const std::string& rest) {
  return parse_target_file("understudy: 1\n" + rest, "targets/a.yaml", kiosk_contracts(), variables);
}

const char* const kWhole = R"(target: Our kiosk
url: https://kiosk.example.test/v2
account: { username: ci, password: { env: KIOSK_PASSWORD }, api_key: { env: KIOSK_KEY } }
apis:
  kiosk: { settings: { strict: true }, records: { things: [{ id: 7, name: lamp }] } }
  relay: { url: "http://127.0.0.1:9", account: { username: other } }
variables: { thing: 7, secret: { env: KIOSK_SECRET } }
profile: { base: observed, greeting: none }
proxy: { http: "http://proxy.example.test:3128", https: { env: KIOSK_PROXY }, except: [.example.test] }
headers: { X-Environment: staging, X-Api-Token: { env: KIOSK_TOKEN } }
timeouts: { connect: 2s, exchange: 30s }
max_wait: 10m
known_failing: [{ scenario: "kiosk/a*", reason: not built yet }]
provider_states: { url: "http://127.0.0.1:10/states", abilities: [settings, clock], headers: { X-Who: me } }
)";

std::string code_and_place(const Problem& problem) { return problem.code + " " + render_place(problem.place); }

const SchemaSet& schema() {
  static const Json document = parse_json(load_text(UNDERSTUDY_SOURCE_DIR "/scenarios/schema/target.schema.json").value()).value();
  static const auto compiled = SchemaSet::compile(document, {""});
  if (!compiled) FAIL(compiled.error().pointer << ": " << compiled.error().message);
  return *compiled;
}

}  // namespace

TEST_CASE("a target file says all there is to know of a target", "[target][file]") {
  const auto target = parse_target_file("understudy: 1\n" + std::string(kWhole), "targets/a.yaml", kiosk_contracts(),
                                        [](const std::string& name) -> std::optional<std::string> {
                                          return name == "KIOSK_PROXY" ? "http://me:pass@proxy.example.test" : variables(name);
                                        });

  INFO((target ? "" : render_problem(target.error())));
  REQUIRE(target);
  CHECK(target->name == "Our kiosk");
  CHECK(render_url(*find_base(*target, "kiosk")) == "https://kiosk.example.test/v2");
  CHECK(find_base(*target, "relay")->port == 9);
  CHECK(target->account.password == "value of KIOSK_PASSWORD");
  CHECK(account_at(*target, "relay").username == "other");
  CHECK(account_at(*target, "relay").key == "value of KIOSK_KEY");
  CHECK(target->settings == Json{{"kiosk", {{"strict", true}}}});
  CHECK(target->records["kiosk"]["things"][0]["name"] == "lamp");
  CHECK(target->variables == Json{{"thing", 7}, {"secret", "value of KIOSK_SECRET"}});
  CHECK(render_profile(*target->profile) == "observed+greeting=none");
  CHECK(target->headers == Headers{{"X-Api-Token", "value of KIOSK_TOKEN"}, {"X-Environment", "staging"}});
  CHECK(target->connection.connect_deadline == std::chrono::seconds(2));
  CHECK(target->deadline == std::chrono::seconds(30));
  CHECK(target->max_wait == std::chrono::minutes(10));
  CHECK(target->known_failing.front().pattern == "kiosk/a*");
  CHECK(target->known_failing.front().place.line == 14);
  CHECK(target->provider_states->abilities.contains("clock"));
  CHECK(find_remote_host(*target) == "kiosk.example.test");
  CHECK(std::count(target->secrets.begin(), target->secrets.end(), "value of KIOSK_SECRET") == 1);
}

TEST_CASE("a mistake in a target file is reported with its place", "[target][file]") {
  struct Row {
    const char* why;
    const char* text;
    const char* told;
  };
  const auto row = GENERATE(values<Row>({
      {"no version", "", "missing-version targets/a.yaml:1:1"},
      {"an unknown key", "url: http://h\nurll: x\n", "unknown-key targets/a.yaml:3:1"},
      {"no URL at all", "target: x\n", "no-url targets/a.yaml:1:1"},
      {"a bad URL", "url: ftp://h\n", "bad-url targets/a.yaml:2:6"},
      {"an unknown API", "apis: { kiosc: { url: http://h } }\n", "unknown-api targets/a.yaml:2:9"},
      {"an unknown setting", "url: http://h\napis: { kiosk: { settings: { strickt: true } } }\n", "unknown-setting targets/a.yaml:3:30"},
      {"a setting that is neither on nor off", "url: http://h\napis: { kiosk: { settings: { strict: 1 } } }\n",
       "wrong-type targets/a.yaml:3:38"},
      {"an unknown collection", "url: http://h\napis: { kiosk: { records: { thing: [] } } }\n", "unknown-collection targets/a.yaml:3:29"},
      {"a password in the file", "url: http://h\naccount: { password: swordfish }\n", "literal-secret targets/a.yaml:3:22"},
      {"a secret header in the file", "url: http://h\nheaders: { Authorization: Bearer x }\n", "literal-secret targets/a.yaml:3:27"},
      {"a proxy's password in the file", "url: http://h\nproxy: http://me:swordfish@proxy\n", "literal-secret targets/a.yaml:3:8"},
      {"a variable of the environment that is not set", "url: http://h\naccount: { password: { env: NOT_SET } }\n",
       "env-missing targets/a.yaml:3:29"},
      {"a header on two lines", "url: http://h\nheaders: { X: \"a\\r\\nb: c\" }\n", "bad-header targets/a.yaml:3:12"},
      {"an unknown switch", "url: http://h\nprofile: { greetings: none }\n", "unknown-switch targets/a.yaml:3:10"},
      {"a CA file that is not there", "url: http://h\ntls: { ca: missing.pem }\n", "file-unreadable targets/a.yaml:3:12"},
      {"an unverified certificate on another host", "url: https://h.example.test\ntls: { verify: false }\n",
       "insecure-remote targets/a.yaml:3:16"},
      {"a known failure without a reason", "url: http://h\nknown_failing: [{ scenario: a }]\n", "missing-key targets/a.yaml:3:17"},
      {"an unknown ability", "url: http://h\nprovider_states: { url: http://h, abilities: [clocks] }\n",
       "unknown-ability targets/a.yaml:3:47"},
      {"a bad duration", "url: http://h\nmax_wait: soon\n", "wrong-type targets/a.yaml:3:11"},
      {"a reserved variable", "url: http://h\nvariables: { run.id: 1 }\n", "bad-variable-name targets/a.yaml:3:14"},
      {"an admin token in the file", "url: http://h\nadmin: { url: http://h, token: x }\n", "literal-secret targets/a.yaml:3:32"},
  }));
  INFO(row.why);

  const auto target =
      *row.text == '\0' ? parse_target_file("url: http://h\n", "targets/a.yaml", kiosk_contracts(), variables) : parse(row.text);

  CHECK((target ? "none" : code_and_place(target.error())) == row.told);
}

TEST_CASE("what the target parser reads the schema for editors accepts, and refuses alike", "[target][schema]") {
  struct Row {
    const char* why;
    std::string text;
    bool right;
  };
  const auto row = GENERATE(values<Row>({
      {"everything", kWhole, true},
      {"a URL", "url: http://h\n", true},
      {"an admin with its token", "url: http://h\nadmin: { url: http://h, token: { env: KIOSK_A } }\n", true},
      {"an unknown key", "url: http://h\nurll: x\n", false},
      {"a password in the file", "url: http://h\naccount: { password: swordfish }\n", false},
      {"a duration that is none", "url: http://h\nmax_wait: soon\n", false},
      {"an unknown ability", "url: http://h\nprovider_states: { url: http://h, abilities: [clocks] }\n", false},
  }));
  INFO(row.why);
  const auto document = parse_yaml("understudy: 1\n" + row.text, "a.yaml");
  REQUIRE(document);

  CHECK(schema().accepts("", document->root) == row.right);
}

TEST_CASE("an argument is a target file unless it is a URL", "[target][file]") {
  CHECK(is_target_file("staging.yaml"));
  CHECK(is_target_file("dir=a/staging.yml"));
  CHECK_FALSE(is_target_file("http://127.0.0.1:1/a.yaml"));
  CHECK_FALSE(is_target_file("kiosk=http://127.0.0.1:1"));
  CHECK_FALSE(is_target_file("127.0.0.1:8080"));
}

TEST_CASE("a proxy is left out for the hosts that are excepted", "[target][proxy]") {
  struct Row {
    const char* why;
    Proxies proxies;
    const char* url;
    const char* proxy;
  };
  const std::string one = "http://p:1", two = "http://p:2";
  const auto row = GENERATE_COPY(values<Row>({
      {"by the scheme", {.http = one, .https = two}, "https://h", "http://p:2"},
      {"a host", {.http = one, .https = two, .except = {"H"}}, "http://h", ""},
      {"not another one", {.http = one, .https = two, .except = {"h"}}, "http://hh", "http://p:1"},
      {"a domain", {.http = one, .https = two, .except = {".example.test"}}, "http://a.b.example.test", ""},
      {"the domain itself", {.http = one, .https = two, .except = {".example.test"}}, "http://example.test", ""},
      {"no name that only ends alike", {.http = one, .https = two, .except = {".example.test"}}, "http://myexample.test", "http://p:1"},
      {"all", {.http = one, .https = two, .except = {"*"}}, "http://h", ""},
      {"what the environment says, on this machine", {.http = one, .https = two, .for_loopback = false}, "http://127.0.0.1", ""},
  }));
  INFO(row.why);
  CHECK(find_proxy(row.proxies, *parse_url(row.url)) == row.proxy);
}
