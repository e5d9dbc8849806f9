#include "contracts/src/yaml/packed.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
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

std::string_view pointer_of(std::string_view line) {
  for (int numbers = 0; numbers < 4; ++numbers) line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  return line.substr(0, line.find('\n'));
}

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

// Reads what Json::to_cbor() writes: lengths are known and names sorted, so that each list and object is allocated once. The reader of the
// library takes five times the instructions.
class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  // nullopt: the bytes are something else.
  std::optional<Json> read_all() {
    Json value = read(0);
    if (failed_ || !bytes_.empty()) return std::nullopt;
    return value;
  }

 private:
  enum Major : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

  Json fail() {
    failed_ = true;
    bytes_ = {};
    return {};
  }

  std::uint64_t take_integer(std::size_t size) {
    if (bytes_.size() < size) {
      fail();
      return 0;
    }
    std::uint64_t number = 0;
    for (const char byte : bytes_.substr(0, size)) number = number << 8U | static_cast<std::uint8_t>(byte);
    bytes_.remove_prefix(size);
    return number;
  }

  // What follows the first byte of a value: a number, or a count of bytes or elements, each of which takes a byte or more.
  std::uint64_t take_argument(unsigned info) {
    if (info < 24) return info;
    if (info < 28) return take_integer(std::size_t{1} << (info - 24));
    fail();
    return 0;
  }
  std::string_view take_bytes(std::uint64_t size) {
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  Json read(std::size_t depth) {
    const auto first = static_cast<unsigned>(take_integer(1));
    if (failed_ || depth > kMaxJsonDepth) return fail();
    const auto major = static_cast<Major>(first >> 5U);
    const unsigned info = first & 31U;
    if (major == kSimple) return read_simple(info);
    const std::uint64_t argument = take_argument(info);
    switch (major) {
      case kUnsigned: return argument;
      case kNegative: return static_cast<std::int64_t>(~argument);
      case kText: return take_bytes(argument);
      case kBytes: {
        const std::string_view bytes = take_bytes(argument);
        return Json::binary(Json::binary_t::container_type(bytes.begin(), bytes.end()));
      }
      case kArray: return read_array(argument, depth);
      case kMap: return read_object(argument, depth);
      default: return fail();
    }
  }

  Json read_simple(unsigned info) {
    switch (info) {
      case 20: return false;
      case 21: return true;
      case 22: return nullptr;
      case 26: return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(take_integer(4))));
      case 27: return std::bit_cast<double>(take_integer(8));
      default: return fail();
    }
  }

  Json read_array(std::uint64_t count, std::size_t depth) {
    if (count > bytes_.size()) return fail();
    Json made = Json::array();
    auto& elements = made.get_ref<Json::array_t&>();
    elements.reserve(count);
    for (std::uint64_t i = 0; i < count && !failed_; ++i) elements.push_back(read(depth + 1));
    return made;
  }

  Json read_object(std::uint64_t count, std::size_t depth) {
    if (count > bytes_.size()) return fail();
    Json made = Json::object();
    auto& members = made.get_ref<Json::object_t&>();
    members.reserve(count);
    for (std::uint64_t i = 0; i < count && !failed_; ++i) {
      const auto first = static_cast<unsigned>(take_integer(1));
      if (first >> 5U != kText) return fail();
      std::string name(take_bytes(take_argument(first & 31U)));
      members.emplace_hint(members.end(), std::move(name), read(depth + 1));
    }
    return made;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

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

std::optional<YamlDocument> unpack_document(std::string_view packed, std::string file) {
  const auto size = take_number(packed);
  if (!size || *size > packed.size()) return std::nullopt;
  YamlDocument document;
  auto root = CborReader(packed.substr(0, *size)).read_all();
  if (!root) return std::nullopt;
  document.root = *std::move(root);
  packed.remove_prefix(*size);
  // Hardly any place is needed, so that they are not parsed here. The last line, like all, is a whole one.
  const std::size_t last = packed.empty() ? 0 : packed.rfind('\n', packed.size() - 2) + 1;
  if (!packed.empty() && (!packed.ends_with('\n') || !parse_line(packed.substr(last)))) return std::nullopt;
  document.packed_marks = packed;
  document.file = std::move(file);
  return document;
}

std::optional<PackedMark> find_packed_mark(std::string_view lines, std::string_view pointer) {
  while (!lines.empty()) {
    // The line that contains the middle.
    const std::size_t before = lines.rfind('\n', lines.size() / 2 - (lines[lines.size() / 2] == '\n' ? 1 : 0));
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(lines.find('\n', start), lines.size() - 1) + 1;
    const std::string_view text = lines.substr(start, end - start);
    const auto order = pointer <=> pointer_of(text);
    if (order == 0) {
      const auto line = parse_line(text);
      return line ? std::optional(line->mark) : std::nullopt;
    }
    lines = order < 0 ? lines.substr(0, start) : lines.substr(end);
  }
  return std::nullopt;
}

}  // namespace understudy
