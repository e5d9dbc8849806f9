// Makes text from servers, files and ledgers safe to print: a terminal obeys control characters, and tools that read logs refuse bytes
// that are no UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

// Line feeds, tabs and printable UTF-8 stay; control characters (C0, DEL, C1), marks that change the direction of text and other bytes
// become \x1b, \r, \u202e.
std::string escape_for_terminal(std::string_view text);

// The length of the character at the start of `text`, which is not empty, as escape_for_terminal() writes it to `out`.
std::size_t append_escaped(std::string_view text, std::string& out);

// The columns that escaped text without line feeds takes: at least those that a terminal uses. East Asian characters and others above
// U+1100 count as two.
std::size_t text_width(std::string_view text);
// The text if it is not wider than `columns`, else its start and "...".
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace understudy
