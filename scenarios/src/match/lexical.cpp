#include "scenarios/src/match/lexical.h"

#include <string>

#include "contracts/src/base/json.h"

namespace understudy {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }
  std::string_view between(std::size_t from, std::size_t to) const { return text_.substr(from, to - from); }
  void move_to(std::size_t position) { at_ = position; }

  char peek() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  // A string with its quotes; empty if none is here.
  std::string_view take_string() {
    if (peek() != '"') return {};
    const std::size_t from = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2u : 1u;
    if (at_ >= text_.size()) return {};
    return between(from, ++at_);
  }
  // Moves behind the value that starts here.
  bool skip_value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '\0') return false;
      if (c == '"') {
        if (take_string().empty()) return false;
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return false;
        --depth;
        ++at_;
      } else if (c == ',' || c == ':') {
        if (depth == 0) return false;
        ++at_;
      } else {
        at_ = std::min(text_.find_first_of(",:]} \t\r\n", at_), text_.size());
      }
    } while (depth > 0);
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_name(std::string_view quoted, const std::string& wanted) {
  const auto name = parse_json(quoted);
  return name && name->is_string() && name->get_ref<const std::string&>() == wanted;
}

// Both move to the value's first character.
bool enter_member(Scanner& scanner, const std::string& wanted) {
  if (!scanner.take('{')) return false;
  std::optional<std::size_t> last;
  while (!scanner.take('}')) {
    const std::string_view name = scanner.take_string();
    if (name.empty() || !scanner.take(':')) return false;
    scanner.peek();
    if (is_name(name, wanted)) last = scanner.position();
    if (!scanner.skip_value()) return false;
    scanner.take(',');
  }
  if (last) scanner.move_to(*last);
  return last.has_value();
}

bool enter_element(Scanner& scanner, const std::string& wanted) {
  if (!scanner.take('[')) return false;
  for (std::size_t index = 0; scanner.peek() != ']'; ++index) {
    if (std::to_string(index) == wanted) return true;
    if (!scanner.skip_value()) return false;
    scanner.take(',');
  }
  return false;
}

}  // namespace

std::optional<std::string_view> find_source(std::string_view json, std::string_view pointer) {
  Scanner scanner(json);
  for (const std::string& token : split_pointer(pointer)) {
    const bool is_there = scanner.peek() == '{' ? enter_member(scanner, token) : enter_element(scanner, token);
    if (!is_there) return std::nullopt;
  }
  scanner.peek();
  const std::size_t from = scanner.position();
  if (!scanner.skip_value()) return std::nullopt;
  return scanner.between(from, scanner.position());
}

}  // namespace understudy
