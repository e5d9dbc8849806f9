#include "cli/verify/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <streambuf>
#include <utility>

#include "cli/signals.h"
#include "cli/terminal.h"
#include "contracts/src/base/terminal.h"

namespace understudy {
namespace {

constexpr const char* kErase = "\r\x1b[K";
constexpr Milliseconds kShort{1000};    // waits that get no message of their own
constexpr Milliseconds kSilent{10000};  // of short waits until the next message

// Whole seconds from one second on, so that the text does not change all the time.
std::string render_left(Milliseconds left) {
  if (left < kShort) return render_duration(left);
  return render_duration(std::chrono::ceil<std::chrono::seconds>(left));
}

void write_to_terminal(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;  // progress is not worth an error
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

// Passes everything on to the buffer that the stream had, with the line erased.
class ProgressDisplay::Guard : public std::streambuf {
 public:
  Guard(ProgressDisplay& display, std::ostream& stream) : display_(display), stream_(stream), buffer_(stream.rdbuf(this)) {}
  ~Guard() override { stream_.rdbuf(buffer_); }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    const std::lock_guard lock(display_.mutex_);
    if (size > 0) {
      display_.erase();
      display_.is_line_open_ = text[size - 1] != '\n';
    }
    return buffer_->sputn(text, size);
  }
  int sync() override { return buffer_->pubsync(); }

 private:
  ProgressDisplay& display_;
  std::ostream& stream_;
  std::streambuf* buffer_;
};

ProgressDisplay::ProgressDisplay(ProgressStyle style, bool color, StopSignals& signals) : style_(style), color_(color) {
  if (style_ != ProgressStyle::line) return;
  guards_.push_back(std::make_unique<Guard>(*this, std::cout));
  guards_.push_back(std::make_unique<Guard>(*this, std::cerr));
  signals.set_last_words(kErase);
}

ProgressDisplay::~ProgressDisplay() {
  const std::lock_guard lock(mutex_);
  erase();
}

void ProgressDisplay::begin_scenario(const std::string& name) {
  const std::lock_guard lock(mutex_);
  running_.push_back(name);
  draw();
}

void ProgressDisplay::end_scenario(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = std::ranges::find(running_, name); found != running_.end()) running_.erase(found);
  ++done_;
  draw();
}

void ProgressDisplay::wait(const Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const Waiting& one) { return one.scenario == waiting.scenario; });
  if (waiting.left.count() > 0) waiting_.push_back(waiting);
  if (style_ == ProgressStyle::messages && waiting.left == waiting.time) print_message(waiting);
  draw();
}

void ProgressDisplay::print_message(const Waiting& waiting) {
  const bool is_short = waiting.time < kShort;
  if (is_short) silent_ += waiting.time;
  if (is_short && has_told_short_ && silent_ < kSilent) return;
  const auto rest = is_short && has_told_short_ ? fmt::format(", {} in all since the last message", render_left(silent_)) : std::string();
  if (is_short) {
    has_told_short_ = true;
    silent_ = Milliseconds(0);
  }
  std::cerr << fmt::format("waiting {}: {}: {}{}\n", render_left(waiting.time), render_excerpt(waiting.scenario),
                           render_excerpt(waiting.reason), rest)
            << std::flush;
}

void ProgressDisplay::begin(const RunInfo& info) {
  const std::lock_guard lock(mutex_);
  total_ += info.scenarios;
  is_over_ = false;
}

void ProgressDisplay::add(const Verdict& verdict) {
  const std::lock_guard lock(mutex_);
  if ((verdict.kind == VerdictKind::failed || verdict.kind == VerdictKind::errored) && !verdict.known_failing) ++failed_;
  draw();
}

void ProgressDisplay::end(const Summary&) {
  const std::lock_guard lock(mutex_);
  erase();
  is_over_ = true;
}

std::string ProgressDisplay::describe() const {
  auto text = fmt::format("{}/{} done, {} failed", done_, total_, failed_);
  if (!waiting_.empty()) {
    const auto longest = std::ranges::max_element(waiting_, {}, &Waiting::left);
    text += fmt::format("; waiting {}: {}: {}", render_left(longest->left), longest->scenario, longest->reason);
  } else if (!running_.empty()) {
    text += "; " + running_.back();
  }
  return render_excerpt(text);
}

void ProgressDisplay::draw() {
  if (style_ != ProgressStyle::line || is_over_ || is_line_open_) return;
  const auto columns = columns_of(STDERR_FILENO);
  if (columns < 2) return;
  std::fflush(stdout);                                // what was written before stays above the line
  auto text = cut_to_width(describe(), columns - 1);  // in the last column some terminals begin a new line
  const auto failed = fmt::format("{} failed", failed_);
  if (const auto at = text.find(failed); color_ && failed_ > 0 && at != std::string::npos) {
    text.insert(at + failed.size(), "\x1b[0m");
    text.insert(at, "\x1b[31m");
  }
  write_to_terminal("\r" + text + "\x1b[K");
  is_shown_ = true;
}

void ProgressDisplay::erase() {
  if (std::exchange(is_shown_, false)) write_to_terminal(kErase);
}

ProgressStyle choose_progress_style(bool quiet) {
  if (quiet) return ProgressStyle::none;
  return columns_of(STDERR_FILENO) > 0 && obeys_escapes() ? ProgressStyle::line : ProgressStyle::messages;
}

}  // namespace understudy
