// JSON: strict parsing with a depth limit, rendering, JSON Pointers (RFC 6901), local references, and the words for values that
// messages use.
#pragma once

#include <algorithm>
#include <boost/container/flat_map.hpp>
#include <compare>
#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace understudy {

// The memory of JSON values and of what lives about as long. A thread keeps blocks that it frees, 256 KiB at most, for its next
// requests.
void* allocate_for_json(std::size_t bytes);
void free_of_json(void* block, std::size_t bytes) noexcept;

template <class T>
struct JsonAllocator {
  using value_type = T;
  JsonAllocator() = default;
  template <class Other>
  JsonAllocator(const JsonAllocator<Other>&) {}  // NOLINT(google-explicit-constructor): allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_for_json(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) noexcept { free_of_json(block, count * sizeof(T)); }
  bool operator==(const JsonAllocator&) const = default;
};

// The members of an object: one block, sorted by name. Pointers, references and iterators to members hold only until a member is added to
// the object or removed from it. A member that is not the last by name moves those behind it: a large object is made by object_of().
template <class Name, class Value, class... Ignored>
class FlatMembers : public boost::container::flat_map<Name, Value, std::less<>, JsonAllocator<std::pair<Name, Value>>> {
  using Map = boost::container::flat_map<Name, Value, std::less<>, JsonAllocator<std::pair<Name, Value>>>;

 public:
  using Map::Map;
  auto find(std::string_view name) { return this->begin() + position_of(name); }
  auto find(std::string_view name) const { return this->begin() + position_of(name); }
  template <class Key>
  Value& operator[](Key&& key) {
    grow();
    return Map::operator[](std::forward<Key>(key));
  }
  template <class... Arguments>
  auto emplace(Arguments&&... arguments) {
    grow();
    return Map::emplace(std::forward<Arguments>(arguments)...);
  }
  bool operator==(const FlatMembers& other) const { return std::equal(this->begin(), this->end(), other.begin(), other.end()); }
  std::partial_ordering operator<=>(const FlatMembers& other) const {
    return std::lexicographical_compare_three_way(this->begin(), this->end(), other.begin(), other.end());
  }

 private:
  // Few names are compared one after the other: most differ in length or in the first byte, which costs less than the order of two names.
  std::ptrdiff_t position_of(std::string_view name) const {
    constexpr std::size_t kFew = 24;
    if (this->size() > kFew) return Map::find(name) - this->begin();
    const auto is_name = [name](const Name& one) {
      return one.size() == name.size() && (name.empty() || (one.front() == name.front() && one == name));
    };
    std::ptrdiff_t position = 0;
    for (auto at = this->begin(); at != this->end() && !is_name(at->first); ++at) ++position;
    return position;
  }
  void grow() {
    if (this->size() == this->capacity()) this->reserve(std::max<std::size_t>(4, 2 * this->size()));
  }
};
using Json = nlohmann::basic_json<FlatMembers, std::vector, std::string, bool, std::int64_t, std::uint64_t, double, JsonAllocator>;

inline constexpr std::size_t kMaxJsonDepth = 200;  // nlohmann copies and dumps recursively: 100 kB of '[' would end the process

struct JsonError {
  std::size_t line = 1;    // 1-based
  std::size_t column = 1;  // 1-based, in bytes
  std::string message;     // without position, no trailing full stop
  bool is_limit = false;   // the text may be valid, but is more than JsonLimits allow
};
using ParsedJson = tl::expected<Json, JsonError>;

struct JsonLimits {
  std::size_t values = static_cast<std::size_t>(-1);
  std::size_t memory = static_cast<std::size_t>(-1);  // bytes of the parsed value, estimated
  std::size_t depth = kMaxJsonDepth;
};

// Parses one JSON text (RFC 8259). Refused: nesting deeper than the limit, invalid UTF-8, trailing text,
// numbers beyond the limits of number.h; none is rounded. With `duplicates` set, names that occur twice in an object are reported there as
// JSON Pointers, at most 1,000.
ParsedJson parse_json(std::string_view text, std::vector<std::string>* duplicates = nullptr, const JsonLimits& limits = {});

// An object of these members, which are moved from; of those with the same name the last one counts.
Json object_of(std::span<std::pair<std::string, Json>> members);
// Destroys what is in the value, part by part: the library's destructor allocates a list for each object.
void discard(Json& value);

// Compact text; invalid UTF-8 is replaced.
std::string render_json(const Json& value);
void append_json(const Json& value, std::string& out);             // as render_json
void append_json_string(std::string_view text, std::string& out);  // as render_json(Json(text))
std::string render_json_pretty(const Json& value);
std::string as_text(const Json& value);  // a string without quotes, anything else as render_json
// Collects the values of one name: null becomes the value, a value becomes a list.
void add_grouped(Json& group, const Json& value);

bool is_valid_utf8(std::string_view text);

// JSON Pointers.
std::string escape_token(std::string_view token);                           // a/b~c -> a~1b~0c
std::vector<std::string> split_pointer(std::string_view pointer);           // "" -> {}; "/a/0" -> {"a","0"}, unescaped
std::string join_pointer(std::string_view parent, std::string_view token);  // escapes the token
std::string join_pointer(std::string_view parent, std::size_t index);
template <class First, class... More>
requires(sizeof...(More) > 0) std::string join_pointer(std::string_view parent, const First& first, const More&... more) {
  return join_pointer(join_pointer(parent, first), more...);
}
// The value at the pointer, or nullptr. Array indices are plain decimals; "-" finds nothing.
const Json* find_pointer(const Json& root, std::string_view pointer);
Json* find_pointer(Json& root, std::string_view pointer);
// The string at the pointer; empty if there is none.
std::string text_at(const Json& value, std::string_view pointer);
// Sets the value, creating missing objects on the way; "-" or an index equal to the size appends. Returns false if a scalar is in the way.
bool set_pointer(Json& root, std::string_view pointer, Json value);
// Removes the member or element; returns false if there was none.
bool erase_pointer(Json& root, std::string_view pointer);
// Applies a JSON Patch (RFC 6902) of at most 1,000 operations. Returns why it cannot be applied, as a sentence; empty: it was applied.
// After a failure some of the operations are applied. The value may not grow beyond 1 MiB of text by copies of itself.
std::string apply_patch(Json& value, const Json& operations);
// Every concrete pointer that a pattern with '*' tokens (any element or member) matches down to its last fixed token's parent;
// the last token itself need not exist: "/Products/*/Qty" gives "/Products/0/Qty" also where Qty is absent.
std::vector<std::string> expand_pointer(const Json& root, std::string_view pattern);
// The same one by one, until `visit` returns false. `root` must not change meanwhile.
void visit_pointers(const Json& root, std::string_view pattern, const std::function<bool(const std::string&)>& visit);
// The pointer of a reference inside the document: "/a b" for {"$ref": "#/a%20b"}; nullopt for every other value.
std::optional<std::string> local_ref(const Json& schema);
// The schema that local references lead to, itself if it is none; nullptr when one leads nowhere or they form a circle.
const Json* follow_refs(const Json& document, const Json* schema);

// Words for messages.
std::string_view type_name(const Json& value);                         // null boolean integer number string array object; 1.0 is an integer
std::string describe(const Json& value, std::size_t max_length = 60);  // typed: string "abc", integer 3, object {...} (cut with ...)
bool json_equal(const Json& left, const Json& right);                  // JSON Schema equality: 150 equals 150.0, nothing is rounded

}  // namespace understudy
