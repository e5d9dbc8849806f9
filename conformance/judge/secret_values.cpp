#include "conformance/judge/secret_values.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kPart = 8;
constexpr std::size_t kSieve = 1u << 14;

std::string to_base64(std::string_view bytes, bool url) {
  const char* letters = url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                            : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += letters[(group >> (18 - 6 * k)) & 63u];
  }
  return out;
}

// What base64 makes of these bytes whatever stands around them, when `before` bytes (modulo 3) stand in front.
std::string base64_core(std::string_view bytes, std::size_t before, bool url) {
  const std::string padded = std::string(before, '\0') + std::string(bytes);
  const auto first = (before * 8 + 5) / 6;
  const auto last = padded.size() * 8 / 6;
  const auto text = to_base64(padded, url);
  return last > first ? text.substr(first, last - first) : std::string();
}

std::string to_hex(std::string_view bytes, const char* digits) {
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::uint64_t load_part(const char* at) {
  std::uint64_t part = 0;
  std::memcpy(&part, at, kPart);
  return part;
}

std::size_t sieve_slot(std::uint64_t part) { return static_cast<std::size_t>((part * 0x9E3779B97F4A7C15ull) >> 50) % kSieve; }

// Digits among letters, or both cases: what a generator makes. A date has digits only, a word one case only.
bool looks_drawn(std::string_view text) {
  bool digit = false, lower = false, upper = false;
  for (const char c : text) {
    digit = digit || is_digit(c);
    lower = lower || is_lower(c);
    upper = upper || is_upper(c);
  }
  return (digit && (lower || upper)) || (lower && upper);
}

// --- views: the text as decoded, each byte with the place it came from ---------------------------------------------------
struct View {
  std::string text;
  std::vector<std::size_t> from;  // one more than bytes: where each begins in the original, and its end
};

std::optional<std::uint32_t> read_hex(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

void put_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | ((code >> 12) & 0x0F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// What stands at `at`, decoded, and how long it is there; nothing where it is no escape.
using Decode = std::optional<std::pair<std::string, std::size_t>> (*)(std::string_view text, std::size_t at);

std::optional<std::pair<std::string, std::size_t>> decode_percent(std::string_view text, std::size_t at) {
  if (text[at] == '+') return std::pair(std::string(" "), std::size_t{1});
  if (text[at] != '%') return std::nullopt;
  const auto value = read_hex(text, at + 1, 2);
  if (!value) return std::nullopt;
  return std::pair(std::string(1, static_cast<char>(*value)), std::size_t{3});
}

std::optional<std::pair<std::string, std::size_t>> decode_backslash(std::string_view text, std::size_t at) {
  if (text[at] != '\\' || at + 1 >= text.size()) return std::nullopt;
  const char next = text[at + 1];
  if (next == 'u' || next == 'x') {
    const std::size_t count = next == 'u' ? 4 : 2;
    const auto value = read_hex(text, at + 2, count);
    if (!value) return std::nullopt;
    std::string out;
    put_utf8(out, *value);
    return std::pair(out, count + 2);
  }
  constexpr std::string_view kNames = "nrtbf";
  constexpr std::string_view kBytes = "\n\r\t\b\f";
  const auto named = kNames.find(next);
  return std::pair(std::string(1, named == std::string_view::npos ? next : kBytes[named]), std::size_t{2});
}

std::optional<std::pair<std::string, std::size_t>> decode_entity(std::string_view text, std::size_t at) {
  if (text[at] != '&') return std::nullopt;
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  for (const auto& [name, value] : kNamed) {
    if (text.substr(at).starts_with(name)) return std::pair(std::string(1, value), name.size());
  }
  if (!text.substr(at).starts_with("&#")) return std::nullopt;
  const auto end = text.find(';', at);
  if (end == std::string_view::npos || end - at > 9) return std::nullopt;
  const bool hex = at + 2 < end && (text[at + 2] == 'x' || text[at + 2] == 'X');
  std::uint32_t value = 0;
  for (auto i = at + (hex ? 3u : 2u); i < end; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0 || (!hex && digit > 9)) return std::nullopt;
    value = value * (hex ? 16u : 10u) + static_cast<std::uint32_t>(digit);
  }
  std::string out;
  put_utf8(out, value);
  return std::pair(out, end - at + 1);
}

std::optional<View> decode(const View& view, Decode decode_one) {
  View decoded;
  bool changed = false;
  for (std::size_t i = 0; i < view.text.size();) {
    const auto one = decode_one(view.text, i);
    const std::string bytes = one ? one->first : std::string(1, view.text[i]);
    for (const char c : bytes) {
      decoded.text += c;
      decoded.from.push_back(view.from[i]);
    }
    changed = changed || one.has_value();
    i += one ? one->second : 1;
  }
  if (!changed) return std::nullopt;
  decoded.from.push_back(view.from.back());
  return decoded;
}

constexpr std::array<std::pair<const char*, Decode>, 3> kDecoders = {
    {{"%+", decode_percent}, {"\\", decode_backslash}, {"&", decode_entity}}};

}  // namespace

void SecretValues::add_parts(std::string_view form) {
  if (sieve_.empty()) sieve_.resize(kSieve);
  for (std::size_t i = 0; i + kPart <= form.size(); ++i) {
    if (!looks_drawn(form.substr(i, kPart))) continue;
    const auto part = load_part(form.data() + i);
    parts_.insert(part);
    sieve_[sieve_slot(part)] = true;
  }
}

void SecretValues::add_form(std::string form) {
  if (form.size() < kShortest || std::find(values_.begin(), values_.end(), form) != values_.end()) return;
  add_parts(form);
  values_.push_back(std::move(form));
}

void SecretValues::add(std::string_view value) {
  if (value.size() < kShortest || !added_.insert(std::string(value)).second) return;
  add_form(std::string(value));
  add_form(to_hex(value, "0123456789abcdef"));
  add_form(to_hex(value, "0123456789ABCDEF"));
  for (std::size_t before = 0; before < 3; ++before) {
    add_form(base64_core(value, before, false));
    add_form(base64_core(value, before, true));
  }
}

void SecretValues::add(const SecretValues& others) {
  for (const auto& value : others.added_) add(value);
}

std::string SecretValues::hide(std::string text) const {
  if (values_.empty() || text.size() < kShortest) return text;
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  const auto find_in = [&](std::string_view view, const std::vector<std::size_t>* from) {
    const auto add_span = [&](std::size_t begin, std::size_t end) {
      spans.emplace_back(from != nullptr ? (*from)[begin] : begin, from != nullptr ? (*from)[end] : end);
    };
    for (const auto& value : values_) {
      for (auto at = view.find(value); at != std::string_view::npos; at = view.find(value, at + 1)) add_span(at, at + value.size());
    }
    if (parts_.empty()) return;
    for (std::size_t i = 0; i + kPart <= view.size(); ++i) {
      const auto part = load_part(view.data() + i);
      if (sieve_[sieve_slot(part)] && parts_.contains(part)) add_span(i, i + kPart);
    }
  };
  find_in(text, nullptr);
  if (text.find_first_of("%+\\&") != std::string::npos) {
    View whole{.text = text};
    for (std::size_t i = 0; i <= text.size(); ++i) whole.from.push_back(i);
    for (const auto& [signs, decode_one] : kDecoders) {
      if (text.find_first_of(signs) == std::string::npos) continue;
      const auto once = decode(whole, decode_one);
      if (!once) continue;
      find_in(once->text, &once->from);
      // Twice encoded: an escaped string in an escaped string, a redirect in a query.
      for (const auto& [inner, decode_again] : kDecoders) {
        if (once->text.find_first_of(inner) == std::string::npos) continue;
        if (const auto twice = decode(*once, decode_again)) find_in(twice->text, &twice->from);
      }
    }
  }
  if (spans.empty()) return text;
  std::sort(spans.begin(), spans.end());
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < spans.size();) {
    const auto begin = spans[i].first;
    auto end = spans[i].second;
    for (++i; i < spans.size() && spans[i].first <= end; ++i) end = std::max(end, spans[i].second);
    out.append(text, at, begin - at);
    out += kHidden;
    at = end;
  }
  return out.append(text, at, std::string::npos);
}

}  // namespace understudy
