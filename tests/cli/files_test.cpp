// The files of the process: closed standard streams, full disks, few descriptors, modes.
#include <sys/stat.h>

#include <csignal>

#include "tests/support/catch.h"
#include "tests/support/net/process.h"
#include "tests/support/net/scripted_server.h"
#include "tests/support/net/served.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// `setup` is done by a shell before the program replaces it: the release program, because a sanitizer needs files of its own.
Process start(const std::string& setup, std::vector<std::string> words) {
  words.insert(words.begin(), {"-c", setup + "; exec \"$0\" \"$@\"", release_binary()});
  return Process("/bin/sh", words);
}
Ended run(const std::string& setup, const std::vector<std::string>& words) { return start(setup, words).wait(); }

const std::string kScenario = std::string(UNDERSTUDY_SOURCE_DIR) + "/scenarios/veeqo/veeqo-created-product.yaml";
const std::vector<std::string> kOneScenario = {"verify", kScenario};

std::vector<std::string> operator+(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("closed standard streams never become connections", "[cli][files]") {
  const auto setup = GENERATE(values<std::string>({"exec >&-", "exec 2>&-", "exec <&-", "exec <&- >&- 2>&-", "exec >&- 2>&-"}));
  INFO(setup);
  const Folder folder;
  const auto file =
      folder.write("get.yaml",
                   "understudy: 1\nscenario: A get\napi: veeqo\nsteps: [{ request: { method: GET, path: /x }, expect: { status: 200, "
                   "contract: unchecked } }]\n");
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Script::Then::keep}});

  const auto ended = run(setup, {"verify", file, "--target", "veeqo=" + render_origin(server.url())});
  const auto local = run(setup, kOneScenario);

  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
  CHECK(local.code == 0);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("output that cannot be written is an error", "[cli][files]") {
  const auto words = GENERATE(values<std::vector<std::string>>({
      kOneScenario,
      {"verify", "--plan"},
      {"contracts", "list"},
      {"schema", "scenario"},
      {"version"},
      {"--help"},
      {"mutate", "--list"},
      {"serve", "-p", "0", "--print-url"},
      {"serve", "-p", "0", "-q", "--print-admin-url"},
  }));
  INFO(words[0]);
  const auto setup =
      GENERATE(values<std::string>({"exec >/dev/full", "mkfifo $$ 2>/dev/null; trap '' PIPE; exec 3<>$$ >$$ 3>&-; rm -f $$"}));
  INFO(setup);

  const auto ended = run("cd \"${TMPDIR:-/tmp}\"; " + setup, words);

  INFO(ended.err);
  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, CONTAINS("[output-unwritable]"));
}

TEST_CASE("a report that cannot be written is an error, and hides no graver one", "[cli][files]") {
  const auto option = GENERATE(values<std::string>({"--report-json", "--report-ndjson", "--report-junit", "--report-html"}));
  INFO(option);

  const auto ended = run_understudy(kOneScenario + std::vector<std::string>{option, "/dev/full"});
  const auto graver = run_understudy(kOneScenario + std::vector<std::string>{"--target", "http://127.0.0.1:1", option, "/dev/full"});

  INFO(ended.err);
  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, CONTAINS("could not write the whole report to /dev/full"));
  CHECK(graver.code == 4);
  CHECK_THAT(graver.err, CONTAINS("[report-unwritable]"));
}

TEST_CASE("other files that cannot be written are errors, too", "[cli][files]") {
  struct Row {
    std::vector<std::string> words;
    const char* code;
  };
  const auto row = GENERATE(values<Row>({
      {{"mutate", "--api", "veeqo", "--run", "veeqo.createProduct/auth-*", "--report-json", "/dev/full"}, "[report-unwritable]"},
      {{"compare", kScenario, "--left", "mock", "--right", "mock", "--report-json", "/dev/full"}, "[report-unwritable]"},
      {{"serve", "-p", "0", "--tls-self-signed", "--tls-cert-out", "/dev/full"}, "[certificate-unwritable]"},
  }));
  INFO(row.code);

  const auto ended = run_understudy(row.words);

  INFO(ended.out << ended.err);
  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, CONTAINS(row.code));
}

