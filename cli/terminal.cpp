#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "cli/inputs.h"
#include "contracts/src/base/terminal.h"
#include "contracts/src/base/text.h"

namespace understudy {

std::size_t columns_of(int descriptor) {
  constexpr std::size_t kUsual = 80;
  if (isatty(descriptor) != 1) return 0;
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

bool obeys_escapes() {
  const auto terminal = read_environment("TERM");
  return !terminal.empty() && terminal != "dumb";
}

bool use_color(std::string_view when, int descriptor) {
  if (when != "auto") return when == "always";
  return isatty(descriptor) == 1 && obeys_escapes() && read_environment("NO_COLOR").empty();
}

Option color_option(std::string& when) {
  return {"--color WHEN", &when, "Print colours always, never, or (auto) on a terminal unless NO_COLOR is set.",
          one_of({"auto", "always", "never"})};
}

std::string wrap_line(std::string_view line, std::size_t columns) {
  constexpr std::string_view kNoBreak = "\u00a0";
  const auto indent = std::min(line.find_first_not_of(' '), line.size());
  std::string text(line.substr(0, indent));
  std::size_t used = indent, gap = 0;
  bool is_first = true;
  for (const auto word : split(line.substr(indent), ' ')) {
    const auto width = text_width(word);
    if (word.empty()) {
      ++gap;
      continue;
    }
    if (!is_first && used + gap + width > columns) {
      text += "\n" + std::string(indent + 4, ' ');
      used = indent + 4;
      gap = 0;
    }
    text.append(gap, ' ');
    text += word;
    used += gap + width;
    gap = 1;
    is_first = false;
  }
  for (auto at = text.find(kNoBreak); at != std::string::npos; at = text.find(kNoBreak, at)) text.replace(at, kNoBreak.size(), " ");
  return text + "\n";
}

}  // namespace understudy
