// `understudy verify`, `lint` and the command line itself, as processes.
#include <csignal>

#include "contracts/src/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/raw_socket.h"
#include "tests/support/net/scripted_server.h"

using namespace understudy;
using namespace understudy::test;

namespace {

using Words = std::vector<std::string>;

const std::string kCreate =
    "understudy: 1\nscenario: A product is created\napi: veeqo\nlabels: [products]\nsteps:\n  - send: createProduct\n"
    "    with: { body: { product: { title: A, product_variants_attributes: [{ title: \"\", price: 1, sku_code: X }] } } }\n"
    "    expect: { answer: product_created }\n";
const std::string kNeedsClock =
    "understudy: 1\nscenario: Late\napi: veeqo\ngiven: { clock: \"2026-03-02T09:00:00Z\", variables: { lamp: 1 } }\nsteps: [{ send: "
    "createProduct, auth: none, "
    "expect: { answer: not_authorized } }]\n";
const std::string kWrongSeed =
    "understudy: 1\nscenario: A record without a payment status\napi: sellercloud\ngiven:\n  records: { orders: [{ ID: 5, OrderDetails: { "
    "CompanyID: 163 }, PaymentStatus: null }] }\nsteps: [{ send: listOrders, expect: { answer: order_list } }]\n";

std::string origin(const ScriptedServer& server) { return render_origin(server.url()); }

Script answer(int status, const std::string& body) {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: text/html\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body,
          Script::Then::keep};
}

}  // namespace

