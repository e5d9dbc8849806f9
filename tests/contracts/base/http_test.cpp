#include "contracts/src/base/http.h"

#include "tests/support/catch.h"

using namespace understudy;

namespace {
using Pairs = std::vector<std::pair<std::string, std::string>>;
}

TEST_CASE("a header is found by any case of its name, the first one wins", "[http]") {
  const Headers headers{{"X-Key", "one"}, {"x-key", "two"}, {"Empty", ""}};

  CHECK(find_header(headers, "X-KEY") == "one");
  CHECK(find_header(headers, "empty") == "");
  CHECK(find_header(headers, "X-Ke") == std::nullopt);
}

TEST_CASE("setting a header replaces all of that name at the place of the first", "[http]") {
  Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}, {"C", "4"}};

  set_header(headers, "a", headers[2].value);
  set_header(headers, "D", "5");

  CHECK(headers == Headers{{"a", "3"}, {"b", "2"}, {"C", "4"}, {"D", "5"}});
}

TEST_CASE("a status has the phrase that is registered for it", "[http]") {
  struct Row {
    const char* why;
    int status;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>({
      {"first", 100, "Continue"},
      {"everyday", 200, "OK"},
      {"RFC 9110 renamed it", 413, "Content Too Large"},
      {"RFC 9110 renamed it too", 422, "Unprocessable Content"},
      {"last", 511, "Network Authentication Required"},
      {"unassigned", 299, ""},
      {"unused", 418, ""},
      {"no status", 0, ""},
      {"beyond", 999, ""},
  }));
  INFO(row.why);

  CHECK(registered_reason(row.status) == row.reason);
}

TEST_CASE("a target is split at its first question mark", "[http]") {
  struct Row {
    const char* target;
    const char* path;
    const char* query;
  };
  const auto row = GENERATE(values<Row>({
      {"/a/b?c=d?e", "/a/b", "c=d?e"},
      {"/a%3Fb", "/a%3Fb", ""},
      {"/a?", "/a", ""},
      {"*", "*", ""},
      {"", "", ""},
  }));

  CHECK(path_of(row.target) == row.path);
  CHECK(query_of(row.target) == row.query);
}

TEST_CASE("percent-decoding keeps what is no escape", "[http]") {
  struct Row {
    const char* why;
    const char* text;
    bool plus_is_space;
    const char* decoded;
  };
  const auto row = GENERATE(values<Row>({
      {"both cases of hex", "%2f%2F", false, "//"},
      {"UTF-8", "%C3%A9", false, "\xC3\xA9"},
      {"decoded once only", "%2541", false, "%41"},
      {"cut short", "a%4", false, "a%4"},
      {"not hexadecimal", "%zz%", false, "%zz%"},
      {"plus in a path", "a+b", false, "a+b"},
      {"plus in a form", "a+b%2B", true, "a b+"},
  }));
  INFO(row.why);

  CHECK(percent_decode(row.text, row.plus_is_space) == row.decoded);
}

TEST_CASE("percent-encoding leaves only unreserved characters", "[http]") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a b/\xC3\xA9+%") == "a%20b%2F%C3%A9%2B%25");
  CHECK(percent_encode(std::string_view("\0\n", 2)) == "%00%0A");
}

TEST_CASE("a form keeps order, repeats and empty values", "[http]") {
  struct Row {
    const char* why;
    const char* text;
    Pairs pairs;
  };
  const auto row = GENERATE(values<Row>({
      {"repeats in order", "b=1&a=2&b=3", {{"b", "1"}, {"a", "2"}, {"b", "3"}}},
      {"empty value, no value, empty name", "a=&b&=c", {{"a", ""}, {"b", ""}, {"", "c"}}},
      {"only the first = separates", "a=b=c", {{"a", "b=c"}}},
      {"escapes decode after the split", "a%26b=c%3Dd+e", {{"a&b", "c=d e"}}},
      {"empty pieces are nothing", "&&a=1&", {{"a", "1"}}},
      {"nothing", "", {}},
  }));
  INFO(row.why);

  CHECK(parse_form(row.text) == row.pairs);
}

TEST_CASE("a rendered form reads back the same", "[http]") {
  const Pairs pairs{{"grant type", "pass&word"}, {"", "\xC3\xA9=+"}, {"a", ""}};

  CHECK(render_form(pairs) == "grant+type=pass%26word&=%C3%A9%3D%2B&a=");
  CHECK(parse_form(render_form(pairs)) == pairs);
}

TEST_CASE("a media type is compared without case and parameters", "[http]") {
  CHECK(media_type_of("Application/JSON; charset=utf-8") == "application/json");
  CHECK(media_type_of(" text/plain ;x") == "text/plain");
  CHECK(media_type_of("") == "");
  CHECK(media_type_of(" ; charset=utf-8") == "");
}

TEST_CASE("letters compare without case, other bytes exactly", "[http]") {
  CHECK(equals_ignore_case("Keep-Alive", "keep-aLIVE"));
  CHECK_FALSE(equals_ignore_case("a", "ab"));
  CHECK_FALSE(equals_ignore_case("[", "{"));
  CHECK(to_lower("\xC3\x89 ABC") == "\xC3\x89 abc");
}
