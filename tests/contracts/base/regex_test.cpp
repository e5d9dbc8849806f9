#include "contracts/src/base/regex.h"

#include <thread>

#include "tests/support/catch.h"

using namespace understudy;

namespace {

std::string render(Verdict verdict) { return verdict == Verdict::yes ? "yes" : verdict == Verdict::no ? "no" : "undecided"; }

}  // namespace

TEST_CASE("a pattern is searched as ECMA-262 means it", "[contracts][regex]") {
  struct Row {
    const char* why;
    const char* pattern;
    std::string text;
    const char* found;
  };
  const auto row = GENERATE(values<Row>({
      {"anywhere", "b", "abc", "yes"},
      {"anchored", "^b", "abc", "no"},
      {"$ is the very end", "a$", "a\n", "no"},
      {"a dot is a character, not a byte", "^.$", "\xC3\xA9", "yes"},
      {"beyond the basic plane too", "^.$", "\xF0\x9F\x98\x80", "yes"},
      {"a dot is no line break", "^.$", "\r", "no"},
      {"\\d is ASCII", "^\\d$", "\xD9\xA1", "no"},
      {"\\u escapes", "^\\u00e9$", "\xC3\xA9", "yes"},
      {"\\u{} escapes", "^\\u{1F600}$", "\xF0\x9F\x98\x80", "yes"},
      {"unicode properties", "^\\p{Lu}", "\xC3\x89t", "yes"},
      {"a category by its long name", "^\\p{Uppercase_Letter}$", "\xC3\x89", "yes"},
      {"and what is not in it", "^\\P{Letter}$", "a", "no"},
      {"a script", "^\\p{Script=Greek}$", "\xCE\xB1", "yes"},
      {"a category with its key", "^\\p{gc=Lu}$", "a", "no"},
      {"\\s is a no-break space", "^\\s$", "\xC2\xA0", "yes"},
      {"\\s is an em space, in a class too", "^[a\\s]$", "\xE2\x80\x83", "yes"},
      {"\\s is a byte order mark", "^\\s$", "\xEF\xBB\xBF", "yes"},
      {"\\s is a paragraph separator", "^\\s$", "\xE2\x80\xA9", "yes"},
      {"\\s is a vertical tab", "^\\s$", "\v", "yes"},
      {"\\s is no zero-width space", "^\\s$", "\xE2\x80\x8B", "no"},
      {"\\S is no no-break space", "^\\S$", "\xC2\xA0", "no"},
      {"\\S is a letter", "^\\S+$", "ab", "yes"},
      {"\\s and \\S are every character", "^[\\s\\S]$", "\n", "yes"},
      {"an escaped backslash before s", "^\\\\s$", "\\s", "yes"},
      {"lookbehind", "(?<=a)b", "ab", "yes"},
      {"lookahead, as password rules have", "^(?=.*[0-9]).{3,}$", "ab1", "yes"},
      {"named group", "(?<x>a)\\k<x>", "aa", "yes"},
      {"a group that took no part matches empty", "(a)?\\1b", "b", "yes"},
      {"U+0000 is a character", "^a.b$", std::string("a\0b", 3), "yes"},
      {"an empty class matches nothing", "[]", "a", "no"},
      {"its negation anything", "^[^]$", "a", "yes"},
      {"bad UTF-8 is never a match", "a", "a\xFF", "undecided"},
  }));
  INFO(row.why);

  const auto regex = Regex::compile(row.pattern);

  REQUIRE(regex);
  CHECK(render(regex->search(row.text)) == row.found);
}

TEST_CASE("a bad pattern is refused with the offset", "[contracts][regex]") {
  struct Row {
    const char* why;
    const char* pattern;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"open group", "(a", "missing closing parenthesis at offset 2"},
      {"nothing to repeat", "+a", "quantifier does not follow a repeatable item at offset 0"},
      {"PCRE's instructions to itself", "(*UCP)a", "nothing to repeat at offset 1"},
      {".NET's end anchor", "a\\Z", "ECMA-262 has no escape \\Z at offset 1"},
      {"recursion", "(?R)", "ECMA-262 has no group (?R at offset 0"},
      {"options inside", "(?i)a", "ECMA-262 has no group (?i at offset 0"},
      {"a range from \\s, by its offset in the pattern as written", "\\s[\\s-z]", "invalid range in character class at offset 5"},
      {"a range to \\s", "[\\x01-\\s]", "invalid range in character class at offset 8"},
      {"a mistake behind \\s", "\\s(a", "missing closing parenthesis at offset 4"},
      {"reference to no group", "\\k<x>", "reference to non-existent subpattern at offset 3"},
  }));
  INFO(row.why);

  const auto regex = Regex::compile(row.pattern);

  REQUIRE_FALSE(regex);
  CHECK(regex.error() == row.message);
}

TEST_CASE("brackets and escapes inside a class are characters", "[contracts][regex]") {
  const auto regex = Regex::compile("^[(?R*\\]]+$");

  REQUIRE(regex);
  CHECK(regex->search("(?]*R") == Verdict::yes);
}

TEST_CASE("a search that would not end is undecided", "[contracts][regex]") {
  const auto regex = Regex::compile("^(a+)+$");

  REQUIRE(regex);
  CHECK(regex->search(std::string(40, 'a') + "b") == Verdict::undecided);
  CHECK(regex->search(std::string(40, 'a')) == Verdict::yes);
}

TEST_CASE("a long text against a looping pattern is decided without exhausting the stack", "[contracts][regex]") {
  const auto regex = Regex::compile("^(a|b)*$");
  REQUIRE(regex);

  Verdict verdict = Verdict::no;
  std::thread([&] { verdict = regex->search(std::string(50'000, 'a')); }).join();

  CHECK(render(verdict) == "yes");
}