TEST_CASE("each way to end has its exit code and one clear message", "[cli]") {
  struct Row {
    const char* why;
    Words arguments;  // {f} becomes a folder with create.yaml
    int code;
    const char* out;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {"version", {"version"}, 0, "understudy 0.", ""},
      {"--version", {"--version"}, 0, "understudy 0.", ""},
      {"help", {"--help"}, 0, "Examples:", ""},
      {"help of a command", {"verify", "--help"}, 0, "--target", ""},
      {"help by a word", {"help"}, 0, "Examples:", ""},
      {"help of a command by a word", {"help", "contracts", "show"}, 0, "Usage: understudy contracts show", ""},
      {"help of an unknown command", {"help", "vreify"}, 2, "", "did you mean 'verify'?"},
      {"the exit codes in the help", {"lint", "--help"}, 0, "Exit codes: 0 everything that ran passed, 2 usage", ""},
      {"colours on a pipe", {"verify", "{f}", "-v", "--color", "always"}, 0, "\x1b[32mpassed", ""},
      {"an unknown word of --color", {"verify", "{f}", "--color", "alwys"}, 2, "", "did you mean 'always'?"},
      {"the health of nothing", {"health", "http://127.0.0.1:1"}, 4, "", "is not healthy"},
      {"the health of no URL", {"health", "127.0.0.1"}, 2, "", "expected http:// or https://"},
      {"a manual page", {"manual", "serve"}, 0, ".TH UNDERSTUDY", ""},
      {"the manual page of an unknown command", {"manual", "srve"}, 2, "", "did you mean 'serve'?"},
      {"the completions of an unknown shell", {"completion", "bsah"}, 2, "", "did you mean 'bash'?"},
      {"nothing at all", {}, 2, "Usage:", ""},
      {"an unknown command", {"vreify"}, 2, "", "did you mean 'verify'?"},
      {"an unknown option", {"verify", "--tagret", "x"}, 2, "", "did you mean '--target'?"},
      {"an option with a value", {"verify", "--tagret=x"}, 2, "", "did you mean '--target'?"},
      {"an unknown subcommand", {"contracts", "shwo", "x"}, 2, "", "did you mean 'show'?"},
      {"the same behind an option", {"contracts", "--contracts", "lsit", "lsit"}, 2, "", "found command 'lsit', expected one of list"},
      {"an unknown word of an option", {"serve", "--log-format", "jsno"}, 2, "", "did you mean 'json'?"},
      {"a target that is no URL", {"verify", "{f}", "--target", "localhost:80"}, 2, "", "expected http:// or https://"},
      {"an unknown API", {"verify", "{f}", "--target", "veqo=http://127.0.0.1:1"}, 2, "", "did you mean 'veeqo'?"},
      {"an unknown profile",
       {"verify", "{f}", "--profile", "docmented"},
       2,
       "",
       "--profile 'docmented', expected documented, observed, all"},
      {"an unknown profile of a run", {"verify", "{f}", "--profile", "alll"}, 2, "", "did you mean 'all'?"},
      {"an unknown profile of the mock", {"serve", "--profile", "obsreved"}, 2, "", "did you mean 'observed'?"},
      {"an unknown level", {"verify", "{f}", "--level", "publshed"}, 2, "", "did you mean 'published'?"},
      {"an unknown operation",
       {"verify", "{f}", "--target", "http://127.0.0.1:1", "--operation", "createProdct"},
       2,
       "",
       "'veeqo.createProduct'?"},
      {"the same with its API",
       {"verify", "{f}", "--target", "http://127.0.0.1:1", "--operation", "veeqo.createProdct"},
       2,
       "",
       "(did you mean 'veeqo.createProduct'?)"},
      {"an unknown label", {"verify", "{f}", "--label", "product"}, 2, "", "did you mean 'products'?"},
      {"an unknown label of bundled scenarios", {"verify", "--label", "order"}, 2, "", "did you mean 'orders'?"},
      {"an unknown scenario of --run", {"verify", "{f}", "--run", "veqo/*"}, 2, "", "did you mean 'veeqo/*'?"},
      {"an unknown scenario of --skip",
       {"compare", "{f}", "--left", "mock", "--right", "mock", "--skip", "creat"},
       2,
       "",
       "did you mean 'create'?"},
      {"an unknown API of mutate", {"mutate", "--api", "veqo"}, 2, "", "did you mean 'veeqo'?"},
      {"an unknown API of serve", {"serve", "--api", "veqo"}, 2, "", "did you mean 'veeqo'?"},
      {"an unknown level of mutate", {"mutate", "--level", "assmued"}, 2, "", "did you mean 'assumed'?"},
      {"an unknown mutant", {"mutate", "--run", "veeqo.createProdct/*"}, 2, "", "did you mean 'veeqo.createProduct/*'?"},
      {"an unknown id", {"explain", "veeqo.not_authorised"}, 2, "", "did you mean 'veeqo.not_authorized'?"},
      {"an unknown schema", {"schema", "scenaro"}, 2, "", "did you mean 'scenario'?"},
      {"an unknown profile of diff", {"contracts", "diff", "docmented"}, 2, "", "did you mean 'documented'?"},
      {"an admin without a target", {"verify", "{f}", "--admin", "http://127.0.0.1:1"}, 2, "", "--admin without --target"},
      {"a pattern for nothing", {"verify", "{f}", "--run", "veeqo/nothing"}, 2, "", "veeqo/nothing"},
      {"an unknown scenario", {"verify", "{f}/nothing.yaml"}, 3, "", "nothing.yaml"},
      {"a bad file", {"verify", "{f}/../bad/bad.yaml"}, 3, "", "bad.yaml:4:8: error:"},
      {"a bad file, linted", {"lint", "{f}/../bad/bad.yaml"}, 3, "bad.yaml:4:8: error:", "1 problem"},
      {"a good file, linted", {"lint", "{f}"}, 0, "", "1 scenario, 0 problems"},
      {"a remote host", {"verify", "{f}", "--target", "http://host.invalid"}, 5, "", "Nothing was sent"},
      {"a remote admin", {"verify", "{f}", "--target", "http://127.0.0.1:1", "--admin", "http://host.invalid"}, 5, "", "host.invalid"},
      {"only skipped",
       {"verify", "{f}/../late", "--target", "http://127.0.0.1:1"},
       7,
       "skipped: veeqo/late: the target cannot arrange clock: given.clock",
       ""},
      {"a variable that nothing uses", {"verify", "{f}", "--var", "nmae=x"}, 2, "", "--var: found 'nmae'"},
      {"a variable that is near another", {"verify", "{f}/../late", "--var", "lamps=1"}, 2, "", "did you mean 'lamp'?"},
      {"records that no answer could show", {"lint", "{f}/../seed"}, 3, "seed.yaml:5:81: error:", "1 problem"},
      {"the same, when they are staged", {"verify", "{f}/../seed"}, 3, "seed.yaml:5:81: error:", ""},
      {"all green on the mock", {"verify", "{f}"}, 0, "1 passed, 0 failed, 0 skipped", ""},
      {"all green under each profile", {"verify", "{f}", "--profile", "all"}, 0, "2 passed, 0 failed, 0 skipped", ""},
      {"all skipped by name", {"verify", "{f}", "--skip", "create"}, 7, "0 passed, 0 failed, 0 skipped", ""},
      {"by label", {"verify", "{f}", "--label", "products", "-v"}, 0, "passed: veeqo/create (1 request", ""},
      {"shuffled, with the seed printed", {"verify", "{f}", "--shuffle", "--seed", "7"}, 0, "shuffled with seed 7", ""},
  }));
  INFO(row.why);
  Folder folder;
  folder.write("good/create.yaml", kCreate);
  folder.write("late/late.yaml", kNeedsClock);
  folder.write("seed/seed.yaml", kWrongSeed);
  folder.write("bad/bad.yaml", "understudy: 1\nscenario: x\napi: veqo\nsteps: []\n");
  auto arguments = row.arguments;
  for (auto& word : arguments) {
    if (const auto at = word.find("{f}"); at != std::string::npos) word.replace(at, 3, folder.path("good"));
  }

  const auto ended = run_understudy(arguments);

  INFO(ended.out << "--- stderr\n" << ended.err);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.out, CONTAINS(row.out));
  CHECK_THAT(ended.err, CONTAINS(row.err));
}

