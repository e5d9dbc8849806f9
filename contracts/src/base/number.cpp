#include "contracts/src/base/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "contracts/src/base/text.h"

namespace understudy {
namespace {

constexpr std::uint64_t kLongNumber = 1;               // the subtype of the binary values that hold them
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53: a double holds every integer below it

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// What a text of a number says: its digits from the first to the last that is not zero, times 10^exponent.
struct Reading {
  bool negative = false;
  std::size_t significant = 0;     // 0: the number is zero
  std::int64_t exponent = 0;       // of the last significant digit
  std::size_t first = 0, end = 0;  // the significant digits in the text; a point may be among them
  bool is_beyond = false;          // the exponent is larger than kMaxNumberExponent

  std::int64_t magnitude() const { return static_cast<std::int64_t>(significant) + exponent; }  // the number is below 10^magnitude
};

Reading read_digits(std::string_view text) {
  Reading reading;
  std::size_t at = 0;
  if (!text.empty() && text.front() == '-') {
    reading.negative = true;
    ++at;
  }
  bool in_fraction = false;
  std::int64_t fraction = 0, zeros = 0;  // digits behind the point, and behind the last one that is not zero
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      in_fraction = true;
      continue;
    }
    if (in_fraction) ++fraction;
    if (text[at] != '0') {
      if (reading.significant == 0) reading.first = at;
      reading.significant += 1 + (reading.significant == 0 ? 0 : static_cast<std::size_t>(zeros));
      reading.end = at + 1;
      zeros = 0;
    } else {
      ++zeros;
    }
  }
  if (reading.significant == 0) return reading;
  reading.exponent = zeros - fraction;
  if (at == text.size()) return reading;
  const bool is_small = text[at + 1] == '-';
  std::string_view digits = text.substr(at + (is_small || text[at + 1] == '+' ? 2 : 1));
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  std::int64_t written = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), written);
  reading.is_beyond = !digits.empty() && (error != std::errc{} || written > kMaxNumberExponent);
  reading.exponent += is_small ? -written : written;
  return reading;
}

// The value is digits * 10^exponent, the digits without zeros at either end; without digits it is zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  std::int64_t magnitude() const { return static_cast<std::int64_t>(digits.size()) + exponent; }
  int sign() const { return digits.empty() ? 0 : negative ? -1 : 1; }
};

Decimal to_decimal(std::string_view text) {
  const Reading reading = read_digits(text);
  Decimal decimal{.negative = reading.negative, .digits = {}, .exponent = reading.exponent};
  const std::string_view digits = text.substr(reading.first, reading.end - reading.first);
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(decimal.digits), is_digit);
  return decimal;
}

Decimal decimal_of(const Json& number) {
  if (is_long_number(number)) return to_decimal(long_number_text(number));
  std::array<char, 32> text{};
  char* const end = text.data() + text.size();
  const auto written = number.is_number_unsigned()  ? std::to_chars(text.data(), end, number.get<std::uint64_t>())
                       : number.is_number_integer() ? std::to_chars(text.data(), end, number.get<std::int64_t>())
                                                    : std::to_chars(text.data(), end, number.get<double>(), std::chars_format::scientific);
  return to_decimal({text.data(), written.ptr});
}

