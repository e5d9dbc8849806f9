#include "contracts/src/base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace understudy {
namespace {

// Length of the well-formed UTF-8 sequence that starts at `at`, or 0 (RFC 3629: no overlong forms, no surrogates).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return continues(at + 1) ? 2 : 0;
  const unsigned second = byte(at + 1);
  if (first < 0xF0) {
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    return continues(at + 1) && continues(at + 2) ? 3 : 0;
  }
  if (first > 0xF4) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return continues(at + 1) && continues(at + 2) && continues(at + 3) ? 4 : 0;
}

// Offset of the first byte that is not UTF-8, or npos.
std::size_t find_bad_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto length = utf8_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::string replace_bad_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = utf8_length(text, at);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

// Offset of the bracket that opens one level too many, or npos. Brackets inside strings do not count.
std::size_t find_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) return at;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::string_view::npos;
}

JsonError error_at(std::string_view text, std::size_t offset, std::string message) {
  JsonError error{.line = 1, .column = 1, .message = std::move(message)};
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++error.line;
      error.column = 1;
    } else {
      ++error.column;
    }
  }
  return error;
}

// Builds the value and reports names that occur twice, which the library's own builder hides.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(std::vector<std::string>* duplicates) : duplicates_(duplicates) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& frame = open_.back();
    frame.name = std::move(name);
    if (duplicates_ != nullptr && frame.container->contains(frame.name)) duplicates_->push_back(pointer());
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    offset = position > 0 ? position - 1 : 0;
    message = error.what();
    return false;
  }

  Json root;
  std::size_t offset = 0;
  std::string message;

 private:
  struct Frame {
    Json* container;   // stays where it is: its parent does not grow while it is open
    std::string name;  // of the member being read, when the container is an object
  };

  Json* place(Json value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    auto& [container, name] = open_.back();
    if (container->is_array()) {
      container->push_back(std::move(value));
      return &container->back();
    }
    return &((*container)[name] = std::move(value));
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    open_.push_back({.container = place(std::move(value))});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  std::string pointer() const {
    std::string out;
    for (const Frame& frame : open_)
      out = frame.container->is_array() ? join_pointer(out, frame.container->size() - 1) : join_pointer(out, frame.name);
    return out;
  }

  std::vector<std::string>* duplicates_;
  std::vector<Frame> open_;
};

// Removes position and exception name from the library's message: "[json.exception.parse_error.101] parse error at line 1,
// column 2: syntax error while parsing value - invalid literal; last read: '1a'".
std::string plain_message(std::string_view what) {
  for (const std::string_view before : {" - ", ": "}) {
    if (const auto at = what.find(before); at != std::string_view::npos) {
      what.remove_prefix(at + before.size());
      break;
    }
    if (before == " - " && what.starts_with("[")) {
      if (const auto end = what.find("] "); end != std::string_view::npos) what.remove_prefix(end + 2);
    }
  }
  return replace_bad_utf8(what);
}

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

template <class Integer>
bool integer_equals_double(Integer integer, double number) {
  if (std::trunc(number) != number) return false;
  constexpr double kTooBig = std::is_signed_v<Integer> ? 9223372036854775808.0 : 18446744073709551616.0;
  constexpr double kTooSmall = std::is_signed_v<Integer> ? -9223372036854775808.0 : 0.0;
  return number >= kTooSmall && number < kTooBig && static_cast<Integer>(number) == integer;
}

bool number_equal(const Json& left, const Json& right) {
  if (left.is_number_float() && right.is_number_float()) return left.get<double>() == right.get<double>();
  if (left.is_number_float()) return number_equal(right, left);
  if (right.is_number_float()) {
    return left.is_number_unsigned() ? integer_equals_double(left.get<std::uint64_t>(), right.get<double>())
                                     : integer_equals_double(left.get<std::int64_t>(), right.get<double>());
  }
  const auto negative = [](const Json& value) { return !value.is_number_unsigned() && value.get<std::int64_t>() < 0; };
  return negative(left) == negative(right) && left.get<std::uint64_t>() == right.get<std::uint64_t>();
}

}  // namespace

tl::expected<Json, JsonError> parse_json(std::string_view text, std::vector<std::string>* duplicates) {
  if (const auto at = find_bad_utf8(text); at != std::string_view::npos) {
    return tl::unexpected(error_at(text, at, "invalid UTF-8"));
  }
  if (const auto at = find_too_deep(text); at != std::string_view::npos) {
    return tl::unexpected(error_at(text, at, "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels"));
  }
  Builder builder(duplicates);
  if (Json::sax_parse(text, &builder)) return std::move(builder.root);
  return tl::unexpected(error_at(text, std::min(builder.offset, text.size()), plain_message(builder.message)));
}

namespace {

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

// ASCII without anything to escape.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  out += text;
  out += '"';
}

// Every element was followed by a comma; the last comma becomes the bracket.
void close(const Json& list, char bracket, std::string& out) {
  if (list.empty())
    out += bracket;
  else
    out.back() = bracket;
}

}  // namespace

// The library's serializer allocates at each call, which is most of the cost of a small value: simple values are written here, in
// the same bytes.
void append_json(const Json& value, std::string& out) {
  switch (value.type()) {
    case Json::value_t::null: out += "null"; return;
    case Json::value_t::boolean: out += value.get_ref<const bool&>() ? "true" : "false"; return;
    case Json::value_t::number_integer: append_number(value.get_ref<const Json::number_integer_t&>(), out); return;
    case Json::value_t::number_unsigned: append_number(value.get_ref<const Json::number_unsigned_t&>(), out); return;
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
        if (is_plain(name))
          append_quoted(name, out);
        else
          dump_to(name, out);
        out += ':';
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

std::string render_json(const Json& value) {
  std::string out;
  append_json(value, out);
  return out;
}
std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : render_json(value); }
std::string render_json_pretty(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace); }

bool is_valid_utf8(std::string_view text) { return find_bad_utf8(text) == std::string_view::npos; }

std::string_view type_name(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::boolean: return "boolean";
    case Json::value_t::string: return "string";
    case Json::value_t::array: return "array";
    case Json::value_t::object: return "object";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return "integer";
    case Json::value_t::number_float: {
      const auto number = value.get<double>();
      return std::isfinite(number) && std::trunc(number) == number ? "integer" : "number";
    }
    case Json::value_t::binary:
    case Json::value_t::discarded: break;
  }
  return "nothing";
}

std::string describe(const Json& value, std::size_t max_length) {
  if (value.is_null()) return "null";
  std::string text;
  render_bounded(value, max_length, text);
  if (text.size() > max_length) {
    std::size_t end = 0;
    while (end < text.size()) {
      const auto length = std::max<std::size_t>(utf8_length(text, end), 1);
      if (end + length > max_length) break;
      end += length;
    }
    text = text.substr(0, end) + "...";
  }
  return std::string(type_name(value)) + ' ' + text;
}

bool json_equal(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) return number_equal(left, right);
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

}  // namespace understudy
