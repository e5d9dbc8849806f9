#include "contracts/src/redact/secret_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "contracts/src/base/base64.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"

namespace understudy {
namespace {

constexpr std::size_t kPart = 8;
constexpr std::size_t kSieve = 1u << 14;
constexpr std::size_t kLongest = 4096;       // of the characters of a value that are searched for
constexpr std::size_t kOverlap = 64u << 10;  // a value, each character escaped twice
constexpr std::size_t kWindow = 8 * kOverlap;

// The characters that these bytes always give in base64, whatever follows them and when `before` bytes (modulo 3) precede them.
std::string base64_core(std::string_view bytes, std::size_t before, bool url) {
  const auto first = (before * 8 + 5) / 6;
  const auto last = (before + bytes.size()) * 8 / 6;
  if (last <= first) return {};
  auto text = encode_base64(std::string(before, '\0') + std::string(bytes)).substr(first, last - first);
  if (url) {
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
  }
  return text;
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

// Has letters and digits, or letters of both cases. A date has only digits, a word only one case.
bool looks_generated(std::string_view text) {
  bool digit = false, lower = false, upper = false;
  for (const char c : text) {
    digit = digit || is_digit(c);
    lower = lower || is_lower(c);
    upper = upper || is_upper(c);
  }
  return (digit && (lower || upper)) || (lower && upper);
}

// A decoded text.
struct View {
  std::string text;
  std::vector<std::size_t> from;  // where each byte begins in the original, then the end of the original
};

std::optional<std::uint32_t> read_number(std::string_view digits, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string utf8_of(std::uint32_t code) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  return {byte(0xE0 | ((code >> 12) & 0x0F)), byte(0x80 | ((code >> 6) & 0x3F)), byte(0x80 | (code & 0x3F))};
}

struct Decoded {
  std::string bytes;
  std::size_t length;  // of the escape
};

// Decodes the escape at the start of `text`; nothing if there is none.
using Decode = std::optional<Decoded> (*)(std::string_view text);

std::optional<Decoded> decode_percent(std::string_view text) {
  if (text[0] == '+') return Decoded{" ", 1};
  const auto value = text[0] == '%' && text.size() >= 3 ? read_number(text.substr(1, 2), 16) : std::nullopt;
  if (!value) return std::nullopt;
  return Decoded{std::string(1, static_cast<char>(*value)), 3};
}

std::optional<Decoded> decode_backslash(std::string_view text) {
  if (text[0] != '\\' || text.size() < 2) return std::nullopt;
  const char next = text[1];
  if (next == 'u' || next == 'x') {
    const std::size_t count = next == 'u' ? 4 : 2;
    const auto value = text.size() >= count + 2 ? read_number(text.substr(2, count), 16) : std::nullopt;
    if (!value) return std::nullopt;
    return Decoded{utf8_of(*value), count + 2};
  }
  constexpr std::string_view kNames = "nrtbf";
  constexpr std::string_view kBytes = "\n\r\t\b\f";
  const auto named = kNames.find(next);
  return Decoded{std::string(1, named == std::string_view::npos ? next : kBytes[named]), 2};
}

std::optional<Decoded> decode_entity(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> kNamed = {
      {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}}};
  for (const auto& [name, value] : kNamed) {
    if (text.starts_with(name)) return Decoded{value, name.size()};
  }
  const auto end = text.find(';');
  if (!text.starts_with("&#") || end == std::string_view::npos || end > 9) return std::nullopt;
  const bool is_hex = text[2] == 'x' || text[2] == 'X';
  const auto value = is_hex ? read_number(text.substr(3, end - 3), 16) : read_number(text.substr(2, end - 2), 10);
  if (!value) return std::nullopt;
  return Decoded{utf8_of(*value), end + 1};
}

std::optional<View> decode(const View& view, Decode decode_one) {
  View decoded;
  bool changed = false;
  for (std::size_t i = 0; i < view.text.size();) {
    const auto escape = decode_one(std::string_view(view.text).substr(i));
    const std::string bytes = escape ? escape->bytes : std::string(1, view.text[i]);
    decoded.text += bytes;
    decoded.from.insert(decoded.from.end(), bytes.size(), view.from[i]);
    changed = changed || escape.has_value();
    i += escape ? escape->length : 1;
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
    if (!looks_generated(form.substr(i, kPart))) continue;
    const auto part = load_part(form.data() + i);
    parts_.insert(part);
    sieve_[sieve_slot(part)] = true;
  }
}

void SecretValues::add_form(std::string form) {
  if (form.size() < kShortest || values_.contains(form)) return;
  add_parts(form);
  values_.insert(std::move(form));
  index_ = nullptr;
}

void SecretValues::add(std::string_view value) {
  value = value.substr(0, kLongest);  // the rest of a longer one is found by its parts
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

// The values in order, so that those at a place of a text are found by binary search.
struct SecretValues::Index {
  std::vector<std::string> values;
  std::vector<std::size_t> prefix;                       // of each value: the longest other value that it begins with; npos: none
  std::vector<bool> starts = std::vector<bool>(kSieve);  // by hash of the first characters

  static std::size_t slot_of(std::string_view text) {
    std::uint64_t start = 0;
    std::memcpy(&start, text.data(), kShortest);
    return sieve_slot(start);
  }

  // The length of the longest value that `text` begins with; 0: none.
  std::size_t find(std::string_view text) const {
    if (text.size() < kShortest || !starts[slot_of(text)]) return 0;
    auto at = static_cast<std::size_t>(std::ranges::upper_bound(values, text) - values.begin());
    if (at-- == 0) return 0;
    const auto common = static_cast<std::size_t>(std::ranges::mismatch(values[at], text).in1 - values[at].begin());
    while (at != std::string_view::npos && values[at].size() > common) at = prefix[at];
    return at == std::string_view::npos ? 0 : values[at].size();
  }
};

const SecretValues::Index& SecretValues::index() const {
  if (index_ != nullptr) return *index_;
  auto index = std::make_shared<Index>();
  for (const auto& value : values_) {
    auto before = index->values.empty() ? std::string_view::npos : index->values.size() - 1;
    while (before != std::string_view::npos && !value.starts_with(index->values[before])) before = index->prefix[before];
    index->values.push_back(value);
    index->prefix.push_back(before);
    index->starts[Index::slot_of(value)] = true;
  }
  index_ = std::move(index);
  return *index_;
}

// Finds spans in one window of a text that begins at `offset`, also in its decoded forms.
void SecretValues::find_spans(std::string_view window, std::size_t offset, Spans& spans) const {
  const auto& values = index();
  const auto find_in = [&](std::string_view view, const std::vector<std::size_t>* from) {
    for (std::size_t i = 0; i + kShortest <= view.size(); ++i) {
      auto length = values.find(view.substr(i));
      if (length < kPart && !parts_.empty() && i + kPart <= view.size()) {
        const auto part = load_part(view.data() + i);
        if (sieve_[sieve_slot(part)] && parts_.contains(part)) length = kPart;
      }
      if (length == 0) continue;
      const auto begin = offset + (from != nullptr ? (*from)[i] : i);
      const auto end = offset + (from != nullptr ? (*from)[i + length] : i + length);
      if (!spans.empty() && begin >= spans.back().first && begin <= spans.back().second)
        spans.back().second = std::max(spans.back().second, end);
      else
        spans.emplace_back(begin, end);
    }
  };
  find_in(window, nullptr);
  if (window.find_first_of("%+\\&") == std::string_view::npos) return;
  View whole{.text = std::string(window), .from = std::vector<std::size_t>(window.size() + 1)};
  std::iota(whole.from.begin(), whole.from.end(), std::size_t{0});
  for (const auto& [signs, decode_one] : kDecoders) {
    if (window.find_first_of(signs) == std::string_view::npos) continue;
    const auto once = decode(whole, decode_one);
    if (!once) continue;
    find_in(once->text, &once->from);
    // Encoded twice: an escaped string in an escaped string, a redirect in a query.
    for (const auto& [inner, decode_again] : kDecoders) {
      if (once->text.find_first_of(inner) == std::string::npos) continue;
      if (const auto twice = decode(*once, decode_again)) find_in(twice->text, &twice->from);
    }
  }
}

std::string SecretValues::mask(std::string text) const {
  if (values_.empty() || text.size() < kShortest) return text;
  Spans spans;
  // Windows overlap by more than the longest form of a value, so that none is cut.
  for (std::size_t at = 0;; at += kWindow - kOverlap) {
    find_spans(std::string_view(text).substr(at, kWindow), at, spans);
    if (at + kWindow >= text.size()) break;
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
    out += kMask;
    at = end;
  }
  return out.append(text, at, std::string::npos);
}

}  // namespace understudy
