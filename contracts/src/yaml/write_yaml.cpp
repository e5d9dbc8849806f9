#include "contracts/src/yaml/write_yaml.h"

#include <algorithm>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

bool is_plain_key(std::string_view key) {
  const auto letter = [](char c) { return is_letter(c) || c == '_'; };
  if (key.empty() || !letter(key.front())) return false;
  if (equals_ignore_case(key, "true") || equals_ignore_case(key, "false") || equals_ignore_case(key, "null")) return false;
  return std::ranges::all_of(key, [&](char c) { return letter(c) || is_digit(c); });
}

std::string render_key(const std::string& key) { return is_plain_key(key) ? key : render_json(Json(key)); }

}  // namespace

void write_yaml(const Json& value, std::size_t indent, std::string& out, int spread) {
  const std::string margin(indent, ' ');
  for (const auto& [key, member] : value.items()) {
    const std::string lead = value.is_array() ? "-" : render_key(key) + ":";
    out += margin + lead;
    if (member.is_structured() && !member.empty() && (spread > 0 || render_json(member).size() > 80)) {
      out += "\n";
      write_yaml(member, indent + 2, out, spread - 1);
    } else {
      out += " " + render_json(member) + "\n";
    }
  }
}

}  // namespace understudy
