// The program understudy_reference as others use it: one line on stdout, answers over a socket, an end on SIGTERM.
#include <httplib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), UNDERSTUDY_REFERENCE);
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      std::vector<char*> words;
      for (auto& argument : arguments) words.push_back(argument.data());
      words.push_back(nullptr);
      execv(words[0], words.data());
      _exit(127);
    }
    close(ends[1]);
    FILE* lines = fdopen(ends[0], "r");
    char line[64] = {};
    if (std::fgets(line, sizeof line, lines)) url = std::string(line, std::string_view(line).find('\n'));
    std::fclose(lines);
  }
  ~Program() {
    if (child_ > 0) end(SIGKILL);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  int end(int signal) {
    int status = 0;
    kill(child_, signal);
    waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string url;

 private:
  pid_t child_ = 0;
};

}  // namespace

TEST_CASE("the reference server answers on the port that it prints and ends on a signal with exit 0", "[reference]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  Program program;
  REQUIRE(program.url.rfind("http://127.0.0.1:", 0) == 0);
  httplib::Client client(program.url);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);

  const auto unauthorized = client.Post("/rest/api/Products", "{}", "application/json");
  const auto form = client.Post("/", std::string(20'000, ' ') + "[]", "application/x-www-form-urlencoded");
  const auto without_body = client.Post("/products");

  REQUIRE(unauthorized);
  CHECK(unauthorized->status == 401);
  CHECK_THAT(unauthorized->body, CONTAINS("Not Valid Token"));
  REQUIRE(form);
  CHECK_THAT(form->body, CONTAINS("Invalid Json RPC format"));
  REQUIRE(without_body);
  CHECK(without_body->status == 401);
  CHECK(program.end(signal) == 0);
}

TEST_CASE("the server that truncates promises more bytes than it sends", "[reference][broken]") {
  Program program({"--broken", "product_body_truncated"});
  httplib::Client client(program.url);
  const auto login = client.Post("/rest/api/token", "username=demo&password=demo", "application/x-www-form-urlencoded");
  REQUIRE(login);
  const std::string start = "\"access_token\":\"";
  const auto at = login->body.find(start) + start.size();
  const std::string token = login->body.substr(at, login->body.find('"', at) - at);

  const auto product = client.Post("/rest/api/Products", {{"Authorization", "Bearer " + token}},
                                   R"({"CompanyId":1,"ProductName":"n","ProductSKU":"P-1","ProductTypeName":"t"})", "application/json");

  CHECK(!product);
  CHECK(product.error() == httplib::Error::Read);
}
