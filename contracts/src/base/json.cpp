#include "contracts/src/base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "contracts/src/base/number.h"

namespace understudy {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr std::size_t kUnit = 32, kLargest = 1024, kMostKept = 256u << 10;  // bytes

struct FreeBlock {
  FreeBlock* next;
};
// Has no destructor, so that values may be freed after it has ended.
struct FreeBlocks {
  std::array<FreeBlock*, kLargest / kUnit> by_size;
  std::size_t bytes;
  bool has_ended;
};
constinit thread_local FreeBlocks free_blocks{};

// At the end of a thread.
struct FreeAll {
  ~FreeAll() {
    free_blocks.has_ended = true;
    for (std::size_t i = 0; i < free_blocks.by_size.size(); ++i) {
      while (FreeBlock* block = free_blocks.by_size[i]) {
        free_blocks.by_size[i] = block->next;
        ::operator delete(block, (i + 1) * kUnit);
      }
    }
  }
};
#endif

// Text of the value up to about `limit` bytes; stops early, so that describing a large body costs no more than a small one.
void render_bounded(const Json& value, std::size_t limit, std::string& out) {
  if (out.size() > limit) return;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    out += render_json(Json(text.size() > limit + 8 ? text.substr(0, limit + 8) : text));
  } else if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size() && out.size() <= limit; ++i) {
      if (i > 0) out += ',';
      render_bounded(value[i], limit, out);
    }
    out += ']';
  } else if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : value.items()) {
      if (out.size() > limit) break;
      if (!first) out += ',';
      first = false;
      out += render_json(Json(name)) + ':';
      render_bounded(member, limit, out);
    }
    out += '}';
  } else {
    out += render_json(value);
  }
}

void dump_to(const Json& value, std::string& out) {
  nlohmann::detail::serializer<Json> serializer(nlohmann::detail::output_adapter<char>(out), ' ', Json::error_handler_t::replace);
  serializer.dump(value, false, false, 0);
}

template <class Number>
void append_number(Number number, std::string& out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// The shortest text that reads as this double, in the form of the library: 0.0001, 100000.0, 1e+20.
void append_double(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text;
  std::string_view rest(text.data(), std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific).ptr);
  if (rest.front() == '-') {
    out += '-';
    rest.remove_prefix(1);
  }
  const std::size_t e = rest.find('e');
  const bool has_fraction = e > 1;
  const std::string_view exponent_text = rest.substr(e + 1);
  const std::string_view fraction = has_fraction ? rest.substr(2, e - 2) : std::string_view();
  int exponent = 0;
  std::from_chars(exponent_text.data() + (exponent_text.front() == '+' ? 1 : 0), exponent_text.data() + exponent_text.size(), exponent);
  if (exponent >= 15 || exponent < -4) {
    out += rest;
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(1, rest.front()).append(fraction);
  } else {
    const auto whole = static_cast<std::size_t>(exponent);
    out.append(1, rest.front()).append(fraction.substr(0, whole));
    if (fraction.size() <= whole)
      out.append(whole - fraction.size(), '0').append(".0");
    else
      out.append(1, '.').append(fraction.substr(whole));
  }
}

// ASCII without anything to escape.
bool is_plain_char(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// Whether any of the eight bytes is zero, or could be: a byte of 0x80 and more counts, too.
constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
constexpr std::uint64_t zero_bytes(std::uint64_t bytes) { return (bytes - kOnes) & kHighs; }

// Whether a string holds these bytes as they are.
bool is_plain(std::string_view text) {
  constexpr std::size_t kBytes = sizeof(std::uint64_t);
  const auto may_be_plain = [](const char* from) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, kBytes);
    const std::uint64_t below_blank = (bytes - kOnes * 0x20) & kHighs;
    const std::uint64_t found =
        below_blank | zero_bytes(bytes ^ kOnes * '"') | zero_bytes(bytes ^ kOnes * '\\') | zero_bytes(bytes ^ kOnes * 0x7F);
    return ((found | bytes) & kHighs) == 0;
  };
  // A borrow may reach the next byte, so that what is found is looked at one by one.
  const auto is_plain_at = [&](std::size_t at) {
    return may_be_plain(text.data() + at) || std::ranges::all_of(text.substr(at, kBytes), is_plain_char);
  };
  if (text.size() < kBytes) return std::ranges::all_of(text, is_plain_char);
  for (std::size_t at = 0; at + kBytes <= text.size(); at += kBytes) {
    if (!is_plain_at(at)) return false;
  }
  return is_plain_at(text.size() - kBytes);
}

