#include "conformance/report/diff.h"

#include <algorithm>
#include <set>

#include "scenarios/src/match/match.h"

namespace understudy {
namespace {

constexpr std::size_t kLongestText = 1000;

std::string one_line(const Json& value) {
  auto text = render_json(value);
  if (text.size() <= kLongestText) return text;
  auto end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

bool is_below(std::string_view pointer, std::string_view root) {
  return pointer.size() > root.size() && pointer.starts_with(root) && pointer[root.size()] == '/';
}

class DiffWriter {
 public:
  DiffWriter(const std::vector<DiffMark>& marks, std::size_t limit) : marks_(marks), limit_(limit) {}

  // Writes the lines of a value. `name` is the prefix `"member": `, or empty.
  void write(const Json* expected, const Json* actual, const std::string& pointer, const std::string& name, std::size_t depth) {
    if (expected != nullptr && is_matcher(*expected)) {
      if (const auto* tree = find_pointer(*expected, "/$exact")) return write(tree, actual, pointer, name, depth);
      if (actual != nullptr && actual->is_array() && expected->contains("$unordered")) {
        if (const auto list = put_in_order((*expected)["$unordered"], *actual)) return write(&*list, actual, pointer, name, depth);
      }
      return write_matcher(*expected, actual, pointer, name, depth);
    }
    const bool both = expected != nullptr && actual != nullptr;
    if (both && (!expected->is_structured() || !actual->is_structured() || expected->is_array() != actual->is_array()))
      return pair(*expected, *actual, pointer, name, depth);
    const Json* shape = expected != nullptr ? expected : actual;
    if (shape == nullptr) return;
    const auto kind = both ? LineKind::same : kind_of_side(expected, pointer);
    if (!shape->is_structured() || (shape->empty() && !is_marked_below(pointer))) {
      if (!both || actual->empty()) {
        const bool is_described = expected == nullptr && kind != LineKind::added && is_marked(pointer);
        const auto wanted = is_described ? name + description(pointer) : std::string();
        return add(wanted.empty() ? kind : LineKind::changed, depth, expected != nullptr ? name + one_line(*expected) : wanted,
                   actual != nullptr ? name + one_line(*actual) : "", pointer);
      }
    }
    const bool is_array = shape->is_array();
    const auto opened = name + (is_array ? "[" : "{");
    const auto here = is_marked(pointer) && both ? LineKind::changed : kind;
    add(here, depth, expected != nullptr ? opened : "", actual != nullptr ? opened : "", pointer);
    if (is_array)
      elements(expected, actual, pointer, depth + 1);
    else
      members(expected, actual, pointer, depth + 1);
    const char* closed = is_array ? "]" : "}";
    add_plain(kind, depth, expected != nullptr ? closed : "", actual != nullptr ? closed : "", pointer);
  }

  // Adds a line for each finding whose pointer is in neither body.
  void add_rest() {
    for (const auto& mark : marks_) {
      if (shown_.contains(mark.number) || mark.pointer.empty()) continue;
      add(LineKind::missing, 1, mark.pointer + ": " + mark.expected, "", mark.pointer);
    }
  }

  Diff take() { return std::move(diff_); }

 private:
  bool is_marked(const std::string& pointer) const {
    return std::any_of(marks_.begin(), marks_.end(), [&](const DiffMark& mark) { return mark.pointer == pointer; });
  }

  bool is_marked_below(const std::string& pointer) const {
    return std::any_of(marks_.begin(), marks_.end(), [&](const DiffMark& mark) { return is_below(mark.pointer, pointer); });
  }

  bool is_marked_within(const std::string& pointer) const { return is_marked(pointer) || is_marked_below(pointer); }

  std::string description(const std::string& pointer) const {
    for (const auto& mark : marks_) {
      if (mark.pointer == pointer) return mark.expected;
    }
    return {};
  }

  LineKind kind_of_side(const Json* expected, const std::string& pointer) const {
    if (expected != nullptr) return LineKind::missing;
    return is_marked(pointer) && description(pointer) == "absent" ? LineKind::added : LineKind::unasked;
  }

  void write_matcher(const Json& matcher, const Json* actual, const std::string& pointer, const std::string& name, std::size_t depth) {
    const bool wrong = is_marked_within(pointer);
    if (actual == nullptr) return add(wrong ? LineKind::missing : LineKind::same, depth, name + one_line(matcher), "", pointer);
    const auto kind = is_marked(pointer) || (wrong && !actual->is_structured()) ? LineKind::changed : LineKind::same;
    if (!actual->is_structured() || !wrong) return add(kind, depth, name + one_line(matcher), name + one_line(*actual), pointer);
    add(kind, depth, name + one_line(matcher), name + (actual->is_array() ? "[" : "{"), pointer);
    if (actual->is_array())
      elements(nullptr, actual, pointer, depth + 1);
    else
      members(nullptr, actual, pointer, depth + 1);
    add_plain(LineKind::unasked, depth, "", actual->is_array() ? "]" : "}", pointer);
  }

  // The expected elements in the order of the actual ones that have the same key; nothing if an actual one has no partner.
  static std::optional<Json> put_in_order(const Json& unordered, const Json& actual) {
    if (!unordered.is_object() || !unordered.contains("by") || !unordered.contains("items")) return std::nullopt;
    const auto& by = unordered["by"];
    const auto& items = unordered["items"];
    if (!by.is_string() || !items.is_array()) return std::nullopt;
    const auto key = by.get_ref<const std::string&>().starts_with('/') ? by.get<std::string>() : join_pointer("", by.get<std::string>());
    const auto is_same = [&](const Json& left, const Json& right) {
      const auto* a = find_pointer(left, key);
      const auto* b = find_pointer(right, key);
      return a != nullptr && b != nullptr && json_equal(*a, *b);
    };
    Json list = Json::array();
    std::vector<bool> is_used(items.size(), false);
    for (const auto& element : actual) {
      auto found = items.size();
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (is_used[i] || !is_same(items[i], element)) continue;
        const bool is_match = match_value(items[i], &element).empty();
        if (found == items.size() || is_match) found = i;
        if (is_match) break;
      }
      if (found == items.size()) return std::nullopt;
      is_used[found] = true;
      list.push_back(items[found]);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!is_used[i]) list.push_back(items[i]);
    }
    return list;
  }

