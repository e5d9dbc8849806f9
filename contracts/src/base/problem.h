// Problem: why Understudy cannot continue, with a stable code, a place and a sentence. What is wrong with the server under test is a
// Finding instead.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace understudy {

struct Place {
  std::string file;
  std::size_t line = 0;    // 1-based; 0: the whole file
  std::size_t column = 0;  // 1-based
  bool operator==(const Place&) const = default;
};
std::string render_place(const Place& place);  // file:line:column, leaving out what is 0

// Decides the exit code of the command line: usage 2, bad_file 3, unreachable 4, unsafe 5, internal 8.
enum class Failure { usage, bad_file, unreachable, unsafe, internal };

struct Problem {
  Failure failure = Failure::bad_file;
  std::string code;         // stable, kebab-case: unknown-key, duplicate-key, port-in-use
  std::string message;      // "found X, expected Y", no trailing newline
  Place place;              // empty file: no place
  std::string source_line;  // the text of the line, for the caret; may be empty
  std::string pointer;      // JSON Pointer of the wrong value in a document without a file; may be empty
};

Problem make_problem(Failure failure, std::string code, std::string message, Place place = {}, std::string source_line = {});

template <class T>
using Result = tl::expected<T, Problem>;

// file:line:column: error: message [code]
//     the line
//        ^
std::string render_problem(const Problem& problem);

// The known word nearest to `word` (Damerau-Levenshtein, at most a third of its length), for "did you mean".
std::optional<std::string> find_nearest(std::string_view word, std::span<const std::string> known);
// " (did you mean 'x'?)" or "" when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace understudy
