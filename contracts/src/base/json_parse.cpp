#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "contracts/src/base/json.h"
#include "contracts/src/base/number.h"
#include "contracts/src/base/usual_json.h"

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
    std::uint64_t bytes = 0;
    if (text.size() - at >= sizeof bytes) {
      std::memcpy(&bytes, text.data() + at, sizeof bytes);
      if ((bytes & 0x8080808080808080U) == 0) {
        at += sizeof bytes;
        continue;
      }
    }
    const auto length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : utf8_length(text, at);
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

constexpr std::size_t kLargeText = 1u << 20;

using InputAdapter = decltype(nlohmann::detail::input_adapter(std::declval<const char*>(), std::declval<const char*>()));
using Lexer = nlohmann::detail::lexer<Json, InputAdapter>;
using Token = Lexer::token_type;

// Builds the value from the tokens of the library. Its own parser hides members that occur twice, and the text of numbers: it rounds some
// and refuses 1e400.
class Parser {
 public:
  enum class Mode { build, measure };  // measure: only counts what the value would need

  Parser(std::string_view text, std::vector<std::string>* duplicates, const JsonLimits& limits, Mode mode)
      : text_(text),
        lexer_(nlohmann::detail::input_adapter(text.data(), text.data() + text.size())),
        duplicates_(mode == Mode::build ? duplicates : nullptr),
        limits_(limits),
        mode_(mode) {
    open_.reserve(8);
  }

  ParsedJson parse() {
    if (read() && fits()) return std::move(root_);
    auto error = error_at(text_, std::min(offset_, text_.size()), std::move(message_));
    error.is_limit = is_limit_;
    return tl::unexpected(std::move(error));
  }

 private:
  struct Frame {
    bool is_array = false;
    std::string name = {};  // of the member being read, in an object
    std::vector<std::pair<std::string, Json>> members = {};
    std::vector<Json> elements = {};
    std::unordered_set<std::string> names = {};  // of the members, where duplicates are wanted
    std::size_t size = 0;                        // elements that were begun
  };

  std::size_t position() const { return lexer_.get_position().chars_read_total; }  // behind the token
  bool is_next(Token wanted) {
    token_ = lexer_.scan();
    return token_ == wanted;
  }

  bool read() {
    token_ = lexer_.scan();
    while (true) {
      bool is_done = false;  // false: the token begins another value
      if (!read_value(is_done)) return false;
      while (is_done) {
        if (open_.empty()) return is_next(Token::end_of_input) || fail_expecting(Token::end_of_input);
        const bool is_array = open_.back().is_array;
        const Token end = is_array ? Token::end_array : Token::end_object;
        if (is_next(Token::value_separator)) {
          token_ = lexer_.scan();
          if (!is_array && !read_name()) return false;
          is_done = false;
        } else if (token_ == end) {
          close();
        } else {
          return fail_expecting(end);
        }
      }
    }
  }

  // Reads a whole value, or goes into a list or object that is not empty.
  bool read_value(bool& is_done) {
    is_done = true;
    switch (token_) {
      case Token::begin_object:
        if (!open(Json::object())) return false;
        if (is_next(Token::end_object)) return close();
        is_done = false;
        return read_name();
      case Token::begin_array:
        if (!open(Json::array())) return false;
        if (is_next(Token::end_array)) return close();
        is_done = false;
        return true;
      case Token::literal_null: return add(nullptr);
      case Token::literal_true: return add(true);
      case Token::literal_false: return add(false);
      case Token::value_integer: return add(lexer_.get_number_integer());
      case Token::value_unsigned: return add(lexer_.get_number_unsigned());
      case Token::value_string: return add(lexer_.get_string());  // copied: the lexer keeps its buffer
      case Token::value_float: {
        const std::size_t from = position() - lexer_.get_string().size();
        auto number = make_number(text_.substr(from, lexer_.get_string().size()));
        return number ? add(*std::move(number)) : fail_at(from, std::move(number.error()));
      }
      case Token::parse_error: return fail_expecting(Token::uninitialized);
      default: return fail_expecting(Token::literal_or_value);
    }
  }

  // The name of a member and the colon behind it; moves to the value.
  bool read_name() {
    if (token_ != Token::value_string) return fail_expecting(Token::value_string);
    auto& frame = open_.back();
    frame.name = lexer_.get_string();
    if (duplicates_ != nullptr && duplicates_->size() < kMostDuplicates && !frame.names.insert(frame.name).second)
      duplicates_->push_back(pointer());
    if (!is_next(Token::name_separator)) return fail_expecting(Token::name_separator);
    token_ = lexer_.scan();
    return true;
  }

