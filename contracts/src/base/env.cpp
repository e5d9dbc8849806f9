#include "contracts/src/base/env.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <charconv>
#include <iterator>
#include <limits>
#include <random>

#include "contracts/src/base/http.h"
#include "contracts/src/base/text.h"

namespace understudy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Fields {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Milliseconds> time;
};

Fields fields_of(Time time) {
  const auto day = std::chrono::floor<days>(time);
  return {.date = std::chrono::year_month_day(day), .time = std::chrono::hh_mm_ss<Milliseconds>(time - day)};
}

// Writes a number with leading zeros, so many digits.
char* write_digits(char* at, long number, int digits) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
  return at + digits;
}

// Appends 2026-03-02, `between`, 09:00:00, `end`.
void append_fields(const Fields& fields, char between, std::string_view end, std::string& out) {
  const int year = static_cast<int>(fields.date.year());
  const auto month = static_cast<unsigned>(fields.date.month()), day = static_cast<unsigned>(fields.date.day());
  if (year < 0 || year > 9999) {
    fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}", year, month, day, between,
                   fields.time.hours().count(), fields.time.minutes().count(), fields.time.seconds().count(), end);
    return;
  }
  std::array<char, 19> text;
  char* at = write_digits(text.data(), year, 4);
  for (const auto& [mark, number] : {std::pair<char, long>{'-', month},
                                     {'-', day},
                                     {between, fields.time.hours().count()},
                                     {':', fields.time.minutes().count()},
                                     {':', fields.time.seconds().count()}}) {
    *at++ = mark;
    at = write_digits(at, number, 2);
  }
  out.append(text.data(), text.size()).append(end);
}

std::string render_fields(const Fields& fields, char between, std::string_view end) {
  std::string out;
  append_fields(fields, between, end, out);
  return out;
}

// .001
std::string fraction_of(const Fields& fields) {
  std::array<char, 4> text{'.'};
  write_digits(text.data() + 1, fields.time.subseconds().count(), 3);
  return {text.data(), text.size()};
}

// Reads parts from the front of a text; after the first missing part nothing more is read.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `count` digits of a number up to `most`.
  int digits(std::size_t count, int most) {
    int value = 0;
    std::size_t used = 0;
    while (used < count && used < rest_.size() && is_digit(rest_[used])) value = value * 10 + (rest_[used++] - '0');
    if (used != count || value > most) ok_ = false;
    rest_.remove_prefix(used);
    return value;
  }
  // One character of `choice`; NUL if there is none.
  char one_of(std::string_view choice) {
    if (rest_.empty() || choice.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return '\0';
    }
    return take();
  }
  // Digits after a decimal point, as milliseconds; later digits are cut.
  int fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    take();
    int value = 0;
    std::size_t used = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); ++used) {
      const char digit = take();
      if (used < 3) value = value * 10 + (digit - '0');
    }
    if (used == 0) ok_ = false;
    for (; used < 3; ++used) value *= 10;
    return value;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }

 private:
  char take() {
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return first;
  }
  std::string_view rest_;
  bool ok_ = true;
};

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits = {{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t kLongestDuration = 36'525 * std::int64_t{86'400'000};  // a century

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.digits(4, 9999);
  scanner.one_of("-");
  const int month = scanner.digits(2, 12);
  scanner.one_of("-");
  const int day = scanner.digits(2, 31);
  scanner.one_of("Tt");
  const int hour = scanner.digits(2, 23);
  scanner.one_of(":");
  const int minute = scanner.digits(2, 59);
  scanner.one_of(":");
  const int second = scanner.digits(2, 60);
  const int millisecond = scanner.fraction();
  const char zone = scanner.one_of("Zz+-");
  minutes offset{0};
  if (zone == '+' || zone == '-') {
    offset = hours(scanner.digits(2, 23));
    scanner.one_of(":");
    offset += minutes(scanner.digits(2, 59));
    if (zone == '-') offset = -offset;
  }
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!scanner.done() || !date.ok()) return std::nullopt;

  const Time whole = std::chrono::sys_days(date) + hours(hour) + minutes(minute) - offset;
  const bool ends_utc_day = std::chrono::floor<days>(whole + minutes(1)) == whole + minutes(1);
  if (second == 60 && !ends_utc_day) return std::nullopt;  // a leap second is the last of a day
  return whole + seconds(second) + Milliseconds(millisecond);
}

