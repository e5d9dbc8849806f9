#include "contracts/src/base/usual_json.h"

#include <boost/container/small_vector.hpp>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <span>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

class UsualParser {
 public:
  explicit UsualParser(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  std::optional<Json> parse() {
    Json value;
    if (!read_value(value, 0)) return std::nullopt;
    skip_blanks();
    return at_ == end_ ? std::optional(std::move(value)) : std::nullopt;
  }
  bool has_duplicates() const { return has_duplicates_; }

 private:
  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool take_digits() {
    const char* const first = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != first;
  }

  bool read_value(Json& out, std::size_t depth) {
    skip_blanks();
    if (at_ == end_ || depth > kMaxJsonDepth) return false;
    switch (*at_) {
      case '{': return read_object(out, depth + 1);
      case '[': return read_array(out, depth + 1);
      case 'n': return take_word("null");
      case 't': out = true; return take_word("true");
      case 'f': out = false; return take_word("false");
      case '"': {
        std::string_view text;
        if (!read_text(text)) return false;
        out = text;
        return true;
      }
      default: return read_number(out);
    }
  }

  bool read_object(Json& out, std::size_t depth) {
    ++at_;
    skip_blanks();
    const std::size_t first = members_.size();
    if (take('}')) {
      out = Json::object();
      return depth <= kMaxJsonDepth;
    }
    do {
      std::string_view name;
      Json value;
      skip_blanks();
      if (!read_text(name)) return false;
      skip_blanks();
      if (!take(':') || !read_value(value, depth)) return false;
      members_.emplace_back(name, std::move(value));
      skip_blanks();
    } while (take(','));
    out = object_of(std::span(members_).subspan(first));
    has_duplicates_ = has_duplicates_ || out.size() < members_.size() - first;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end());
    return take('}');
  }

  bool read_array(Json& out, std::size_t depth) {
    ++at_;
    out = Json::array();
    skip_blanks();
    if (take(']')) return depth <= kMaxJsonDepth;
    const std::size_t first = elements_.size();
    do {
      Json value;
      if (!read_value(value, depth)) return false;
      elements_.push_back(std::move(value));
      skip_blanks();
    } while (take(','));
    const auto begin = elements_.begin() + static_cast<std::ptrdiff_t>(first);
    out.get_ref<Json::array_t&>().assign(std::make_move_iterator(begin), std::make_move_iterator(elements_.end()));
    elements_.erase(begin, elements_.end());
    return take(']');
  }

  bool read_text(std::string_view& out) {
    if (!take('"')) return false;
    const char* const first = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
    out = {first, static_cast<std::size_t>(at_ - first)};
    return take('"');
  }

  bool read_number(Json& out) {
    constexpr std::size_t kMostDigits = 18;
    const char* const first = at_;
    const bool is_negative = take('-');
    if (!take('0') && !take_digits()) return false;
    bool is_whole = true;
    if (take('.')) {
      is_whole = false;
      if (!take_digits()) return false;
    }
    if (take('e') || take('E')) {
      is_whole = false;
      if (!take('+')) static_cast<void>(take('-'));
      if (!take_digits()) return false;
    }
    const std::string_view text(first, static_cast<std::size_t>(at_ - first));
    if (!is_whole) {
      auto number = make_number(text);
      if (number) out = *std::move(number);
      return number.has_value();
    }
    if (text.size() > kMostDigits) return false;
    std::int64_t number = 0;
    std::from_chars(first, at_, number);
    out = is_negative ? Json(number) : Json(static_cast<std::uint64_t>(number));
    return true;
  }

  const char* at_;
  const char* end_;
  bool has_duplicates_ = false;
  // Of the objects and lists that are open.
  boost::container::small_vector<std::pair<std::string, Json>, 24> members_;
  boost::container::small_vector<Json, 16> elements_;
};

}  // namespace

std::optional<Json> parse_usual_json(std::string_view text, bool& has_duplicates) {
  UsualParser parser(text);
  auto value = parser.parse();
  has_duplicates = parser.has_duplicates();
  return value;
}

}  // namespace understudy
