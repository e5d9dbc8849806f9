// Numbers of JSON without rounding. A number that a 64-bit integer or the shortest text of a double says exactly is an ordinary number
// of nlohmann. Every other one (12345678901234567890123, 0.1000000000000000000001, 1e400) is a "long number", kept as its text.
// Ask is_number() and use the functions of this file: Json::is_number(), get<double>() and the operators of Json do not see long numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "contracts/src/base/json.h"

namespace understudy {

inline constexpr std::size_t kMaxNumberLength = 1'000;           // characters of a long number: bounds the cost of comparing
inline constexpr std::int64_t kMaxNumberExponent = 999'999'999;  // of a long number; exponents are compared, never written out as digits

inline bool is_long_number(const Json& value) { return value.is_binary(); }  // nothing else makes binary values
inline bool is_number(const Json& value) { return value.is_number() || is_long_number(value); }
std::string_view long_number_text(const Json& value);  // as JSON says it; the value must be a long number

// What a text says: [0-9]+ (integer), or (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? (real), with or without a '-' before it.
enum class NumberForm { none, integer, real };
NumberForm find_number_form(std::string_view text);
// The number that a text of one of these forms says. Fails with the reason if it would be a long number beyond the limits above.
tl::expected<Json, std::string> make_number(std::string_view text);
// The same for a text that says nothing but a number; nullopt also beyond the limits.
std::optional<Json> read_number(std::string_view text);

// All of these take numbers only. Doubles count as their shortest decimal text: 0.1 is one tenth.
int compare_numbers(const Json& left, const Json& right);  // -1, 0, 1
bool is_whole(const Json& number);                         // 3, 3.0, 1e400
bool is_multiple_of(const Json& number, const Json& divisor);
bool is_within(const Json& number, const Json& centre, const Json& distance);  // |number - centre| <= distance
std::size_t hash_number(const Json& number);                                   // equal for equal numbers
std::string number_key(const Json& number);                                    // one text for each value: 150 for 150.0 and 1.5e2

// The nearest finite double, for arithmetic that may round; 0 for what is no number.
double to_double(const Json& value);
// The integer, if it is written as one and fits.
std::optional<std::int64_t> to_int64(const Json& value);
// An integer of any size, written without a fraction or exponent (150.0 is a double).
bool is_written_as_integer(const Json& value);

}  // namespace understudy