// The text in quotes, and `behind`.
void append_quoted(std::string_view text, std::string& out, std::string_view behind = "\"") {
  out += '"';
  out.append(text).append(behind);
}

// Every element was followed by a comma; the last comma becomes the bracket.
void close(const Json& list, char bracket, std::string& out) {
  if (list.empty())
    out += bracket;
  else
    out.back() = bracket;
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // which would not see the use of a block that is kept
void* allocate_for_json(std::size_t bytes) { return ::operator new(bytes); }
void free_of_json(void* block, std::size_t bytes) noexcept { ::operator delete(block, bytes); }
#else
void* allocate_for_json(std::size_t bytes) {
  if (bytes - 1 >= kLargest) return ::operator new(bytes);
  const std::size_t size = (bytes - 1) / kUnit;
  FreeBlock* block = free_blocks.by_size[size];
  if (block == nullptr) return ::operator new((size + 1) * kUnit);
  free_blocks.by_size[size] = block->next;
  free_blocks.bytes -= (size + 1) * kUnit;
  return block;
}

void free_of_json(void* block, std::size_t bytes) noexcept {
  if (bytes - 1 >= kLargest) return ::operator delete(block, bytes);
  const std::size_t size = (bytes - 1) / kUnit, all = (size + 1) * kUnit;
  if (free_blocks.bytes + all > kMostKept || free_blocks.has_ended) return ::operator delete(block, all);
  static thread_local const FreeAll kAtEnd;
  free_blocks.by_size[size] = new (block) FreeBlock{free_blocks.by_size[size]};
  free_blocks.bytes += all;
}
#endif

void append_json_string(std::string_view text, std::string& out) {
  if (is_plain(text))
    append_quoted(text, out);
  else
    dump_to(Json(text), out);
}

// The library's serializer allocates at each call, which is most of the cost of a small value: simple values are written here, in
// the same bytes.
void append_json(const Json& value, std::string& out) {
  switch (value.type()) {
    case Json::value_t::null: out += "null"; return;
    case Json::value_t::boolean: out += value.get_ref<const bool&>() ? "true" : "false"; return;
    case Json::value_t::number_integer: append_number(value.get_ref<const Json::number_integer_t&>(), out); return;
    case Json::value_t::number_unsigned: append_number(value.get_ref<const Json::number_unsigned_t&>(), out); return;
    case Json::value_t::number_float: append_double(value.get_ref<const Json::number_float_t&>(), out); return;
    case Json::value_t::binary: out += long_number_text(value); return;
    case Json::value_t::string:
      if (!is_plain(value.get_ref<const std::string&>())) break;
      append_quoted(value.get_ref<const std::string&>(), out);
      return;
    case Json::value_t::array: {
      out += '[';
      for (const Json& element : value) {
        append_json(element, out);
        out += ',';
      }
      close(value, ']', out);
      return;
    }
    case Json::value_t::object: {
      out += '{';
      for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        if (is_plain(name)) {
          append_quoted(name, out, "\":");
        } else {
          dump_to(name, out);
          out += ':';
        }
        append_json(member, out);
        out += ',';
      }
      close(value, '}', out);
      return;
    }
    default: break;
  }
  dump_to(value, out);
}

Json object_of(std::span<std::pair<std::string, Json>> members) {
  constexpr auto kName = &std::pair<std::string, Json>::first;
  constexpr std::size_t kFew = 24;  // so many are sorted in place; std::stable_sort allocates
  if (members.size() <= kFew) {
    for (auto at = members.begin(); at != members.end(); ++at)
      std::rotate(std::ranges::upper_bound(members.begin(), at, at->first, {}, kName), at, at + 1);
  } else if (!std::ranges::is_sorted(members, {}, kName)) {
    std::ranges::stable_sort(members, {}, kName);
  }
  Json made = Json::object();
  auto& object = made.get_ref<Json::object_t&>();
  object.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    auto& [name, value] = members[i];
    if (i + 1 == members.size() || members[i + 1].first != name) object.emplace_hint(object.end(), std::move(name), std::move(value));
  }
  return made;
}