std::optional<Time> parse_date(std::string_view text) {
  text = trim(text);
  if (text.size() == 20 && text[4] == '-' && text[10] == 'T' && text[19] == 'Z') return parse_rfc3339(text);  // the usual form
  const auto end = std::min(text.find_first_of(" Tt"), text.size());
  const std::string_view date = text.substr(0, end);
  std::string_view time = trim(text.substr(std::min(end + 1, text.size())));
  const auto parts = split(date, date.find('/') == std::string_view::npos ? '-' : '/');
  if (parts.size() != 3) return std::nullopt;
  const bool year_first = parts[0].size() == 4;
  if (!year_first && date.find('/') == std::string_view::npos) return std::nullopt;
  const std::string_view year = parts[year_first ? 0 : 2], month = parts[year_first ? 1 : 0], day = parts[year_first ? 2 : 1];
  if (year.size() != 4) return std::nullopt;

  const std::string_view name = time.size() < 3 ? std::string_view() : time.substr(time.size() - 3);
  if (equals_ignore_case(name, "UTC") || equals_ignore_case(name, "GMT")) time = trim(time.substr(0, time.size() - 3));
  std::string zone = "Z";
  if (const auto at = time.find_first_of("+-Zz"); at != std::string_view::npos) {
    zone = time.substr(at);
    if (zone.size() == 5) zone.insert(3, ":");
    time = trim(time.substr(0, at));
  }
  const std::string_view half = time.size() < 2 ? std::string_view() : time.substr(time.size() - 2);
  const bool morning = equals_ignore_case(half, "am"), afternoon = equals_ignore_case(half, "pm");
  if (morning || afternoon) time = trim(time.substr(0, time.size() - 2));
  const auto colon = std::min(time.find(':'), time.size());
  int hour = 0;
  const auto [stop, error] = std::from_chars(time.data(), time.data() + colon, hour);
  if (!time.empty() && (error != std::errc{} || stop != time.data() + colon || colon > 2)) return std::nullopt;
  if (morning || afternoon) {
    if (hour < 1 || hour > 12) return std::nullopt;
    hour = hour % 12 + (afternoon ? 12 : 0);
  }
  std::string rest(time.empty() ? ":00:00" : time.substr(colon));
  if (rest.size() == 3) rest += ":00";
  return parse_rfc3339(fmt::format("{:0>4}-{:0>2}-{:0>2}T{:02}{}{}", year, month, day, hour, rest, zone));
}

void append_local(Time time, std::string& out) {
  const Fields fields = fields_of(time);
  append_fields(fields, 'T', fields.time.subseconds().count() == 0 ? std::string() : fraction_of(fields), out);
}

std::string render_local(Time time) {
  std::string out;
  append_local(time, out);
  return out;
}

std::string render_rfc3339(Time time) { return render_fields(fields_of(time), 'T', "Z"); }

std::string render_rfc3339_millis(Time time) {
  const Fields fields = fields_of(time);
  return render_fields(fields, 'T', fraction_of(fields) + 'Z');
}

std::string render_plain(Time time) { return render_fields(fields_of(time), ' ', ""); }

std::optional<Milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  const std::string_view name(stopped, static_cast<std::size_t>(end - stopped));
  for (const Unit& unit : kUnits)
    if (unit.name == name && count <= kLongestDuration / unit.milliseconds) return Milliseconds(count * unit.milliseconds);
  return std::nullopt;
}

std::string render_duration(Milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : kUnits)
    if (duration.count() % unit.milliseconds == 0) return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.name);
  return {};  // every duration is a multiple of a millisecond
}

Time Clock::now() const {
  if (fixed_) return *fixed_;
  return std::max(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()), reached_) + shift_;
}

void Clock::advance(Milliseconds by) {
  assert(by.count() >= 0);
  if (fixed_)
    *fixed_ += by;
  else
    shift_ += by;
}

std::int64_t Ids::peek(std::string_view sequence) const {
  const auto found = next_.find(sequence);
  return found == next_.end() ? 1 : found->second;
}

void Ids::set(std::string_view sequence, std::int64_t next) {
  if (const auto found = next_.find(sequence); found != next_.end())
    found->second = next;
  else
    next_.emplace(sequence, next);
}

void Ids::forget(std::string_view sequence) {
  if (const auto found = next_.find(sequence); found != next_.end()) next_.erase(found);
}

std::int64_t Ids::after(std::int64_t number) { return number == std::numeric_limits<std::int64_t>::max() ? number : number + 1; }

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::string Random::text(std::size_t length, std::string_view alphabet) {
  assert(!alphabet.empty());
  std::string text(length, '\0');
  for (char& letter : text) letter = alphabet[next() % alphabet.size()];
  return text;
}

Stopwatch::Stopwatch() : start_(std::chrono::steady_clock::now()) {}

std::uint64_t Stopwatch::microseconds() const {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start_).count());
}

std::uint64_t draw_entropy() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace understudy
