#include "tests/support/net/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/program.h"
#include "tests/support/catch.h"
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace understudy::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (auto& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

// Sends what is written to one of the standard streams to memory, until it is taken.
class Captured {
 public:
  explicit Captured(int stream)
      : stream_(stream), original_(fcntl(stream, F_DUPFD_CLOEXEC, 3)), memory_(memfd_create("output", MFD_CLOEXEC)) {
    REQUIRE(original_ >= 0);
    REQUIRE(memory_ >= 0);
    dup2(memory_, stream_);
  }
  ~Captured() {
    close(original_);
    close(memory_);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  int original() const { return original_; }
  std::string take() {
    dup2(original_, stream_);
    std::string text(static_cast<std::size_t>(lseek(memory_, 0, SEEK_END)), '\0');
    REQUIRE(pread(memory_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }

 private:
  int stream_, original_, memory_;
};

// What the program changes of its process, and a test must find as it was.
class KeptSettings {
 public:
  KeptSettings() {
    pthread_sigmask(SIG_SETMASK, nullptr, &signals_);
    sigaction(SIGPIPE, nullptr, &broken_pipe_);
    getrlimit(RLIMIT_NOFILE, &files_);
  }
  ~KeptSettings() {
    pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
    sigaction(SIGPIPE, &broken_pipe_, nullptr);
    setrlimit(RLIMIT_NOFILE, &files_);
  }
  KeptSettings(const KeptSettings&) = delete;
  KeptSettings& operator=(const KeptSettings&) = delete;

 private:
  sigset_t signals_{};
  struct sigaction broken_pipe_ {};
  rlimit files_{};
};

Ended run_here(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"understudy"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto argv = pointers(words);
  Ended ended;
  std::cout.flush();
  const KeptSettings settings;
  Captured out(STDOUT_FILENO), err(STDERR_FILENO);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(err.original())));
#endif
  ended.code = run_program("", static_cast<int>(words.size()), argv.data());
  std::cout.flush();
  ended.out = out.take();
  ended.err = err.take();
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(STDERR_FILENO)));
#endif
  return ended;
}

}  // namespace

std::string understudy_binary() { return std::string(UNDERSTUDY_BINARY_DIR) + "/understudy"; }

std::string release_binary() {
  const std::string named = UNDERSTUDY_RELEASE_PROGRAM;
  return named.empty() ? understudy_binary() : named;
}

Process::Process(const std::string& program, const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  int out[2];
  int err[2];
  REQUIRE(pipe2(out, O_CLOEXEC) == 0);
  REQUIRE(pipe2(err, O_CLOEXEC) == 0);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto argv = pointers(words);
  auto variables = environment;
  for (char** one = environ; *one != nullptr; ++one) variables.emplace_back(*one);
  auto envp = pointers(variables);
  // Not fork: it copies the page tables of this process, which are large under a sanitizer.
  posix_spawn_file_actions_t actions;
  REQUIRE(posix_spawn_file_actions_init(&actions) == 0);
  REQUIRE(posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO) == 0);
  REQUIRE(posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO) == 0);
  REQUIRE(posix_spawn(&child_, program.c_str(), &actions, nullptr, argv.data(), envp.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  close(out_);
  close(err_);
}

std::string Process::read_line() {
  std::string line;
  pollfd polled{.fd = out_, .events = POLLIN, .revents = 0};
  for (char c = 0; poll(&polled, 1, 30000) > 0 && read(out_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

void Process::send(int signal) const { kill(child_, signal); }

Ended Process::wait(std::chrono::seconds at_most) {
  Ended ended;
  const auto until = std::chrono::steady_clock::now() + at_most;
  pollfd files[] = {{.fd = out_, .events = POLLIN, .revents = 0}, {.fd = err_, .events = POLLIN, .revents = 0}};
  std::string* texts[] = {&ended.out, &ended.err};
  for (int open = 2; open > 0;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0 || poll(files, 2, static_cast<int>(left)) <= 0) {
      kill(child_, SIGKILL);
      break;
    }
    for (int i = 0; i < 2; ++i) {
      char buffer[4096];
      if (files[i].fd < 0 || files[i].revents == 0) continue;
      const auto count = read(files[i].fd, buffer, sizeof buffer);
      if (count > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(count));
      } else {
        files[i].fd = -1;
        --open;
      }
    }
  }
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

Ended run_understudy(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  return environment.empty() ? run_here(arguments) : Process(understudy_binary(), arguments, environment).wait();
}

Folder::Folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "understudy-test-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::path(const std::string& name) const { return name.empty() ? path_ : path_ + "/" + name; }

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto start = text.rfind('\n', end);
  return end == std::string::npos ? "" : text.substr(start + 1, end - start);
}

}  // namespace understudy::test