void discard(Json& value) {
  if (value.is_array()) {
    for (Json& element : value) discard(element);
    value.clear();
  } else if (value.is_object()) {
    for (auto& [name, member] : value.get_ref<Json::object_t&>()) discard(member);
    value.clear();
  }
}

std::string render_json(const Json& value) {
  std::string out;
  append_json(value, out);
  return out;
}
std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : render_json(value); }

namespace {

void append_pretty(const Json& value, std::size_t indent, std::string& out) {
  if (!value.is_structured() || value.empty()) return append_json(value, out);
  out += value.is_array() ? '[' : '{';
  const char* before = "\n";
  for (auto element = value.begin(); element != value.end(); ++element) {
    out.append(before).append(indent + 2, ' ');
    before = ",\n";
    if (value.is_object()) {
      append_json(element.key(), out);
      out += ": ";
    }
    append_pretty(*element, indent + 2, out);
  }
  out.append(1, '\n').append(indent, ' ').append(1, value.is_array() ? ']' : '}');
}

}  // namespace

std::string render_json_pretty(const Json& value) {
  std::string out;
  append_pretty(value, 0, out);
  return out;
}

std::string_view type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::boolean: return "boolean";
    case Json::value_t::string: return "string";
    case Json::value_t::array: return "array";
    case Json::value_t::object: return "object";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return "integer";
    case Json::value_t::number_float:
    case Json::value_t::binary: return is_whole(value) ? "integer" : "number";
    case Json::value_t::discarded: break;
  }
  return "nothing";
}

std::string describe(const Json& value, std::size_t max_length) {
  if (value.is_null()) return "null";
  std::string text;
  render_bounded(value, max_length, text);
  if (text.size() > max_length) {
    std::size_t end = max_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
    text = text.substr(0, end) + "...";
  }
  return std::string(type_name(value)) + ' ' + text;
}

bool json_equal(const Json& left, const Json& right) {
  if (is_number(left) && is_number(right)) return compare_numbers(left, right) == 0;
  if (left.type() != right.type() || left.size() != right.size()) return false;
  if (left.is_array()) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!json_equal(left[i], right[i])) return false;
    }
    return true;
  }
  if (left.is_object()) {
    auto other = right.begin();
    for (auto member = left.begin(); member != left.end(); ++member, ++other) {
      if (member.key() != other.key() || !json_equal(*member, *other)) return false;
    }
    return true;
  }
  return left == right;
}

void add_grouped(Json& group, const Json& value) {
  if (group.is_null())
    group = value;
  else if (group.is_array())
    group.push_back(value);
  else
    group = Json::array({group, value});
}

std::string text_at(const Json& value, std::string_view pointer) {
  const Json* found = find_pointer(value, pointer);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::string apply_patch(Json& value, const Json& operations) {
  constexpr std::size_t kMostOperations = 1000, kMostBytes = 1 << 20;
  if (operations.size() > kMostOperations) return "The patch has more than 1000 operations.";
  try {
    for (const Json& one : operations) {
      const auto path = one.value("path", std::string());
      const auto slash = path.rfind('/');
      // The library takes it for granted that what holds a member is an object or a list.
      const Json* holder = find_pointer(value, path.substr(0, slash == std::string::npos ? 0 : slash));
      if (holder == nullptr || !holder->is_structured()) return "There is no place " + path + ".";
      value.patch_inplace(Json::array({one}));
      if (one.value("op", "") == "copy" && render_json(value).size() > kMostBytes) return "The patch makes a record of more than 1 MiB.";
    }
  } catch (const Json::exception& error) {
    const std::string_view text = error.what();  // [json.exception.out_of_range.403] key 'a' not found
    return "The patch cannot be applied: " + std::string(text.substr(text.find("] ") + 2)) + ".";
  }
  return {};
}

}  // namespace understudy
