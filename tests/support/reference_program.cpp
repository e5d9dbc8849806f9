#include "tests/support/reference_program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string_view>

#include "tests/support/catch.h"

namespace understudy::test {

ReferenceProgram::ReferenceProgram(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), UNDERSTUDY_REFERENCE);
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  child_ = fork();
  REQUIRE(child_ >= 0);
  if (child_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execv(words[0], words.data());
    _exit(127);
  }
  close(ends[1]);
  FILE* lines = fdopen(ends[0], "r");
  char line[64] = {};
  if (std::fgets(line, sizeof line, lines)) url = std::string(line, std::string_view(line).find('\n'));
  std::fclose(lines);
}

ReferenceProgram::~ReferenceProgram() {
  if (child_ > 0) end(SIGKILL);
}

int ReferenceProgram::end(int signal) {
  int status = 0;
  kill(child_, signal);
  waitpid(child_, &status, 0);
  child_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace understudy::test