  void pair(const Json& expected, const Json& actual, const std::string& pointer, const std::string& name, std::size_t depth) {
    const bool wrong = is_marked(pointer) || !json_equal(expected, actual);
    add(wrong ? LineKind::changed : LineKind::same, depth, name + one_line(expected), name + one_line(actual), pointer);
  }

  void members(const Json* expected, const Json* actual, const std::string& pointer, std::size_t depth) {
    std::set<std::string> names;
    for (const auto* side : {expected, actual}) {
      if (side == nullptr) continue;
      for (const auto& [name, value] : side->items()) names.insert(name);
    }
    // A member that only a finding names, because the contract requires it.
    for (const auto& mark : marks_) {
      if (!is_below(mark.pointer, pointer)) continue;
      const auto tokens = split_pointer(mark.pointer.substr(pointer.size()));
      if (tokens.size() == 1) names.insert(tokens.front());
    }
    for (const auto& name : names) {
      const Json* left = expected != nullptr ? find_pointer(*expected, join_pointer("", name)) : nullptr;
      const Json* right = actual != nullptr ? find_pointer(*actual, join_pointer("", name)) : nullptr;
      const auto here = join_pointer(pointer, name);
      const auto label = render_json(name) + ": ";
      if (left == nullptr && right == nullptr)
        add(LineKind::missing, depth, label + description(here), "", here);
      else
        write(left, right, here, label, depth);
    }
  }

  void elements(const Json* expected, const Json* actual, const std::string& pointer, std::size_t depth) {
    const auto size = std::max(expected != nullptr ? expected->size() : 0, actual != nullptr ? actual->size() : 0);
    for (std::size_t i = 0; i < size && !diff_.is_cut; ++i) {
      const Json* left = expected != nullptr && i < expected->size() ? &(*expected)[i] : nullptr;
      const Json* right = actual != nullptr && i < actual->size() ? &(*actual)[i] : nullptr;
      const auto before = diff_.lines.size();
      write(left, right, join_pointer(pointer, i), "", depth);
      // Lists are exact: a further element is wrong.
      if (expected == nullptr || left != nullptr) continue;
      for (auto k = before; k < diff_.lines.size(); ++k) {
        if (diff_.lines[k].kind == LineKind::unasked) diff_.lines[k].kind = LineKind::added;
      }
    }
  }

  void add(LineKind kind, std::size_t depth, std::string left, std::string right, const std::string& pointer) {
    if (add_plain(kind, depth, std::move(left), std::move(right), pointer)) {
      for (const auto& mark : marks_) {
        if (mark.pointer != pointer || !shown_.insert(mark.number).second) continue;
        diff_.lines.back().findings.push_back(mark.number);
      }
    }
  }

  bool add_plain(LineKind kind, std::size_t depth, std::string left, std::string right, const std::string& pointer) {
    if (diff_.lines.size() >= limit_) {
      diff_.is_cut = true;
      return false;
    }
    diff_.lines.push_back({.kind = kind, .depth = depth, .left = std::move(left), .right = std::move(right), .pointer = pointer});
    return true;
  }

  const std::vector<DiffMark>& marks_;
  std::size_t limit_;
  std::set<std::size_t> shown_;
  Diff diff_;
};

}  // namespace

Diff diff_json(const Json* expected, const Json* actual, const std::vector<DiffMark>& marks, std::size_t limit) {
  DiffWriter writer(marks, limit);
  writer.write(expected, actual, "", "", 0);
  writer.add_rest();
  return writer.take();
}

}  // namespace understudy
