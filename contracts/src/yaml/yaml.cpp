#include "contracts/src/yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "contracts/src/yaml/surrogates.h"
#include "contracts/src/yaml/yaml_scalar.h"

namespace understudy {
namespace {

// Thrown by the handler to stop yaml-cpp's parser; caught in this file.
struct Refused {
  Problem problem;
};

constexpr std::string_view kQuoted = "!";  // yaml-cpp's tag of quoted and block scalars
constexpr std::string_view kPlain = "?";   // and of everything else that carries no tag

// The text by lines, to convert between offsets and yaml-cpp's marks.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) starts_.push_back(at + 1);
  }
  std::size_t offset(std::size_t line, std::size_t column) const {  // both 1-based
    if (line > starts_.size()) return text_.size();
    return std::min(starts_[line - 1] + column - 1, text_.size());
  }
  std::string_view line(std::size_t number) const {
    const std::size_t start = offset(number, 1);
    std::string_view line = text_.substr(start, text_.find('\n', start) - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  std::pair<std::size_t, std::size_t> position(std::size_t offset) const {  // 1-based line and column
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return {static_cast<std::size_t>(after - starts_.begin()), offset - *(after - 1) + 1};
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

YamlMark mark_at(std::size_t line, std::size_t column) { return {.line = line, .column = column, .plain = false}; }

YamlMark mark_of(const YAML::Mark& mark) {
  if (mark.is_null()) return mark_at(1, 1);
  return mark_at(static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1);
}

// Builds the document from yaml-cpp's events.
class Builder final : public YAML::EventHandler {
 public:
  Builder(YamlDocument& document, const Lines& lines, const JoinedText& joined, const YamlLimits& limits)
      : document_(document), lines_(lines), joined_(joined), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& at) override {
    if (++documents_ == 1) return;
    const YamlMark mark = place_of(at);
    const bool is_marked = lines_.line(mark.line).starts_with("---") || (mark.line > 1 && lines_.line(mark.line - 1).starts_with("..."));
    if (is_marked) refuse(mark, "second-document", "found a second document, expected one document a file");
    refuse(mark, "yaml-syntax", "found text after the end of the document, expected the end of the file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override {
    YamlMark mark = place_of(at);
    mark.plain = true;
    for (const std::string_view word : {"~", "null", "Null", "NULL"})
      if (rest(mark).starts_with(word)) mark.text = word;
    if (!expects_key()) return add(mark, anchor, nullptr);
    if (mark.text.empty()) refuse(mark, "non-scalar-key", "found no key, expected one before the colon");
    take_key(mark, mark.text);
  }

  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, const std::string& text) override {
    YamlMark mark = place_of(at);
    refuse_tag(mark, tag);
    mark.plain = tag == kPlain;
    if (mark.plain) mark.text = text;
    if (text.find('\x7f') != std::string::npos && !is_quoted(mark))
      refuse(mark, "control-character", "found the control character 0x7F, expected text in quotes around it");
    if (expects_key()) {
      if (mark.plain && text == "<<") refuse(mark, "merge-key", "found the merge key '<<', expected the members written out");
      if (anchor != 0) anchors_[anchor] = {.value = text, .mark = mark};
      return take_key(mark, text);
    }
    if (!mark.plain) return add(mark, anchor, text);
    auto value = parse_plain_scalar(text);
    if (!value) refuse(mark, "number-range", value.error());
    add(mark, anchor, std::move(*value));
  }

  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override {
    YamlMark mark = place_of(at);
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "self-alias", "found an alias inside the value that it names, expected a finished value");
    const Anchor& target = found->second;
    mark.plain = target.mark.plain;
    mark.text = target.mark.text;
    if (expects_key()) {
      if (target.value.is_structured()) refuse_key(mark);
      return take_key(mark, target.value.is_string() ? target.value.get_ref<const std::string&>() : target.mark.text);
    }
    count(mark, target.nodes);
    if (open_.size() + target.height > limits_.depth) refuse_depth(mark);
    const std::string pointer = next_pointer();
    copy_marks(document_.marks, target.pointer, pointer);
    copy_marks(document_.key_marks, target.pointer, pointer);
    document_.marks[pointer] = mark;
    place(target.value, target.height);
  }

  void OnSequenceStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(at, tag, anchor, Json::array());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(at, tag, anchor, Json::object());
  }
  void OnMapEnd() override { close(); }

  [[noreturn]] void refuse(const YamlMark& mark, std::string code, std::string message) const {
    throw Refused{{.code = std::move(code),
                   .message = std::move(message),
                   .place = {.file = document_.file, .line = mark.line, .column = mark.column},
                   .source_line = std::string(lines_.line(mark.line))}};
  }
  bool is_empty() const { return documents_ == 0; }

 private:
  struct Frame {
    Json value;
    std::string pointer;
    YAML::anchor_t anchor = 0;
    YamlMark mark;
    std::optional<std::string> key = {};  // of a mapping, once read
    std::size_t nodes_before = 0;
    std::size_t height = 1;  // levels of nesting, this one included
  };
  struct Anchor {
    Json value;
    std::string pointer = {};  // of the anchored value itself
    YamlMark mark = {};
    std::size_t nodes = 1;
    std::size_t height = 0;
  };

  YamlMark place_of(const YAML::Mark& mark) const { return joined_.original(mark_of(mark)); }
  bool is_quoted(const YamlMark& mark) const {
    const std::string_view style = rest(mark).substr(std::min(rest(mark).find_first_of("\"'|>"), rest(mark).size()));
    return !mark.plain && (style.starts_with('"') || style.starts_with('\''));
  }
  bool expects_key() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().key; }
  std::string_view rest(const YamlMark& mark) const {
    return std::string_view(document_.text).substr(lines_.offset(mark.line, mark.column));
  }
  std::string next_pointer() const {
    if (open_.empty()) return "";
    const Frame& parent = open_.back();
    return parent.key ? join_pointer(parent.pointer, *parent.key) : join_pointer(parent.pointer, parent.value.size());
  }

