#include "scenarios/src/write/expected.h"

#include <algorithm>

#include "contracts/src/base/number.h"
#include "contracts/src/base/text.h"
#include "contracts/src/redact/mask.h"
#include "scenarios/src/write/values.h"

namespace understudy {
namespace {

constexpr std::size_t kMostLeaves = 500;     // of a body that is compared
constexpr std::size_t kLongestText = 2'000;  // that is searched for known values

Json of_type(std::string_view type) { return {{"$type", type}}; }

class Expected {
 public:
  Expected(const RecordedBody& recorded, KnownValues& known) : recorded_(recorded), known_(known) {
    visit_leaves(recorded.body, [this](const auto&, const std::string& name, const Json& leaf) {
      ++leaves_;
      if (is_number(leaf) && is_id_name(name)) ids_.insert(as_text(leaf));
    });
  }

  Json make() { return leaves_ > kMostLeaves ? of_type(type_name(recorded_.body)) : expect(recorded_.body, "", 0); }

 private:
  Json expect(const Json& value, const std::string& name, std::size_t depth) {
    if (value.is_object()) return expect_object(value, depth);
    if (value.is_array()) return expect_array(value, name, depth);
    // Two records that are made in the same second have equal times, so an equal time proves nothing.
    const bool is_stamp = value.is_string() && is_time(value.get_ref<const std::string&>());
    if (const auto known = is_stamp ? std::nullopt : known_.find(name, value)) return *known;
    if (value.is_string()) return expect_text(value.get<std::string>(), name);
    if (!is_number(value)) return value;
    const bool is_echo = is_id_name(name) && known_.is_sent(as_text(value));
    const bool differs = recorded_.is_view || is_id_name(name) || is_measured_name(name);
    return differs && !is_echo ? of_type(is_written_as_integer(value) ? "integer" : "number") : value;
  }

  Json expect_object(const Json& object, std::size_t depth) {
    Json out = Json::object();
    for (const auto& [name, member] : object.items()) {
      const bool is_drawn = is_generated(name) || ids_.contains(name) || name.starts_with('$');  // a key that is an id has no name here
      if (!is_drawn) out[name] = expect(member, name, depth + 1);
    }
    return out;
  }

  Json expect_array(const Json& array, const std::string& name, std::size_t depth) {
    if (recorded_.is_view && depth <= 2) return of_type("array");
    Json out = Json::array();
    for (const Json& element : array) out.push_back(expect(element, name, depth + 1));
    return out;
  }

  Json expect_text(const std::string& text, const std::string& name) {
    const bool has_braces = text.find("{{") != std::string::npos;  // expectations have no $literal
    if (has_braces || text.find(kMask) != std::string::npos || text.size() > kLongestText) return of_type("string");
    if (known_.is_sent(text)) return text;
    if (is_time(text)) return {{"$regex", "^\\d{2,4}[-/]\\d\\d?[-/]\\d"}};
    if (is_generated(text) || is_id_name(name) || has_drawn_part(text)) return of_type("string");
    if (recorded_.is_view) return text;
    return known_.replace_within(text);
  }

  // A URL, a number such as T-000017 of the record with the id 17, or a text around a generated word or a time.
  bool has_drawn_part(const std::string& text) const {
    if (text.find("://") != std::string::npos) return true;
    std::string digits;
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && is_digit(text[i])) {
        if (!digits.empty() || text[i] != '0') digits += text[i];
        continue;
      }
      if (ids_.contains(digits)) return true;
      digits.clear();
    }
    const auto words = split(text, ' ');
    return words.size() > 1 && std::ranges::any_of(words, [this](std::string_view word) {
             while (!word.empty() && !is_letter(word.back()) && !is_digit(word.back())) word.remove_suffix(1);
             return is_generated(word) && !known_.is_sent(std::string(word));
           });
  }

  const RecordedBody& recorded_;
  KnownValues& known_;
  std::size_t leaves_ = 0;
  std::set<std::string> ids_;  // numbers under the names of ids
};

}  // namespace

Json make_expected_body(const RecordedBody& recorded, KnownValues& known) { return Expected(recorded, known).make(); }

}  // namespace understudy