TEST_CASE("a summary for GitHub that cannot be written is an error", "[cli][files]") {
  const auto ended = run_understudy(kOneScenario + std::vector<std::string>{"--report-github"}, {"GITHUB_STEP_SUMMARY=/dev/full"});

  CHECK(ended.code == 2);
  CHECK_THAT(ended.err, CONTAINS("[report-unwritable]"));
}

TEST_CASE("a log on a full disk is reported once, and the server goes on", "[cli][files]") {
  Served served({"--log-format", "json", "--log", "/dev/full"});
  CHECK_THAT(served.get("/__admin/health"), CONTAINS("healthy"));
  CHECK_THAT(served.get("/__admin/health"), CONTAINS("healthy"));

  const auto ended = served.stop();

  CHECK(ended.code == 2);
  const std::string message = "error: '/dev/full' cannot be written: No space left on device [log-unwritable]\n";
  CHECK_THAT(ended.err, CONTAINS(message));
  CHECK(ended.err.find(message) == ended.err.rfind(message));
}

TEST_CASE("reports, logs and ledgers are for their owner only", "[cli][files]") {
  const auto mask = GENERATE(values<std::string>({"umask 0", "umask 022", "umask 077"}));
  const Folder folder;
  const auto mode_of = [&](const std::string& name) {
    struct stat about {};
    INFO(name);
    REQUIRE(::stat(folder.path(name).c_str(), &about) == 0);
    return about.st_mode & 0777;
  };
  const std::vector<std::string> reports = {"json", "ndjson", "junit", "html", "claim"};
  auto words = kOneScenario;
  for (const auto& name : reports) words = words + std::vector<std::string>{"--report-" + name, folder.path(name)};
  CHECK(run(mask, words).code == 0);
  run(mask, {"compare", kScenario, "--left", "mock", "--right", "mock", "--report-json", folder.path("drift")});
  run(mask, kOneScenario + std::vector<std::string>{"--target", "http://127.0.0.1:1", "--ledger", folder.path("deep/ledger")});
  {
    auto served = start(mask, {"serve", "-p", "0", "--print-url", "--log-format", "text", "--log", folder.path("log")});
    served.read_line();
    served.send(SIGTERM);
    served.wait();
  }

  for (const auto& name : reports) CHECK(mode_of(name) == 0600);
  for (const auto* name : {"drift", "deep/ledger", "log"}) CHECK(mode_of(name) == 0600);
}

TEST_CASE("few descriptors are an error with that reason, or enough", "[cli][files]") {
  const int most = GENERATE(range(6, 24, 2));
  INFO(most);
  const auto setup = "ulimit -n " + std::to_string(most);

  const auto ended = run(setup, kOneScenario + std::vector<std::string>{"-j", "8"});
  auto served = start(setup, {"serve", "-p", "0", "--print-url"});
  if (!served.read_line().empty()) served.send(SIGTERM);
  const auto ended_server = served.wait();

  for (const auto& end : {ended, ended_server}) {
    INFO(end.code << end.out << end.err);
    const bool is_named = end.err.find("open files") != std::string::npos || end.out.find("open files") != std::string::npos;
    CHECK((end.code == 0 || (end.code < 128 && is_named)));
  }
}

TEST_CASE("the banner names what is served, and nothing else", "[serve][files]") {
  struct Row {
    std::vector<std::string> options;
    std::vector<std::string> named, absent;
  };
  const auto row = GENERATE(values<Row>({{{}, {"/sellercloud", "/veeqo", "/sellercenter"}, {}},
                                         {{"--api", "veeqo"}, {"Veeqo"}, {"Sellercloud", "Seller Center"}},
                                         {{"--api", "sellercenter"}, {"Seller Center"}, {"Sellercloud", "Veeqo"}}}));
  const Folder folder;
  auto served = start("exec 2>" + folder.path("banner"), std::vector<std::string>{"serve", "-p", "0"} + row.options);
  REQUIRE(eventually([&] { return read_text(folder.path("banner")).find("staged") != std::string::npos; }));
  served.send(SIGTERM);
  served.wait();

  const auto banner = read_text(folder.path("banner"));
  INFO(banner);
  for (const auto& name : row.named) CHECK_THAT(banner, CONTAINS(name));
  for (const auto& name : row.absent) CHECK(banner.find(name) == std::string::npos);
}
