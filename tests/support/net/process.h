// Owns running a program from a test: its output, its exit code, signals to it; it never outlives the test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace understudy::test {

struct Ended {
  int code = -1;  // 128 + signal when a signal ended it
  std::string out, err;
};

// The binary under test, as built beside the tests.
std::string understudy_binary();
// The release binary where the tree names one, for tests that measure memory or start many processes; else the binary under test.
std::string release_binary();

class Process {
 public:
  // `environment`: NAME=value, on top of the test's own.
  Process(const std::string& program, const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return child_; }
  std::string read_line();  // of its standard output, without the end; empty after 30 seconds or when it ends
  void send(int signal) const;
  Ended wait(std::chrono::seconds at_most = std::chrono::seconds(30));  // then it is killed

 private:
  pid_t child_ = -1;
  int out_ = -1, err_ = -1;
};

// Runs the program to its end: in this process, where the bundled contracts are read once, or with `environment` in one of its own.
Ended run_understudy(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});

// A folder of its own, removed with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const;  // its path
  std::string path(const std::string& name = "") const;

 private:
  std::string path_;
};
std::string read_text(const std::string& path);
std::size_t count_of(const std::string& text, const std::string& what);
std::string last_line(const std::string& text);  // without its end; empty lines behind it do not count

}  // namespace understudy::test