  void count(const YamlMark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > limits_.nodes)
      refuse(mark, "too-many-nodes", fmt::format("found more than {} values (aliases count each time), expected fewer", limits_.nodes));
  }
  [[noreturn]] void refuse_depth(const YamlMark& mark) const {
    refuse(mark, "too-deep", fmt::format("found more than {} levels of nesting, expected fewer", limits_.depth));
  }
  [[noreturn]] void refuse_key(const YamlMark& mark) const {
    refuse(mark, "non-scalar-key", "found a collection as a key (or a bracket that nothing closes), expected text");
  }
  void refuse_tag(const YamlMark& mark, const std::string& tag) const {
    const bool is_bare_tag = tag == kQuoted && rest(mark).starts_with('!');
    if (!tag.empty() && ((tag != kPlain && tag != kQuoted) || is_bare_tag))
      refuse(mark, "tag", "found a tag, expected the value alone (quotes make text)");
  }

  void take_key(const YamlMark& mark, const std::string& key) {
    Frame& mapping = open_.back();
    const std::string pointer = join_pointer(mapping.pointer, key);
    const auto [first, is_new] = document_.key_marks.try_emplace(pointer, mark);
    if (!is_new)
      refuse(mark, "duplicate-key", fmt::format("found key '{}' in line {} and again in line {}", key, first->second.line, mark.line));
    mapping.key = key;
  }

  void add(const YamlMark& mark, YAML::anchor_t anchor, Json value) {
    count(mark, 1);
    const std::string pointer = next_pointer();
    document_.marks[pointer] = mark;
    if (anchor != 0) anchors_[anchor] = {.value = value, .pointer = pointer, .mark = mark};
    place(std::move(value), 0);
  }

  void open(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, Json empty) {
    const YamlMark mark = place_of(at);
    refuse_tag(mark, tag);
    if (expects_key()) refuse_key(mark);
    if (open_.size() >= limits_.depth) refuse_depth(mark);
    const std::size_t nodes_before = nodes_;
    count(mark, 1);
    std::string pointer = next_pointer();
    document_.marks[pointer] = mark;
    open_.push_back(
        {.value = std::move(empty), .pointer = std::move(pointer), .anchor = anchor, .mark = mark, .nodes_before = nodes_before});
  }

  void close() {
    Frame done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) {
      const std::size_t nodes = nodes_ - done.nodes_before;
      count(done.mark, nodes);  // the copy kept for aliases: anchors in anchors would multiply it
      anchors_[done.anchor] = {.value = done.value, .pointer = done.pointer, .mark = done.mark, .nodes = nodes, .height = done.height};
    }
    place(std::move(done.value), done.height);
  }

  // Hands a finished value to the collection around it.
  void place(Json value, std::size_t height) {
    if (open_.empty()) {
      document_.root = std::move(value);
      return;
    }
    Frame& parent = open_.back();
    parent.height = std::max(parent.height, height + 1);
    if (parent.key) {
      parent.value[*parent.key] = std::move(value);
      parent.key.reset();
    } else {
      parent.value.push_back(std::move(value));
    }
  }

  // Values below an alias keep the places below its anchor: there a person can correct them.
  static void copy_marks(std::map<std::string, YamlMark, std::less<>>& marks, const std::string& from, const std::string& to) {
    const std::string prefix = from + "/";
    std::vector<std::pair<std::string, YamlMark>> copies;
    for (auto it = marks.lower_bound(prefix); it != marks.end() && it->first.starts_with(prefix); ++it)
      copies.emplace_back(to + it->first.substr(from.size()), it->second);
    marks.insert(std::make_move_iterator(copies.begin()), std::make_move_iterator(copies.end()));
  }

  YamlDocument& document_;
  const Lines& lines_;
  const JoinedText& joined_;
  const YamlLimits& limits_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, Anchor> anchors_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
};

