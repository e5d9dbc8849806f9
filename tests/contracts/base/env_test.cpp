#include "contracts/src/base/env.h"

#include <limits>

#include "tests/support/catch.h"

using namespace understudy;
using namespace std::chrono_literals;

TEST_CASE("date-times of RFC 3339 are read to the millisecond, in UTC", "[env]") {
  struct Row {
    const char* why;
    const char* text;
    const char* millis;  // empty: refused
  };
  const auto row = GENERATE(values<Row>({
      {"plain", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000Z"},
      {"lower case letters", "2026-03-02t09:00:00z", "2026-03-02T09:00:00.000Z"},
      {"a fraction", "2026-03-02T09:00:00.25Z", "2026-03-02T09:00:00.250Z"},
      {"digits past the millisecond are cut", "2022-01-14T09:38:49.9986571Z", "2022-01-14T09:38:49.998Z"},
      {"an offset east", "2026-03-02T01:30:00+02:00", "2026-03-01T23:30:00.000Z"},
      {"an offset west", "2026-12-31T20:00:00-05:30", "2027-01-01T01:30:00.000Z"},
      {"a leap day", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
      {"a leap second is the second after", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"a leap second elsewhere", "2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z"},
      {"before the epoch", "1969-12-31T23:59:59.500Z", "1969-12-31T23:59:59.500Z"},
      {"no leap second at noon", "2016-12-31T12:00:60Z", ""},
      {"no such day", "2026-02-29T00:00:00Z", ""},
      {"no such month", "2026-13-01T00:00:00Z", ""},
      {"month zero", "2026-00-01T00:00:00Z", ""},
      {"no such hour", "2026-03-02T24:00:00Z", ""},
      {"no zone", "2026-03-02T09:00:00", ""},
      {"no time", "2026-03-02", ""},
      {"a point without digits", "2026-03-02T09:00:00.Z", ""},
      {"text behind", "2026-03-02T09:00:00Zx", ""},
      {"a space instead of T", "2026-03-02 09:00:00Z", ""},
      {"an offset without colon", "2026-03-02T09:00:00+0200", ""},
      {"a sign for a digit", "2026-03-02T09:00:-1Z", ""},
      {"nothing", "", ""},
  }));
  INFO(row.why);
  const auto time = parse_rfc3339(row.text);
  CHECK((time ? render_rfc3339_millis(*time) : "") == row.millis);
}

TEST_CASE("dates are read in the forms that clients send", "[env]") {
  struct Row {
    const char* text;
    const char* local;  // empty: refused
  };
  const auto row = GENERATE(values<Row>({
      {"01/02/2030", "2030-01-02T00:00:00"},
      {"1/2/2030", "2030-01-02T00:00:00"},
      {"01/02/2030 09:05", "2030-01-02T09:05:00"},
      {"01/02/2030 9:05:07", "2030-01-02T09:05:07"},
      {"1/2/2030 12:05 AM", "2030-01-02T00:05:00"},
      {"1/2/2030 12:05pm", "2030-01-02T12:05:00"},
      {"1/2/2030 9:05 PM", "2030-01-02T21:05:00"},
      {"2030-01-02", "2030-01-02T00:00:00"},
      {"2030/01/02", "2030-01-02T00:00:00"},
      {" 2030-01-02 10:00:00 ", "2030-01-02T10:00:00"},
      {"2030-01-02T10:00:00", "2030-01-02T10:00:00"},
      {"2030-01-02T10:00", "2030-01-02T10:00:00"},
      {"2030-01-02T10:00:00.25Z", "2030-01-02T10:00:00.250"},
      {"2030-01-02T10:00:00+02:00", "2030-01-02T08:00:00"},
      {"2030-01-02T10:00:00+0200", "2030-01-02T08:00:00"},
      {"2030-01-02 10:00 -05:00", "2030-01-02T15:00:00"},
      {"2030-01-02 10:00:00 +0200", "2030-01-02T08:00:00"},
      {"2030-01-02 10:00:00 UTC", "2030-01-02T10:00:00"},
      {"2030-01-02T10:00:00 GMT", "2030-01-02T10:00:00"},
      {"2030-01-02 UTC", "2030-01-02T00:00:00"},
      {"2030-01-02 10:00:00 CET", ""},
      {"13/01/2030", ""},
      {"02/30/2030", ""},
      {"01-02-2030", ""},
      {"2030-01", ""},
      {"01/02/30", ""},
      {"1/2/2030 13:05 PM", ""},
      {"1/2/2030 0:05 AM", ""},
      {"2030-01-02 25:00", ""},
      {"2030-01-02 1000", ""},
      {"2030-01-02 10:00 x", ""},
      {"tomorrow", ""},
      {"", ""},
  }));
  INFO(row.text);
  const auto time = parse_date(row.text);
  CHECK((time ? render_local(*time) : "") == row.local);
}

TEST_CASE("a time is written in the forms that vendors use", "[env]") {
  const Time time = parse_rfc3339("2026-03-02T09:08:07.650Z").value();
  CHECK(render_rfc3339(time) == "2026-03-02T09:08:07Z");
  CHECK(render_rfc3339_millis(time) == "2026-03-02T09:08:07.650Z");
  CHECK(render_plain(time) == "2026-03-02 09:08:07");
  CHECK(render_local(time) == "2026-03-02T09:08:07.650");
}

TEST_CASE("durations are a number and a unit", "[env]") {
  struct Row {
    const char* text;
    std::optional<Milliseconds> value;
    const char* rendered;
  };
  const auto row = GENERATE(values<Row>({
      {"250ms", 250ms, "250ms"},
      {"90s", 90s, "90s"},
      {"60s", 60s, "1m"},
      {"61m", 61min, "61m"},
      {"24h", 24h, "1d"},
      {"2d", 48h, "2d"},
      {"0s", 0ms, "0s"},
      {"-1s", std::nullopt, ""},
      {"1.5s", std::nullopt, ""},
      {"10", std::nullopt, ""},
      {"s", std::nullopt, ""},
      {"", std::nullopt, ""},
      {"1 s", std::nullopt, ""},
      {"1y", std::nullopt, ""},
      {"99999999999999999d", std::nullopt, ""},
      {"36526d", std::nullopt, ""},
  }));
  INFO(row.text);
  const auto value = parse_duration(row.text);
  CHECK(value == row.value);
  CHECK((value ? render_duration(*value) : "") == row.rendered);
}

TEST_CASE("a virtual clock stands still until it is advanced", "[env]") {
  Clock clock(parse_rfc3339("2026-03-02T09:00:00Z").value());

  clock.advance(61min);

  CHECK(clock.is_virtual());
  CHECK(render_rfc3339(clock.now()) == "2026-03-02T10:01:00Z");
}

TEST_CASE("the system's clock runs on, shifted by what was advanced, until it is set", "[env]") {
  Clock clock;
  const Time before = clock.now();

  clock.advance(24h);

  CHECK_FALSE(clock.is_virtual());
  CHECK(clock.now() >= before + 24h);
  clock.set(Time{});
  CHECK(clock.is_virtual());
  CHECK(clock.now() == Time{});
}

TEST_CASE("a sequence gives what it was set to, an unknown one starts at 1, and the greatest number is repeated", "[env]") {
  Ids ids;
  ids.set("shop.order", 5000);
  ids.set("shop.order", Ids::after(ids.peek("shop.order")));

  CHECK(ids.peek("shop.order") == 5001);
  CHECK(ids.peek("unknown") == 1);
  CHECK(Ids::after(std::numeric_limits<std::int64_t>::max()) == std::numeric_limits<std::int64_t>::max());
  CHECK(ids.all() == Ids::Numbers{{"shop.order", 5001}});
}

TEST_CASE("randomness is that of SplitMix64, so a seed means the same everywhere", "[env]") {
  Random random(1234567);
  CHECK(random.next() == 6457827717110365317u);  // the reference implementation's first numbers for this seed
  CHECK(random.next() == 3203168211198807973u);
  CHECK(random.next() == 9817491932198370423u);
}

TEST_CASE("random text has the length and the letters asked for", "[env]") {
  Random random(42);
  const std::string text = random.text(200, "ab");
  CHECK(text.size() == 200);
  CHECK(text.find_first_not_of("ab") == std::string::npos);
  CHECK(text.find("ab") != std::string::npos);
  CHECK(Random(42).text(200, "ab") == text);
}

TEST_CASE("a random fraction lies in [0, 1)", "[env]") {
  Random random(7);
  double least = 1, most = 0;
  for (int i = 0; i < 1000; ++i) {
    const double value = random.unit();
    least = std::min(least, value);
    most = std::max(most, value);
  }
  CHECK(least >= 0);
  CHECK(least < 0.05);
  CHECK(most > 0.95);
  CHECK(most < 1);
}

TEST_CASE("the machine's entropy differs from draw to draw", "[env]") { CHECK(draw_entropy() != draw_entropy()); }
