#include "contracts/src/base/number.h"

#include <bit>
#include <cmath>
#include <random>

#include "tests/support/catch.h"

using namespace understudy;

namespace {

constexpr const char* kBig = "12345678901234567890123";

Json number(const std::string& text) {
  auto parsed = parse_json(text);
  INFO(text << (parsed ? "" : ": " + parsed.error().message));
  REQUIRE(parsed);
  REQUIRE(is_number(*parsed));
  return *std::move(parsed);
}

}  // namespace

TEST_CASE("a number keeps its value when it is parsed and rendered", "[contracts][number]") {
  struct Row {
    const char* why;
    std::string text, rendered;
    const char* type;
    bool is_long;  // kept as text
  };
  const auto row = GENERATE(values<Row>({
      {"an integer", "150", "150", "integer", false},
      {"the largest of 64 bits", "18446744073709551615", "18446744073709551615", "integer", false},
      {"one more", "18446744073709551616", "18446744073709551616", "integer", true},
      {"the smallest of 64 bits", "-9223372036854775808", "-9223372036854775808", "integer", false},
      {"one less", "-9223372036854775809", "-9223372036854775809", "integer", true},
      {"an integer of 23 digits", kBig, kBig, "integer", true},
      {"an integer that a double holds, too", "100000000000000000000", "100000000000000000000", "integer", true},
      {"an integer of 400 digits", std::string(400, '9'), std::string(400, '9'), "integer", true},
      {"negative zero", "-0", "0", "integer", false},
      {"negative zero as a double", "-0.0", "-0.0", "integer", false},
      {"a whole double", "150.0", "150.0", "integer", false},
      {"trailing zeros say nothing", "1.10", "1.1", "number", false},
      {"trailing zeros of a long fraction say nothing", "0.5" + std::string(2'000, '0'), "0.5", "number", false},
      {"an exponent", "1e2", "100.0", "integer", false},
      {"an exponent of a double", "1.5E+300", "1.5e+300", "integer", false},
      {"a tenth", "0.1", "0.1", "number", false},
      {"0.1 + 0.2 of a program", "0.30000000000000004", "0.30000000000000004", "number", false},
      {"more digits than a double", "0.1000000000000000000001", "0.1000000000000000000001", "number", true},
      {"the value of the double nearest to a tenth", "0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827",
       "number", true},
      {"19 digits", "3.141592653589793238", "3.141592653589793238", "number", true},
      {"64 bits written with a fraction", "9007199254740993.0", "9007199254740993", "integer", false},
      {"64 bits written with an exponent", "900719925474099.3e1", "9007199254740993", "integer", false},
      {"beyond a double", "1e400", "1e400", "integer", true},
      {"beyond a double, negative", "-1.5E+400", "-1.5E+400", "integer", true},
      {"below a double", "1e-400", "1e-400", "number", true},
      {"a denormal double", "5e-324", "5e-324", "number", false},
      {"beside a denormal double", "5.1e-324", "5.1e-324", "number", true},
      {"the largest exponent", "1e999999999", "1e999999999", "integer", true},
      {"zero with any exponent", "0e99999999999999999999", "0.0", "integer", false},
  }));
  INFO(row.why);

  const Json value = number(row.text);

  CHECK(render_json(value) == row.rendered);
  CHECK(render_json_pretty(Json{{"n", value}}) == "{\n  \"n\": " + row.rendered + "\n}");
  CHECK(type_name(value) == row.type);
  CHECK(is_long_number(value) == row.is_long);
  CHECK(json_equal(value, number(row.rendered)));
}

TEST_CASE("a number beyond the limits is refused with the reason", "[contracts][number]") {
  struct Row {
    const char* why;
    std::string text;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"too many digits", std::string(1'001, '1'), "number longer than 1,000 characters"},
      {"a fraction of too many digits", "0." + std::string(1'001, '1'), "number longer than 1,000 characters"},
      {"an exponent too large", "1e1000000000", "number with an exponent beyond 999,999,999"},
      {"an exponent that no integer holds", "1e-99999999999999999999", "number with an exponent beyond 999,999,999"},
  }));
  INFO(row.why);

  const auto parsed = parse_json("{\n \"n\": " + row.text + "}");

  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message == row.message);
  CHECK(parsed.error().line == 2);
  CHECK(parsed.error().column == 7);
}

TEST_CASE("numbers are compared by value, without rounding", "[contracts][number]") {
  struct Row {
    const char* why;
    std::string left, right;
    int order;
  };
  const auto row = GENERATE(values<Row>({
      {"an integer and a double", "150", "150.0", 0},
      {"an exponent and an integer", "1e2", "100", 0},
      {"trailing zeros", "1.10", "1.1", 0},
      {"the zeros", "-0.0", "0", 0},
      {"beyond 2^53", "9007199254740993", "9007199254740992.0", 1},
      {"64 bits unsigned and signed", "18446744073709551615", "-1", 1},
      {"beyond 64 bits, the last digit", kBig, "12345678901234567890124", -1},
      {"beyond 64 bits, the same with an exponent", kBig, "1.2345678901234567890123e22", 0},
      {"beyond 64 bits and a double", "100000000000000000000", "1e20", 0},
      {"one less than a double", "99999999999999999999", "1e20", -1},
      {"an integer and the double that it rounds to", "123456789012345678901234567890", "1.2345678901234568e29", -1},
      {"negative ones", "-12345678901234567890123", "-12345678901234567890124", 1},
      {"the signs decide", "-1e400", "1", -1},
      {"the last digit of a fraction", "0.1000000000000000000001", "0.1", 1},
      {"the double nearest to a tenth counts as a tenth", "0.1", "0.1000000000000000055511151231257827", -1},
      {"0.1 + 0.2 is not 0.3", "0.30000000000000004", "0.3", 1},
      {"a prefix is less", "12.3456789012345678", "12.34567890123456789", -1},
      {"powers of ten", "1e400", "10e399", 0},
      {"powers of ten that differ", "1e400", "9.999e399", 1},
      {"far exponents", "1e-999999999", "0", 1},
      {"far exponents, negative", "-1e-999999999", "0", -1},
      {"the largest exponents", "1e999999999", "1e999999998", 1},
  }));
  INFO(row.why);
  const Json left = number(row.left), right = number(row.right);

  CHECK(compare_numbers(left, right) == row.order);
  CHECK(compare_numbers(right, left) == -row.order);
  CHECK(json_equal(left, right) == (row.order == 0));
  CHECK((number_key(left) == number_key(right)) == (row.order == 0));
  if (row.order == 0) CHECK(hash_number(left) == hash_number(right));
}

TEST_CASE("multiples and distances of numbers are exact", "[contracts][number]") {
  SECTION("multiples") {
    struct Row {
      const char* why;
      std::string value, divisor;
      bool is_multiple;
    };
    const auto row = GENERATE(values<Row>({
        {"cents", "19.99", "0.01", true},
        {"no whole cents", "19.999", "0.01", false},
        {"nothing is a multiple of zero", "1", "0", false},
        {"zero is a multiple of all", "0", "1e400", true},
        {"an integer of 23 digits", "12345678901234567890120", "10", true},
        {"the next one", kBig, "10", false},
        {"by a divisor beyond 64 bits", "37037036703703703670369", kBig, true},
        {"one less", "37037036703703703670368", kBig, false},
        {"a long fraction", "0.3000000000000000000003", "0.1000000000000000000001", true},
        {"a power of ten by a power of two", "1e400", "65536", true},
        {"a power of ten by three", "1e400", "3", false},
        {"a huge power of ten by 2^80", "1e999999999", "1208925819614629174706176", true},
        {"a huge power of ten by 3 * 2^80", "1e999999999", "3626777458843887524118528", false},
        {"a divisor far above", "1", "1e400", false},
        {"a divisor far below", "1", "1e-400", true},
        {"a divisor whose last place is higher", "15", "1e1", false},
    }));
    INFO(row.why);
    CHECK(is_multiple_of(number(row.value), number(row.divisor)) == row.is_multiple);
  }
  SECTION("distances") {
    struct Row {
      const char* why;
      std::string value, centre, distance;
      bool is_within;
    };
    const auto row = GENERATE(values<Row>({
        {"on the edge", "1.2", "1.1", "0.1", true},
        {"on the other edge", "1", "1.1", "0.1", true},
        {"beyond the edge", "1.2000000000000002", "1.1", "0.1", false},
        {"0.1 + 0.2", "0.30000000000000004", "0.3", "0", false},
        {"beyond 2^53", "9007199254740993", "9007199254740992", "0.5", false},
        {"beyond 64 bits", "12345678901234567890126", kBig, "1", false},
        {"beyond 64 bits, on the edge", "12345678901234567890124", kBig, "1", true},
        {"across zero", "-1", "1", "2", true},
        {"across zero, beyond", "-1", "1", "1.9999999999999999999999", false},
        {"far apart", "1e400", "1e-400", "1e400", true},
        {"far apart, a little beyond", "1e400", "-1e-400", "1e400", false},
        {"far apart, a little within", "1e400", "1e-400", "1e399", false},
        {"the same, within nothing", "1e999999999", "1e999999999", "0", true},
        {"a distance that is far larger", "1", "2", "1e999999999", true},
        {"a distance that is far smaller", "1", "2", "1e-999999999", false},
        {"a carry through all digits", "99999999999999999999", "-1", "100000000000000000000", true},
    }));
    INFO(row.why);
    CHECK(is_within(number(row.value), number(row.centre), number(row.distance)) == row.is_within);
    CHECK(is_within(number(row.centre), number(row.value), number(row.distance)) == row.is_within);
  }
}

TEST_CASE("a text is a number only as a whole", "[contracts][number]") {
  struct Row {
    const char* why;
    const char* text;
    const char* rendered;  // empty: it is none
  };
  const auto row = GENERATE(values<Row>({
      {"an integer", "42", "42"},
      {"leading zeros", "0042", "42"},
      {"leading zeros beyond 64 bits", "-0012345678901234567890123", "-12345678901234567890123"},
      {"no digit before the point", ".5", "0.5"},
      {"no digit behind the point", "12345678901234567890123.", "12345678901234567890123"},
      {"no digit behind the point, an exponent", "5.e400", "5e400"},
      {"no digit before the point, many behind it", "-.1000000000000000000001", "-0.1000000000000000000001"},
      {"nothing", "", ""},
      {"a sign alone", "-", ""},
      {"a point alone", ".", ""},
      {"a plus", "+1", ""},
      {"infinity", "inf", ""},
      {"no number", "nan", ""},
      {"hexadecimal", "0x10", ""},
      {"a blank", " 1", ""},
      {"an exponent without digits", "1e", ""},
      {"text behind it", "12a", ""},
  }));
  INFO(row.why);

  const auto value = read_number(row.text);

  CHECK((value ? render_json(*value) : "") == row.rendered);
}

TEST_CASE("a double is rendered in its shortest text, in the form of the library", "[contracts][number]") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = i % 2 == 0 ? std::bit_cast<double>(random()) : static_cast<double>(random() % 1'000'000) / 1'000;
    if (!std::isfinite(value)) continue;
    const std::string text = render_json(Json(value)), by_library = Json(value).dump();
    INFO(by_library);
    // The text of the library is longer for about one in a thousand, and of two shortest ones it may be the other.
    if (i % 2 == 1) CHECK(text == by_library);
    CHECK(text.size() <= by_library.size());
    CHECK(number(text).get<double>() == value);
  }
}

TEST_CASE("numbers of up to 17 digits keep their decimal value", "[contracts][number]") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::string digits = std::to_string(random() % 100'000'000'000'000'000U);
    const int exponent = static_cast<int>(random() % 700) - 350;
    const std::string text = digits + "e" + std::to_string(exponent);
    INFO(text);
    const Json value = number(text), again = number(render_json(value));
    const Json shifted = number(digits + "0e" + std::to_string(exponent - 1));
    CHECK(compare_numbers(value, again) == 0);
    CHECK(compare_numbers(value, shifted) == 0);
    CHECK(number_key(value) == number_key(shifted));
    CHECK(hash_number(value) == hash_number(shifted));
  }
}
