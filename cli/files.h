// What commands do with the files of the process: standard streams that are open, reports for their owner only, and how many further files
// may be opened.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <string>

#include "contracts/src/base/problem.h"

namespace understudy {

// Opens /dev/null for each standard stream that is closed, so that no socket takes its number and receives our output; makes a broken pipe
// an error of writing; writes a line of standard error at once, when it is complete; raises the limit of open files to the hard limit. Call
// it first in main().
void prepare_files();

// How many further files can be opened now, at most `most`.
std::size_t count_free_files(std::size_t most);
// Fails with failure usage and code too-few-files if fewer than `needed` can be opened.
Result<void> check_free_files(std::size_t needed);

// Formatted text to standard output. Whether it was written shows in flush_output().
template <typename... Values>
void print(fmt::format_string<Values...> form, Values&&... values) {
  std::cout << fmt::format(form, std::forward<Values>(values)...);
}

// Opens a report for writing; a new file is readable for its owner only (mode 0600, whatever the umask). Fails with failure usage and code
// report-unwritable.
Result<std::ofstream> open_report(const std::string& path, std::ios::openmode mode = std::ios::trunc);
// Fails with the same code if not everything could be written (a full disk).
Result<void> close_report(std::ofstream& report, const std::string& path);
// Writes what standard output still holds. Fails with failure usage and code output-unwritable.
Result<void> flush_output();

}  // namespace understudy
