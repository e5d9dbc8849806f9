// The admin API as `serve` opens it: its token, its own port, its end.
#include "tests/support/catch.h"
#include "tests/support/net/process.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// Runs `steps` with $URL and $ADMIN of a mock that was served with `options`, and its exit code as the last line.
Ended with_served(const std::string& options, const std::string& steps, const std::vector<std::string>& environment = {}) {
  const std::string script = "set -u; unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY\nU=" + understudy_binary() +
                             "\nexec 3< <(exec $U serve -p 0 --print-url --print-admin-url " + options +
                             ")\nS=$!; trap 'kill $S 2>/dev/null' EXIT\nread -r -t 20 -u 3 URL && read -r -t 20 -u 3 ADMIN || exit 9\n"
                             "status() { curl -s -m 20 -o /dev/null -w '%{http_code}\\n' \"$@\"; }\n" +
                             steps;
  return Process("/bin/bash", {"-c", script}, environment).wait();
}

}  // namespace

TEST_CASE("the admin API has the main port, until it is given its own", "[cli][admin]") {
  const Ended shared = with_served("", "[ $URL = $ADMIN ] && echo same; status $URL/__admin/health");
  const Ended apart = with_served(
      "--admin-port 0",
      "[ $URL = $ADMIN ] || echo apart; status $URL/__admin/health; status $ADMIN/__admin/health; status $ADMIN/veeqo/products");
  INFO(shared.err << apart.err);
  CHECK(shared.out == "same\n200\n");
  CHECK(apart.out == "apart\n404\n200\n404\n");
}

TEST_CASE("the token comes from the option, a file or the environment", "[cli][admin]") {
  const Folder folder;
  const std::string file = folder.write("token", "s3cret-token\n");
  struct Row {
    const char* why;
    std::string options;
    std::vector<std::string> environment;
  };
  const auto row = GENERATE(values<Row>({
      {"the option", "--admin-token s3cret-token", {"UNDERSTUDY_ADMIN_TOKEN=other"}},
      {"a file", "--admin-token-file {f}", {"UNDERSTUDY_ADMIN_TOKEN=other"}},
      {"the environment", "", {"UNDERSTUDY_ADMIN_TOKEN=s3cret-token"}},
  }));
  INFO(row.why);
  std::string options = row.options;
  if (const auto at = options.find("{f}"); at != std::string::npos) options.replace(at, 3, file);

  const Ended ended = with_served(
      options, "status $ADMIN/__admin/health; status -H 'Authorization: Bearer s3cret-token' $ADMIN/__admin/health", row.environment);

  INFO(ended.err);
  CHECK(ended.out == "401\n200\n");
  CHECK(ended.err.find("s3cret") == std::string::npos);
}

TEST_CASE("a token that no header can carry is refused at the start", "[cli][admin]") {
  const Folder folder;
  folder.write("empty", "\n");
  struct Row {
    const char* why;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    int code;
    const char* err;
  };
  const auto row = GENERATE(values<Row>({
      {"a space", {"serve", "-p", "0", "--admin-token", "a b"}, {}, 2, "[bad-admin-token]"},
      {"not ASCII", {"serve", "-p", "0"}, {"UNDERSTUDY_ADMIN_TOKEN=\xc3\xbc"}, 2, "UNDERSTUDY_ADMIN_TOKEN"},
      {"an empty option", {"serve", "-p", "0", "--admin-token", ""}, {}, 2, "empty value"},
      {"an empty file", {"serve", "-p", "0", "--admin-token-file", "{f}/empty"}, {}, 2, "[bad-admin-token]"},
      {"no file", {"serve", "-p", "0", "--admin-token-file", "{f}/nothing"}, {}, 3, "[cannot-read]"},
      {"both", {"serve", "-p", "0", "--admin-token", "a", "--admin-token-file", "{f}/empty"}, {}, 2, "--admin-token"},
  }));
  INFO(row.why);
  std::vector<std::string> arguments = row.arguments;
  for (std::string& one : arguments)
    if (one.starts_with("{f}")) one.replace(0, 3, folder.path());

  const Ended ended = run_understudy(arguments, row.environment);

  INFO(ended.err);
  CHECK(ended.code == row.code);
  CHECK(ended.err.find(row.err) != std::string::npos);
}

TEST_CASE("verify takes the token along, and says so when it is wrong", "[cli][admin]") {
  const Folder folder;
  folder.write("create.yaml",
               "understudy: 1\nscenario: A product is created\napi: veeqo\nsteps:\n  - send: createProduct\n"
               "    with: { body: { product: { title: A, product_variants_attributes: [{ title: \"\", price: 1, sku_code: X }] } } }\n"
               "    expect: { answer: product_created }\n");
  const Ended ended = with_served(
      "--admin-port 0",
      "V=\"$U verify " + folder.path("create.yaml") +
          " --target $URL --admin $ADMIN\"\n$V | tail -1\nUNDERSTUDY_ADMIN_TOKEN=wrong-token $V 2>&1 | grep -c 'answered 401'\n",
      {"UNDERSTUDY_ADMIN_TOKEN=s3cret-token"});
  INFO(ended.out << ended.err);
  CHECK(ended.out == "1 passed, 0 failed, 0 skipped\n1\n");
}

TEST_CASE("verify names an address without an admin API, and no place in the scenario", "[cli][admin]") {
  const Folder folder;
  folder.write("read.yaml",
               "understudy: 1\nscenario: A product is read\napi: veeqo\nsteps:\n  - send: getProduct\n    with: { path: { id: 1 } }\n"
               "    expect: { answer: record_not_found }\n");
  const Ended ended = with_served("", "$U verify " + folder.path("read.yaml") + " --target $URL --admin $URL/nope 2>&1; echo exit $?");
  INFO(ended.out << ended.err);
  CHECK_THAT(ended.out, CONTAINS("/nope (--admin) gives no access to an admin API: it answered 404"));
  CHECK(ended.out.find("read.yaml:") == std::string::npos);
  CHECK_FALSE(ended.out.ends_with("exit 0\n"));
}

TEST_CASE("a shutdown over the admin API ends the server as a signal does", "[cli][admin]") {
  const Ended ended = with_served("", "status -X POST $ADMIN/__admin/shutdown; wait $S; echo $?");
  INFO(ended.err);
  CHECK(ended.out == "200\n0\n");
}
