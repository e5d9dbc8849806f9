#include "cli/serve/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <iostream>
#include <utility>

#include "cli/inputs.h"

namespace understudy {
namespace {

constexpr int kPollMilliseconds = 100;  // how often a blocked writer checks whether it must end
constexpr std::chrono::seconds kFlushLimit{1};

int open_file(const std::string& file) { return ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600); }

Problem unwritable_log(const std::string& file, int error) {
  return usage_problem("log-unwritable", fmt::format("'{}' cannot be written: {}", file, std::strerror(error)));
}

}  // namespace

Result<std::unique_ptr<Log>> Log::open(LogFormat format, const std::string& file) {
  const int descriptor = file.empty() ? STDERR_FILENO : open_file(file);
  if (descriptor >= 0) return std::unique_ptr<Log>(new Log(format, file, descriptor));
  return tl::unexpected(unwritable_log(file, errno));
}

Log::Log(LogFormat format, std::string file, int descriptor)
    : format_(format), file_(std::move(file)), descriptor_(descriptor), writer_([this] { write_lines(); }) {}

Log::~Log() {
  if (writer_.joinable()) close();
  if (!file_.empty() && descriptor_ >= 0) ::close(descriptor_);
}

bool Log::close() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    give_up_ = std::chrono::steady_clock::now() + kFlushLimit;
  }
  wake_.notify_one();
  writer_.join();
  return !has_failed_;
}

void Log::add(const WireExchange& exchange) { put(render_exchange(format_, Clock().now(), exchange)); }
void Log::add_event(std::string_view what, std::string_view message) { put(render_event(format_, Clock().now(), what, message)); }

void Log::put(std::string line) {
  line += '\n';
  {
    const std::lock_guard lock(mutex_);
    if (bytes_ + line.size() > kMostBytes) {
      ++dropped_;
      return;
    }
    bytes_ += line.size();
    lines_.push_back(std::move(line));
    if (lines_.size() > 1) return;  // the writer is already awake
  }
  wake_.notify_one();
}

void Log::reopen() {
  {
    const std::lock_guard lock(mutex_);
    reopen_ = !file_.empty();
  }
  wake_.notify_one();
}

void Log::write_lines() {
  for (;;) {
    std::deque<std::string> lines;
    std::uint64_t dropped = 0;
    bool reopens = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ends_ || reopen_ || dropped_ > 0 || !lines_.empty(); });
      if (lines_.empty() && dropped_ == 0 && !reopen_) return;
      lines.swap(lines_);
      dropped = std::exchange(dropped_, 0);
      reopens = std::exchange(reopen_, false);
    }
    std::string text;
    for (const auto& line : lines) text += line;
    lines.clear();
    write_all(text);
    {
      // Only now, so that lines being written count against the limit, too.
      const std::lock_guard lock(mutex_);
      bytes_ -= text.size();
    }
    if (dropped > 0)
      write_all(
          render_event(format_, Clock().now(), "log-dropped", fmt::format("dropped {} lines because the reader was too slow", dropped)) +
          "\n");
    if (reopens) {
      if (const int fresh = open_file(file_); fresh >= 0) {
        ::close(std::exchange(descriptor_, fresh));
        is_broken_ = false;
      } else {
        report_failure(errno);
      }
    }
  }
}

void Log::report_failure(int error) {
  is_broken_ = has_failed_ = true;
  if (!file_.empty()) std::cerr << render_problem(unwritable_log(file_, error)) + "\n";
}

// Writes pieces of at most PIPE_BUF bytes, so that no write blocks after poll().
void Log::write_all(std::string_view text) {
  while (!text.empty() && !is_broken_) {
    pollfd polled{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int ready = ::poll(&polled, 1, kPollMilliseconds);
    if (ready <= 0) {
      const std::lock_guard lock(mutex_);
      is_broken_ = std::chrono::steady_clock::now() > give_up_;
      continue;
    }
    const auto count = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (count < 0 && errno != EAGAIN && errno != EINTR)
      report_failure(errno);
  }
}

}  // namespace understudy