struct MessageRow {
  std::string_view library;  // how yaml-cpp's message begins
  std::string_view code;
  std::string_view ours;
};
const MessageRow kMessages[] = {
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "yaml-syntax", "found no end of the mapping in braces, expected ',' or '}'"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "yaml-syntax", "found no end of the list in brackets, expected ',' or ']'"},
    {YAML::ErrorMsg::END_OF_MAP, "yaml-syntax", "found text that continues no mapping, expected 'key: value' at the same indentation"},
    {YAML::ErrorMsg::END_OF_SEQ, "yaml-syntax", "found text that continues no list, expected '- value' at the same indentation"},
    {YAML::ErrorMsg::MAP_VALUE, "yaml-syntax", "found a key where none can stand, expected the indentation of its siblings"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "yaml-syntax", "found '- ' inside a line, expected it on a line of its own"},
    {YAML::ErrorMsg::FLOW_END, "yaml-syntax", "found a closing bracket, expected one that was opened"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "yaml-syntax", "found a character that begins no value, expected quotes around the value"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "yaml-syntax", "found the end of the file inside a quoted text, expected its closing quote"},
    {YAML::ErrorMsg::INVALID_UNICODE, "yaml-syntax", "found half of a pair of escapes (or no character), expected both: \\ud83d\\ude00"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "unknown-alias", "found an alias of an anchor that does not exist, expected '&name' above it"},
    {YAML::ErrorMsg::BAD_FILE, "too-deep", "found nesting too deep to read, expected less"},
};

