#include "contracts/src/yaml/packed.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace understudy {
namespace {

// A number and the character behind it.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data() + text.size()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

struct Line {
  PackedMark mark;
  std::string_view pointer;
};

// A line and what follows it.
std::optional<Line> parse_line(std::string_view text) {
  Line line;
  for (std::size_t* number : {&line.mark.line, &line.mark.column, &line.mark.key_line, &line.mark.key_column}) {
    const auto taken = take_number(text);
    if (!taken) return std::nullopt;
    *number = *taken;
  }
  line.pointer = text.substr(0, text.find('\n'));
  return line;
}

}  // namespace

// The size of the CBOR, a line feed, the CBOR, then a line for each place: line column key-line key-column pointer. Pointers
// with a line feed are left out: their nearest ancestor has a place.
std::string pack_document(const YamlDocument& document) {
  const std::vector<std::uint8_t> cbor = Json::to_cbor(document.root);
  std::string packed = fmt::format("{}\n", cbor.size());
  packed.append(cbor.begin(), cbor.end());
  for (const auto& [pointer, mark] : document.marks) {
    if (pointer.find('\n') != std::string::npos) continue;
    const auto key = document.key_marks.find(pointer);
    const bool has_key = key != document.key_marks.end();
    fmt::format_to(std::back_inserter(packed), "{} {} {} {} {}\n", mark.line, mark.column, has_key ? key->second.line : 0,
                   has_key ? key->second.column : 0, pointer);
  }
  return packed;
}

std::optional<YamlDocument> unpack_document(std::string_view packed, std::string file, std::string text) {
  const auto size = take_number(packed);
  if (!size || *size > packed.size()) return std::nullopt;
  YamlDocument document;
  document.root =
      Json::from_cbor(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(*size), true, false, Json::cbor_tag_handler_t::store);
  if (document.root.is_discarded()) return std::nullopt;
  packed.remove_prefix(*size);
  // Hardly any place is needed, so that they are not parsed here. The last line, like all, is a whole one.
  const std::size_t last = packed.empty() ? 0 : packed.rfind('\n', packed.size() - 2) + 1;
  if (!packed.empty() && (!packed.ends_with('\n') || !parse_line(packed.substr(last)))) return std::nullopt;
  document.packed_marks = packed;
  document.file = std::move(file);
  document.text = std::move(text);
  return document;
}

std::optional<PackedMark> find_packed_mark(std::string_view lines, std::string_view pointer) {
  while (!lines.empty()) {
    // The line that contains the middle.
    const std::size_t before = lines.rfind('\n', lines.size() / 2 - (lines[lines.size() / 2] == '\n' ? 1 : 0));
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(lines.find('\n', start), lines.size() - 1) + 1;
    const auto line = parse_line(lines.substr(start, end - start));
    if (!line) return std::nullopt;
    if (line->pointer == pointer) return line->mark;
    lines = pointer < line->pointer ? lines.substr(0, start) : lines.substr(end);
  }
  return std::nullopt;
}

}  // namespace understudy