int compare_sizes(const Decimal& left, const Decimal& right) {
  if (left.digits.empty() || right.digits.empty()) return static_cast<int>(right.digits.empty()) - static_cast<int>(left.digits.empty());
  if (left.magnitude() != right.magnitude()) return left.magnitude() < right.magnitude() ? -1 : 1;
  const int order = left.digits.compare(right.digits);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare(const Decimal& left, const Decimal& right) {
  if (left.sign() != right.sign()) return left.sign() < right.sign() ? -1 : 1;
  return left.sign() * compare_sizes(left, right);
}

// Writes out as many digits as lie between the highest and the lowest of both: only for numbers of about the same size.
Decimal add(Decimal left, Decimal right) {
  if (right.digits.empty()) return left;
  if (left.digits.empty()) return right;
  if (compare_sizes(left, right) < 0) std::swap(left, right);
  const std::int64_t exponent = std::min(left.exponent, right.exponent);
  left.digits.append(static_cast<std::size_t>(left.exponent - exponent), '0');
  right.digits.append(static_cast<std::size_t>(right.exponent - exponent), '0');
  right.digits.insert(0, left.digits.size() - right.digits.size(), '0');
  const bool is_sum = left.negative == right.negative;
  int carry = 0;
  for (std::size_t i = left.digits.size(); i-- > 0;) {
    const int other = right.digits[i] - '0' + carry;
    const int digit = left.digits[i] - '0' + (is_sum ? other : -other);
    carry = digit > 9 || digit < 0 ? 1 : 0;
    left.digits[i] = static_cast<char>('0' + (digit + 10) % 10);
  }
  if (carry != 0) left.digits.insert(0, 1, '1');
  const std::size_t last = left.digits.find_last_not_of('0');
  left.exponent = last == std::string::npos ? 0 : exponent + static_cast<std::int64_t>(left.digits.size() - 1 - last);
  left.digits.erase(last == std::string::npos ? 0 : last + 1);
  left.digits.erase(0, std::min(left.digits.find_first_not_of('0'), left.digits.size()));
  return left;
}

// Of three numbers, without writing out the distance between 1e400 and 1e-400.
int sign_of_sum(Decimal first, Decimal second, Decimal third) {
  if (compare_sizes(first, second) < 0) std::swap(first, second);
  if (compare_sizes(first, third) < 0) std::swap(first, third);
  if (compare_sizes(second, third) < 0) std::swap(second, third);
  if (second.digits.empty() || first.exponent > second.magnitude() + 1) return first.sign();  // the others cannot reach its last digit
  Decimal sum = add(std::move(first), std::move(second));
  if (compare_sizes(sum, third) < 0) std::swap(sum, third);
  if (third.digits.empty() || sum.exponent > third.magnitude()) return sum.sign();
  return add(std::move(sum), std::move(third)).sign();
}

std::optional<Json> read_integer(std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto read_as = [&](auto value) -> std::optional<Json> {
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end ? std::optional<Json>(value) : std::nullopt;
  };
  return text.starts_with('-') ? read_as(std::int64_t{}) : read_as(std::uint64_t{});
}

// The double whose shortest text says the same value.
std::optional<double> find_double(std::string_view text, const Reading& reading) {
  const std::int64_t magnitude = reading.magnitude();
  if (reading.significant > 17 || magnitude > 310 || magnitude < -330) return std::nullopt;
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return std::nullopt;
  const bool is_normal = magnitude < 300 && magnitude > -300;
  if (reading.significant <= 15 && is_normal) return value;  // a double keeps 15 digits
  return compare(to_decimal(text), decimal_of(value)) == 0 ? std::optional<double>(value) : std::nullopt;
}

// JSON has no zeros in front, and digits on both sides of a point.
std::string spell_for_json(std::string_view text) {
  std::string out;
  if (text.starts_with('-')) {
    out = "-";
    text.remove_prefix(1);
  }
  while (text.size() > 1 && text[0] == '0' && is_digit(text[1])) text.remove_prefix(1);
  if (!is_digit(text.front())) out += '0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_here = text[i] == '.' && (i + 1 == text.size() || !is_digit(text[i + 1]));
    if (!ends_here) out += text[i];
  }
  return out;
}

}  // namespace

std::string_view long_number_text(const Json& value) {
  const auto& bytes = value.get_binary();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

NumberForm find_number_form(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  if (text.empty()) return whole > 0 ? NumberForm::integer : NumberForm::none;
  std::size_t fraction = 0;
  if (text.front() == '.') {
    fraction = count_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
  }
  if (whole + fraction == 0) return NumberForm::none;
  if (text.empty()) return NumberForm::real;
  if (text.front() != 'e' && text.front() != 'E') return NumberForm::none;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size() ? NumberForm::real : NumberForm::none;
}

tl::expected<Json, std::string> make_number(std::string_view text) {
  const bool is_integer = count_digits(text.substr(text.starts_with('-') ? 1 : 0)) + (text.starts_with('-') ? 1 : 0) == text.size();
  if (is_integer) {
    if (auto value = read_integer(text)) return *std::move(value);
  }
  const Reading reading = read_digits(text);
  if (reading.significant == 0) return Json(reading.negative ? -0.0 : 0.0);
  if (reading.is_beyond) return tl::unexpected<std::string>("number with an exponent beyond 999,999,999");
  if (!is_integer) {
    if (const auto value = find_double(text, reading)) return Json(*value);
    if (reading.exponent >= 0 && reading.magnitude() <= std::numeric_limits<std::uint64_t>::digits10 + 1) {
      const Decimal decimal = to_decimal(text);
      const std::string digits =
          (decimal.negative ? "-" : "") + decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent), '0');
      if (auto value = read_integer(digits)) return *std::move(value);  // 9007199254740993.0: a double says another number
    }
  }
  if (text.size() > kMaxNumberLength) return tl::unexpected<std::string>("number longer than 1,000 characters");
  const std::string spelled = spell_for_json(text);
  return Json::binary(Json::binary_t::container_type(spelled.begin(), spelled.end()), kLongNumber);
}

std::optional<Json> read_number(std::string_view text) {
  if (find_number_form(text) == NumberForm::none) return std::nullopt;
  auto number = make_number(text);
  return number ? std::optional<Json>(*std::move(number)) : std::nullopt;
}

