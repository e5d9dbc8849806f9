// Owns the program understudy_reference while a test talks to it: its URL from its one line of output, its end.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), UNDERSTUDY_REFERENCE);
    std::vector<char*> words;
    for (auto& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    child_ = fork();
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
  ~Program() {
    if (child_ > 0) end(SIGKILL);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Its exit code; 128 + signal when the signal ended it.
  int end(int signal) {
    int status = 0;
    kill(child_, signal);
    waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  std::string url;  // empty: it did not start

 private:
  pid_t child_ = 0;
};

}  // namespace reference
