#include "tests/reference/sellercloud_query.h"

#include <algorithm>

#include "tests/reference/sellercloud_calls.h"
#include "tests/reference/text.h"

namespace reference {
namespace {

constexpr std::int64_t kUsualSize = 10, kLargestSize = 50;

// Every value of a parameter, as it was sent.
Words raw_values(const Request& request, std::string_view name) {
  Words values;
  const auto begin = request.target.find('?');
  std::string_view rest = begin == std::string::npos ? std::string_view() : std::string_view(request.target).substr(begin + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    for (const auto& [key, value] : parse_form(rest.substr(0, end))) {
      if (same_word(key, name) || same_word(key, "model." + std::string(name))) values.push_back(value);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return values;
}

// nullopt: it is there and no number
std::optional<std::int64_t> read_number(const Request& request, std::string_view name, std::int64_t usual) {
  const auto text = query_text(request, name);
  if (!text) return usual;
  const auto number = parse_integer(*text);
  return number && *number < 1 ? usual : number;
}

}  // namespace

Words query_words(const Request& request, std::string_view name) {
  Words words;
  for (const std::string& value : raw_values(request, name)) {
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (const auto word = trim(rest.substr(0, end)); !word.empty()) words.emplace_back(word);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return words;
}

std::optional<std::string> query_text(const Request& request, std::string_view name) {
  const Words values = raw_values(request, name);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

bool is_among(const Words& wanted, std::string_view value) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return same_word(one, value); });
}

bool is_among(const Words& wanted, std::int64_t value) { return is_among(wanted, std::to_string(value)); }

bool holds(std::string_view text, const std::optional<std::string>& part) {
  return !part || to_lower(text).find(to_lower(*part)) != std::string::npos;
}

Answer answer_page(std::string name, const Request& request, const std::vector<Json>& found) {
  const auto page = read_number(request, "pageNumber", 1), size = read_number(request, "pageSize", kUsualSize);
  if (!page || !size) return refuse("body_not_readable", "The page is not a number.");
  const auto count = static_cast<std::int64_t>(found.size()), length = std::min(*size, kLargestSize);
  Json shown = Json::array();
  if (*page - 1 <= count / length) {
    const auto first = (*page - 1) * length;
    for (std::int64_t at = first; at < std::min(first + length, count); ++at) shown.push_back(found[static_cast<std::size_t>(at)]);
  }
  return json_answer(std::move(name), 200, {{"TotalResults", count}, {"Items", shown}});
}

}  // namespace reference
