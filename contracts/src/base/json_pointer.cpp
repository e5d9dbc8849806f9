// JSON Pointers (RFC 6901) and local references.
#include <boost/container/small_vector.hpp>

#include "contracts/src/base/http.h"
#include "contracts/src/base/json.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

// Calls visit(token) for each token, unescaped, until it returns false; false also for text that is not a pointer.
template <class Visit>
bool each_token(std::string_view pointer, Visit visit) {
  if (pointer.empty()) return true;
  if (pointer.front() != '/') return false;
  boost::container::small_vector<char, 128> unescaped;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string_view token = raw;
    if (raw.find('~') != std::string_view::npos) {
      unescaped.clear();
      for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '~' && i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1')) {
          unescaped.push_back(raw[++i] == '0' ? '~' : '/');
        } else {
          unescaped.push_back(raw[i]);
        }
      }
      token = {unescaped.data(), unescaped.size()};
    }
    if (!visit(token)) return false;
  }
  return true;
}

// The array index that a token writes, or npos: plain decimals, no sign, no leading zero.
std::size_t index_of(std::string_view token) {
  if (token.empty() || token.size() > 9 || (token.size() > 1 && token.front() == '0')) return std::string_view::npos;
  std::size_t index = 0;
  for (const char c : token) {
    if (!is_digit(c)) return std::string_view::npos;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index;
}

template <class J>
J* child_of(J& parent, std::string_view token) {
  if (parent.is_object()) {
    const auto found = parent.find(token);
    return found == parent.end() ? nullptr : &*found;
  }
  if (!parent.is_array()) return nullptr;
  const auto index = index_of(token);
  return index < parent.size() ? &parent[index] : nullptr;
}

template <class J>
J* walk(J& root, std::string_view pointer) {
  J* at = &root;
  const bool found = each_token(pointer, [&](std::string_view token) { return (at = child_of(*at, token)) != nullptr; });
  return found ? at : nullptr;
}

thread_local SpareText spare_pointers;  // of Expansion

// Visits the pointers that a pattern means below a value. One text holds the pointer to where the walk is.
class Expansion {
 public:
  explicit Expansion(const std::function<bool(const std::string&)>& visit) : visit_(visit), pointer_(spare_pointers.take()) {}
  ~Expansion() { spare_pointers.keep(std::move(pointer_)); }
  Expansion(const Expansion&) = delete;
  Expansion& operator=(const Expansion&) = delete;

  // False: the visitor wants no more.
  bool walk_all(const Json& at, std::string_view pattern) {
    if (pattern.empty()) return visit_(pointer_);
    pattern.remove_prefix(1);
    const std::string_view raw = pattern.substr(0, pattern.find('/'));
    const std::string_view rest = pattern.substr(raw.size());
    if (raw == "*") return walk_children(at, rest);
    const Json* child = find_pointer(at, std::string_view(raw.data() - 1, raw.size() + 1));
    if (child == nullptr && !(rest.empty() && at.is_structured())) return true;
    const std::size_t before = pointer_.size();
    pointer_.append("/").append(raw);
    const bool goes_on = child == nullptr ? visit_(pointer_) : walk_all(*child, rest);
    pointer_.resize(before);
    return goes_on;
  }

 private:
  bool walk_children(const Json& at, std::string_view rest) {
    const std::size_t before = pointer_.size();
    bool goes_on = true;
    for (std::size_t i = 0; at.is_array() && i < at.size() && goes_on; ++i) {
      pointer_.append("/").append(std::to_string(i));
      goes_on = walk_all(at[i], rest);
      pointer_.resize(before);
    }
    if (!at.is_object()) return goes_on;
    for (auto member = at.begin(); member != at.end() && goes_on; ++member) {
      pointer_.append("/").append(escape_token(member.key()));
      goes_on = walk_all(*member, rest);
      pointer_.resize(before);
    }
    return goes_on;
  }

  const std::function<bool(const std::string&)>& visit_;
  std::string pointer_;
};

// What local_ref() decodes.
std::optional<std::string_view> local_target(const Json& schema) {
  if (!schema.is_object()) return std::nullopt;
  const auto ref = schema.find("$ref");
  if (ref == schema.end() || !ref->is_string()) return std::nullopt;
  const std::string_view target = ref->get_ref<const std::string&>();
  return target.starts_with('#') ? std::optional(target.substr(1)) : std::nullopt;
}

}  // namespace

std::string escape_token(std::string_view token) {
  std::string out;
  out.reserve(token.size());
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> split_pointer(std::string_view pointer) {
  std::vector<std::string> tokens;
  each_token(pointer, [&](std::string_view token) {
    tokens.emplace_back(token);
    return true;
  });
  return tokens;
}

std::string join_pointer(std::string_view parent, std::string_view token) {
  std::string out(parent);
  out += '/';
  out += escape_token(token);
  return out;
}

std::string join_pointer(std::string_view parent, std::size_t index) {
  std::string out(parent);
  out += '/';
  out += std::to_string(index);
  return out;
}

const Json* find_pointer(const Json& root, std::string_view pointer) { return walk(root, pointer); }
Json* find_pointer(Json& root, std::string_view pointer) { return walk(root, pointer); }

bool set_pointer(Json& root, std::string_view pointer, Json value) {
  Json* at = &root;
  // Null counts as missing: a default Json is null.
  const bool reached = each_token(pointer, [&](std::string_view token) {
    if (at->is_null()) *at = Json::object();
    if (at->is_object()) {
      at = &(*at)[std::string(token)];
      return true;
    }
    if (!at->is_array()) return false;
    const auto index = token == "-" ? at->size() : index_of(token);
    if (index > at->size()) return false;
    if (index == at->size()) at->push_back(nullptr);
    at = &(*at)[index];
    return true;
  });
  if (reached) *at = std::move(value);
  return reached;
}

bool erase_pointer(Json& root, std::string_view pointer) {
  const auto cut = pointer.rfind('/');
  if (cut == std::string_view::npos) return false;
  Json* parent = walk(root, pointer.substr(0, cut));
  if (parent == nullptr) return false;
  bool erased = false;
  each_token(pointer.substr(cut), [&](std::string_view token) {
    if (child_of(*parent, token) == nullptr) return false;
    if (parent->is_object()) {
      parent->erase(std::string(token));
    } else {
      parent->erase(index_of(token));
    }
    return erased = true;
  });
  return erased;
}

std::vector<std::string> expand_pointer(const Json& root, std::string_view pattern) {
  std::vector<std::string> out;
  visit_pointers(root, pattern, [&](const std::string& pointer) {
    out.push_back(pointer);
    return true;
  });
  return out;
}

void visit_pointers(const Json& root, std::string_view pattern, const std::function<bool(const std::string&)>& visit) {
  if (pattern.empty() || pattern.front() == '/') static_cast<void>(Expansion(visit).walk_all(root, pattern));
}

std::optional<std::string> local_ref(const Json& schema) {
  const auto target = local_target(schema);
  return target ? std::optional(percent_decode(*target)) : std::nullopt;
}

const Json* follow_refs(const Json& document, const Json* schema) {
  constexpr int kMostHops = 64;
  for (int hops = 0; schema != nullptr && hops < kMostHops; ++hops) {
    const auto target = local_target(*schema);
    if (!target) return schema;
    const bool is_encoded = target->find('%') != std::string_view::npos;
    schema = is_encoded ? find_pointer(document, percent_decode(*target)) : find_pointer(document, *target);
  }
  return nullptr;
}

}  // namespace understudy
