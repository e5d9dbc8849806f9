// JSON Pointers (RFC 6901) and local references.
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
  std::string unescaped;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto raw = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(raw.size());
    std::string_view token = raw;
    if (raw.find('~') != std::string_view::npos) {
      unescaped.clear();
      for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '~' && i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1')) {
          unescaped += raw[++i] == '0' ? '~' : '/';
        } else {
          unescaped += raw[i];
        }
      }
      token = unescaped;
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

void expand(const Json& at, const std::vector<std::string>& tokens, std::size_t next, const std::string& pointer,
            std::vector<std::string>& out) {
  if (next == tokens.size()) {
    out.push_back(pointer);
    return;
  }
  const auto& token = tokens[next];
  if (token == "*") {
    if (at.is_array()) {
      for (std::size_t i = 0; i < at.size(); ++i) expand(at[i], tokens, next + 1, join_pointer(pointer, i), out);
    } else if (at.is_object()) {
      for (const auto& [name, value] : at.items()) expand(value, tokens, next + 1, join_pointer(pointer, name), out);
    }
  } else if (const Json* child = child_of(at, token)) {
    expand(*child, tokens, next + 1, join_pointer(pointer, token), out);
  } else if (next + 1 == tokens.size() && at.is_structured()) {
    out.push_back(join_pointer(pointer, token));
  }
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
  if (pattern.empty() || pattern.front() == '/') expand(root, split_pointer(pattern), 0, "", out);
  return out;
}

std::optional<std::string> local_ref(const Json& schema) {
  if (!schema.is_object()) return std::nullopt;
  const auto ref = schema.find("$ref");
  if (ref == schema.end() || !ref->is_string()) return std::nullopt;
  const std::string_view target = ref->get_ref<const std::string&>();
  if (!target.starts_with('#')) return std::nullopt;
  return percent_decode(target.substr(1));
}

const Json* follow_refs(const Json& document, const Json* schema) {
  constexpr int kMostHops = 64;
  for (int hops = 0; schema != nullptr && hops < kMostHops; ++hops) {
    const auto target = local_ref(*schema);
    if (!target) return schema;
    schema = find_pointer(document, *target);
  }
  return nullptr;
}

}  // namespace understudy
