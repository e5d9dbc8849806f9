#include "contracts/src/base/formats.h"

#include <string>

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("formats accept exactly what their RFC does", "[contracts][formats]") {
  struct Row {
    const char* why;
    const char* format;
    std::string text;
    bool good;
  };
  const auto row = GENERATE(values<Row>({
      {"a date", "date", "2022-07-18", true},
      {"leap day", "date", "2024-02-29", true},
      {"no leap year", "date", "2023-02-29", false},
      {"centuries are none", "date", "1900-02-29", false},
      {"every fourth is", "date", "2000-02-29", true},
      {"31 April", "date", "2022-04-31", false},
      {"month 13", "date", "2022-13-01", false},
      {"two-digit year", "date", "22-07-18", false},
      {"no padding", "date", "2022-7-18", false},
      {"a date-time", "date-time", "2022-07-18T16:52:45Z", true},
      {"seven fraction digits", "date-time", "2022-01-14T09:38:49.9856571Z", true},
      {"an offset", "date-time", "2022-07-18T16:52:45+02:00", true},
      {"lower case", "date-time", "2022-07-18t16:52:45z", true},
      {"a space", "date-time", "2022-07-18 16:52:45Z", false},
      {"no zone", "date-time", "2022-07-18T16:52:45", false},
      {"an empty fraction", "date-time", "2022-07-18T16:52:45.Z", false},
      {"hour 24", "time", "24:00:00Z", false},
      {"leap second at the end of the day", "time", "23:59:60Z", true},
      {"in another zone", "time", "15:59:60-08:00", true},
      {"at another time", "time", "22:59:60Z", false},
      {"offset of 24 hours", "time", "12:00:00+24:00", false},
      {"an address", "email", "joe.bloggs@example.com", true},
      {"quoted", "email", "\"joe bloggs\"@example.com", true},
      {"an address literal", "email", "joe@[127.0.0.1]", true},
      {"two dots", "email", "te..st@example.com", false},
      {"a leading dot", "email", ".test@example.com", false},
      {"no at", "email", "2962", false},
      {"an empty domain", "email", "joe@", false},
      {"a host", "hostname", "www.example.com", true},
      {"underscore", "hostname", "not_a.host", false},
      {"hyphen first", "hostname", "-bad.example", false},
      {"64 letters", "hostname", std::string(64, 'a'), false},
      {"empty", "hostname", "", false},
      {"an IPv4 address", "ipv4", "192.168.0.1", true},
      {"octal", "ipv4", "087.10.0.1", false},
      {"too big", "ipv4", "256.256.256.256", false},
      {"U+0000 inside", "ipv4", std::string("1.2.3.4\0x", 9), false},
      {"an IPv6 address", "ipv6", "::1", true},
      {"with IPv4 tail", "ipv6", "::ffff:192.168.0.1", true},
      {"zone", "ipv6", "fe80::a%eth1", false},
      {"a UUID", "uuid", "2EB8AA08-aa98-11ea-B4AA-73b441d16380", true},
      {"dashes elsewhere", "uuid", "2eb8aa08a-a98-11ea-b4aa-73b441d16380", false},
      {"a URI", "uri", "https://user@example.com:8080/a/b?c=d#e", true},
      {"a URN", "uri", "urn:oasis:names:1.2", true},
      {"IPv6 host", "uri", "http://[2001:db8::7]/c", true},
      {"relative", "uri", "/abc", false},
      {"relative is a reference", "uri-reference", "/abc?x#y", true},
      {"a colon in the first segment", "uri-reference", "1a:b", false},
      {"a space", "uri", "http://example.com/a b", false},
      {"a cut escape", "uri", "http://example.com/%4", false},
      {"a bad port", "uri", "http://example.com:80x/", false},
      {"a backslash", "uri-reference", "\\\\WINDOWS", false},
      {"a pointer", "json-pointer", "/foo/bar~0/baz~1/%a", true},
      {"a bare tilde", "json-pointer", "/foo/bar~", false},
      {"no slash", "json-pointer", "a", false},
      {"up one", "relative-json-pointer", "1/foo", true},
      {"name of a place", "relative-json-pointer", "0#", true},
      {"leading zero", "relative-json-pointer", "01/a", false},
      {"a pattern", "regex", "([abc])+\\s+$", true},
      {"an open group", "regex", "^(abc]", false},
  }));
  INFO(row.why << ": " << row.text);

  const auto check = find_format(row.format);

  REQUIRE(check != nullptr);
  CHECK(check(row.text) == row.good);
}

TEST_CASE("names that are no format are distinguished from those that only annotate", "[contracts][formats]") {
  CHECK(find_format("int32") == nullptr);
  CHECK(is_annotating_format("int32"));
  CHECK(find_format("datetime") == nullptr);
  CHECK_FALSE(is_annotating_format("datetime"));
}
