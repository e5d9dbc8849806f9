#include "cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <vector>

#include "cli/inputs.h"

namespace understudy {
namespace {

int open_nothing() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }

}  // namespace

void prepare_files() {
  // open() returns the lowest free number, and the lower ones are open by then.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF) static_cast<void>(::open("/dev/null", O_RDWR));
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::cerr << std::nounitbuf;  // else each << is a write of its own, and the output of another process can come between
  std::setvbuf(stderr, nullptr, _IOLBF, BUFSIZ);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t count_free_files(std::size_t most) {
  std::vector<int> opened;
  while (opened.size() < most) {
    const int descriptor = open_nothing();
    if (descriptor < 0) break;
    opened.push_back(descriptor);
  }
  for (const int descriptor : opened) ::close(descriptor);
  return opened.size();
}

Result<void> check_free_files(std::size_t needed) {
  const auto left = count_free_files(needed);
  if (left >= needed) return {};
  return tl::unexpected(usage_problem(
      "too-few-files", fmt::format("found {} more open files permitted, expected at least {}; raise the limit (ulimit -n)", left, needed)));
}

Result<std::ofstream> open_report(const std::string& path, std::ios::openmode mode) {
  // Streams have no mode for new files. An existing file, a pipe or a terminal keeps its own.
  const int fresh = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fresh >= 0) ::close(fresh);
  std::ofstream report(path, std::ios::binary | mode);
  if (report) return report;
  return tl::unexpected(usage_problem("report-unwritable", fmt::format("cannot write the report to {}: {}", path, std::strerror(errno))));
}

Result<void> close_report(std::ofstream& report, const std::string& path) {
  report.close();
  if (report) return {};
  return tl::unexpected(
      usage_problem("report-unwritable", fmt::format("could not write the whole report to {}, expected a disk that is not full", path)));
}

Result<void> flush_output() {
  std::cout.flush();
  if (std::cout) return {};
  return tl::unexpected(usage_problem(
      "output-unwritable", "could not write everything to standard output, expected a disk that is not full and a reader that stays"));
}

}  // namespace understudy
