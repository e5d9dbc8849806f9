#include "contracts/src/yaml/packed.h"

#include <fmt/format.h>

#include <array>
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
  while (!packed.empty()) {
    std::array<std::size_t, 4> numbers{};
    for (std::size_t& number : numbers) {
      const auto taken = take_number(packed);
      if (!taken) return std::nullopt;
      number = *taken;
    }
    const auto end = packed.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string pointer(packed.substr(0, end));
    packed.remove_prefix(end + 1);
    const auto mark_at = [](std::size_t line, std::size_t column) { return YamlMark{.line = line, .column = column, .plain = false}; };
    document.marks.emplace_hint(document.marks.end(), pointer, mark_at(numbers[0], numbers[1]));
    if (numbers[2] != 0) document.key_marks.emplace_hint(document.key_marks.end(), pointer, mark_at(numbers[2], numbers[3]));
  }
  document.file = std::move(file);
  document.text = std::move(text);
  return document;
}

}  // namespace understudy
