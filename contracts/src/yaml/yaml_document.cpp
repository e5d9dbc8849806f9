#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "contracts/src/base/text.h"
#include "contracts/src/yaml/packed.h"
#include "contracts/src/yaml/yaml.h"

namespace understudy {
namespace {

std::string_view line_of(std::string_view text, std::size_t number) {
  for (std::size_t line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Problem problem_at(const YamlDocument& document, Place place, std::string code, std::string message) {
  auto problem = make_problem(Failure::bad_file, std::move(code), std::move(message), std::move(place));
  if (problem.place.line != 0) problem.source_line = line_of(document.text, problem.place.line);
  return problem;
}

}  // namespace

std::optional<YamlDocument::Position> YamlDocument::find_mark(std::string_view pointer) const {
  if (!packed_marks.empty()) {
    const auto packed = find_packed_mark(packed_marks, pointer);
    return packed ? std::optional(Position{packed->line, packed->column}) : std::nullopt;
  }
  const auto found = marks.find(pointer);
  return found == marks.end() ? std::nullopt : std::optional(Position{found->second.line, found->second.column});
}

std::optional<YamlDocument::Position> YamlDocument::find_key_mark(std::string_view pointer) const {
  if (!packed_marks.empty()) {
    const auto packed = find_packed_mark(packed_marks, pointer);
    return packed && packed->key_line != 0 ? std::optional(Position{packed->key_line, packed->key_column}) : std::nullopt;
  }
  const auto found = key_marks.find(pointer);
  return found == key_marks.end() ? std::nullopt : std::optional(Position{found->second.line, found->second.column});
}

Place YamlDocument::place(std::string_view pointer) const {
  while (true) {
    if (const auto mark = find_mark(pointer)) return {.file = file, .line = mark->line, .column = mark->column};
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return {.file = file};
    pointer = pointer.substr(0, slash);
  }
}

Place YamlDocument::key_place(std::string_view pointer) const {
  const auto mark = find_key_mark(pointer);
  return mark ? Place{.file = file, .line = mark->line, .column = mark->column} : place(pointer);
}

Problem YamlDocument::problem(std::string_view pointer, std::string code, std::string message) const {
  return problem_at(*this, place(pointer), std::move(code), std::move(message));
}

Problem YamlDocument::key_problem(std::string_view pointer, std::string code, std::string message) const {
  return problem_at(*this, key_place(pointer), std::move(code), std::move(message));
}

Result<std::string> load_text(const std::string& path) {
  const auto unreadable = [&](int reason) {
    auto message = fmt::format("cannot read the file: {}", std::strerror(reason));
    return tl::unexpected(make_problem(Failure::bad_file, "file-unreadable", std::move(message), Place{.file = path}));
  };
  const auto close = [](std::FILE* open) { std::fclose(open); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  if (file == nullptr) return unreadable(errno);
  std::string text;
  std::string part(1 << 16, '\0');
  while (const std::size_t count = std::fread(part.data(), 1, part.size(), file.get())) text.append(part, 0, count);
  if (std::ferror(file.get()) != 0) return unreadable(errno);
  return text;
}

Result<YamlDocument> load_yaml(const std::string& path, const YamlLimits& limits) {
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown && size > limits.bytes) {
    auto message = fmt::format("found a file of {} bytes, expected at most {}", size, limits.bytes);
    return tl::unexpected(make_problem(Failure::bad_file, "too-large", std::move(message), Place{.file = path}));
  }
  return load_text(path).and_then([&](const std::string& text) { return parse_yaml(text, path, limits); });
}

std::optional<Problem> check_keys(const YamlDocument& document, std::string_view pointer, std::span<const std::string> known,
                                  bool extensions) {
  return check_keys(document, document.root, pointer, known, extensions);
}

std::optional<Problem> check_keys(const YamlDocument& document, const Json& root, std::string_view pointer,
                                  std::span<const std::string> known, bool extensions) {
  const Json* value = find_pointer(root, pointer);
  if (value == nullptr || !value->is_object()) {
    const std::string found = value == nullptr ? "nothing" : describe(*value);
    return document.problem(pointer, "wrong-type", fmt::format("found {}, expected a mapping", found));
  }
  // Members of Json are sorted by name; report the first wrong key in the file.
  std::optional<Problem> first;
  for (const auto& [key, member] : value->items()) {
    if (contains(known, key) || (extensions && key.starts_with("x-"))) continue;
    std::string hint = did_you_mean(key, known);
    if (hint.empty()) hint = fmt::format(", expected one of: {}", fmt::join(known, ", "));
    auto problem = document.key_problem(join_pointer(pointer, key), "unknown-key", fmt::format("found unknown key '{}'{}", key, hint));
    const auto position = [](const Problem& p) { return std::pair(p.place.line, p.place.column); };
    if (!first || position(problem) < position(*first)) first = std::move(problem);
  }
  return first;
}

}  // namespace understudy
