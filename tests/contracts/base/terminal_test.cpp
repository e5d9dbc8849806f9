#include "contracts/src/base/terminal.h"

#include "tests/support/catch.h"

using namespace understudy;

TEST_CASE("what a terminal obeys and what is no UTF-8 is escaped", "[base][terminal]") {
  struct Row {
    const char* why;
    std::string text, shown;
  };
  const auto row = GENERATE(values<Row>({
      {"plain text", "a \"b\" \\ ~", "a \"b\" \\ ~"},
      {"lines and tabs", "a\n\tb", "a\n\tb"},
      {"other letters", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"a sequence of a terminal", "\x1b[2J\x1b]0;t\x07", "\\x1b[2J\\x1b]0;t\\x07"},
      {"backspace, return, delete", "\b\r\x7f", "\\x08\\r\\x7f"},
      {"zero", std::string(1, '\0'), "\\x00"},
      {"C1, which is CSI",
       "\xC2\x9B"
       "2J",
       "\\u009b2J"},
      {"a letter of Latin-1", "caf\xE9", "caf\\xe9"},
      {"a cut character", "\xE2\x82", "\\xe2\\x82"},
      {"overlong, surrogate", "\xC0\x80\xED\xA0\x80", "\\xc0\\x80\\xed\\xa0\\x80"},
      {"the direction of text", "\xE2\x80\xAE", "\\u202e"},
  }));
  INFO(row.why);
  CHECK(escape_for_terminal(row.text) == row.shown);
}

TEST_CASE("text is cut to the columns of a terminal", "[base][terminal]") {
  struct Row {
    const char* why;
    std::string text;
    std::size_t columns;
    std::string cut;
  };
  const auto row = GENERATE(values<Row>({
      {"it fits", "abcdef", 6, "abcdef"},
      {"it is one too long", "abcdefg", 6, "abc..."},
      {"letters of two bytes", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 4, "\xC3\xA9..."},
      {"a wide character takes two", "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 5, "\xE4\xB8\xAD..."},
      {"a wide character that does not fit", "\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD", 4, "..."},
      {"hardly any room", "abcdef", 2, ".."},
      {"no room", "abcdef", 0, ""},
      {"nothing", "", 0, ""},
  }));
  INFO(row.why);
  CHECK(cut_to_width(row.text, row.columns) == row.cut);
  CHECK(text_width(row.cut) <= row.columns);
}