int compare_numbers(const Json& left, const Json& right) {
  const auto order = [](auto a, auto b) { return a < b ? -1 : a > b ? 1 : 0; };
  if (left.is_number_float() && right.is_number_float()) return order(left.get<double>(), right.get<double>());
  if (!left.is_number_integer() || !right.is_number_integer()) {
    const double a = to_double(left), b = to_double(right);
    const bool is_exact = left.is_number() && right.is_number() && std::abs(a) < kExactIntegers && std::abs(b) < kExactIntegers;
    return is_exact ? order(a, b) : compare(decimal_of(left), decimal_of(right));
  }
  const auto negative = [](const Json& value) { return !value.is_number_unsigned() && value.get<std::int64_t>() < 0; };
  if (negative(left) || negative(right)) {
    if (negative(left) != negative(right)) return negative(left) ? -1 : 1;
    return order(left.get<std::int64_t>(), right.get<std::int64_t>());
  }
  return order(left.get<std::uint64_t>(), right.get<std::uint64_t>());
}

bool is_whole(const Json& number) {
  if (number.is_number_integer()) return true;
  if (is_long_number(number)) return read_digits(long_number_text(number)).exponent >= 0;
  const double value = number.get<double>();
  return std::isfinite(value) && std::trunc(value) == value;
}

bool is_multiple_of(const Json& number, const Json& divisor) {
  const Decimal value = decimal_of(number);
  const Decimal unit = decimal_of(divisor);
  if (value.digits.empty()) return true;
  // Neither ends in a zero: a divisor with a higher last place leaves the last digit of the value.
  if (unit.digits.empty() || unit.exponent > value.exponent) return false;
  // Zeros behind the value bring factors 2 and 5, of which the unit has fewer than four for each of its digits.
  const std::size_t zeros =
      static_cast<std::size_t>(std::min<std::int64_t>(value.exponent - unit.exponent, static_cast<std::int64_t>(unit.digits.size()) * 4));
  const std::string digits = value.digits + std::string(zeros, '0');
  if (unit.digits.size() <= 18) {
    std::uint64_t modulus = 0, rest = 0;
    std::from_chars(unit.digits.data(), unit.digits.data() + unit.digits.size(), modulus);
    for (const char digit : digits) rest = (rest * 10 + static_cast<std::uint64_t>(digit - '0')) % modulus;
    return rest == 0;
  }
  const Decimal negated{.negative = true, .digits = unit.digits, .exponent = 0};
  Decimal rest;
  for (const char digit : digits) {
    if (!rest.digits.empty()) ++rest.exponent;
    if (digit != '0') rest = add(std::move(rest), {.negative = false, .digits = std::string(1, digit), .exponent = 0});
    while (compare_sizes(rest, negated) >= 0) rest = add(std::move(rest), negated);
  }
  return rest.digits.empty();
}

bool is_within(const Json& number, const Json& centre, const Json& distance) {
  Decimal higher = decimal_of(number), lower = decimal_of(centre), allowed = decimal_of(distance);
  if (compare(higher, lower) < 0) std::swap(higher, lower);
  lower.negative = !lower.negative;
  allowed.negative = !allowed.negative;
  return sign_of_sum(std::move(higher), std::move(lower), std::move(allowed)) <= 0;
}

std::size_t hash_number(const Json& number) {
  if (is_long_number(number)) {
    const Decimal decimal = decimal_of(number);
    if (decimal.digits.size() > 17) return std::hash<std::string>{}(decimal.digits) + static_cast<std::size_t>(decimal.exponent);
  }
  const double value = to_double(number);  // 100000000000000000000 equals the double 1e20
  return std::hash<double>{}(value == 0 ? 0.0 : value);
}

std::string number_key(const Json& number) {
  if (number.is_number_integer()) return render_json(number);
  const Decimal decimal = decimal_of(number);
  if (decimal.digits.empty()) return "0";
  const std::string digits = (decimal.negative ? "-" : "") + decimal.digits;
  const bool is_short = decimal.exponent >= 0 && decimal.magnitude() <= 20;
  return is_short ? digits + std::string(static_cast<std::size_t>(decimal.exponent), '0') : digits + 'e' + std::to_string(decimal.exponent);
}

double to_double(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!is_long_number(value)) return 0;
  const std::string_view text = long_number_text(value);
  double number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{}) return number;
  const Reading reading = read_digits(text);
  return std::copysign(reading.magnitude() > 0 ? std::numeric_limits<double>::max() : 0.0, reading.negative ? -1.0 : 1.0);
}

std::optional<std::int64_t> to_int64(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return value.get<std::int64_t>();
}

bool is_written_as_integer(const Json& value) {
  return value.is_number_integer() || (is_long_number(value) && find_number_form(long_number_text(value)) == NumberForm::integer);
}

}  // namespace understudy