TEST_CASE("an unreachable target is reported once, whatever the number of scenarios", "[cli]") {
  std::string url;
  {
    ScriptedServer gone({});
    url = origin(gone);
  }
  Folder folder;
  for (const auto* name : {"a", "b", "c", "d"}) folder.write(std::string(name) + ".yaml", kCreate);

  const auto ended = run_understudy({"verify", folder.path(), "--target", url});

  CHECK(ended.code == 4);
  CHECK(ended.err == "error: cannot reach " + url + ": Connection refused [target-unreachable]\n");
}

TEST_CASE("a wrong implementation gets its failure block, both reports and exit 1", "[cli]") {
  ScriptedServer server({answer(500, "<h1>oops</h1>")});
  Folder folder;
  folder.write("create.yaml", kCreate);

  const auto ended = run_understudy({"verify", folder.path("create.yaml"), "--target", origin(server), "--report-json",
                                     folder.path("report.json"), "--report-junit", folder.path("report.xml")});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 1);
  CHECK_THAT(ended.out, CONTAINS("failed: veeqo/create step 1\n  --> " + folder.path("create.yaml") + ":8:23\n"));
  CHECK_THAT(ended.out, CONTAINS("expected: answer product_created (status 201)\n   actual:   status 500\n"));
  CHECK(last_line(ended.out) == "0 passed, 1 failed, 0 skipped");
  const auto json = parse_json(read_text(folder.path("report.json")));
  REQUIRE(json.has_value());
  CHECK(json->at("scenarios").at(0).at("verdict") == "failed");
  CHECK_THAT(read_text(folder.path("report.xml")), CONTAINS("failures=\"1\""));
}