  bool fail_at(std::size_t offset, std::string message) {
    offset_ = offset;
    message_ = std::move(message);
    return false;
  }
  bool fail_expecting(Token expected) {
    std::string message = token_ == Token::parse_error
                              ? std::string(lexer_.get_error_message()) + "; last read: '" + lexer_.get_token_string() + '\''
                              : std::string("unexpected ") + Lexer::token_type_name(token_);
    if (expected != Token::uninitialized) message += std::string("; expected ") + Lexer::token_type_name(expected);
    return fail_at(position() > 0 ? position() - 1 : 0, replace_bad_utf8(message));
  }

  void place(Json value) {
    if (mode_ == Mode::measure) return;
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Frame& frame = open_.back(); frame.is_array) {
      frame.elements.push_back(std::move(value));
    } else {
      frame.members.emplace_back(std::move(frame.name), std::move(value));
    }
  }
  // Counts a value about as the allocator does: a member, with the room for more members, or an element, and what the value allocates
  // itself.
  bool count(const Json& value) {
    if (!open_.empty()) ++open_.back().size;
    const bool is_member = !open_.empty() && !open_.back().is_array;
    memory_ += is_member ? kMemberSize + heap_size(open_.back().name.size()) : 2 * sizeof(Json);
    if (value.is_object()) memory_ += kObjectSize;
    if (value.is_array()) memory_ += kArraySize;
    if (value.is_string()) memory_ += kStringSize + heap_size(value.get_ref<const std::string&>().size());
    if (++values_ <= limits_.values) return mode_ == Mode::measure || fits();
    return fail_limit("more than " + std::to_string(limits_.values) + " JSON values, the limit");
  }
  // Measuring compares memory at the end: too many values are the plainer reason.
  bool fits() {
    if (memory_ <= limits_.memory) return true;
    return fail_limit("JSON that needs more than " + std::to_string(limits_.memory / 1'000'000) + " MB, the limit");
  }
  bool fail_limit(std::string message) {
    is_limit_ = true;
    return fail_at(position() - 1, std::move(message));
  }
  static std::size_t heap_size(std::size_t text) { return text > std::string().capacity() ? text + 24 : 0; }
  bool add(Json value) {
    if (!count(value)) return false;
    place(std::move(value));
    return true;
  }
  bool open(const Json& value) {
    if (open_.size() == limits_.depth) return fail_at(position() - 1, "nested deeper than " + std::to_string(limits_.depth) + " levels");
    if (!count(value)) return false;
    const bool is_array = value.is_array();
    open_.push_back({.is_array = is_array});
    return true;
  }
  // Ends the innermost list or object.
  bool close() {
    Frame frame = std::move(open_.back());
    open_.pop_back();
    frame.elements.shrink_to_fit();
    place(frame.is_array ? Json(std::move(frame.elements)) : object_of(frame.members));
    return true;
  }
  std::string pointer() const {
    std::string out;
    for (const Frame& frame : open_) {
      out = frame.is_array ? join_pointer(out, frame.size - 1) : join_pointer(out, frame.name);
    }
    return out;
  }

  std::string_view text_;
  Lexer lexer_;
  static constexpr std::size_t kMostDuplicates = 1000;
  static constexpr std::size_t kMemberSize = 96, kObjectSize = 64, kArraySize = 32, kStringSize = 48;

  std::vector<std::string>* duplicates_;
  JsonLimits limits_;
  Mode mode_;
  std::size_t values_ = 0, memory_ = 0;
  bool is_limit_ = false;
  Token token_ = Token::uninitialized;
  Json root_;
  std::vector<Frame> open_;
  std::size_t offset_ = 0;
  std::string message_;
};

}  // namespace

ParsedJson parse_json(std::string_view text, std::vector<std::string>* duplicates, const JsonLimits& limits) {
  if (const auto at = find_bad_utf8(text); at != std::string_view::npos) {
    return tl::unexpected(error_at(text, at, "invalid UTF-8"));
  }
  constexpr std::size_t kMostPerByte = 100;  // of memory: "[" needs 64 bytes
  if (text.size() <= limits.values && text.size() <= limits.memory / kMostPerByte) {
    bool has_duplicates = false;
    auto usual = parse_usual_json(text, has_duplicates);
    if (usual && (duplicates == nullptr || !has_duplicates)) return *std::move(usual);
  }
  // A large text is measured before memory is taken for it.
  if (limits.memory < JsonLimits().memory && text.size() > kLargeText) {
    if (auto measured = Parser(text, nullptr, limits, Parser::Mode::measure).parse(); !measured) return measured;
  }
  return Parser(text, duplicates, limits, Parser::Mode::build).parse();
}

bool is_valid_utf8(std::string_view text) { return find_bad_utf8(text) == std::string_view::npos; }

}  // namespace understudy
