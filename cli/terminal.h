// The terminal that a command writes to, and text that fits into its columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/commands.h"

namespace understudy {

// The columns of the terminal at this descriptor; 0: it is no terminal. A terminal that does not know its size has 80.
std::size_t columns_of(int descriptor);
// Whether the terminal obeys escape sequences (TERM is set and not dumb).
bool obeys_escapes();
// Whether text for this descriptor has colours. `when`: always, never, or auto: on a terminal that obeys escapes, unless NO_COLOR is set
// and not empty (no-color.org).
bool use_color(std::string_view when, int descriptor);
Option color_option(std::string& when);  // --color

// One line broken at blanks into lines of at most `columns`; the second and later ones have the indent of the first and four blanks more.
// A longer word stays whole, and so do words with a no-break space (U+00A0) between them, which becomes a blank. Ends with a newline.
std::string wrap_line(std::string_view line, std::size_t columns);

}  // namespace understudy