TEST_CASE("a refused account is explained once for each API, with what names another one", "[cli]") {
  struct Row {
    const char* why;
    Script script;
    const char* scenario;
    const char* hint;  // empty: none
  };
  static const std::string lists_orders =
      "understudy: 1\nscenario: Orders\napi: sellercloud\nsteps: [{ send: listOrders, expect: { answer: order_list } }]\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"a wrong key", answer(401, "{}"), kCreate.c_str(),
       "hint: veeqo refused the account of the runner in 1 scenario. If the account is wrong or its credential has ended, name it with "
       "--api-key or the variable UNDERSTUDY_API_KEY"},
      {"a refused login", answer(400, "{}"), lists_orders.c_str(),
       "name it with --username and --password or the variables UNDERSTUDY_USERNAME and UNDERSTUDY_PASSWORD"},
      {"another failure", answer(500, "{}"), kCreate.c_str(), ""},
  }));
  INFO(row.why);
  ScriptedServer server({row.script});
  Folder folder;
  folder.write("one.yaml", row.scenario);

  const auto ended = run_understudy({"verify", folder.path(), "--target", origin(server)});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 1);
  if (*row.hint == '\0') CHECK(ended.err.find("hint") == std::string::npos);
  CHECK_THAT(ended.err, CONTAINS(row.hint));
}

TEST_CASE("a clock that runs stands still in a run, which says so once", "[cli]") {
  Folder folder;
  for (const auto* name : {"a.yaml", "b.yaml"})
    folder.write(
        name,
        "understudy: 1\nscenario: A product\napi: veeqo\ngiven: { clock: { start: \"2026-03-02T09:00:00Z\", runs: true } }\nsteps:\n"
        "  - send: createProduct\n"
        "    with: { body: { product: { title: A, product_variants_attributes: [{ title: B, price: 1, sku_code: X }] } } }\n"
        "    expect: { answer: product_created, body: { created_at: \"2026-03-02T09:00:00.000Z\" } }\n");

  const auto ended = run_understudy({"verify", folder.path()});

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK(ended.err == "note: a scenario says that its clock runs; here it stands still, so that runs repeat\n");
}

TEST_CASE("a known failure is no failure, and an unknown one of the list is an error", "[cli]") {
  struct Row {
    const char* list;
    int code;
  };
  const auto row = GENERATE(values<Row>({{"create # not done yet", 0}, {"create # x\nother # y", 3}, {"create", 3}}));
  ScriptedServer server({answer(500, "oops")});
  Folder folder;
  folder.write("create.yaml", kCreate);
  const auto list = folder.write("known.txt", row.list);

  const auto ended = run_understudy({"verify", folder.path("create.yaml"), "--target", origin(server), "--known-failing", list});

  INFO(ended.out << ended.err);
  CHECK(ended.code == row.code);
}

TEST_CASE("credentials come from options or the environment and are never printed", "[cli][secrets]") {
  struct Row {
    Words arguments;
    Words environment;
  };
  const auto row = GENERATE(values<Row>({
      {{"--api-key", "sesame-open-1"}, {}},
      {{}, {"UNDERSTUDY_API_KEY=sesame-open-1"}},
  }));
  ScriptedServer server({answer(500, "who is sesame-open-1?")});
  Folder folder;
  Words arguments = {
      "verify", folder.write("create.yaml", kCreate), "-v", "--target", origin(server), "--report-json", folder.path("report.json")};
  arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());

  const auto ended = run_understudy(arguments, row.environment);

  REQUIRE(server.requests().size() == 1);
  CHECK_THAT(server.requests().front(), CONTAINS("x-api-key: sesame-open-1"));
  CHECK_THAT(ended.out + ended.err + read_text(folder.path("report.json")), !CONTAINS("sesame-open-1"));
}

TEST_CASE("a signal ends the run after cleanup, with its own exit code", "[cli]") {
  struct Row {
    int signal;
    int code;
  };
  const auto row = GENERATE(values<Row>({{SIGINT, 130}, {SIGTERM, 143}}));
  ScriptedServer server({{"", Script::Then::stall}});
  Folder folder;
  Process process(understudy_binary(), {"verify", folder.write("create.yaml", kCreate), "--target", origin(server), "--timeout", "1s"});
  REQUIRE(eventually([&] { return server.requests().size() == 1; }));

  process.send(row.signal);
  const auto ended = process.wait();

  INFO(ended.out << ended.err);
  CHECK(ended.code == row.code);
  CHECK_THAT(last_line(ended.out), CONTAINS("failed"));
}
