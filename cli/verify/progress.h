// Shows on standard error what a run is doing: on a terminal one line that is updated and erased before other output, elsewhere a message
// for each wait.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "conformance/report/report.h"
#include "conformance/run/progress.h"

namespace understudy {

class StopSignals;

enum class ProgressStyle {
  none,
  messages,  // one line for each wait; many short ones are one
  line,      // the line of a terminal
};

// While it lives, std::cout and std::cerr erase the line before they write. Runs may follow each other; their numbers add up.
class ProgressDisplay : public Progress, public Reporter {
 public:
  // `signals`: a second signal ends the process at once; the line is erased then, too.
  ProgressDisplay(ProgressStyle style, bool color, StopSignals& signals);
  ~ProgressDisplay() override;
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void begin_scenario(const std::string& name) override;
  void end_scenario(const std::string& name) override;
  void wait(const Waiting& waiting) override;

  void begin(const RunInfo& info) override;
  void add(const Verdict& verdict) override;
  bool shows_passed_messages() const override { return false; }
  void end(const Summary& summary) override;

 private:
  class Guard;  // the buffer of std::cout or std::cerr

  void draw();  // the three of them with mutex_
  void erase();
  void print_message(const Waiting& waiting);
  std::string describe() const;

  ProgressStyle style_;
  bool color_;
  std::mutex mutex_;
  std::size_t total_ = 0, done_ = 0, failed_ = 0;
  std::vector<std::string> running_;  // names, the last begun at the end
  std::vector<Waiting> waiting_;
  bool is_shown_ = false;      // the line
  bool is_line_open_ = false;  // other output has begun a line, and not ended it
  bool is_over_ = false;
  Milliseconds silent_{0};       // short waits since the last message about one
  bool has_told_short_ = false;  // a message about a short wait was printed
  std::vector<std::unique_ptr<Guard>> guards_;
};

// The style for this standard error.
ProgressStyle choose_progress_style(bool quiet);

}  // namespace understudy