Problem problem_of(const YAML::Exception& error, const YamlDocument& document, const Lines& lines, const JoinedText& joined) {
  const YamlMark mark = joined.original(mark_of(error.mark));
  auto problem = make_problem(Failure::bad_file, "yaml-syntax", error.msg,
                              Place{.file = document.file, .line = mark.line, .column = mark.column}, std::string(lines.line(mark.line)));
  for (const MessageRow& row : kMessages) {
    if (!error.msg.starts_with(row.library)) continue;
    problem.code = row.code;
    problem.message = row.ours;
    break;
  }
  // Two mistakes for which yaml-cpp has a misleading message.
  const std::string_view line = problem.source_line;
  const std::size_t text_start = std::min(line.find_first_not_of(" \t"), line.size());
  if (const std::size_t tab = line.substr(0, text_start).find('\t'); tab != std::string_view::npos) {
    problem.message = "found a tab in the indentation, expected spaces";
    problem.place.column = tab + 1;
  } else if (error.msg == YAML::ErrorMsg::MAP_VALUE && line.find(": ") < mark.column - 1) {
    problem.message = "found a second ': ' in the line, expected quotes around the value";
  }
  return problem;
}

// Rejects bytes that yaml-cpp misreads: it passes invalid UTF-8 on and treats some control characters as its own signs.
std::optional<Problem> check_bytes(const YamlDocument& document, const Lines& lines) {
  const std::string_view text = document.text;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const bool is_utf8 = is_valid_utf8(text.substr(at, length));
    // 0x7F may stand in quotes: the builder knows where those are.
    const bool is_control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
    if (is_utf8 && !is_control) {
      at += length;
      continue;
    }
    const auto [line, column] = lines.position(at);
    std::string shown(lines.line(line));
    if (!is_control)
      std::ranges::replace_if(
          shown, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    return make_problem(Failure::bad_file, is_control ? "control-character" : "bad-utf8",
                        is_control ? fmt::format("found the control character 0x{:02X}, expected text", first)
                                   : fmt::format("found the byte 0x{:02X}, expected UTF-8", first),
                        {.file = document.file, .line = line, .column = column}, std::move(shown));
  }
  return std::nullopt;
}

// Reads the joined text into the document, with the places of the original one.
std::optional<Problem> build(YamlDocument& document, const Lines& lines, const JoinedText& joined, const YamlLimits& limits) {
  document.root = nullptr;
  document.marks.clear();
  document.key_marks.clear();
  try {
    Builder builder(document, lines, joined, limits);
    std::istringstream stream(joined.text());
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    if (builder.is_empty()) document.marks[""] = {.line = 1, .column = 1, .plain = true};
  } catch (const Refused& refusal) {
    return refusal.problem;
  } catch (const YAML::Exception& error) {
    return problem_of(error, document, lines, joined);
  }
  return std::nullopt;
}

}  // namespace

Result<YamlDocument> parse_yaml(std::string_view text, std::string file, const YamlLimits& limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > limits.bytes) {
    auto message = fmt::format("found a file of {} bytes, expected at most {}", text.size(), limits.bytes);
    return tl::unexpected(make_problem(Failure::bad_file, "too-large", std::move(message), Place{.file = std::move(file)}));
  }
  YamlDocument document;
  document.file = std::move(file);
  document.text = text;
  const Lines lines(document.text);
  if (auto refused = check_bytes(document, lines)) return tl::unexpected(std::move(*refused));

  const auto pairs = find_surrogate_pairs(document.text);
  auto refused = build(document, lines, JoinedText::conceal(document.text, pairs), limits);
  if (!refused && !pairs.empty()) {
    std::vector<std::size_t> starts;
    for (const auto* marks : {&document.marks, &document.key_marks}) {
      for (const auto& [pointer, mark] : *marks) starts.push_back(lines.offset(mark.line, mark.column));
    }
    refused = build(document, lines, JoinedText::join(document.text, select_quoted(document.text, pairs, starts)), limits);
  }
  if (refused) return tl::unexpected(std::move(*refused));
  return document;
}

}  // namespace understudy
