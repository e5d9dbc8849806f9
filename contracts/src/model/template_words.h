// The words of templates that make a value from values: sums, comparisons, joined lists. Pure functions; template.h calls them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "contracts/src/base/json.h"

namespace understudy {

enum class TemplateWord { first, negate, equal, more_than, at_least, count, sum, difference, product, round, concat, date, object };

std::optional<TemplateWord> find_template_word(std::string_view name);  // "$sum"; nullopt: no word of this kind
// `argument`: the list of the word's values ($not, $count and $date: the value itself).
Json apply_word(TemplateWord word, const Json& argument);
void append_word(TemplateWord word, const Json& argument, std::string& out);  // apply_word() as JSON text

// What is wrong with the members of a pattern that has a $word: an unknown word, a member that is missing, wrong or too much.
std::optional<std::string> check_word_members(const Json& pattern);

// Equal as JSON, or as text: 5 and "5".
bool is_same_value(const Json& left, const Json& right);
std::string compared_text(const Json& value);  // 5 for 5, 5.0 and "5"
// Whether the record has each of these members: names or JSON Pointers with the value, or with a list of values of which it has one.
// Null means null or absent; '*' in a pointer means some element. False if `where` is no object.
bool has_members(const Json& record, const Json& where);
bool names_elements(std::string_view name);  // has such a '*'
// The member of that name, or at that JSON Pointer, of a pointer with '/' at its start.
std::string member_pointer(std::string_view name);

// null and false.
inline bool is_falsy(const Json& value) { return value.is_null() || value == false; }

}  // namespace understudy
